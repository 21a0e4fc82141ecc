//! A node that does not answer any more: what may have to wait for it keeps out of the way of everything else.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::collections::{BTreeMap, BTreeSet};

use aerospike_testkit::{Lab, key};
use aerospike_testserver::Fault;
use aerospike_wasm::data::ValueRef;
use aerospike_wasm::wire::batch::Rows;
use aerospike_wasm::wire::message::{FieldType, Message};
use aerospike_wasm::{Action, Bins, Command, CommandId, Config, ConnId, Operation, Policy};

const MESSAGE: u8 = 3;
const DEAD: usize = 2;

/// Three nodes, two of which own each partition; one connection to each carries commands.
fn lab(config: Config) -> Lab {
    let mut lab = Lab::with_config(3, Config { pipeline_connections: 1, ..config });
    for n in 0..30 {
        let id = write(&mut lab, n);
        lab.settle();
        lab.take_finished(id).unwrap().unwrap();
    }
    lab.writes.clear();
    lab
}

fn write(lab: &mut Lab, n: i64) -> CommandId {
    let key = key(n);
    let ops = [Operation::write("n", ValueRef::Integer(n))];
    let action = Action::Operate { key: key.as_ref(), ops: &ops };
    lab.submit(&Command { action, policy: &Policy::write(), filter: None })
}

fn write_many(lab: &mut Lab) {
    for n in 0..90 {
        write(lab, n);
    }
}

fn read(lab: &mut Lab, n: i64, policy: &Policy) -> CommandId {
    let key = key(n);
    lab.submit(&Command { action: Action::Read { key: key.as_ref(), bins: Bins::All }, policy, filter: None })
}

/// The digests of the commands that were written to each connection.
fn digests(lab: &Lab) -> BTreeMap<ConnId, Vec<Vec<u8>>> {
    let mut digests: BTreeMap<ConnId, Vec<Vec<u8>>> = BTreeMap::new();
    for (conn, mut bytes) in lab.writes.iter().map(|(conn, bytes)| (*conn, bytes.as_slice())) {
        while bytes.first() == Some(&2) && bytes[1] == MESSAGE {
            let len = bytes[2..8].iter().fold(0, |len, byte| len << 8 | usize::from(*byte));
            digests.entry(conn).or_default().extend(digests_of(&bytes[8..8 + len]));
            bytes = &bytes[8 + len..];
        }
    }
    digests
}

/// That of one command, or those of the merged ones.
fn digests_of(message: &[u8]) -> Vec<Vec<u8>> {
    let message = Message::read_only(message).unwrap();
    if let Some(digest) = message.field(FieldType::DIGEST) {
        return vec![digest.into()];
    }
    let mut rows = Rows::new(message.field(FieldType::BATCH).unwrap()).unwrap();
    core::iter::from_fn(|| rows.next_row().unwrap()).map(|row| row.digest.into()).collect()
}

/// How many commands were written to each connection.
fn commands(lab: &Lab) -> BTreeMap<ConnId, usize> {
    digests(lab).into_iter().map(|(conn, digests)| (conn, digests.len())).collect()
}

#[test]
fn writes_whose_replica_does_not_answer_get_connections_to_themselves() {
    let mut lab = lab(Config::default());
    lab.hold = true;
    lab.set_node_up(DEAD, false);
    write_many(&mut lab);
    lab.settle();
    let counts = commands(&lab);
    let shared: Vec<usize> = counts.values().copied().filter(|count| *count > 1).collect();
    let alone = counts.len() - shared.len();
    // A third of the commands goes to each survivor, and half of these are on the dead node too.
    assert_eq!(shared.len(), 2, "{counts:?}");
    assert!((20..40).contains(&alone) && (20..40).contains(&shared.iter().sum::<usize>()), "{counts:?}");
}

#[test]
fn writes_to_the_only_node_share_connections_though_it_misses_a_tend() {
    let mut lab = Lab::new(1);
    write_many(&mut lab);
    lab.settle();
    lab.hold = true;
    // The tend gets no answer in its time.
    lab.advance_ms(2_500);
    lab.writes.clear();
    write_many(&mut lab);
    lab.settle();
    let counts = commands(&lab);
    assert!(counts.len() <= 2, "{counts:?}");
}

