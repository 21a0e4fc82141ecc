//! Several commands in flight on one connection: one write for all of a turn, replies in order, neighbours of a command
//! that timed out unharmed, large batches apart.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::collections::BTreeSet;

use aerospike_testkit::{Lab, key};
use aerospike_testserver::Fault;
use aerospike_wasm::data::{Key, ValueRef};
use aerospike_wasm::{
    Action, BatchRow, Bins, CloseReason, Command, CommandId, Config, ConnId, ErrorKind, Operation, Policy,
    RowAction,
};

const OPS: [Operation<'static>; 2] = [Operation::increment("n", ValueRef::Integer(1)), Operation::read("n")];

fn lab(pipeline_depth: u16, pipeline_connections: u16) -> Lab {
    let mut lab = Lab::with_config(1, Config { pipeline_depth, pipeline_connections, ..Config::default() });
    lab.writes.clear();
    lab
}

fn submit(lab: &mut Lab, key: &Key, policy: &Policy) -> CommandId {
    lab.submit(&Command { action: Action::Operate { key: key.as_ref(), ops: &OPS }, policy, filter: None })
}

fn submit_many(lab: &mut Lab, count: i64) -> Vec<CommandId> {
    (0..count).map(|n| submit(lab, &key(n), &Policy::write())).collect()
}

/// Connections that commands were written to, and how many writes each got.
fn writes(lab: &Lab) -> (BTreeSet<ConnId>, usize) {
    let commands: Vec<_> = lab.writes.iter().filter(|(_, bytes)| bytes[1] == 3).collect();
    (commands.iter().map(|(conn, _)| *conn).collect(), commands.len())
}

#[test]
fn commands_of_one_turn_leave_in_one_write_per_connection() {
    let mut lab = lab(64, 1);
    let ids = submit_many(&mut lab, 50);
    lab.settle();
    assert!(ids.into_iter().all(|id| lab.take_finished(id).unwrap().is_ok()));
    let (connections, count) = writes(&lab);
    assert_eq!((connections.len(), count), (1, 1));
}

#[test]
fn a_depth_of_one_sends_the_next_command_when_the_last_is_answered() {
    let mut lab = lab(1, 1);
    lab.hold = true;
    submit_many(&mut lab, 10);
    lab.settle();
    let (connections, count) = writes(&lab);
    assert_eq!((connections.len(), count), (10, 10));
}

#[test]
fn commands_keep_to_few_connections_when_many_are_open() {
    let mut lab = lab(64, 2);
    lab.hold = true;
    let names = Command {
        action: Action::Info { node: None, names: &["build"] },
        policy: &Policy::read(),
        filter: None,
    };
    // Each gets a connection to itself.
    let infos: Vec<CommandId> = (0..12).map(|_| lab.submit(&names)).collect();
    lab.settle();
    lab.hold = false;
    lab.settle();
    assert!(infos.into_iter().all(|id| lab.take_finished(id).unwrap().is_ok()));
    assert!(lab.open_connections() >= 12);
    lab.writes.clear();
    for _ in 0..3 {
        submit_many(&mut lab, 50);
        lab.settle();
    }
    let (connections, count) = writes(&lab);
    assert_eq!((connections.len(), count), (2, 6), "a write per turn and connection, as ever");
    lab.advance_ms(60_000);
    assert!(lab.open_connections() <= 3, "the others were idle, and are closed");
}

#[test]
fn few_commands_use_few_connections_and_many_no_more_than_they_need() {
    let mut lab = lab(16, 2);
    submit_many(&mut lab, 1);
    lab.settle();
    assert_eq!(lab.open_connections(), 2, "one to tend, one for the command");
    lab.hold = true;
    submit_many(&mut lab, 100);
    lab.settle();
    let (connections, _) = writes(&lab);
    assert_eq!(connections.len(), 7, "100 commands, 16 on each connection");
    lab.hold = false;
    lab.settle();
    assert_eq!(lab.client.in_flight(), 0);
}

#[test]
fn commands_are_spread_over_the_few_connections() {
    let mut lab = lab(64, 2);
    for _ in 0..2 {
        submit_many(&mut lab, 2);
        lab.settle();
    }
    lab.writes.clear();
    lab.hold = true;
    submit_many(&mut lab, 20);
    lab.settle();
    let (connections, count) = writes(&lab);
    assert_eq!((connections.len(), count), (2, 2));
}

#[test]
fn connections_to_spread_over_stay_within_the_limit() {
    let config = Config { max_conns_per_node: 1, pipeline_connections: 4, ..Config::default() };
    let mut lab = Lab::with_config(1, config);
    lab.hold = true;
    submit_many(&mut lab, 20);
    lab.settle();
    assert_eq!(lab.open_connections(), 2, "one to tend, one for commands");
    submit_many(&mut lab, 20);
    lab.settle();
    assert_eq!(lab.open_connections(), 2);
}

#[test]
fn replies_find_their_commands_in_any_chunking() {
    for chunk in [1, 7, 64, usize::MAX] {
        let mut lab = lab(64, 1);
        lab.chunk = chunk;
        let shared = key("shared");
        let ids: Vec<CommandId> = (0..30).map(|_| submit(&mut lab, &shared, &Policy::write())).collect();
        lab.settle();
        for (index, id) in ids.into_iter().enumerate() {
            let answered = lab.take_finished(id).unwrap().unwrap();
            let expected = aerospike_wasm::data::Value::Integer(index as i64 + 1);
            assert_eq!(answered.bin("n"), Some(&expected), "in the order of submission");
        }
    }
}

#[test]
fn a_timeout_leaves_its_neighbours_and_its_connection_alone() {
    let mut lab = lab(64, 1);
    lab.hold = true;
    let hasty = Policy { total_timeout_ms: 50, ..Policy::write() };
    let (a, b, c) = (key("a"), key("b"), key("c"));
    let first = submit(&mut lab, &a, &Policy::write());
    let late = submit(&mut lab, &b, &hasty);
    let last = submit(&mut lab, &c, &Policy::write());
    lab.settle();
    lab.advance_ms(60);
    let error = lab.take_finished(late).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Timeout, true));
    assert!(lab.take_finished(first).is_none() && lab.take_finished(last).is_none());
    let connects = lab.connects;
    lab.hold = false;
    lab.settle();
    assert!(lab.take_finished(first).unwrap().is_ok() && lab.take_finished(last).unwrap().is_ok());
    submit(&mut lab, &a, &Policy::write());
    lab.settle();
    assert_eq!((lab.connects, lab.client.in_flight()), (connects, 0), "the connection is used again");
}

