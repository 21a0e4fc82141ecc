//! Replacing a record: old bins go, the stored key and the count of generations stay.

use crate::support::{
    APPEND, CREATE_OR_REPLACE, Command, DELETE_ALL, INCR, NULL, PREPEND, Peer, REPLACE_ONLY, STR, TOUCH, int,
    text,
};

#[test]
fn old_bins_go_and_the_new_order_counts() {
    let mut peer = Peer::new();
    peer.store("k", 3);
    let put = Command::write("k").bin("z", int(1)).bin("a", int(2)).info3(CREATE_OR_REPLACE);
    peer.expect("replace", &put, 0, 4);
    assert_eq!(peer.run(&Command::get("k")).names(), ["z", "a"]);
    peer.expect("other bins only", &Command::write("k").bin("y", int(1)).info3(REPLACE_ONLY), 0, 5);
    assert_eq!(peer.run(&Command::get("k")).names(), ["y"]);
}

#[test]
fn the_stored_key_stays() {
    let mut peer = Peer::new();
    peer.expect("with key", &Command::put("k").user_key(STR, b"one"), 0, 1);
    peer.expect("replace without key", &Command::put("k").info3(CREATE_OR_REPLACE), 0, 2);
    peer.expect("another key", &Command::get("k").user_key(STR, b"two"), 19, 2);
}

#[test]
fn operations_that_build_on_old_values_are_refused() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    let ops = [
        ("NULL", 2, (NULL, vec![])),
        ("incr", INCR, int(1)),
        ("append", APPEND, text("x")),
        ("prepend", PREPEND, text("x")),
        ("touch", TOUCH, (NULL, vec![])),
        ("delete-all", DELETE_ALL, (NULL, vec![])),
        ("list modify", 4, (4, vec![0x92, 1, 1])),
        ("bit modify", 13, (4, vec![0x92, 0, 1])),
        ("sketch modify", 16, (4, vec![0x91, 0])),
    ];
    for (what, code, value) in ops {
        for flags in [CREATE_OR_REPLACE, REPLACE_ONLY] {
            let command = Command::put("k").op(code, "b", value.clone()).info3(flags);
            peer.expect(what, &command, 4, 0);
        }
    }
    let with_read = Command::operate("k").bin("a", int(5)).select("a").info3(CREATE_OR_REPLACE);
    let answer = peer.expect("a plain read is fine", &with_read, 0, 2);
    assert_eq!(answer.value("a"), int(5));
}
