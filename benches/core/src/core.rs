//! Cases on the core's public API.
//!
//! A case of a command is everything that a host makes the core do for it: submit, poll, the reply's bytes, poll, and
//! reading the answer. The reply is one that the test server gave once. Each is also cut in two: `encode` from the
//! caller's values to the bytes of the request (key and its digest, checks, partition and node, message), `decode` from
//! the bytes of the reply to the last value read.

use std::hint::black_box;

use aerospike_testkit::Lab;
use aerospike_wasm::data::{KeyRef, UserKeyRef, ValueRef};
use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, Config, ConnId, Event, Input, Operation, Output, Policy, Reply,
    RowAction, RowPolicy,
};

use crate::operation::{Exchange, Named, Operation as Case, exchanges};

/// Rows of the batches.
const ROWS: usize = 1_000;
/// Commands that are merged into one request.
const MERGED: usize = 32;

/// The cases by name.
pub(crate) fn cases() -> Vec<Named> {
    let alone = [Named::whole("digest of a 10-byte key", digest), Named::whole("partition lookup", lookup)];
    let commands = exchanges!(
        "encode", "decode";
        "put of 4 bins" => put,
        "get of 4 bins" => get,
        "select of 2 bins" => select,
        "exists" => exists,
        "touch" => touch,
        "increment and read" => operate,
        "remove" => remove,
        "32 puts of 4 bins, merged" => merged_puts,
        "32 gets of 4 bins, merged" => merged_gets,
        "batch read of 1,000" => batch_read,
        "batch write of 1,000" => batch_write,
        "batch operate of 1,000" => batch_operate,
    );
    alone.into_iter().chain(commands).collect()
}

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

fn digest() -> Box<dyn Case> {
    Box::new(|| {
        black_box(key().digest);
    })
}

/// From namespace and digest to the node.
fn lookup() -> Box<dyn Case> {
    let client = Lab::new(3).client;
    let key = key();
    Box::new(move || {
        black_box(client.master(black_box(&key)));
    })
}

fn put() -> Recorded {
    single(|key| Action::Operate { key, ops: &BINS }, Policy::write())
}

fn get() -> Recorded {
    single(|key| Action::Read { key, bins: Bins::All }, Policy::read())
}

fn select() -> Recorded {
    single(|key| Action::Operate { key, ops: &READS }, Policy::read())
}

fn exists() -> Recorded {
    single(|key| Action::Read { key, bins: Bins::None }, Policy::read())
}

fn touch() -> Recorded {
    static TOUCH: [Operation<'static>; 1] =
        [Operation { code: OpCode::TOUCH, bin: "", value: ValueRef::Nil }];
    single(|key| Action::Operate { key, ops: &TOUCH }, Policy::write())
}

fn operate() -> Recorded {
    single(|key| Action::Operate { key, ops: &COUNT }, Policy::write())
}

fn remove() -> Recorded {
    single(|key| Action::Remove { key }, Policy::write())
}

/// A command on one record that is there.
fn single(action: fn(KeyRef<'static>) -> Action<'static>, policy: Policy) -> Recorded {
    let create = |lab: &mut Lab| {
        let put = Action::Operate { key: key(), ops: &BINS };
        lab.call(&Command { action: put, policy: &Policy::write(), filter: None })
            .expect("the record is written");
    };
    exchange(create, move |run| run(&Command { action: action(key()), policy: &policy, filter: None }))
}

fn merged_puts() -> Recorded {
    merged(|key| Action::Operate { key, ops: &BINS }, Policy::write())
}

fn merged_gets() -> Recorded {
    merged(|key| Action::Read { key, bins: Bins::All }, Policy::read())
}

/// The same command on several records, all of which are there.
fn merged(action: for<'a> fn(KeyRef<'a>) -> Action<'a>, policy: Policy) -> Recorded {
    let names = names(MERGED);
    exchange(create(&names), move |run| {
        for name in &names {
            let key = KeyRef::new("test", "demo", UserKeyRef::String(name));
            run(&Command { action: action(key), policy: &policy, filter: None });
        }
    })
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|i| format!("user-{i}")).collect()
}

/// Writes the records with these names.
fn create(names: &[String]) -> impl Fn(&mut Lab) + use<> {
    let names = names.to_vec();
    move |lab| {
        for name in &names {
            let key = KeyRef::new("test", "demo", UserKeyRef::String(name));
            let put = Action::Operate { key, ops: &BINS };
            lab.call(&Command { action: put, policy: &Policy::write(), filter: None })
                .expect("the record is written");
        }
    }
}

fn batch_read() -> Recorded {
    batch(RowAction::Read(Bins::All), Policy::read())
}

fn batch_write() -> Recorded {
    batch(RowAction::Operate(&BINS, RowPolicy::default()), Policy::write())
}

fn batch_operate() -> Recorded {
    batch(RowAction::Operate(&COUNT, RowPolicy::default()), Policy::write())
}

/// The same action on many records, all of which are there.
fn batch(action: RowAction<'static>, policy: Policy) -> Recorded {
    let names = names(ROWS);
    exchange(create(&names), move |run| {
        let key = |name| KeyRef::new("test", "demo", UserKeyRef::String(name));
        let rows: Vec<BatchRow<'_>> = names.iter().map(|name| BatchRow { key: key(name), action }).collect();
        run(&Command { action: Action::Batch { rows: &rows }, policy: &policy, filter: None });
    })
}

/// A command, or several that are merged, and the reply that the server gave once.
struct Recorded {
    lab: Lab,
    with: Box<dyn Fn(Run<'_>)>,
    reply: Vec<u8>,
    tx: Vec<u8>,
    sent_on: Option<ConnId>,
}

/// What is done with a command, which borrows from whoever makes it.
type Run<'a> = &'a mut dyn FnMut(&Command<'_>);

/// Takes down the server's reply to the command that `with` makes, once `create` has made what it is about.
fn exchange(create: impl Fn(&mut Lab), with: impl Fn(Run<'_>) + 'static) -> Recorded {
    // One connection, so that there is one reply.
    let mut lab = Lab::with_config(1, Config { pipeline_connections: 1, ..Config::default() });
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
    Recorded { lab, with: Box::new(with), reply, tx: Vec::new(), sent_on: None }
}

impl Exchange for Recorded {
    fn request(&mut self) {
        let Self { lab, with, tx, sent_on, .. } = self;
        with(&mut |command| {
            lab.client.submit(lab.now(), command).expect("the command is taken");
        });
        tx.clear();
        loop {
            match lab.client.poll_output(tx) {
                Output::Wait(_) => break,
                Output::Transmit { conn, .. } => *sent_on = Some(conn),
                _ => {}
            }
        }
    }

    fn reply(&mut self) {
        let conn = self.sent_on.take().expect("the request was sent");
        let now = self.lab.now();
        let client = &mut self.lab.client;
        client.handle_input(now, Input::Received(conn, &self.reply));
        let mut finished = false;
        loop {
            match client.poll_output(&mut self.tx) {
                Output::Wait(_) => break,
                Output::Event(Event::Finished { result, .. }) => {
                    read(result.expect("the command succeeds"));
                    finished = true;
                }
                Output::Event(Event::Row { result, .. }) => read(result.expect("the row succeeds")),
                _ => {}
            }
        }
        assert!(finished, "the command ended");
    }
}

fn read(reply: Reply<'_>) {
    reply.answers().for_each(|answer| {
        black_box(answer);
    });
}
