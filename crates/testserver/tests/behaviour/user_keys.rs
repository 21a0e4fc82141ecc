//! User keys: stored with the record, compared with what commands send.

use crate::support::{BLOB, Command, FLOAT, INT, NULL, Peer, STR};

#[test]
fn a_stored_key_must_match() {
    let mut peer = Peer::new();
    peer.expect("with key", &Command::put("k").user_key(STR, b"key"), 0, 1);
    let commands =
        [Command::get("k"), Command::exists("k"), Command::read("k").select("a"), Command::put("k")];
    for command in commands {
        peer.expect("another", &command.clone().user_key(STR, b"other"), 19, 1);
        peer.expect("another type", &command.user_key(BLOB, b"key"), 19, 1);
    }
    peer.expect("the same", &Command::get("k").user_key(STR, b"key"), 0, 1);
    peer.expect("none", &Command::get("k"), 0, 1);
    peer.expect("write without", &Command::put("k"), 0, 2);
    peer.expect("it stays", &Command::get("k").user_key(STR, b"other"), 19, 2);
}

#[test]
fn without_a_stored_key_any_fits_and_a_write_stores_it() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    peer.expect("read", &Command::get("k").user_key(STR, b"any"), 0, 1);
    peer.expect("write", &Command::put("k").user_key(STR, b"one"), 0, 2);
    peer.expect("stored", &Command::get("k").user_key(STR, b"two"), 19, 2);
}

#[test]
fn keys_that_cannot_be_stored() {
    let mut peer = Peer::new();
    peer.expect("empty field", &Command::put("k").field(2, b""), 16, 0);
    for size in [0, 4, 9] {
        peer.expect("integer of another size", &Command::put("k").user_key(INT, &vec![0; size]), 16, 0);
    }
    peer.store("j", 1);
    peer.expect("present record", &Command::put("j").field(2, b""), 16, 1);
}

#[test]
fn every_other_type_is_stored() {
    let mut peer = Peer::new();
    for kind in [NULL, FLOAT, STR, BLOB, 17, 19, 20, 99] {
        let key = format!("k{kind}");
        peer.expect("stored", &Command::put(&key).user_key(kind, b"abc"), 0, 1);
        peer.expect("compared", &Command::get(&key).user_key(kind, b"abd"), 19, 1);
    }
}

#[test]
fn the_key_is_checked_after_the_filter_and_before_the_ttl() {
    let mut peer = Peer::new();
    peer.expect("setup", &Command::put("k").user_key(STR, b"key"), 0, 1);
    let wrong = Command::put("k").user_key(STR, b"other");
    peer.expect("and a bad ttl", &wrong.clone().ttl(400_000_000), 19, 1);
    peer.expect("and a broken filter", &wrong.field(43, &[0xc1]), 4, 1);
}
