//! In steady state a get and a put of a small record make no heap allocation in the core: a counting allocator says so.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Counting, Lab, key};
use aerospike_wasm::data::{KeyRef, UserKeyRef, ValueRef};
use aerospike_wasm::{Action, Bins, Command, Config, ConnId, Event, Input, Operation, Output, Policy};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Runs commands of one turn against a canned reply and reads the answers: everything a host makes the core do.
fn round(lab: &mut Lab, tx: &mut Vec<u8>, commands: &[Command<'_>], reply: &[u8]) -> usize {
    let now = lab.now();
    let client = &mut lab.client;
    for command in commands {
        client.submit(now, command).unwrap();
    }
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

/// The reply of a real exchange.
fn reply_to(lab: &mut Lab, commands: &[Command<'_>]) -> Vec<u8> {
    lab.hold = true;
    for command in commands {
        lab.submit(command);
    }
    lab.settle();
    let reply = lab.held();
    lab.hold = false;
    lab.settle();
    reply
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
        replies.push(reply_to(&mut lab, core::slice::from_ref(command)));
    }
    let (puts, gets) = (core::slice::from_ref(&put), core::slice::from_ref(&get));
    let mut tx = Vec::with_capacity(4096);
    for _ in 0..100 {
        round(&mut lab, &mut tx, puts, &replies[0]);
        round(&mut lab, &mut tx, gets, &replies[1]);
    }
    let before = Counting::count();
    for _ in 0..1_000 {
        assert_eq!(round(&mut lab, &mut tx, puts, &replies[0]), 1);
        assert_eq!(round(&mut lab, &mut tx, gets, &replies[1]), 5);
    }
    let counted = Counting::count() - before;
    assert_eq!(counted, 0, "{counted} allocations in 2,000 commands");
}

#[test]
fn steady_merged_commands_allocate_nothing() {
    let mut lab = Lab::with_config(1, Config { pipeline_connections: 1, ..Config::default() });
    let keys: Vec<_> = (0..32).map(key).collect();
    let ops =
        [Operation::write("name", ValueRef::String("Alice")), Operation::write("age", ValueRef::Integer(30))];
    let (read, write) = (Policy::read(), Policy::write());
    let command = |action, policy| Command { action, policy, filter: None };
    let puts: Vec<_> =
        keys.iter().map(|key| command(Action::Operate { key: key.as_ref(), ops: &ops }, &write)).collect();
    let gets: Vec<_> =
        keys.iter().map(|key| command(Action::Read { key: key.as_ref(), bins: Bins::All }, &read)).collect();
    lab.call(&puts[0]).unwrap();
    let replies = [reply_to(&mut lab, &puts), reply_to(&mut lab, &gets)];
    let mut tx = Vec::with_capacity(1 << 16);
    let mut counted = 0;
    for turn in 0..200 {
        let before = Counting::count();
        assert_eq!(round(&mut lab, &mut tx, &puts, &replies[0]), 32);
        assert_eq!(round(&mut lab, &mut tx, &gets, &replies[1]), 32 * 3);
        counted += if turn < 100 { 0 } else { Counting::count() - before };
    }
    assert_eq!(counted, 0, "{counted} allocations in 6,400 commands");
}
