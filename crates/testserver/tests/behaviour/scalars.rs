//! Operations on numbers, strings and blobs.

use crate::support::{
    APPEND, BLOB, BOOL, Command, DELETE_ALL, INCR, INT, NULL, PREPEND, Peer, STR, blob, float, int, text,
};

type Value = (u8, Vec<u8>);

/// Stores `before`, runs one operation, and gives code and value of the bin afterwards.
fn apply(before: Option<Value>, code: u8, value: Value) -> (u8, Option<Value>) {
    let mut peer = Peer::new();
    if let Some(before) = before {
        peer.expect("setup", &Command::write("k").bin("a", before), 0, 1);
    }
    let answer = peer.run(&Command::write("k").op(code, "a", value));
    let after = peer.run(&Command::get("k"));
    (answer.code, (after.code == 0).then(|| after.value("a")))
}

#[test]
fn incr() {
    let cases = [
        ("integers", Some(int(2)), int(3), int(5)),
        ("wraps", Some(int(i64::MAX)), int(1), int(i64::MIN)),
        ("floats", Some(float(0.5)), float(0.25), float(0.75)),
        ("missing bin", None, int(4), int(4)),
        ("missing bin, any value", None, text("x"), text("x")),
        ("short integers are filled with zeros", Some(int(1)), (INT, vec![0xff]), int(256)),
    ];
    for (what, before, value, after) in cases {
        assert_eq!(apply(before, INCR, value), (0, Some(after)), "{what}");
    }
}

#[test]
fn append_and_prepend() {
    let cases = [
        ("append", Some(text("ab")), APPEND, text("c"), text("abc")),
        ("prepend", Some(text("ab")), PREPEND, text("c"), text("cab")),
        ("blobs", Some(blob(b"ab")), APPEND, blob(b"\0"), blob(b"ab\0")),
        ("missing bin", None, PREPEND, text("c"), text("c")),
        ("missing bin, empty string", None, APPEND, text(""), text("")),
        ("missing bin, any value", None, APPEND, int(3), int(3)),
    ];
    for (what, before, code, value, after) in cases {
        assert_eq!(apply(before, code, value), (0, Some(after)), "{what}");
    }
}

#[test]
fn types_that_do_not_fit() {
    let cases = [
        (int(1), INCR, float(1.0), 12),
        (float(1.0), INCR, int(1), 12),
        (text("x"), INCR, int(1), 12),
        (int(1), INCR, text("x"), 12),
        (text("x"), INCR, text("x"), 12),
        ((BOOL, vec![1]), INCR, int(1), 12),
        (int(1), INCR, (NULL, vec![]), 4),
        (int(1), INCR, (INT, vec![0; 3]), 4),
        (int(1), APPEND, text("x"), 12),
        (float(1.0), APPEND, text("x"), 12),
        ((BOOL, vec![1]), APPEND, text("x"), 12),
        (blob(b"x"), APPEND, text("x"), 12),
        (text("x"), APPEND, int(1), 12),
        (text("x"), PREPEND, blob(b"x"), 12),
        (text("x"), APPEND, (NULL, vec![]), 4),
    ];
    for (before, code, value, result) in cases {
        let what = format!("{before:?} {code} {value:?}");
        assert_eq!(apply(Some(before.clone()), code, value), (result, Some(before)), "{what}");
    }
}

#[test]
fn delete_all() {
    let mut peer = Peer::new();
    let delete_all = |key| Command::write(key).op(DELETE_ALL, "ignored", (STR, b"ignored".to_vec()));
    peer.expect("absent", &delete_all("k"), 2, 0);
    peer.expect("absent, and a bin", &delete_all("k").bin("a", int(1)), 0, 1);
    peer.expect("present, and a bin", &delete_all("k").bin("b", int(2)), 0, 2);
    assert_eq!(peer.run(&Command::get("k")).names(), ["b"]);
    peer.expect(
        "a bin before it goes",
        &Command::write("k").bin("c", int(1)).op(DELETE_ALL, "", (NULL, vec![])),
        0,
        0,
    );
    peer.expect("gone", &Command::get("k"), 2, 0);
}

#[test]
fn one_failure_undoes_all() {
    let mut peer = Peer::new();
    peer.expect("setup", &Command::write("k").bin("a", int(1)).bin("b", text("x")).bin("c", int(3)), 0, 1);
    let before = peer.run(&Command::get("k"));
    let command = Command::operate("k")
        .bin("a", text("changed"))
        .bin("new", int(1))
        .bin("c", (NULL, vec![]))
        .bin("c", int(4))
        .op(DELETE_ALL, "", (NULL, vec![]))
        .bin("b", int(5))
        .select("b")
        .op(APPEND, "b", text("x"))
        .ttl(100)
        .user_key(BLOB, b"key");
    let answer = peer.expect("the last one fails", &command, 12, 1);
    assert!(answer.ops.is_empty());
    assert_eq!(peer.run(&Command::get("k")), before);
    peer.expect("no key was stored", &Command::get("k").user_key(BLOB, b"other"), 0, 1);
}

#[test]
fn ids_that_are_no_operation() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    for code in [0, 6, 17, 18, 19, 20, 128, 255] {
        peer.expect("no such operation", &Command::operate("k").op(code, "a", int(1)), 4, 1);
    }
}
