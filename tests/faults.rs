//! Peers and networks that misbehave: every command finishes once, with an error that says whether it may have
//! happened, and the next command works.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::{Lab, Seen, key};
use aerospike_testserver::Fault;
use aerospike_wasm::data::{Key, Value, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{
    Action, BatchRow, Bins, CloseReason, Command, Config, Endpoint, Error, ErrorKind, Operation, Policy,
    RowAction, RowPolicy,
};

const WRITE: [Operation<'static>; 1] = [Operation::increment("n", ValueRef::Integer(1))];

fn read_of(key: &Key) -> Action<'_> {
    Action::Read { key: key.as_ref(), bins: Bins::All }
}

fn write_of(key: &Key) -> Action<'_> {
    Action::Operate { key: key.as_ref(), ops: &WRITE }
}

fn read(lab: &mut Lab, policy: &Policy) -> Result<(), Error> {
    let key = key("x");
    lab.call(&Command { action: read_of(&key), policy, filter: None }).map(drop)
}

fn write(lab: &mut Lab, policy: &Policy) -> Result<(), Error> {
    let key = key("x");
    lab.call(&Command { action: write_of(&key), policy, filter: None }).map(drop)
}

/// A lab whose record `x` holds n = 1.
fn lab() -> Lab {
    let mut lab = Lab::new(1);
    write(&mut lab, &Policy::write()).unwrap();
    lab
}

fn stored(lab: &mut Lab) -> i64 {
    let key = key("x");
    let record = lab.call(&Command { action: read_of(&key), policy: &Policy::read(), filter: None }).unwrap();
    match record.bin("n") {
        Some(Value::Integer(n)) => *n,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_swallowed_reply_times_out_in_doubt_for_writes_only() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Swallow, 1);
    let error = write(&mut lab, &Policy::write()).unwrap_err();
    assert_eq!((error.kind, error.in_doubt, error.attempts), (ErrorKind::Timeout, true, 1));
    lab.server.inject(None, Fault::Swallow, 1);
    let policy = Policy { max_retries: 0, ..Policy::read() };
    let error = read(&mut lab, &policy).unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Timeout, false));
    assert_eq!(stored(&mut lab), 2, "the write in doubt had happened");
}

#[test]
fn a_late_reply_is_not_given_to_the_next_command() {
    let mut lab = lab();
    lab.hold = true;
    let (x, y) = (key("x"), key("absent"));
    let policy = Policy { total_timeout_ms: 100, max_retries: 0, ..Policy::read() };
    let late = lab.submit(&Command { action: read_of(&x), policy: &policy, filter: None });
    lab.advance_ms(150);
    assert!(lab.take_finished(late).unwrap().is_err());
    let next = lab.submit(&Command { action: read_of(&y), policy: &policy, filter: None });
    lab.hold = false;
    lab.settle();
    let error = lab.take_finished(next).unwrap().unwrap_err();
    assert_eq!(
        error.kind,
        ErrorKind::Server(ResultCode::RECORD_NOT_FOUND),
        "not the record of the late reply"
    );
}

#[test]
fn a_connection_whose_late_reply_came_is_used_again() {
    let mut lab = lab();
    let connects = lab.connects;
    lab.hold = true;
    let x = key("x");
    let policy = Policy { total_timeout_ms: 100, max_retries: 0, ..Policy::read() };
    lab.submit(&Command { action: read_of(&x), policy: &policy, filter: None });
    lab.advance_ms(150);
    lab.hold = false;
    lab.settle();
    read(&mut lab, &Policy::read()).unwrap();
    assert_eq!(lab.connects, connects);
}

#[test]
fn a_silent_connection_is_closed_after_the_timeout_delay() {
    let mut lab = lab();
    let open = lab.open_connections();
    lab.server.inject(None, Fault::Swallow, 1);
    let policy = Policy { total_timeout_ms: 100, timeout_delay_ms: 700, max_retries: 0, ..Policy::read() };
    read(&mut lab, &policy).unwrap_err();
    assert_eq!(lab.open_connections(), open, "it may still answer");
    lab.advance_ms(750);
    assert_eq!(lab.open_connections(), open - 1);
    read(&mut lab, &Policy::read()).unwrap();
}