#[test]
fn without_a_timeout_delay_the_connection_ends_after_its_neighbours() {
    let mut lab = lab(64, 1);
    lab.hold = true;
    let hasty = Policy { total_timeout_ms: 50, timeout_delay_ms: 0, ..Policy::write() };
    let (a, b, c) = (key("a"), key("b"), key("c"));
    let first = submit(&mut lab, &a, &Policy::write());
    let late = submit(&mut lab, &b, &hasty);
    let last = submit(&mut lab, &c, &Policy::write());
    lab.advance_ms(60);
    assert_eq!(lab.take_finished(late).unwrap().unwrap_err().kind, ErrorKind::Timeout);
    let (connects, open) = (lab.connects, lab.open_connections());
    let next = submit(&mut lab, &a, &Policy::write());
    lab.settle();
    assert_eq!(lab.connects, connects + 1, "nothing more is sent on it");
    lab.hold = false;
    lab.settle();
    for id in [first, last, next] {
        assert!(lab.take_finished(id).unwrap().is_ok());
    }
    assert_eq!(lab.open_connections(), open, "one opened, one closed");
}

#[test]
fn without_a_timeout_delay_a_connection_on_which_all_timed_out_ends_at_once() {
    let mut lab = lab(64, 1);
    let open = lab.open_connections();
    lab.hold = true;
    let hasty = Policy { total_timeout_ms: 50, timeout_delay_ms: 0, ..Policy::write() };
    for n in 0..3 {
        submit(&mut lab, &key(n), &hasty);
    }
    lab.settle();
    assert_eq!(lab.open_connections(), open + 1);
    lab.advance_ms(60);
    assert_eq!(lab.open_connections(), open);
}

#[test]
fn a_connection_without_progress_is_closed_and_those_behind_fail_or_retry() {
    let mut lab = lab(64, 1);
    lab.server.inject(None, Fault::Swallow, 1);
    let hasty = Policy { total_timeout_ms: 50, timeout_delay_ms: 500, ..Policy::write() };
    let patient = Policy { total_timeout_ms: 0, socket_timeout_ms: 0, ..Policy::write() };
    let (a, b) = (key("a"), key("b"));
    // A reply that is lost for good leaves the order of replies one short: what follows must not be taken for it.
    let lost = submit(&mut lab, &a, &hasty);
    lab.settle();
    lab.advance_ms(60);
    assert!(lab.take_finished(lost).unwrap().is_err());
    let next = submit(&mut lab, &b, &patient);
    lab.settle();
    assert!(lab.take_finished(next).unwrap().is_ok(), "on another connection");
    let open = lab.open_connections();
    lab.advance_ms(500);
    assert_eq!(lab.open_connections(), open - 1, "the silent one is gone");
}

