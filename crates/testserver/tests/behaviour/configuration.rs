//! Settings that refuse writes.

use crate::support::{Command, Peer};

fn set(peer: &mut Peer, setting: &str) {
    assert_eq!(peer.info(&format!("set-config:context=namespace;namespace=test;{setting}")), "ok");
}

#[test]
fn a_set_that_is_full() {
    let mut peer = Peer::new();
    peer.store("a", 1);
    peer.store("b", 1);
    set(&mut peer, "set=set;stop-writes-count=2");
    peer.expect("new", &Command::put("c"), 22, 0);
    peer.expect("present", &Command::put("a"), 0, 2);
    peer.expect("another set", &Command::put("c").set(Some(b"other")), 0, 1);
    peer.expect("what comes first", &Command::touch("d"), 2, 0);
    set(&mut peer, "set=set;stop-writes-count=0");
    peer.expect("no limit", &Command::put("d"), 0, 1);
}

#[test]
fn writes_without_a_set() {
    let mut peer = Peer::new();
    set(&mut peer, "disallow-null-setname=true");
    for name in [None, Some(&b""[..])] {
        peer.expect("none", &Command::put("k").set(name), 4, 0);
    }
    peer.expect("some", &Command::put("k"), 0, 1);
}

#[test]
fn no_writes_at_all() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    set(&mut peer, "reject-non-xdr-writes=true");
    peer.expect("put", &Command::put("k"), 22, 0);
    peer.expect("delete", &Command::delete("k"), 22, 0);
    peer.expect("get", &Command::get("k"), 0, 1);
}

#[test]
fn settings_that_are_none() {
    let mut peer = Peer::new();
    for bad in [
        "context=namespace;namespace=no;default-ttl=1",
        "context=namespace;namespace=test;x=1",
        "context=x",
        "",
    ] {
        assert_eq!(peer.info(&format!("set-config:{bad}")), "ERROR:4:bad parameter");
    }
}
