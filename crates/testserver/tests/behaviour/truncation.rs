//! Truncating sets and namespaces.

use crate::support::{Command, Peer};

fn fill() -> Peer {
    let mut peer = Peer::new();
    peer.store("a", 2);
    peer.run(&Command::put("b").set(Some(b"other")));
    peer.run(&Command::put("c").set(None));
    peer.server.advance(1);
    peer
}

#[test]
fn one_set() {
    let mut peer = fill();
    assert_eq!(peer.info("truncate:namespace=test;set=set"), "ok");
    peer.expect("gone", &Command::get("a"), 2, 0);
    peer.expect("another set stays", &Command::get("b").set(None), 0, 1);
    peer.expect("starts again", &Command::put("a"), 0, 1);
}

#[test]
fn a_whole_namespace() {
    let mut peer = fill();
    assert_eq!(peer.info("truncate-namespace:namespace=test"), "ok");
    for key in ["a", "b", "c"] {
        peer.expect("gone", &Command::get(key).set(None), 2, 0);
    }
}

#[test]
fn what_was_written_in_the_same_millisecond_stays() {
    let mut peer = fill();
    peer.run(&Command::put("new"));
    assert_eq!(peer.info("truncate:namespace=test;set=set"), "ok");
    peer.expect("stays", &Command::get("new"), 0, 1);
    peer.expect("gone", &Command::get("a"), 2, 0);
}

#[test]
fn up_to_a_time() {
    let mut peer = fill();
    let now = peer.server.unix_millis();
    let before = (now - 2000) * 1_000_000;
    assert_eq!(peer.info(&format!("truncate:namespace=test;set=set;lut={before}")), "ok");
    peer.expect("written later", &Command::get("a"), 0, 2);
    let future = (now + 2000) * 1_000_000;
    let reply = peer.info(&format!("truncate:namespace=test;set=set;lut={future}"));
    assert_eq!(reply, "ERROR:4:would truncate in the future");
    for lut in ["1", "x"] {
        let reply = peer.info(&format!("truncate:namespace=test;set=set;lut={lut}"));
        assert_eq!(reply, "ERROR:4:would truncate to 0");
    }
}

#[test]
fn names() {
    let mut peer = fill();
    assert_eq!(peer.info("truncate:namespace=test;set=nope"), "ok");
    assert_eq!(peer.info("truncate:namespace=nope;set=set"), "ok");
    assert_eq!(peer.info("truncate:namespace=test"), "ERROR:4:missing 'set'");
    assert_eq!(peer.info("truncate:ns=test;set=set"), "ERROR:20:missing 'namespace'");
    peer.expect("nothing went", &Command::get("a"), 0, 2);
}
