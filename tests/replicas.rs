//! Which replica a read goes to: racks, all replicas in turn, and the master of strongly consistent namespaces.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::collections::BTreeMap;

use aerospike_testkit::{Lab, key};
use aerospike_testserver::Fault;
use aerospike_wasm::data::{Key, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, Config, Operation, Policy, ReadModeSc, Replica, RowAction,
};

const KEYS: i64 = 120;

/// A cluster of three nodes in racks, each partition on all of them.
fn racked(racks: [u32; 3], rack_ids: &[u32]) -> Lab {
    let mut server = Lab::servers(3);
    server.replication_factor = 3;
    for (node, rack) in server.nodes.iter_mut().zip(racks) {
        node.rack = Some(rack);
    }
    Lab::with_server(server, Config { rack_ids: rack_ids.into(), ..Config::default() })
}

/// How many attempts each node has answered.
fn answered(lab: &Lab) -> Vec<u64> {
    let mut nodes = lab.client.statistics().nodes;
    nodes.sort_by(|a, b| a.name.cmp(&b.name));
    nodes.into_iter().map(|node| node.counters.answered).collect()
}

/// How many of [`KEYS`] reads each node answers.
fn spread(lab: &mut Lab, policy: &Policy) -> Vec<u64> {
    let before = answered(lab);
    for n in 0..KEYS {
        let key = key(n);
        let action = Action::Read { key: key.as_ref(), bins: Bins::All };
        let _ = lab.call(&Command { action, policy, filter: None });
    }
    answered(lab).into_iter().zip(before).map(|(now, before)| now - before).collect()
}

fn prefer_rack() -> Policy {
    Policy { replica: Replica::PreferRack, ..Policy::read() }
}

#[test]
fn reads_go_to_a_node_of_the_clients_rack() {
    for (racks, own, expected) in [([1, 2, 3], 2, [0, KEYS as u64, 0]), ([7, 7, 1], 1, [0, 0, KEYS as u64])] {
        assert_eq!(spread(&mut racked(racks, &[own]), &prefer_rack()), expected);
    }
}

#[test]
fn the_closest_rack_that_has_the_partition_comes_first() {
    let mut lab = racked([1, 2, 3], &[9, 3, 1]);
    assert_eq!(spread(&mut lab, &prefer_rack()), [0, 0, KEYS as u64]);
    lab.set_node_up(2, false);
    lab.advance_ms(8_000);
    assert_eq!(spread(&mut lab, &prefer_rack()), [KEYS as u64, 0, 0]);
}

#[test]
fn writes_go_to_the_master_whatever_the_rack() {
    let mut lab = racked([1, 2, 3], &[2]);
    let before = answered(&lab);
    for n in 0..KEYS {
        let key = key(n);
        let ops = [Operation::write("n", ValueRef::Integer(n))];
        let policy = Policy { replica: Replica::PreferRack, ..Policy::write() };
        let action = Action::Operate { key: key.as_ref(), ops: &ops };
        lab.call(&Command { action, policy: &policy, filter: None }).unwrap();
    }
    let after = answered(&lab);
    assert!(after.iter().zip(before).all(|(now, before)| now - before > 20), "{after:?}");
}

#[test]
fn a_retry_goes_to_another_node() {
    let mut lab = racked([1, 1, 2], &[1]);
    for node in [0, 1] {
        lab.server.inject(Some(node), Fault::Answer(ResultCode::PARTITION_UNAVAILABLE), 1_000);
    }
    // Both nodes of the rack refuse: the first attempt and the second meet them, the third goes elsewhere.
    let x = key("x");
    let action = Action::Read { key: x.as_ref(), bins: Bins::All };
    let error = lab.call(&Command { action, policy: &prefer_rack(), filter: None }).unwrap_err();
    let seen = answered(&lab);
    assert_eq!(error.kind, aerospike_wasm::ErrorKind::Server(ResultCode::PARTITION_UNAVAILABLE));
    assert_eq!(seen[0] + seen[1] + seen[2], 3);
    assert!(
        seen[0] > 0 && seen[1] > 0,
        "the rack's other node was asked before the same one again: {seen:?}"
    );
}

#[test]
fn rows_of_a_batch_go_to_the_rack_too() {
    let mut lab = racked([1, 2, 3], &[3]);
    let keys: Vec<Key> = (0..KEYS).map(key).collect();
    let rows: Vec<BatchRow<'_>> =
        keys.iter().map(|key| BatchRow { key: key.as_ref(), action: RowAction::Read(Bins::All) }).collect();
    let before = answered(&lab);
    let rows = lab
        .call_batch(&Command { action: Action::Batch { rows: &rows }, policy: &prefer_rack(), filter: None })
        .unwrap();
    let after: Vec<u64> = answered(&lab).into_iter().zip(before).map(|(now, before)| now - before).collect();
    assert_eq!((rows.len() as i64, after), (KEYS, vec![0, 0, 1]));
}