#[test]
fn writes_that_wait_for_different_replicas_keep_to_different_connections() {
    let mut lab = Lab::new(3);
    for _ in 0..2 {
        write_many(&mut lab);
        lab.settle();
    }
    lab.writes.clear();
    lab.hold = true;
    write_many(&mut lab);
    lab.settle();
    let before = digests(&lab);
    assert_eq!(before.len(), 6, "two for each of three nodes");
    // Which of them the node is a replica of shows in what happens to the same writes now.
    lab.set_node_up(DEAD, false);
    lab.writes.clear();
    write_many(&mut lab);
    lab.settle();
    let exposed: BTreeMap<Vec<u8>, bool> = digests(&lab)
        .into_values()
        .flat_map(|digests| {
            let alone = digests.len() == 1;
            digests.into_iter().map(move |digest| (digest, alone))
        })
        .collect();
    for (conn, digests) in before {
        let kinds: BTreeSet<bool> =
            digests.iter().filter_map(|digest| exposed.get(digest).copied()).collect();
        assert!(kinds.len() <= 1, "{conn:?}");
    }
}

#[test]
fn writes_share_connections_again_once_the_node_is_dropped() {
    let mut lab = lab(Config::default());
    lab.set_node_up(DEAD, false);
    lab.advance_ms(2_000);
    lab.writes.clear();
    lab.hold = true;
    write_many(&mut lab);
    lab.settle();
    assert_eq!(commands(&lab).len(), 2);
}

#[test]
fn nothing_follows_a_write_in_flight_that_may_have_to_wait() {
    let mut lab = lab(Config::default());
    lab.hold = true;
    write_many(&mut lab);
    lab.settle();
    let before = commands(&lab);
    assert_eq!(before.len(), 3);
    lab.set_node_up(DEAD, false);
    lab.writes.clear();
    write_many(&mut lab);
    lab.settle();
    let after = commands(&lab);
    assert!(!after.is_empty() && after.keys().all(|conn| !before.contains_key(conn)), "{before:?} {after:?}");
}

#[test]
fn reads_behind_such_a_write_are_asked_again_if_they_have_an_attempt_left() {
    for (max_retries, again) in [(0, false), (2, true)] {
        let mut lab = lab(Config::default());
        let policy = Policy { max_retries, ..Policy::read() };
        lab.hold = true;
        for n in 0..30 {
            write(&mut lab, n);
        }
        let reads: Vec<CommandId> = (0..30).map(|n| read(&mut lab, n, &policy)).collect();
        lab.settle();
        lab.writes.clear();
        lab.set_node_up(DEAD, false);
        let asked: usize = commands(&lab).values().sum();
        assert_eq!(asked > 10, again, "{asked} of {} with {max_retries} retries", reads.len());
        lab.hold = false;
        lab.settle();
        let ok = reads.into_iter().filter(|id| lab.take_finished(*id).is_some_and(|result| result.is_ok()));
        assert!(if again { ok.count() == 30 } else { ok.count() < 30 });
    }
}

#[test]
fn a_node_that_the_others_gave_up_is_dropped_within_half_a_second() {
    let mut lab = lab(Config::default());
    lab.advance_ms(300);
    lab.set_node_up(DEAD, false);
    lab.advance_ms(500);
    assert_eq!(lab.client.statistics().nodes.into_iter().filter(|node| node.active).count(), 2);
}

/// Whether a node is left alone after writes timed out `timeout_ms` after another one died.
fn trips_after_timeouts(timeout_ms: u32, timeout_delay_ms: u32, begin_ms: u64) -> bool {
    let mut lab = lab(Config { max_error_rate: 5, error_rate_window: 100, ..Config::default() });
    lab.set_node_up(DEAD, false);
    lab.advance_ms(begin_ms);
    lab.server.inject(None, Fault::Swallow, u32::MAX);
    let policy = Policy { total_timeout_ms: timeout_ms, timeout_delay_ms, ..Policy::write() };
    for n in 0..60 {
        let key = key(n);
        let action = Action::Remove { key: key.as_ref() };
        lab.submit(&Command { action, policy: &policy, filter: None });
    }
    lab.advance_ms(u64::from(timeout_ms + timeout_delay_ms) + 50);
    lab.server.clear_faults();
    let reads: Vec<CommandId> = (0..30).map(|n| read(&mut lab, n, &Policy::read())).collect();
    lab.settle();
    let tripped = |error: aerospike_wasm::Error| error.kind == aerospike_wasm::ErrorKind::TooManyErrors;
    reads.into_iter().any(|id| lab.take_finished(id).and_then(Result::err).is_some_and(tripped))
}

#[test]
fn timeouts_for_want_of_a_dead_replica_do_not_count_against_the_node() {
    assert!(!trips_after_timeouts(100, 0, 0));
    assert!(!trips_after_timeouts(100, 100, 0));
}

#[test]
fn nor_do_those_of_attempts_that_began_before_it_was_dropped() {
    assert!(!trips_after_timeouts(1_000, 0, 0), "connections that are closed at once");
    assert!(!trips_after_timeouts(1_000, 500, 0), "and ones that are given time");
    assert!(trips_after_timeouts(1_000, 0, 900), "later ones do");
}
