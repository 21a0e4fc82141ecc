//! Several nodes: who holds which partition, who knows whom, and what changes when a node leaves or joins.

use alloc::collections::BTreeSet;

use aerospike_testserver::{Config, ConnectionId, Server, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::{Command, Peer, answers, frames, info};

struct Nodes {
    server: Server,
    connections: Vec<ConnectionId>,
}

impl Nodes {
    fn new(count: usize) -> Self {
        let mut server = Server::new(Config::with_nodes(count));
        let connections = (0..count).map(|node| server.open(node).unwrap()).collect();
        Self { server, connections }
    }

    fn info(&mut self, node: usize, command: &str) -> String {
        let mut out = Vec::new();
        let connection = self.connections[node];
        assert_eq!(self.server.receive(connection, &info(&format!("{command}\n")), &mut out), Verdict::Keep);
        let line = String::from_utf8(frames(&out)[0].1.clone()).unwrap();
        line[command.len() + 1..line.len() - 1].to_owned()
    }

    /// The bitmaps of a node for the namespace `test`.
    fn bitmaps(&mut self, node: usize) -> Vec<Vec<u8>> {
        let value = self.info(node, "replicas");
        let columns = value.split(';').next().unwrap().strip_prefix("test:0,").unwrap().to_owned();
        columns.split(',').skip(1).map(|column| STANDARD.decode(column).unwrap()).collect()
    }

    /// Checks that in each column every partition has exactly one owner; gives the columns of each node.
    fn check_map(&mut self, up: &[usize], columns: usize) -> Vec<Vec<Vec<u8>>> {
        let maps: Vec<_> = up.iter().map(|node| self.bitmaps(*node)).collect();
        for column in 0..columns {
            for byte in 0..512 {
                let bits = maps.iter().map(|map| map[column][byte]);
                assert_eq!(bits.clone().fold(0, |all, bits| all | bits), 0xff);
                assert_eq!(bits.map(u8::count_ones).sum::<u32>(), 8);
            }
        }
        for map in &maps {
            assert_eq!(map.len(), columns);
            if let [first, second] = map.as_slice() {
                assert!(first.iter().zip(second).all(|(a, b)| a & b == 0), "no node holds a partition twice");
            }
        }
        maps
    }

    fn generations(&mut self, node: usize) -> [String; 3] {
        ["peers-generation", "partition-generation", "rebalance-generation"].map(|name| self.info(node, name))
    }
}

#[test]
fn every_partition_has_one_owner_per_replica() {
    let mut nodes = Nodes::new(3);
    let maps = nodes.check_map(&[0, 1, 2], 2);
    for map in maps {
        let owned: u32 = map[0].iter().map(|byte| byte.count_ones()).sum();
        assert!((1100..1650).contains(&owned), "about a third each: {owned}");
    }
}

#[test]
fn peers() {
    let mut nodes = Nodes::new(3);
    assert_eq!(nodes.info(0, "node"), "A1");
    assert_eq!(nodes.info(0, "peers-clear-std"), "2,3000,[[A2,,[127.0.0.1:3100]],[A3,,[127.0.0.1:3200]]]");
    assert_eq!(nodes.info(1, "peers-clear-std"), "2,3000,[[A1,,[127.0.0.1]],[A3,,[127.0.0.1:3200]]]");
    assert_eq!(nodes.info(1, "peers-clear-std:generation=2"), "2,3000,[]");
    assert_eq!(nodes.info(1, "peers-clear-std:generation=1"), "2,3000,[[A3,,[127.0.0.1:3200]]]");
    for ignored in ["x", "9", "-1"] {
        let value = nodes.info(1, &format!("peers-clear-std:generation={ignored}"));
        assert_eq!(value, "2,3000,[[A1,,[127.0.0.1]],[A3,,[127.0.0.1:3200]]]");
    }
    assert_eq!(nodes.info(2, "service-clear-std"), "127.0.0.1:3200");
    nodes.server.set_node_address(2, "::1", 3000);
    assert_eq!(nodes.info(0, "peers-clear-std"), "2,3000,[[A2,,[127.0.0.1:3100]],[A3,,[[::1]]]]");
}

#[test]
fn a_node_leaves() {
    let mut nodes = Nodes::new(3);
    let before = nodes.check_map(&[0, 1, 2], 2);
    let key = nodes.info(0, "cluster-stable:");
    let other = nodes.server.open(2).unwrap();
    let closed = nodes.server.set_node_up(2, false);
    assert_eq!(closed, [nodes.connections[2], other]);
    assert!(!nodes.server.is_open(other));
    assert!(nodes.server.open(2).is_none(), "connections are refused");
    for node in [0, 1] {
        assert_eq!(nodes.generations(node), ["3", "1", "2"]);
    }
    assert_ne!(nodes.info(0, "cluster-stable:"), key);
    assert_eq!(nodes.info(0, "peers-clear-std"), "3,3000,[[A2,,[127.0.0.1:3100]]]");
    assert_eq!(nodes.info(0, "peers-clear-std:generation=2"), "3,3000,[[A3,,]]");
    let after = nodes.check_map(&[0, 1], 2);
    for (node, map) in after.iter().enumerate() {
        let kept = before[node][0].iter().zip(&map[0]).all(|(old, new)| old & !new == 0);
        assert!(kept, "who was master stays master");
    }
}

#[test]
fn a_node_comes_back() {
    let mut nodes = Nodes::new(3);
    let before = nodes.check_map(&[0, 1, 2], 2);
    nodes.server.set_node_up(2, false);
    assert!(nodes.server.set_node_up(2, true).is_empty());
    nodes.connections[2] = nodes.server.open(2).unwrap();
    assert_eq!(nodes.check_map(&[0, 1, 2], 2), before);
    assert_eq!(nodes.generations(0), ["4", "2", "3"]);
    assert_eq!(nodes.generations(2), ["2", "0", "1"], "a new process counts from the start");
    assert_eq!(nodes.info(0, "peers-clear-std:generation=3"), "4,3000,[[A3,,[127.0.0.1:3200]]]");
}

#[test]
fn the_last_node_holds_everything() {
    let mut nodes = Nodes::new(2);
    nodes.server.set_node_up(0, false);
    nodes.check_map(&[1], 1);
    assert_eq!(nodes.info(1, "peers-clear-std"), "2,3000,[]");
}

#[test]
fn saying_it_twice_changes_nothing() {
    let mut nodes = Nodes::new(2);
    assert!(nodes.server.set_node_up(1, true).is_empty());
    assert!(nodes.server.set_node_up(9, false).is_empty());
    assert_eq!(nodes.generations(0), ["1", "0", "1"]);
}

#[test]
fn every_node_answers_for_every_record() {
    let mut nodes = Nodes::new(3);
    let mut seen = BTreeSet::new();
    for at in 0..30 {
        let key = format!("k{at}");
        let (writer, reader) = (nodes.connections[at % 3], nodes.connections[(at + 1) % 3]);
        let mut out = Vec::new();
        assert_eq!(nodes.server.receive(writer, &Command::put(&key).bytes(), &mut out), Verdict::Keep);
        assert_eq!(nodes.server.receive(reader, &Command::get(&key).bytes(), &mut out), Verdict::Keep);
        let answers = answers(&out);
        assert_eq!((answers[0].code, answers[1].code, answers[1].ops.len()), (0, 0, 1));
        seen.insert(at % 3);
    }
    assert_eq!(seen.len(), 3);
}

#[test]
fn the_data_outlive_a_node() {
    let mut peer = Peer::with(Config::with_nodes(2));
    peer.store("k", 3);
    peer.server.set_node_up(1, false);
    peer.expect("still there", &Command::get("k"), 0, 3);
}

#[test]
fn a_node_before_its_first_balance() {
    let mut nodes = Nodes::new(2);
    nodes.server.set_node_balanced(1, false);
    assert_eq!(nodes.generations(1)[1], "-1");
    assert_eq!(nodes.info(1, "cluster-stable:"), "ERROR:7:unstable cluster");
    assert_eq!(nodes.bitmaps(1), [vec![0; 512]]);
    let mut out = Vec::new();
    let connection = nodes.connections[1];
    assert_eq!(nodes.server.receive(connection, &Command::put("k").bytes(), &mut out), Verdict::Keep);
    assert_eq!(answers(&out)[0].code, 11);
    nodes.server.set_node_balanced(1, true);
    assert_eq!(nodes.generations(1)[1], "0");
    nodes.check_map(&[0, 1], 2);
}