#[test]
fn a_cut_reply_fails_the_write_in_doubt_and_retries_the_read() {
    for bytes in 0..22 {
        let mut lab = lab();
        lab.server.inject(None, Fault::Cut(bytes), 1);
        let error = write(&mut lab, &Policy::write()).unwrap_err();
        assert_eq!(
            (error.kind, error.in_doubt),
            (ErrorKind::Connection(CloseReason::ClosedByPeer), true),
            "{bytes}"
        );
        lab.server.inject(None, Fault::Cut(bytes), 1);
        read(&mut lab, &Policy::read()).unwrap();
    }
}

#[test]
fn garbage_ends_the_connection_and_the_command_in_doubt() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Garbage, 1);
    let error = write(&mut lab, &Policy::write()).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::BadReply(_)), "{error:?}");
    assert!(error.in_doubt);
    assert_eq!(stored(&mut lab), 2);
}

#[test]
fn a_command_that_was_dropped_unexecuted_is_still_in_doubt() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Drop, 1);
    let error = write(&mut lab, &Policy::write()).unwrap_err();
    assert!(error.in_doubt, "its bytes left, and nobody said what became of them");
    assert_eq!(stored(&mut lab), 1);
}

#[test]
fn server_codes_9_11_18_are_retried_for_reads_and_not_for_writes() {
    for code in [ResultCode::TIMEOUT, ResultCode::PARTITION_UNAVAILABLE, ResultCode::DEVICE_OVERLOAD] {
        let mut lab = lab();
        lab.server.inject(None, Fault::Answer(code), 2);
        read(&mut lab, &Policy::read()).unwrap();
        lab.server.inject(None, Fault::Answer(code), 1);
        let error = write(&mut lab, &Policy::write()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Server(code));
        assert_eq!(error.in_doubt, code == ResultCode::TIMEOUT, "{code}");
    }
}

#[test]
fn retries_stop_at_the_limit_and_say_how_often_they_tried() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Answer(ResultCode::DEVICE_OVERLOAD), 3);
    let error = read(&mut lab, &Policy::read()).unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::Server(ResultCode::DEVICE_OVERLOAD), 3));
}

#[test]
fn other_codes_are_never_retried() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Answer(ResultCode::KEY_BUSY), 1);
    let error = read(&mut lab, &Policy::read()).unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::Server(ResultCode::KEY_BUSY), 1));
}

#[test]
fn a_write_sent_twice_is_in_doubt_whatever_the_last_answer() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Answer(ResultCode::TIMEOUT), 1);
    lab.server.inject(None, Fault::Answer(ResultCode::KEY_BUSY), 1);
    let policy = Policy { max_retries: 1, ..Policy::write() };
    let error = write(&mut lab, &policy).unwrap_err();
    assert_eq!(
        (error.kind, error.in_doubt, error.attempts),
        (ErrorKind::Server(ResultCode::KEY_BUSY), true, 2)
    );
}

#[test]
fn retries_pause_as_long_as_the_policy_says() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Answer(ResultCode::DEVICE_OVERLOAD), 1);
    let x = key("x");
    let policy = Policy { sleep_between_retries_ms: 300, ..Policy::read() };
    let id = lab.submit(&Command { action: read_of(&x), policy: &policy, filter: None });
    lab.advance_ms(299);
    assert!(lab.take_finished(id).is_none());
    lab.advance_ms(2);
    lab.take_finished(id).unwrap().unwrap();
}

