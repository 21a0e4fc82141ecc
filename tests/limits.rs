//! Limits that keep a client from making things worse: concurrent operations, the error rate of a node; and the numbers
//! that tell what went on.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Lab, key};
use aerospike_testserver::Fault;
use aerospike_wasm::data::{Key, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, CommandId, Config, ErrorKind, Operation, Policy, RowAction, RowPolicy,
};

const OPS: [Operation<'static>; 1] = [Operation::increment("n", ValueRef::Integer(1))];

fn submit(lab: &mut Lab, key: &Key, policy: &Policy) -> CommandId {
    lab.submit(&Command { action: Action::Operate { key: key.as_ref(), ops: &OPS }, policy, filter: None })
}

fn limited(max_concurrent_operations: u32, operation_queue_timeout_ms: u32) -> Lab {
    Lab::with_config(1, Config { max_concurrent_operations, operation_queue_timeout_ms, ..Config::default() })
}

#[test]
fn no_more_commands_are_at_work_than_allowed_and_all_get_their_turn() {
    let mut lab = limited(3, 0);
    lab.hold = true;
    let keys: Vec<Key> = (0..10).map(key).collect();
    let ids: Vec<CommandId> = keys.iter().map(|key| submit(&mut lab, key, &Policy::write())).collect();
    lab.settle();
    let statistics = lab.client.statistics();
    assert_eq!((statistics.in_flight, statistics.queued, statistics.nodes[0].in_flight), (10, 7, 3));
    lab.hold = false;
    lab.settle();
    assert!(ids.into_iter().all(|id| lab.take_finished(id).unwrap().is_ok()));
}

#[test]
fn a_command_that_waits_too_long_for_its_turn_fails_unsent() {
    let mut lab = limited(1, 200);
    lab.hold = true;
    let patient = Policy { total_timeout_ms: 5_000, ..Policy::write() };
    let (a, b) = (key("a"), key("b"));
    let first = submit(&mut lab, &a, &patient);
    let second = submit(&mut lab, &b, &patient);
    lab.settle();
    lab.advance_ms(250);
    let error = lab.take_finished(second).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt, error.attempts), (ErrorKind::Backpressure, false, 0));
    assert!(lab.take_finished(first).is_none());
    lab.hold = false;
    lab.settle();
    assert!(lab.take_finished(first).unwrap().is_ok());
}

#[test]
fn timeouts_begin_with_a_commands_turn() {
    let mut lab = limited(1, 0);
    lab.hold = true;
    let (a, b) = (key("a"), key("b"));
    let first = submit(&mut lab, &a, &Policy { total_timeout_ms: 300, ..Policy::write() });
    let second = submit(&mut lab, &b, &Policy { total_timeout_ms: 300, ..Policy::write() });
    lab.settle();
    lab.advance_ms(310);
    assert_eq!(lab.take_finished(first).unwrap().unwrap_err().kind, ErrorKind::Timeout);
    assert!(lab.take_finished(second).is_none(), "its time has only begun");
    lab.hold = false;
    lab.settle();
    assert!(lab.take_finished(second).unwrap().is_ok());
}

#[test]
fn commands_that_wait_their_turn_can_be_cancelled_and_end_with_the_client() {
    let mut lab = limited(1, 0);
    lab.hold = true;
    let keys: Vec<Key> = (0..4).map(key).collect();
    let rows: Vec<BatchRow<'_>> = keys
        .iter()
        .map(|key| BatchRow { key: key.as_ref(), action: RowAction::Operate(&OPS, RowPolicy::default()) })
        .collect();
    let policy = Policy::write();
    submit(&mut lab, &keys[0], &policy);
    let cancelled = submit(&mut lab, &keys[1], &policy);
    let batch = lab.submit(&Command { action: Action::Batch { rows: &rows }, policy: &policy, filter: None });
    let closed = submit(&mut lab, &keys[2], &policy);
    lab.settle();
    let now = lab.now();
    lab.client.cancel(now, cancelled);
    lab.client.cancel(now, batch);
    lab.settle();
    for id in [cancelled, batch] {
        let error = lab.take_finished(id).unwrap().unwrap_err();
        assert_eq!((error.kind, error.in_doubt), (ErrorKind::Cancelled, false));
    }
    lab.client.close(now);
    lab.settle();
    let error = lab.take_finished(closed).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Closed, false));
    assert_eq!(lab.client.in_flight(), 0);
}

