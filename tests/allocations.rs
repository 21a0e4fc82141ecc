//! In steady state a get and a put of a small record make no heap allocation in the core: a counting allocator says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Counting, Lab};
use aerospike_wasm::data::{KeyRef, UserKeyRef, ValueRef};
use aerospike_wasm::{Action, Bins, Command, ConnId, Event, Input, Operation, Output, Policy};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs one command against a canned reply and reads the answer: everything a host makes the core do.
fn round(lab: &mut Lab, tx: &mut Vec<u8>, command: &Command<'_>, reply: &[u8]) -> usize {
    let now = lab.now();
    let client = &mut lab.client;
    client.submit(now, command).unwrap();
    tx.clear();
    let mut sent_on = ConnId(u32::MAX);
    loop {
        match client.poll_output(tx) {
            Output::Wait(_) => break,
            Output::Transmit { conn, .. } => sent_on = conn,
            other => panic!("{other:?}"),
        }
    }
    client.handle_input(now, Input::Received(sent_on, reply));
    let mut answers = 0;
    loop {
        match client.poll_output(tx) {
            Output::Wait(_) => return answers,
            Output::Event(Event::Finished { result: Ok(reply), .. }) => {
                answers += reply.answers().count() + 1
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn a_steady_get_and_put_allocate_nothing() {
    let mut lab = Lab::new(1);
    let key = KeyRef::new("test", "demo", UserKeyRef::String("user-1"));
    let ops = [
        Operation::write("name", ValueRef::String("Alice")),
        Operation::write("age", ValueRef::Integer(30)),
        Operation::write("score", ValueRef::Float(1.5)),
        Operation::write("blob", ValueRef::Blob(&[1, 2, 3])),
    ];
    let put = Command { action: Action::Operate { key, ops: &ops }, policy: &Policy::write(), filter: None };
    let get =
        Command { action: Action::Read { key, bins: Bins::All }, policy: &Policy::read(), filter: None };
    lab.call(&put).unwrap();
    // The reply of a real exchange, taken from the server once.
    let mut replies = Vec::new();
    for command in [&put, &get] {
        lab.hold = true;
        lab.submit(command);
        lab.settle();
        replies.push(lab.held());
        lab.hold = false;
        lab.settle();
    }
    let mut tx = Vec::with_capacity(4096);
    for _ in 0..100 {
        round(&mut lab, &mut tx, &put, &replies[0]);
        round(&mut lab, &mut tx, &get, &replies[1]);
    }
    let before = Counting::count();
    for _ in 0..1_000 {
        assert_eq!(round(&mut lab, &mut tx, &put, &replies[0]), 1);
        assert_eq!(round(&mut lab, &mut tx, &get, &replies[1]), 5);
    }
    let counted = Counting::count() - before;
    assert_eq!(counted, 0, "{counted} allocations in 2,000 commands");
}
