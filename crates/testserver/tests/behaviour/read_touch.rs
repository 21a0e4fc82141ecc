//! Reads that touch: below a percentage of its TTL a record gets its whole TTL again.

use aerospike_testserver::Config;

use crate::support::{Command, Peer};

#[test]
fn below_the_percentage_the_ttl_starts_again() {
    let mut peer = Peer::new();
    let first = peer.run(&Command::put("k").ttl(100)).void_time;
    peer.server.advance(40);
    peer.run(&Command::get("k").ttl(50));
    assert_eq!(peer.run(&Command::get("k")).void_time, first, "60 seconds are left: not yet");
    peer.server.advance(20);
    let reply = peer.run(&Command::get("k").ttl(50));
    assert_eq!((reply.void_time, reply.generation), (first, 1), "the reply still shows the old one");
    let after = peer.run(&Command::exists("k"));
    assert_eq!((after.void_time, after.generation), (first + 60, 1));
}

#[test]
fn never_and_the_default() {
    let mut config = Config::default();
    config.namespaces[0].default_read_touch_percent = 80;
    let mut peer = Peer::with(config);
    let first = peer.run(&Command::put("k").ttl(100)).void_time;
    peer.server.advance(50);
    peer.run(&Command::get("k").ttl(u32::MAX));
    assert_eq!(peer.run(&Command::get("k")).void_time, first, "never");
    assert_eq!(peer.run(&Command::get("k").ttl(u32::MAX)).void_time, first + 50, "the read before touched");
}

#[test]
fn other_values_are_refused_if_the_record_can_expire() {
    let mut peer = Peer::new();
    peer.store("mortal", 1);
    peer.run(&Command::put("mortal").ttl(100));
    peer.store("immortal", 1);
    for percent in [101, 0xffff_fffe] {
        peer.expect("mortal", &Command::get("mortal").ttl(percent), 4, 2);
        peer.expect("immortal", &Command::get("immortal").ttl(percent), 0, 1);
    }
    peer.expect("100 percent", &Command::get("mortal").ttl(100), 0, 2);
}
