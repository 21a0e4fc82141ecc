//! Deletes: what they check, and that every reply carries generation 0.

use crate::support::{Command, DURABLE, GEN_EQUAL, Peer, STR, int};

#[test]
fn deletes_and_their_checks() {
    let mut peer = Peer::new();
    peer.expect("setup", &Command::put("k").user_key(STR, b"k"), 0, 1);
    let delete = Command::delete;
    let cases = [
        ("absent", delete("none"), 2),
        ("absent, with a generation", delete("none").info2(GEN_EQUAL).generation(3), 2),
        ("wrong generation", delete("k").info2(GEN_EQUAL).generation(3), 3),
        ("wrong key", delete("k").user_key(STR, b"other"), 19),
        ("wrong set", delete("k").set(Some(b"other")), 4),
        ("broken filter", delete("k").field(43, &[0xc1]), 4),
        ("durable", delete("k").info2(DURABLE), 25),
        ("durable, absent", delete("none").info2(DURABLE), 25),
        ("operations and a bad ttl are ignored", delete("k").bin("a", int(1)).ttl(400_000_000), 0),
        ("gone", delete("k"), 2),
    ];
    for (what, command, code) in cases {
        peer.expect(what, &command, code, 0);
    }
}

#[test]
fn no_set_or_an_empty_one_fits_every_record() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    peer.expect("no set", &Command::delete("k").set(None), 0, 0);
    peer.store("k", 1);
    peer.expect("empty set", &Command::delete("k").set(Some(b"")), 0, 0);
}
