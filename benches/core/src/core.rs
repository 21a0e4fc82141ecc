//! Cases on the core's public API.
//!
//! A case of a command is everything that a host makes the core do for it: submit, poll, the reply's bytes, poll, and
//! reading the answer. The reply is one that the test server gave once.

use std::hint::black_box;

use aerospike_testkit::Lab;
use aerospike_wasm::data::{KeyRef, UserKeyRef, ValueRef};
use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, ConnId, Event, Input, Operation, Output, Policy, RowAction, RowPolicy,
};

use crate::Prepare;

/// Rows of the batches.
const ROWS: usize = 1_000;

/// The cases by name.
pub(crate) const CASES: &[(&str, Prepare)] = &[
    ("digest of a 10-byte key", digest),
    ("put of 4 bins", put),
    ("get of 4 bins", get),
    ("select of 2 bins", select),
    ("exists", exists),
    ("touch", touch),
    ("increment and read", operate),
    ("remove", remove),
    ("batch read of 1,000", batch_read),
    ("batch write of 1,000", batch_write),
    ("batch operate of 1,000", batch_operate),
];

/// The key of the commands on one record; its digest is part of what a case costs.
fn key() -> KeyRef<'static> {
    KeyRef::new("test", "demo", UserKeyRef::String(black_box("user-12345")))
}

const BINS: [Operation<'static>; 4] = [
    Operation::write("name", ValueRef::String("Alice")),
    Operation::write("age", ValueRef::Integer(30)),
    Operation::write("score", ValueRef::Float(1.5)),
    Operation::write("note", ValueRef::String("a note of twenty-four ch")),
];

const COUNT: [Operation<'static>; 2] = [
    Operation { code: OpCode::INCR, bin: "count", value: ValueRef::Integer(1) },
    Operation { code: OpCode::READ, bin: "count", value: ValueRef::Nil },
];

const READS: [Operation<'static>; 2] = [
    Operation { code: OpCode::READ, bin: "name", value: ValueRef::Nil },
    Operation { code: OpCode::READ, bin: "age", value: ValueRef::Nil },
];

fn digest() -> Box<dyn FnMut()> {
    Box::new(|| {
        black_box(key().digest);
    })
}

fn put() -> Box<dyn FnMut()> {
    single(|key| Action::Operate { key, ops: &BINS }, Policy::write())
}

fn get() -> Box<dyn FnMut()> {
    single(|key| Action::Read { key, bins: Bins::All }, Policy::read())
}

fn select() -> Box<dyn FnMut()> {
    single(|key| Action::Operate { key, ops: &READS }, Policy::read())
}

fn exists() -> Box<dyn FnMut()> {
    single(|key| Action::Read { key, bins: Bins::None }, Policy::read())
}

fn touch() -> Box<dyn FnMut()> {
    static TOUCH: [Operation<'static>; 1] =
        [Operation { code: OpCode::TOUCH, bin: "", value: ValueRef::Nil }];
    single(|key| Action::Operate { key, ops: &TOUCH }, Policy::write())
}

fn operate() -> Box<dyn FnMut()> {
    single(|key| Action::Operate { key, ops: &COUNT }, Policy::write())
}

fn remove() -> Box<dyn FnMut()> {
    single(|key| Action::Remove { key }, Policy::write())
}

/// A command on one record that is there.
fn single(action: fn(KeyRef<'static>) -> Action<'static>, policy: Policy) -> Box<dyn FnMut()> {
    let create = |lab: &mut Lab| {
        let put = Action::Operate { key: key(), ops: &BINS };
        lab.call(&Command { action: put, policy: &Policy::write(), filter: None })
            .expect("the record is written");
    };
    exchange(create, move |run| run(&Command { action: action(key()), policy: &policy, filter: None }))
}

fn batch_read() -> Box<dyn FnMut()> {
    batch(RowAction::Read(Bins::All), Policy::read())
}

fn batch_write() -> Box<dyn FnMut()> {
    batch(RowAction::Operate(&BINS, RowPolicy::default()), Policy::write())
}

fn batch_operate() -> Box<dyn FnMut()> {
    batch(RowAction::Operate(&COUNT, RowPolicy::default()), Policy::write())
}

/// The same action on many records, all of which are there.
fn batch(action: RowAction<'static>, policy: Policy) -> Box<dyn FnMut()> {
    let names: Vec<String> = (0..ROWS).map(|i| format!("user-{i}")).collect();
    let wanted = names.clone();
    let create = move |lab: &mut Lab| {
        for name in &wanted {
            let key = KeyRef::new("test", "demo", UserKeyRef::String(name));
            let put = Action::Operate { key, ops: &BINS };
            lab.call(&Command { action: put, policy: &Policy::write(), filter: None })
                .expect("the record is written");
        }
    };
    exchange(create, move |run| {
        let key = |name| KeyRef::new("test", "demo", UserKeyRef::String(name));
        let rows: Vec<BatchRow<'_>> = names.iter().map(|name| BatchRow { key: key(name), action }).collect();
        run(&Command { action: Action::Batch { rows: &rows }, policy: &policy, filter: None });
    })
}

/// Takes down the server's reply to the command that `with` makes, once `create` has made what it is about, and gives
/// what repeats the exchange.
fn exchange(
    create: impl Fn(&mut Lab),
    with: impl Fn(&mut dyn FnMut(&Command<'_>)) + 'static,
) -> Box<dyn FnMut()> {
    let mut lab = Lab::new(1);
    let submit = |lab: &mut Lab| {
        with(&mut |command| {
            lab.submit(command);
        });
        lab.settle();
    };
    // Once to have the connections it needs.
    create(&mut lab);
    submit(&mut lab);
    create(&mut lab);
    lab.hold = true;
    submit(&mut lab);
    let reply = lab.held();
    lab.hold = false;
    lab.settle();
    let mut tx = Vec::new();
    Box::new(move || with(&mut |command| round(&mut lab, &mut tx, command, &reply)))
}

fn round(lab: &mut Lab, tx: &mut Vec<u8>, command: &Command<'_>, reply: &[u8]) {
    let now = lab.now();
    let client = &mut lab.client;
    client.submit(now, command).expect("the command is taken");
    tx.clear();
    let mut sent_on = None;
    loop {
        match client.poll_output(tx) {
            Output::Wait(_) => break,
            Output::Transmit { conn, .. } => sent_on = Some(conn),
            _ => {}
        }
    }
    let conn: ConnId = sent_on.expect("the request was sent");
    client.handle_input(now, Input::Received(conn, reply));
    let mut finished = false;
    loop {
        match client.poll_output(tx) {
            Output::Wait(_) => break,
            Output::Event(Event::Finished { result, .. }) => {
                let reply = result.expect("the command succeeds");
                reply.answers().for_each(|answer| {
                    black_box(answer);
                });
                finished = true;
            }
            Output::Event(Event::Row { result, .. }) => {
                let reply = result.expect("the row succeeds");
                reply.answers().for_each(|answer| {
                    black_box(answer);
                });
            }
            _ => {}
        }
    }
    assert!(finished, "the command ended");
}