#[test]
fn reads_behind_a_connection_that_breaks_are_retried_and_writes_are_in_doubt() {
    let mut lab = lab(64, 1);
    submit_many(&mut lab, 1);
    lab.settle();
    lab.hold = true;
    let keys: Vec<Key> = (0..10).map(key).collect();
    let write = submit(&mut lab, &keys[0], &Policy::write());
    let reads: Vec<CommandId> = keys
        .iter()
        .map(|key| {
            let action = Action::Read { key: key.as_ref(), bins: Bins::None };
            lab.submit(&Command { action, policy: &Policy::read(), filter: None })
        })
        .collect();
    lab.settle();
    lab.hold = false;
    lab.cut(CloseReason::Reset);
    lab.settle();
    let error = lab.take_finished(write).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Connection(CloseReason::Reset), true));
    for id in reads {
        let result = lab.take_finished(id).unwrap();
        assert!(!matches!(result, Err(error) if !matches!(error.kind, ErrorKind::Server(_))), "{result:?}");
    }
}

#[test]
fn nothing_waits_behind_a_large_batch() {
    let mut lab = lab(64, 1);
    submit_many(&mut lab, 1);
    lab.settle();
    lab.writes.clear();
    lab.hold = true;
    let keys: Vec<Key> = (0..200).map(key).collect();
    let rows: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    let policy = Policy::read();
    let batch = |rows| Command { action: Action::Batch { rows }, policy: &policy, filter: None };
    lab.submit(&batch(&rows));
    submit_many(&mut lab, 5);
    lab.settle();
    let (connections, _) = writes(&lab);
    assert_eq!(connections.len(), 2, "the batch has one for itself");
    lab.writes.clear();
    lab.submit(&batch(&rows[..10]));
    submit_many(&mut lab, 5);
    lab.settle();
    let (connections, _) = writes(&lab);
    assert_eq!(connections.len(), 1, "a small batch is one command among others");
    lab.hold = false;
    lab.settle();
    assert_eq!(lab.client.in_flight(), 0);
}

#[test]
fn nothing_follows_a_large_batch_that_took_over_a_connection() {
    let mut lab = Lab::with_config(1, Config { max_conns_per_node: 2, ..Config::default() });
    submit_many(&mut lab, 2);
    lab.settle();
    submit_many(&mut lab, 2);
    lab.settle();
    lab.hold = true;
    submit_many(&mut lab, 2);
    let keys: Vec<Key> = (0..200).map(key).collect();
    let rows: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    let policy = Policy::read();
    let batch = lab.submit(&Command { action: Action::Batch { rows: &rows }, policy: &policy, filter: None });
    lab.settle();
    lab.writes.clear();
    lab.hold = false;
    lab.step();
    lab.hold = true;
    lab.settle();
    let (of_batch, _) = writes(&lab);
    assert_eq!(of_batch.len(), 1, "the batch took over a connection");
    lab.writes.clear();
    submit_many(&mut lab, 6);
    lab.settle();
    let (of_others, _) = writes(&lab);
    assert_eq!(of_others.intersection(&of_batch).count(), 0);
    lab.hold = false;
    lab.settle();
    assert!(lab.take_finished(batch).unwrap().is_ok());
}

#[test]
fn a_large_batch_gets_its_turn_when_no_connection_is_left_to_open() {
    let mut lab =
        Lab::with_config(1, Config { pipeline_depth: 8, max_conns_per_node: 2, ..Config::default() });
    let keys: Vec<Key> = (0..100).map(key).collect();
    let rows: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    submit_many(&mut lab, 40);
    lab.chunk = 30;
    let policy = Policy::read();
    let batch = lab.submit(&Command { action: Action::Batch { rows: &rows }, policy: &policy, filter: None });
    // Others keep coming, more of them than the two connections hold.
    for _ in 0..50 {
        submit_many(&mut lab, 4);
        lab.step();
    }
    lab.settle();
    assert!(lab.take_finished(batch).unwrap().is_ok());
    assert_eq!((lab.take_rows(batch).len(), lab.client.in_flight()), (100, 0));
    assert!(lab.open_connections() <= 3);
}
