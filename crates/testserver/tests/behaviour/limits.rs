//! Sizes of records and numbers of bins and operations.

use crate::support::{APPEND, Command, NULL, Peer, STR, blob, int};

const LIMIT: usize = 1 << 20;

#[test]
fn the_largest_record() {
    let mut peer = Peer::new();
    let put = |name: &str, set: Option<&[u8]>, size: usize| {
        Command::write("k").set(set).bin(name, blob(&vec![0; size]))
    };
    peer.expect("one byte too many", &put("b", Some(b"set"), LIMIT - 50), 13, 0);
    peer.expect("as much as fits", &put("b", Some(b"set"), LIMIT - 51), 0, 1);
    peer.run(&Command::delete("k"));
    peer.expect("a longer bin name", &put("bb", Some(b"set"), LIMIT - 51), 13, 0);
    peer.expect("a longer set name", &put("b", Some(b"sett"), LIMIT - 51), 13, 0);
    peer.expect("no set", &put("b", None, LIMIT - 47), 0, 1);
    peer.run(&Command::delete("k").set(None));
    let with_key = put("b", Some(b"set"), LIMIT - 51).user_key(STR, b"k");
    peer.expect("a stored key takes room", &with_key, 13, 0);
}

#[test]
fn a_record_that_would_grow_too_large_stays() {
    let mut peer = Peer::new();
    peer.expect("setup", &Command::write("k").bin("b", blob(&[7; 1000])), 0, 1);
    let grown = Command::write("k").op(APPEND, "b", blob(&vec![0; LIMIT - 500]));
    peer.expect("append", &grown, 13, 1);
    assert_eq!(peer.run(&Command::get("k")).value("b"), blob(&[7; 1000]));
}

#[test]
fn the_limit_can_be_set() {
    let mut peer = Peer::new();
    assert_eq!(peer.info("set-config:context=namespace;namespace=test;max-record-size=4096"), "ok");
    peer.expect("over", &Command::write("k").bin("b", blob(&[0; 4096])), 13, 0);
    assert_eq!(peer.info("set-config:context=namespace;namespace=test;max-record-size=1048576"), "ok");
    peer.expect("under", &Command::write("k").bin("b", blob(&[0; 4096])), 0, 1);
}

#[test]
fn bins() {
    let mut peer = Peer::new();
    let put =
        |count: u32| (0..count).fold(Command::write("k"), |command, at| command.bin(at.to_string(), int(1)));
    peer.expect("one too many", &put(32_768), 4, 0);
    peer.expect("as many as fit", &put(32_767), 0, 1);
}

#[test]
fn operations() {
    let mut peer = Peer::new();
    let put = |count| (0..count).fold(Command::write("k"), |command, _| command.bin("a", int(1)));
    peer.expect("one too many", &put(32_769), 4, 0);
    peer.expect("as many as fit", &put(32_768), 0, 1);
    let get = |count| (0..count).fold(Command::read("k"), |command, _| command.op(1, "zz", (NULL, vec![])));
    assert_eq!(peer.run(&get(32_769)).code, 4);
    assert_eq!(peer.run(&get(32_768)).code, 0);
}