#[test]
fn a_node_that_moves_to_another_rack_is_noticed_at_the_next_tend() {
    let mut lab = racked([1, 2, 3], &[2]);
    assert_eq!(spread(&mut lab, &prefer_rack()), [0, KEYS as u64, 0]);
    lab.server.set_node_rack(1, Some(8));
    lab.server.set_node_rack(2, Some(2));
    lab.advance_ms(2_100);
    assert_eq!(spread(&mut lab, &prefer_rack()), [0, 0, KEYS as u64]);
}

#[test]
fn servers_without_racks_are_asked_in_sequence_and_only_clients_with_racks_ask() {
    let mut lab = Lab::with_config(3, Config { rack_ids: vec![1], ..Config::default() });
    let by_rack = spread(&mut lab, &prefer_rack());
    assert_eq!(by_rack, spread(&mut lab, &Policy::read()));
    let asks = |lab: &Lab| {
        let asked = |bytes: &[u8]| bytes.windows(8).any(|part| part == b"rack-ids");
        lab.writes.iter().filter(|(_, bytes)| asked(bytes)).count()
    };
    assert_eq!(asks(&lab), 3, "each node once");
    lab.advance_ms(5_000);
    assert_eq!(asks(&lab), 3, "an error is an answer");
    let mut plain = Lab::new(3);
    plain.advance_ms(3_000);
    assert_eq!(asks(&plain), 0);
}

#[test]
fn any_spreads_reads_over_all_replicas() {
    let mut lab = racked([1, 2, 3], &[]);
    let any = Policy { replica: Replica::Any, ..Policy::read() };
    let x = key("x");
    let before = answered(&lab);
    for _ in 0..30 {
        let action = Action::Read { key: x.as_ref(), bins: Bins::All };
        let _ = lab.call(&Command { action, policy: &any, filter: None });
    }
    let after: Vec<u64> = answered(&lab).into_iter().zip(before).map(|(now, before)| now - before).collect();
    assert_eq!(after, [10, 10, 10], "one key, three replicas in turn");
}

#[test]
fn strongly_consistent_namespaces_answer_session_reads_at_the_master() {
    let mut server = Lab::servers(3);
    server.replication_factor = 3;
    server.nodes.iter_mut().for_each(|node| node.rack = Some(1));
    server.nodes[0].rack = Some(5);
    server.namespaces[0].strong_consistency = true;
    let mut lab = Lab::with_server(server, Config { rack_ids: vec![5], ..Config::default() });
    let at_masters = spread(&mut lab, &Policy { replica: Replica::Master, ..Policy::read() });
    let mut with = |read_mode_sc| spread(&mut lab, &Policy { read_mode_sc, ..prefer_rack() });
    assert_eq!(with(ReadModeSc::Session), at_masters);
    assert_eq!(with(ReadModeSc::Linearize), at_masters);
    assert_eq!(with(ReadModeSc::AllowReplica), [KEYS as u64, 0, 0]);
}

#[test]
fn the_master_of_a_key_is_where_a_write_of_it_goes() {
    let mut lab = Lab::new(3);
    let ops = [Operation::write("a", ValueRef::Integer(1))];
    let mut counts = BTreeMap::new();
    for n in 0..KEYS {
        let key = key(n);
        let master = lab.client.master(&key.as_ref()).expect("every partition has a master");
        let action = Action::Operate { key: key.as_ref(), ops: &ops };
        lab.call(&Command { action, policy: &Policy::write(), filter: None }).unwrap();
        let name = lab.client.node_name(master);
        let count = counts.entry(name.to_string()).or_insert(0);
        *count += 1;
        let nodes = lab.client.statistics().nodes;
        let asked = nodes.iter().find(|node| node.name == name).unwrap();
        assert_eq!(asked.counters.answered, *count, "another node was asked");
    }
    assert_eq!(counts.len(), 3);
    let elsewhere = Key::new("nowhere", "demo", 1);
    assert_eq!(lab.client.master(&elsewhere.as_ref()), None, "no node has named the namespace");
    lab.set_node_up(0, false);
    lab.advance_ms(8_000);
    let master_of = |n: i64| lab.client.master(&key(n).as_ref());
    let names: Vec<_> = (0..KEYS).filter_map(master_of).map(|id| lab.client.node_name(id)).collect();
    assert_eq!(names.len(), KEYS as usize, "the others took over");
    assert!(names.iter().all(|name| lab.client.node_names().any(|known| known == *name)));
}
