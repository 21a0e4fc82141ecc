//! Puts: which bins a record has afterwards, and exists policies.

use crate::support::{
    CREATE_ONLY, CREATE_OR_REPLACE, Command, DURABLE, NULL, Peer, REPLACE_ONLY, UPDATE_ONLY, int, text,
};

#[test]
fn null_deletes_a_bin() {
    let mut peer = Peer::new();
    let null = (NULL, vec![]);
    peer.expect("only NULL, absent", &Command::write("k").bin("a", null.clone()), 2, 0);
    peer.expect("nothing was created", &Command::exists("k"), 2, 0);
    let both = Command::write("k").bin("a", null.clone()).bin("b", int(1));
    peer.expect("NULL and a value", &both, 0, 1);
    assert_eq!(peer.run(&Command::get("k")).names(), ["b"]);
    let took_back = Command::write("j").bin("a", int(1)).bin("a", null.clone());
    peer.expect("value, then NULL for it, absent", &took_back, 2, 0);
    peer.expect("NULL for a missing bin", &Command::write("k").bin("z", null), 0, 2);
    let with_bytes = Command::write("k").bin("b", (NULL, vec![1, 2, 3]));
    peer.expect("NULL for the last bin, its bytes ignored", &with_bytes, 0, 0);
    peer.expect("the record is gone", &Command::get("k"), 2, 0);
}

#[test]
fn bins_come_back_in_order_of_creation() {
    let mut peer = Peer::new();
    let put = Command::write("k").bin("b", int(1)).bin("a", int(2)).bin("c", int(3));
    peer.expect("three bins", &put, 0, 1);
    peer.expect("one again", &Command::write("k").bin("b", int(4)), 0, 2);
    assert_eq!(peer.run(&Command::get("k")).names(), ["b", "a", "c"]);
    let moved = Command::write("k").bin("b", (NULL, vec![])).bin("b", int(5));
    peer.expect("deleted and written again", &moved, 0, 3);
    assert_eq!(peer.run(&Command::get("k")).names(), ["a", "c", "b"]);
}

#[test]
fn the_last_write_of_a_bin_wins() {
    let mut peer = Peer::new();
    peer.expect("same bin twice", &Command::write("k").bin("a", int(1)).bin("a", text("x")), 0, 1);
    assert_eq!(peer.run(&Command::get("k")).ops, [(1, "a".into(), 3, b"x".to_vec())]);
}

#[test]
fn exists_policies() {
    let mut peer = Peer::new();
    peer.store("here", 2);
    let put = Command::put;
    let cases = [
        ("update-only, absent", put("k").info3(UPDATE_ONLY), 2, 0),
        ("replace-only, absent", put("k").info3(REPLACE_ONLY), 2, 0),
        ("touch, absent", Command::touch("k"), 2, 0),
        ("touch and write, absent", Command::touch("k").bin("a", int(1)), 2, 0),
        ("create-only, present", put("here").info2(CREATE_ONLY), 5, 2),
        ("create-only wins over a wrong generation", put("here").info2(CREATE_ONLY | 4).generation(9), 5, 2),
        ("create-only and update-only, present", put("here").info2(CREATE_ONLY).info3(UPDATE_ONLY), 5, 2),
        ("create-only and update-only, absent", put("k").info2(CREATE_ONLY).info3(UPDATE_ONLY), 2, 0),
        ("update-only, present", put("here").info3(UPDATE_ONLY), 0, 3),
        ("replace-only, present", put("here").info3(REPLACE_ONLY), 0, 4),
        ("both replaces, present", put("here").info3(REPLACE_ONLY | CREATE_OR_REPLACE), 0, 5),
        (
            "create-only and create-or-replace, absent",
            put("k").info2(CREATE_ONLY).info3(CREATE_OR_REPLACE),
            0,
            1,
        ),
    ];
    for (what, command, code, generation) in cases {
        peer.expect(what, &command, code, generation);
    }
}

#[test]
fn a_put_needs_an_operation_and_a_namespace() {
    let mut peer = Peer::new();
    peer.expect("no operation", &Command::write("k"), 4, 0);
    for namespace in [None, Some(&b""[..]), Some(b"nope"), Some(&[b'n'; 40])] {
        peer.expect("namespace", &Command::put("k").namespace(namespace), 20, 0);
    }
    let mut digest = Command::put("k");
    digest.digest = Some(vec![1; 19]);
    peer.expect("digest of 19 bytes", &digest, 4, 0);
}

#[test]
fn a_put_under_durable_delete_works_unless_it_deletes() {
    let mut peer = Peer::new();
    peer.expect("stays", &Command::put("k").info2(DURABLE), 0, 1);
    peer.expect("vanishes", &Command::write("k").bin("a", (NULL, vec![])).info2(DURABLE), 25, 1);
    assert_eq!(peer.run(&Command::get("k")).names(), ["a"]);
}

#[test]
fn a_plain_put_is_answered_by_a_header() {
    let mut peer = Peer::new();
    let (out, _) = peer.send(&Command::put("k").bytes());
    let mut expected = vec![2, 3, 0, 0, 0, 0, 0, 22, 22];
    expected.resize(8 + 22, 0);
    expected[8 + 9] = 1;
    assert_eq!(out, expected);
}
