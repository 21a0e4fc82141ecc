//! Clusters of several nodes: discovery, routing by partition, nodes that leave and return.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::collections::BTreeSet;

use aerospike_testkit::{Lab, Seen, key};
use aerospike_wasm::data::ValueRef;
use aerospike_wasm::{Action, Bins, Command, Config, Error, Operation, Policy};

fn write(lab: &mut Lab, n: i64) -> Result<(), Error> {
    let key = key(n);
    let ops = [Operation::write("n", ValueRef::Integer(n))];
    lab.call(&Command {
        action: Action::Operate { key: key.as_ref(), ops: &ops },
        policy: &Policy::write(),
        filter: None,
    })
    .map(drop)
}

fn read(lab: &mut Lab, n: i64) -> Result<(), Error> {
    let key = key(n);
    lab.call(&Command {
        action: Action::Read { key: key.as_ref(), bins: Bins::All },
        policy: &Policy::read(),
        filter: None,
    })
    .map(drop)
}

fn names(lab: &Lab) -> Vec<String> {
    lab.client.node_names().map(String::from).collect()
}

#[test]
fn one_seed_leads_to_all_nodes_before_the_client_is_ready() {
    for nodes in [1, 2, 3, 8, 32] {
        let lab = Lab::new(nodes);
        assert!(lab.seen.contains(&Seen::Ready));
        assert_eq!(names(&lab).len(), nodes);
        assert!(lab.client.is_connected());
    }
}

#[test]
fn commands_go_to_the_node_that_owns_the_partition() {
    let mut lab = Lab::new(3);
    lab.writes.clear();
    for n in 0..100 {
        write(&mut lab, n).unwrap();
    }
    let used: BTreeSet<_> =
        lab.writes.iter().filter(|(_, bytes)| bytes[1] == 3).map(|(conn, _)| *conn).collect();
    assert_eq!(used.len(), 3, "one connection to each of three nodes");
}

#[test]
fn a_node_that_leaves_is_dropped_and_the_others_serve_its_partitions() {
    let mut lab = Lab::new(3);
    for n in 0..60 {
        write(&mut lab, n).unwrap();
    }
    lab.set_node_up(2, false);
    lab.advance_ms(8_000);
    assert_eq!(names(&lab).len(), 2);
    for n in 0..60 {
        read(&mut lab, n).unwrap_or_else(|error| panic!("{n}: {error:?}"));
        write(&mut lab, n).unwrap_or_else(|error| panic!("{n}: {error:?}"));
    }
}

#[test]
fn a_node_that_returns_is_found_again_under_its_old_name() {
    let mut lab = Lab::new(3);
    let before = names(&lab);
    lab.set_node_up(1, false);
    lab.advance_ms(8_000);
    lab.set_node_up(1, true);
    lab.advance_ms(5_000);
    assert_eq!(names(&lab), before);
    for n in 0..60 {
        write(&mut lab, n).unwrap();
    }
}

#[test]
fn reads_move_on_to_a_replica_while_a_node_is_dead_but_not_yet_dropped() {
    let mut lab = Lab::new(3);
    for n in 0..60 {
        write(&mut lab, n).unwrap();
    }
    lab.set_node_up(0, false);
    let failed = (0..60).filter(|n| read(&mut lab, *n).is_err()).count();
    assert_eq!(failed, 0);
}

#[test]
fn a_whole_cluster_that_went_away_is_found_again_by_its_seeds() {
    let mut lab = Lab::new(2);
    lab.set_node_up(0, false);
    lab.set_node_up(1, false);
    lab.advance_ms(15_000);
    assert_eq!(names(&lab).len(), 0);
    assert!(!lab.client.is_connected());
    read(&mut lab, 1).unwrap_err();
    lab.set_node_up(0, true);
    lab.set_node_up(1, true);
    lab.advance_ms(5_000);
    assert_eq!(names(&lab).len(), 2);
    write(&mut lab, 1).unwrap();
}

#[test]
fn tending_goes_on_without_commands_and_closes_idle_connections() {
    let mut lab = Lab::new(1);
    write(&mut lab, 1).unwrap();
    assert_eq!(lab.open_connections(), 2, "one to tend, one for commands");
    lab.advance_ms(60_000);
    assert_eq!(lab.open_connections(), 1);
    write(&mut lab, 1).unwrap();
}

#[test]
fn connections_stay_within_the_limit_and_every_command_is_served() {
    let config = Config { max_conns_per_node: 4, ..Default::default() };
    let mut lab = Lab::with_config(1, config);
    let keys: Vec<_> = (0..500).map(key).collect();
    let ids: Vec<_> = keys
        .iter()
        .map(|key| {
            let ops = [Operation::write("n", ValueRef::Integer(1))];
            lab.submit(&Command {
                action: Action::Operate { key: key.as_ref(), ops: &ops },
                policy: &Policy::write(),
                filter: None,
            })
        })
        .collect();
    lab.settle();
    assert_eq!(lab.open_connections(), 5);
    for id in ids {
        lab.take_finished(id).unwrap().unwrap();
    }
}

#[test]
fn clients_outside_the_network_use_the_alternate_addresses() {
    let mut server = Lab::servers(3);
    for node in &mut server.nodes {
        // The lab's network is the one outside: here it has no port of the nodes' own.
        node.alternate = Some((node.host.clone(), node.port));
        (node.host, node.port) = ("10.0.0.9".into(), node.port + 1_000);
    }
    let found = |use_services_alternate| {
        let config = Config { use_services_alternate, ..Config::default() };
        names(&Lab::with_server(server.clone(), config)).len()
    };
    let (by_alternates, by_own) = (found(true), found(false));
    assert_eq!((by_alternates, by_own), (3, 1));
}