#[test]
fn the_socket_timeout_ends_an_attempt_and_the_total_timeout_the_command() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Swallow, 1);
    let policy = Policy { socket_timeout_ms: 100, total_timeout_ms: 1_000, ..Policy::read() };
    let x = key("x");
    let id = lab.submit(&Command { action: read_of(&x), policy: &policy, filter: None });
    lab.advance_ms(99);
    assert!(lab.take_finished(id).is_none());
    lab.advance_ms(2);
    lab.take_finished(id).unwrap().unwrap();
    lab.server.inject(None, Fault::Swallow, 99);
    let error = read(&mut lab, &Policy { max_retries: 99, ..policy }).unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::Timeout, 10));
}

#[test]
fn refused_connections_fail_commands_that_were_never_sent_without_doubt() {
    let mut lab = Lab::new(1);
    lab.refuse = true;
    let error = write(&mut lab, &Policy::write()).unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Connection(CloseReason::Refused), false));
    lab.refuse = false;
    write(&mut lab, &Policy::write()).unwrap();
}

#[test]
fn a_network_that_fails_ends_what_is_in_flight() {
    let mut lab = lab();
    lab.hold = true;
    let x = key("x");
    let id = lab.submit(&Command { action: write_of(&x), policy: &Policy::write(), filter: None });
    lab.settle();
    lab.cut(CloseReason::Reset);
    let error = lab.take_finished(id).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Connection(CloseReason::Reset), true));
    lab.hold = false;
    lab.advance_ms(2_000);
    assert_eq!(stored(&mut lab), 2);
}

#[test]
fn cancel_ends_a_command_at_once() {
    let mut lab = lab();
    lab.hold = true;
    let x = key("x");
    let sent = lab.submit(&Command { action: write_of(&x), policy: &Policy::write(), filter: None });
    lab.settle();
    let unsent = lab.submit(&Command { action: write_of(&x), policy: &Policy::write(), filter: None });
    let now = lab.now();
    lab.client.cancel(now, unsent);
    lab.client.cancel(now, sent);
    lab.client.cancel(now, sent);
    lab.settle();
    let error = lab.take_finished(sent).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Cancelled, true));
    let error = lab.take_finished(unsent).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Cancelled, false), "nothing of it had left");
    assert!(lab.seen.iter().all(|seen| !matches!(seen, Seen::Finished(..))), "each finished once");
    lab.hold = false;
    assert_eq!(stored(&mut lab), 2);
}

#[test]
fn close_ends_everything_once() {
    let mut lab = lab();
    lab.hold = true;
    let x = key("x");
    let id = lab.submit(&Command { action: write_of(&x), policy: &Policy::write(), filter: None });
    lab.settle();
    let now = lab.now();
    lab.client.close(now);
    lab.client.close(now);
    lab.settle();
    let error = lab.take_finished(id).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Closed, true));
    assert_eq!(lab.seen.iter().filter(|seen| **seen == Seen::Closed).count(), 1);
    assert_eq!((lab.open_connections(), lab.client.in_flight()), (0, 0));
    assert!(
        lab.client
            .submit(now, &Command { action: read_of(&x), policy: &Policy::read(), filter: None })
            .is_err()
    );
}