#[test]
fn a_node_that_fails_too_often_is_left_alone_until_the_next_tend() {
    let mut lab = Lab::with_config(1, Config { max_error_rate: 3, ..Config::default() });
    let policy = Policy { max_retries: 0, ..Policy::read() };
    let x = key("x");
    let read =
        Command { action: Action::Read { key: x.as_ref(), bins: Bins::All }, policy: &policy, filter: None };
    lab.server.inject(None, Fault::Answer(ResultCode::DEVICE_OVERLOAD), 3);
    for _ in 0..3 {
        assert_eq!(lab.call(&read).unwrap_err().kind, ErrorKind::Server(ResultCode::DEVICE_OVERLOAD));
    }
    lab.writes.clear();
    let error = lab.call(&read).unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::TooManyErrors, false));
    assert!(lab.writes.is_empty(), "nothing was sent");
    lab.advance_ms(1_100);
    assert_eq!(lab.call(&read).unwrap_err().kind, ErrorKind::Server(ResultCode::RECORD_NOT_FOUND));
}

#[test]
fn retries_that_meet_a_node_left_alone_at_once_end_however_many_they_are() {
    let mut lab = Lab::with_config(1, Config { max_error_rate: 1, ..Config::default() });
    lab.server.inject(None, Fault::Answer(ResultCode::DEVICE_OVERLOAD), 1);
    let x = key("x");
    let none = Policy { max_retries: 0, ..Policy::read() };
    let action = Action::Read { key: x.as_ref(), bins: Bins::All };
    lab.call(&Command { action, policy: &none, filter: None }).unwrap_err();
    let policy = Policy { max_retries: u16::MAX, sleep_between_retries_ms: 0, ..Policy::read() };
    let error = lab.call(&Command { action, policy: &policy, filter: None }).unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::TooManyErrors, u16::MAX));
    let rows = [BatchRow { key: x.as_ref(), action: RowAction::Read(Bins::All) }];
    let batch = Command { action: Action::Batch { rows: &rows }, policy: &policy, filter: None };
    let error = lab.call_batch(&batch).unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::TooManyErrors, u16::MAX));
}

#[test]
fn the_other_nodes_go_on_while_one_is_left_alone() {
    let mut lab = Lab::with_config(3, Config { max_error_rate: 1, ..Config::default() });
    lab.server.inject(Some(0), Fault::Answer(ResultCode::DEVICE_OVERLOAD), 1);
    let keys: Vec<Key> = (0..60).map(key).collect();
    let ids: Vec<CommandId> = keys.iter().map(|key| submit(&mut lab, key, &Policy::write())).collect();
    lab.settle();
    let results: Vec<_> = ids.into_iter().map(|id| lab.take_finished(id).unwrap()).collect();
    let failed = results.iter().filter(|result| result.is_err()).count();
    assert!((1..40).contains(&failed), "{failed} failed");
    // Reads of the partitions of that node move on to a replica.
    for key in &keys {
        let read = Command {
            action: Action::Read { key: key.as_ref(), bins: Bins::None },
            policy: &Policy::read(),
            filter: None,
        };
        if let Err(error) = lab.call(&read) {
            assert_eq!(error.kind, ErrorKind::Server(ResultCode::RECORD_NOT_FOUND));
        }
    }
}

