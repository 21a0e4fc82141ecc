//! What a node tells of its data, and of indexes, functions and queries that it does not have.

use crate::support::{Command, Peer};

#[test]
fn namespaces() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    let value = peer.info("namespace/test");
    assert!(value.starts_with("ns_cluster_size=1;"), "{value}");
    for part in ["objects=1;", "replication-factor=1", "max-record-size=1048576", "strong-consistency=false"]
    {
        assert!(value.contains(part), "{part} in {value}");
    }
    for unknown in ["namespace/nope", "namespace", "namespace:id=test"] {
        assert_eq!(peer.info(unknown), "type=unknown");
    }
}

#[test]
fn sets() {
    let mut peer = Peer::new();
    peer.store("a", 1);
    peer.store("b", 1);
    peer.run(&Command::put("c").set(None));
    let all = peer.info("sets");
    assert!(all.starts_with("ns=test:set=set:objects=2:tombstones=0:"), "{all}");
    assert!(all.ends_with(":stop-writes-size=0;"), "{all}");
    assert_eq!(all.matches("ns=").count(), 1);
    assert_eq!(peer.info("sets/test"), all);
    assert!(peer.info("sets/test/set").starts_with("objects=2:"));
    assert_eq!(peer.info("sets/test/nope"), "");
    assert_eq!(peer.info("sets/bar"), "");
    assert_eq!(peer.info("sets/nope"), "ns_type=unknown");
}

#[test]
fn what_it_does_not_have() {
    let mut peer = Peer::new();
    for (command, value) in [
        ("sindex-list", ""),
        ("sindex-list:namespace=bar", ""),
        ("sindex-exists:namespace=test;indexname=i", "false"),
        ("sindex-stat:namespace=test;indexname=i", "ERROR:201:no index"),
        ("sindex-delete:namespace=test;indexname=i", "ok"),
        ("udf-list", ""),
        ("udf-remove:filename=f.lua;", "ok"),
        ("query-show", ""),
        ("query-show:id=7", "ERROR:2:job not found"),
        ("query-abort:id=77", "ERROR:2:id not active"),
        ("query-abort:id=x", "ERROR:4:bad id"),
        ("query-abort", "ERROR:4:missing 'id'"),
        ("query-abort-all", "number-of-queries-killed:0"),
        ("scan-show", "ERROR:4:unrecognized command"),
        ("jobs:module=query", "ERROR:4:unrecognized command"),
    ] {
        assert_eq!(peer.info(command), value, "{command}");
    }
    assert!(peer.info("sindex-exists:namespace=nope;indexname=i").starts_with("ERROR:20:"));
    let create = "sindex-create:namespace=test;set=s;indexname=i;bin=b;type=numeric";
    assert!(peer.info(create).starts_with("ERROR:"), "it never pretends");
}

#[test]
fn queries_are_refused() {
    let mut peer = Peer::new();
    let mut query = Command::get("k");
    query.digest = None;
    peer.expect("known namespace", &query, 22, 0);
    peer.expect("unknown", &query.namespace(Some(b"nope")), 20, 0);
}
