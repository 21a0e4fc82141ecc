//! Sets: a command must name the record's own, or (unless it writes) none.

use crate::support::{Command, GEN_EQUAL, Peer};

#[test]
fn a_write_must_name_the_set() {
    let mut peer = Peer::new();
    peer.store("in", 1);
    peer.expect("setup", &Command::put("out").set(None), 0, 1);
    for set in [None, Some(&b""[..]), Some(b"other")] {
        peer.expect("record in a set", &Command::put("in").set(set), 4, 1);
    }
    peer.expect("record without", &Command::put("out"), 4, 1);
    peer.expect("an empty name is none", &Command::put("out").set(Some(b"")), 0, 2);
    let both = Command::put("in").set(None).info2(GEN_EQUAL).generation(9);
    peer.expect("the generation comes first", &both, 3, 1);
}

#[test]
fn a_read_may_leave_it_out() {
    let mut peer = Peer::new();
    peer.store("in", 1);
    for set in [None, Some(&b""[..])] {
        peer.expect("none", &Command::get("in").set(set), 0, 1);
    }
    peer.expect("another", &Command::get("in").set(Some(b"other")), 4, 1);
}

#[test]
fn names_of_sets() {
    let mut peer = Peer::new();
    let put = |set: &[u8]| Command::put("k").set(Some(set));
    peer.expect("64 bytes", &put(&[b's'; 64]), 4, 0);
    peer.expect("NUL", &put(b"a\0b"), 4, 0);
    peer.expect("a read of 64 bytes", &Command::get("k").set(Some(&[b's'; 64])), 2, 0);
    peer.expect("63 bytes", &put(&[b's'; 63]), 0, 1);
    peer.expect("delete", &Command::delete("k"), 4, 0);
    peer.expect("delete", &Command::delete("k").set(None), 0, 0);
    peer.expect("any other byte", &put(b"a:;\n\xff"), 0, 1);
}