#[test]
fn statistics_count_what_happened() {
    let mut lab = Lab::new(1);
    let x = key("x");
    let write = Command {
        action: Action::Operate { key: x.as_ref(), ops: &OPS },
        policy: &Policy::write(),
        filter: None,
    };
    let read = Command {
        action: Action::Read { key: x.as_ref(), bins: Bins::All },
        policy: &Policy::read(),
        filter: None,
    };
    for _ in 0..5 {
        lab.call(&write).unwrap();
    }
    lab.server.inject(None, Fault::Answer(ResultCode::DEVICE_OVERLOAD), 1);
    lab.call(&read).unwrap();
    lab.server.inject(None, Fault::Swallow, 1);
    lab.call(&write).unwrap_err();
    let node = &lab.client.statistics().nodes[0];
    let counters = node.counters;
    assert_eq!((node.name.as_str(), node.active, node.open), ("A2", true, 1));
    assert_eq!(
        (counters.answered, counters.server_errors, counters.timeouts, counters.retries),
        (7, 1, 1, 1)
    );
    assert_eq!(counters.latency.iter().sum::<u64>(), 7);
    let least: u64 = counters.latency.iter().enumerate().skip(1).map(|(n, count)| count << (n - 1)).sum();
    assert!(counters.latency_sum >= least && counters.latency_sum < 2 * least.max(7), "{counters:?}");
    assert_eq!((counters.opened, counters.closed), (1, 0));
    lab.advance_ms(5_000);
    let counters = lab.client.statistics().nodes[0].counters;
    assert_eq!((counters.opened, counters.closed), (1, 1), "the silent connection was given up");
}

#[test]
fn a_slot_is_used_again_only_after_the_end_of_its_command_was_told() {
    let mut lab = Lab::with_config(1, Config { max_error_rate: 1, ..Config::default() });
    lab.server.inject(None, Fault::Answer(ResultCode::DEVICE_OVERLOAD), 1);
    let x = key("x");
    let policy = Policy { max_retries: 0, ..Policy::write() };
    let warm_up = submit(&mut lab, &x, &policy);
    lab.settle();
    lab.take_finished(warm_up).unwrap().unwrap_err();
    // The node is left alone now, so these fail inside submit, before the host has polled.
    let ids: Vec<CommandId> = (0..10).map(|_| submit(&mut lab, &x, &policy)).collect();
    let slots: std::collections::BTreeSet<usize> = ids.iter().map(|id| id.slot()).collect();
    assert_eq!(slots.len(), 10, "a host that keeps its callers by slot would lose some");
    lab.settle();
    for id in ids {
        assert_eq!(lab.take_finished(id).unwrap().unwrap_err().kind, ErrorKind::TooManyErrors);
    }
    let again = submit(&mut lab, &x, &policy);
    assert!(slots.contains(&again.slot()), "and used again it is");
}

#[test]
fn only_so_many_connections_to_a_node_are_made_at_a_time() {
    let config = Config {
        pipeline_depth: 1,
        opening_connection_threshold: 3,
        min_conns_per_node: 5,
        ..Config::default()
    };
    let mut lab = Lab::with_config(1, config);
    lab.advance_ms(10);
    assert_eq!(lab.client.statistics().nodes[0].open, 5, "the minimum is made in rounds, not one per tend");
    let keys: Vec<Key> = (0..40).map(key).collect();
    let ids: Vec<CommandId> = keys.iter().map(|key| submit(&mut lab, key, &Policy::write())).collect();
    let mut most = 0;
    let node = |lab: &Lab| lab.client.statistics().nodes[0].clone();
    lab.hold = true;
    for _ in 0..200 {
        lab.step();
        most = most.max(node(&lab).connecting);
    }
    assert_eq!((most, node(&lab).open), (3, 40), "every command gets its connection, three at a time");
    lab.hold = false;
    lab.settle();
    assert!(ids.into_iter().all(|id| lab.take_finished(id).unwrap().is_ok()));
}
