//! Reads: all bins, some bins, metadata only.

use crate::support::{Command, GET_ALL, INCR, NO_BINS, NULL, Peer, RESPOND_ALL, int, text};

fn peer() -> Peer {
    let mut peer = Peer::new();
    peer.expect("setup", &Command::write("k").bin("a", int(7)).bin("b", text("x")), 0, 1);
    peer
}

#[test]
fn get_all() {
    let answer = peer().run(&Command::get("k"));
    let expected = [(1, "a".into(), 1, int(7).1), (1, "b".into(), 3, b"x".to_vec())];
    assert_eq!((answer.code, answer.generation, answer.ops.as_slice()), (0, 1, &expected[..]));
}

#[test]
fn absent() {
    let mut peer = peer();
    for command in [Command::get("none"), Command::exists("none"), Command::read("none").select("a")] {
        peer.expect("absent", &command, 2, 0);
    }
}

#[test]
fn select_answers_in_the_order_of_the_request() {
    let mut peer = peer();
    let names = |answer: crate::support::Answer| answer.ops.into_iter().map(|op| op.1).collect::<Vec<_>>();
    assert_eq!(names(peer.run(&Command::read("k").select("b").select("a"))), ["b", "a"]);
    assert_eq!(names(peer.run(&Command::read("k").select("a").select("a"))), ["a", "a"]);
    assert_eq!(names(peer.run(&Command::read("k").select("zz").select("a"))), ["a"]);
    let none = peer.expect("only missing bins", &Command::read("k").select("zz"), 0, 1);
    assert!(none.ops.is_empty());
    let all = peer.run(&Command::read("k").select("zz").select("a").info2(RESPOND_ALL));
    assert_eq!(all.ops, [(1, "zz".into(), 0, vec![]), (1, "a".into(), 1, int(7).1)]);
}

#[test]
fn metadata_only_wins_over_all_bins() {
    let mut peer = peer();
    for command in [Command::exists("k"), Command::get("k").info1(NO_BINS), Command::exists("k").select("a")]
    {
        let answer = peer.expect("header", &command, 0, 1);
        assert!(answer.ops.is_empty());
    }
}

#[test]
fn with_all_bins_every_operation_is_ignored() {
    let mut peer = peer();
    let command = Command::get("k").select("a").op(INCR, "a", int(1)).info2(RESPOND_ALL);
    assert_eq!(peer.expect("all", &command, 0, 1).names(), ["a", "b"]);
}

#[test]
fn an_empty_name_without_all_bins_is_a_bin_like_others() {
    let mut peer = peer();
    assert!(peer.expect("absent bin", &Command::read("k").select(""), 0, 1).ops.is_empty());
    let all = peer.run(&Command::read("k").select("").info2(RESPOND_ALL));
    assert_eq!(all.ops, [(1, String::new(), 0, vec![])]);
    peer.expect("a bin without a name", &Command::write("k").bin("", int(3)), 0, 2);
    assert_eq!(peer.run(&Command::read("k").select("")).value(""), int(3));
}

#[test]
fn flags_that_make_no_read() {
    let mut peer = peer();
    peer.expect("no operation", &Command::read("k"), 4, 0);
    peer.expect("metadata without read", &Command::new("k", NO_BINS, 0, 0), 4, 0);
    peer.expect("all without read", &Command::new("k", GET_ALL, 0, 0), 4, 0);
    peer.expect("no flags", &Command::new("k", 0, 0, 0).select("a"), 4, 0);
    peer.expect("delete alone", &Command::new("k", 0, 2, 0), 4, 0);
}

#[test]
fn flags_that_change_nothing() {
    let mut peer = peer();
    for info1 in [0x04, 0x10, 0x40] {
        assert_eq!(peer.expect("info1", &Command::get("k").info1(info1), 0, 1).ops.len(), 2);
    }
    for info3 in [0x01, 0x04, 0x80, 0xc0] {
        assert_eq!(peer.expect("info3", &Command::get("k").info3(info3), 0, 1).ops.len(), 2);
    }
    for timeout in [0, 1, u32::MAX] {
        let mut command = Command::get("k");
        command.header.timeout = timeout;
        peer.expect("deadline", &command, 0, 1);
    }
}

#[test]
fn operations_that_write_or_are_none() {
    let mut peer = peer();
    for code in [2, 5, 9, 10, 11, 14, 0, 6, 17, 99, 255] {
        let command = Command::read("k").op(code, "a", int(1));
        peer.expect("present", &command, 4, 1);
        let command = Command::read("none").op(code, "a", int(1));
        peer.expect("absent comes first", &command, 2, 0);
    }
    peer.expect("nothing was written", &Command::get("k"), 0, 1);
    let failing = Command::read("k").select("a").op(2, "a", (NULL, vec![]));
    assert!(peer.expect("one fails, all fail", &failing, 4, 1).ops.is_empty());
}
