//! Which operations answer, with and without "respond all"; read-all inside a write.

use crate::support::{
    APPEND, Command, DELETE_ALL, GET_ALL, INCR, NULL, PREPEND, Peer, READ, RESPOND_ALL, TOUCH, WRITE, int,
    text,
};

fn mixed() -> Command {
    Command::operate("k")
        .bin("a", int(2))
        .select("a")
        .op(APPEND, "s", text("x"))
        .op(PREPEND, "s", text("y"))
        .op(INCR, "a", int(5))
        .select("a")
        .op(TOUCH, "", (NULL, vec![]))
        .select("zz")
        .select("s")
}

#[test]
fn without_only_reads_of_what_is_there_answer() {
    let mut peer = Peer::new();
    let answer = peer.expect("mixed", &mixed_without_touch_check(&mut Peer::new()), 0, 1);
    let a = |value| (READ, "a".to_owned(), 1, int(value).1);
    assert_eq!(answer.ops, [a(2), a(7), (READ, "s".into(), 3, b"yx".to_vec())]);
}

/// A touch needs a record, so on an absent one the mixed command must do without it.
fn mixed_without_touch_check(peer: &mut Peer) -> Command {
    peer.expect("a touch needs a record", &mixed(), 2, 0);
    let mut command = mixed();
    command.ops.retain(|op| op.code != TOUCH);
    command
}

#[test]
fn with_it_every_operation_but_touch_answers() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    let answer = peer.expect("mixed", &mixed().info2(RESPOND_ALL), 0, 2);
    let expected = [
        (WRITE, "a", 0, vec![]),
        (READ, "a", 1, int(2).1),
        (APPEND, "s", 0, vec![]),
        (PREPEND, "s", 0, vec![]),
        (INCR, "a", 0, vec![]),
        (READ, "a", 1, int(7).1),
        (READ, "zz", 0, vec![]),
        (READ, "s", 3, b"yx".to_vec()),
    ];
    let expected = expected.map(|(code, name, kind, value)| (code, name.to_owned(), kind, value));
    assert_eq!(answer.ops, expected);
}

#[test]
fn delete_all_answers_only_with_it() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    let command = Command::write("k").op(DELETE_ALL, "", (NULL, vec![])).bin("b", int(1)).info2(RESPOND_ALL);
    let answer = peer.expect("and a new bin", &command, 0, 2);
    assert_eq!(answer.ops, [(DELETE_ALL, String::new(), 0, vec![]), (WRITE, "b".into(), 0, vec![])]);
}

#[test]
fn read_all_inside_a_write_shows_the_state_at_its_place() {
    let mut peer = Peer::new();
    peer.expect("setup", &Command::write("k").bin("a", int(1)).bin("b", int(2)), 0, 1);
    let command = Command::operate("k").bin("c", int(3)).select("").op(INCR, "a", int(5)).info1(GET_ALL);
    let answer = peer.expect("read all", &command, 0, 2);
    assert_eq!(answer.names(), ["a", "b", "c"]);
    assert_eq!(answer.value("a"), int(1));
    assert_eq!(peer.run(&Command::get("k")).value("a"), int(6));
}

#[test]
fn read_all_inside_a_write_has_rules() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    let all = || Command::operate("k").info1(GET_ALL);
    let cases = [
        ("no read-all operation", all().bin("a", int(1))),
        ("two of them", all().select("").select("")),
        ("another read", all().select("").select("a")),
        ("a list modify", all().select("").op(4, "l", (4, vec![0x92, 1, 1]))),
        ("respond all", all().select("").info2(RESPOND_ALL)),
    ];
    for (what, command) in cases {
        peer.expect(what, &command, 4, 0);
    }
    peer.expect("metadata flag is ignored", &all().select("").info1(0x20), 0, 2);
}

#[test]
fn a_read_in_a_write_needs_the_read_flag() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    peer.expect("plain", &Command::put("k").select("a"), 4, 0);
    peer.expect("expression", &Command::put("k").op(7, "x", (4, vec![0x92, 1, 0])), 4, 0);
}
