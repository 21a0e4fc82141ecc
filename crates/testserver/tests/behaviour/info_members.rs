//! What a lone node tells of itself.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::support::Peer;

#[test]
fn values() {
    let mut peer = Peer::new();
    for (command, value) in [
        ("node", "A2"),
        ("build", "8.1.2.0"),
        ("edition", "Aerospike Community Edition"),
        ("version", "Aerospike Community Edition build 8.1.2.0"),
        ("status", "ok"),
        ("cluster-name", "testserver"),
        ("partition-generation", "0"),
        ("peers-generation", "0"),
        ("rebalance-generation", "1"),
        ("peers-clear-std", "0,3000,[]"),
        ("peers-clear-alt", "0,3000,[]"),
        ("peers-clear-std:generation=0", "0,3000,[]"),
        ("service-clear-std", "127.0.0.1:3000"),
        ("service-clear-alt", ""),
        ("partitions", "4096"),
        ("namespaces", "test;bar"),
    ] {
        assert_eq!(peer.info(command), value, "{command}");
    }
}

#[test]
fn cluster_stable() {
    let mut peer = Peer::new();
    let key = peer.info("cluster-stable:");
    assert_eq!(key.len(), 12);
    assert!(key.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase()));
    for same in
        ["cluster-stable", "cluster-stable:size=1", "cluster-stable:namespace=test;ignore-migrations=true"]
    {
        assert_eq!(peer.info(same), key);
    }
    assert_eq!(peer.info("cluster-stable:size=2"), "ERROR:7:cluster not specified size");
    assert_eq!(peer.info("cluster-stable:namespace=no"), "ERROR:20:namespace not found on node");
    assert_eq!(peer.info("cluster-stable:ignore-migrations=x"), "ERROR:4:bad ignore migrations");
}

#[test]
fn a_lone_node_holds_every_partition() {
    let mut peer = Peer::new();
    let all = STANDARD.encode([0xff; 512]);
    assert_eq!(peer.info("replicas"), format!("test:0,1,{all};bar:0,1,{all}"));
    assert_eq!(peer.info("replicas:max=0"), format!("test:0,1,{all};bar:0,1,{all}"));
    assert_eq!(peer.info("replicas-all"), format!("test:1,{all};bar:1,{all}"));
    assert_eq!(peer.info("replicas-master"), format!("test:{all};bar:{all}"));
    assert_eq!(peer.info("replicas:max=x"), "ERROR:4:bad max");
}

#[test]
fn user_agents() {
    let mut peer = Peer::new();
    assert_eq!(peer.info("user-agent-set:value=%%%"), "ERROR:4:'value' invalid base64");
    let long = "A".repeat(88);
    assert_eq!(peer.info(&format!("user-agent-set:value={long}")), "ERROR:4:'value' value too long");
    assert_eq!(peer.info("user-agent-set:value=MSx4"), "ok");
    assert_eq!(peer.info("user-agent-set:value=MSx4"), "ERROR:4:already set");
    peer.connection = peer.server.open(0).unwrap();
    assert_eq!(peer.info("user-agent-set:value=MSx4"), "ok", "once per connection");
}