#[test]
fn frames_nobody_asked_for_end_the_connection_and_nothing_else() {
    let mut lab = lab();
    let not_found =
        [2, 3, 0, 0, 0, 0, 0, 22, 22, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    lab.inject(&not_found);
    assert_eq!(lab.open_connections(), 0);
    lab.advance_ms(2_000);
    assert_eq!(stored(&mut lab), 1);
}

#[test]
fn any_bytes_in_place_of_a_reply_end_the_command_and_leave_the_client_well() {
    let hostile: [&[u8]; 8] = [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        &[0xff; 64],
        &[2, 3, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0],
        &[2, 9, 0, 0, 0, 0, 0, 0],
        &[1, 3, 0, 0, 0, 0, 0, 22],
        &[2, 1, 0, 0, 0, 0, 0, 2, b'o', b'k'],
        &[2, 3, 0, 0, 0, 0, 0, 4, 22, 0, 0, 0],
        &[
            2, 3, 0, 0, 0, 0, 0, 22, 22, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff,
            0xff,
        ],
    ];
    for bytes in hostile {
        let mut lab = lab();
        lab.hold = true;
        let x = key("x");
        let id = lab.submit(&Command { action: write_of(&x), policy: &Policy::write(), filter: None });
        lab.settle();
        lab.inject(bytes);
        let error =
            lab.take_finished(id).unwrap_or_else(|| panic!("still waiting after {bytes:02x?}")).unwrap_err();
        assert!(error.in_doubt, "{bytes:02x?}: {error:?}");
        lab.hold = false;
        lab.advance_ms(2_000);
        read(&mut lab, &Policy::read()).unwrap();
    }
}

#[test]
fn a_batch_that_loses_its_connection_retries_the_rows_without_an_answer() {
    let mut lab = Lab::new(3);
    let keys: Vec<Key> = (0..60).map(key).collect();
    let rows: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    lab.server.inject(Some(1), Fault::Cut(100), 1);
    let command = Command { action: Action::Batch { rows: &rows }, policy: &Policy::read(), filter: None };
    let answered = lab.call_batch(&command).unwrap();
    assert_eq!(answered.len(), 60);
    let not_found = |row: &Result<_, Error>| {
        row.as_ref().is_err_and(|error| error.kind == ErrorKind::Server(ResultCode::RECORD_NOT_FOUND))
    };
    assert!(answered.values().all(not_found));
}

#[test]
fn a_sequential_batch_waits_for_one_node_before_it_asks_the_next() {
    let mut lab = Lab::new(3);
    let keys: Vec<Key> = (0..60).map(key).collect();
    let rows: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    let policy = Policy { sequential: true, ..Policy::read() };
    let command = Command { action: Action::Batch { rows: &rows }, policy: &policy, filter: None };
    lab.hold = true;
    let id = lab.submit(&command);
    lab.settle();
    lab.advance_ms(10);
    assert_eq!(lab.writes.iter().filter(|(_, bytes)| bytes[1] == 3).count(), 1, "the others wait");
    lab.hold = false;
    lab.settle();
    lab.take_finished(id).unwrap().unwrap();
    assert_eq!(lab.take_rows(id).len(), 60);
}

#[test]
fn a_batch_before_any_node_is_known_finds_no_node() {
    let mut lab = Lab::with_config(1, Config { connect_timeout_ms: 100, ..Config::default() });
    let now = lab.now();
    let seed = Endpoint { host: "127.0.0.1".into(), port: 3000, tls_name: String::new() };
    lab.client = aerospike_wasm::Client::new(Config { seeds: vec![seed], ..Config::default() }, 1, now);
    let x = key("x");
    let rows = [BatchRow { key: x.as_ref(), action: RowAction::Read(Bins::All) }];
    let error = lab
        .call_batch(&Command { action: Action::Batch { rows: &rows }, policy: &Policy::read(), filter: None })
        .unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::NoNode, false));
}

#[test]
fn a_batch_write_without_an_answer_is_in_doubt_row_by_row() {
    let mut lab = Lab::new(3);
    let keys: Vec<Key> = (0..60).map(key).collect();
    let rows: Vec<BatchRow<'_>> = keys
        .iter()
        .map(|key| BatchRow { key: key.as_ref(), action: RowAction::Operate(&WRITE, RowPolicy::default()) })
        .collect();
    lab.server.inject(Some(0), Fault::Swallow, 1);
    let command = Command { action: Action::Batch { rows: &rows }, policy: &Policy::write(), filter: None };
    let answered = lab.call_batch(&command).unwrap();
    assert_eq!(answered.len(), 60);
    let failed: Vec<&Error> = answered.values().filter_map(|row| row.as_ref().err()).collect();
    assert!(!failed.is_empty() && failed.len() < 60);
    assert!(failed.iter().all(|error| error.kind == ErrorKind::Timeout && error.in_doubt));
}

