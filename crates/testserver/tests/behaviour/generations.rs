//! Generations: counting and the two checks.

use crate::support::{Command, GEN_EQUAL, GEN_GREATER, NULL, Peer, int};

#[test]
fn equal() {
    let mut peer = Peer::new();
    peer.store("k", 3);
    let equal = |generation| Command::put("k").info2(GEN_EQUAL).generation(generation);
    peer.expect("wrong", &equal(2), 3, 3);
    peer.expect("all 32 bits count", &equal(0x1_0003), 3, 3);
    peer.expect("right", &equal(3), 0, 4);
    let absent = |generation| Command::put("j").info2(GEN_EQUAL).generation(generation);
    peer.expect("1, absent", &absent(1), 3, 0);
    peer.expect("0, absent", &absent(0), 0, 1);
}

#[test]
fn greater() {
    let mut peer = Peer::new();
    peer.store("k", 3);
    let greater = |generation| Command::put("k").info2(GEN_GREATER).generation(generation);
    peer.expect("the same", &greater(3), 3, 3);
    peer.expect("one more", &greater(4), 0, 4);
    peer.expect("far more than 16 bits", &greater(65_540), 0, 5);
    let absent = |generation| Command::put("j").info2(GEN_GREATER).generation(generation);
    peer.expect("0, absent", &absent(0), 3, 0);
    peer.expect("1, absent", &absent(1), 0, 1);
}

#[test]
fn with_both_only_equal_is_checked() {
    let mut peer = Peer::new();
    peer.store("k", 3);
    let both = |generation| Command::put("k").info2(GEN_EQUAL | GEN_GREATER).generation(generation);
    peer.expect("greater alone would do", &both(9), 3, 3);
    peer.expect("equal does", &both(3), 0, 4);
}

#[test]
fn every_write_counts_once() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    peer.expect("touch", &Command::touch("k"), 0, 2);
    peer.expect("two operations", &Command::put("k").bin("b", int(1)), 0, 3);
    peer.expect("reads under a write bit", &Command::operate("k").select("a"), 0, 4);
    peer.expect("nothing to delete", &Command::write("k").bin("zz", (NULL, vec![])), 0, 5);
    peer.expect("a read does not count", &Command::get("k"), 0, 5);
    peer.expect("reads under a write bit, absent", &Command::operate("j").select("a"), 2, 0);
}

#[test]
fn after_65535_comes_1() {
    let mut peer = Peer::new();
    let put = Command::put("k").bytes();
    for _ in 0..65_535 {
        assert_eq!(peer.send(&put).0.len(), 30);
    }
    peer.expect("the last", &Command::exists("k"), 0, 65_535);
    peer.expect("wraps", &Command::put("k"), 0, 1);
}

#[test]
fn a_deleted_record_starts_again() {
    let mut peer = Peer::new();
    peer.store("k", 3);
    peer.expect("delete", &Command::delete("k"), 0, 0);
    peer.expect("put", &Command::put("k"), 0, 1);
}

#[test]
fn a_read_ignores_the_generation() {
    let mut peer = Peer::new();
    peer.store("k", 3);
    peer.expect("get", &Command::get("k").info2(GEN_EQUAL).generation(9), 0, 3);
}
