//! What a test sees of the server beside the protocol.

use aerospike_testserver::Config;

use crate::support::{Command, Peer};

#[test]
fn records_that_have_not_expired_are_counted() {
    let mut peer = Peer::new();
    peer.run(&Command::put("a"));
    peer.run(&Command::put("b").ttl(10));
    let mut other = Command::put("c");
    other.set = None;
    peer.run(&other);
    let count = |peer: &Peer, set| peer.server.record_count(Some("test"), set);
    assert_eq!((count(&peer, None), count(&peer, Some("set")), count(&peer, Some(""))), (3, 2, 1));
    assert_eq!((peer.server.record_count(None, None), peer.server.record_count(Some("bar"), None)), (3, 0));
    peer.server.advance(11);
    assert_eq!((count(&peer, None), count(&peer, Some("set"))), (2, 1));
}

#[test]
fn records_are_forgotten_whenever_they_were_written() {
    let mut peer = Peer::new();
    peer.run(&Command::put("a"));
    let mut other = Command::put("c");
    other.set = None;
    peer.run(&other);
    peer.server.clear(Some("bar"), None);
    assert_eq!(peer.server.record_count(None, None), 2);
    peer.server.clear(Some("test"), Some("set"));
    assert_eq!(peer.server.record_count(None, None), 1);
    peer.expect("gone", &Command::get("a"), 2, 0);
    peer.server.clear(None, None);
    assert_eq!(peer.server.record_count(None, None), 0);
}

#[test]
fn connections_and_nodes() {
    let mut peer = Peer::with(Config::with_nodes(2));
    peer.server.open(1).unwrap();
    assert_eq!((peer.server.connection_count(0), peer.server.connection_count(1)), (1, 1));
    assert_eq!((peer.server.node_name(0), peer.server.node_name(2)), (Some("A1"), None));
    assert_eq!(peer.server.set_node_up(1, false).len(), 1);
    assert_eq!(
        (peer.server.is_node_up(0), peer.server.is_node_up(1), peer.server.connection_count(1)),
        (true, false, 0)
    );
}