#[test]
fn a_batch_that_nobody_answers_fails_as_a_whole() {
    let mut lab = Lab::new(1);
    let (a, b) = (key("a"), key("b"));
    let rows = [&a, &b]
        .map(|key| BatchRow { key: key.as_ref(), action: RowAction::Operate(&WRITE, RowPolicy::default()) });
    lab.server.inject(None, Fault::Swallow, 9);
    let command = Command { action: Action::Batch { rows: &rows }, policy: &Policy::write(), filter: None };
    let error = lab.call_batch(&command).unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Timeout, true));
}

#[test]
fn seeds_that_do_not_answer_are_named_with_their_reason() {
    let dead = |port| Endpoint { host: "127.0.0.1".into(), port, tls_name: String::new() };
    let mut lab = Lab::with_config(1, Config { seeds: vec![dead(1), dead(2)], ..Config::default() });
    assert!(lab.seen.contains(&Seen::Ready), "one good seed is enough");
    read(&mut lab, &Policy::read()).unwrap_err();
    let mut config = Config { seeds: vec![dead(1)], ..Config::default() };
    config.cluster_name = "other".into();
    let lab = Lab::with_config(1, config);
    let text = lab.seen.iter().find_map(|seen| match seen {
        Seen::ConnectFailed(text, _) => Some(text.clone()),
        _ => None,
    });
    let text = text.unwrap();
    assert!(text.contains("127.0.0.1:1: connection refused"), "{text}");
    assert!(text.contains("127.0.0.1:3000: server belongs to cluster 'testserver'"), "{text}");
}

#[test]
fn an_answer_that_arrived_while_the_host_was_held_up_counts() {
    let mut lab = lab();
    let key = key("x");
    for _ in 0..3 {
        lab.hold = true;
        let read = Command { action: read_of(&key), policy: &Policy::read(), filter: None };
        let id = lab.submit(&read);
        lab.settle();
        // Three times its total timeout, and that of the tend under way.
        lab.stall_ms(3_000);
        assert!(lab.take_finished(id).is_none());
        lab.hold = false;
        lab.settle();
        assert!(lab.take_finished(id).unwrap().is_ok());
        // The next time it is held up before anything else of it is due.
    }
    lab.advance_ms(1);
    let node = &lab.client.statistics().nodes[0];
    assert_eq!((node.counters.timeouts, node.counters.closed, node.active), (0, 0, true));
}

#[test]
fn what_had_not_left_when_the_host_was_held_up_does_not_leave_after_its_end() {
    let mut lab =
        Lab::with_config(1, Config { pipeline_depth: 1, max_conns_per_node: 1, ..Config::default() });
    write(&mut lab, &Policy::write()).unwrap();
    lab.hold = true;
    lab.writes.clear();
    let key = key("x");
    let command = Command { action: write_of(&key), policy: &Policy::write(), filter: None };
    let [first, second] = [lab.submit(&command), lab.submit(&command)];
    lab.settle();
    lab.stall_ms(3_000);
    let error = lab.take_finished(second).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Timeout, false));
    lab.hold = false;
    lab.settle();
    assert!(lab.take_finished(first).unwrap().is_ok());
    lab.advance_ms(100);
    assert_eq!(stored(&mut lab), 2, "the second was not sent");
}

#[test]
fn a_host_that_is_always_late_gives_up_all_the_same() {
    let mut lab = lab();
    lab.server.inject(None, Fault::Swallow, 1);
    let policy = Policy { max_retries: 0, ..Policy::read() };
    let key = key("x");
    let id = lab.submit(&Command { action: read_of(&key), policy: &policy, filter: None });
    lab.settle();
    let is_open = |lab: &mut Lab| {
        lab.stall_ms(100);
        lab.settle();
        lab.take_finished(id).is_none()
    };
    let turns = (0..40).take_while(|_| is_open(&mut lab)).count();
    assert!((9..12).contains(&turns), "after {turns} turns, where a second is ten");
}
