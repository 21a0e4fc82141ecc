//! Function calls: no package is registered, and that is what they answer.

use crate::support::{Command, GEN_EQUAL, Peer, STR};

fn call(key: &str) -> Command {
    Command::write(key).field(30, b"package").field(31, b"function").field(32, &[0x90])
}

#[test]
fn an_unknown_package() {
    let mut peer = Peer::new();
    peer.store("k", 2);
    for (key, generation) in [("k", 2), ("absent", 0)] {
        let answer = peer.expect("call", &call(key), 100, generation);
        assert_eq!(answer.ops, [(1, "FAILURE".into(), STR, b"UDF: Execution Error 1".to_vec())]);
    }
}

#[test]
fn errors_before_the_call_have_no_bin() {
    let mut peer = Peer::new();
    peer.expect("setup", &Command::put("k").user_key(STR, b"k"), 0, 1);
    let cases = [
        ("a generation", call("k").info2(GEN_EQUAL), 4),
        ("an exists policy", call("k").info3(0x08), 4),
        ("no arguments", Command::write("k").field(30, b"p").field(31, b"f"), 4),
        ("wrong set", call("k").set(None), 4),
        ("bad ttl", call("k").ttl(400_000_000), 4),
        ("wrong key", call("k").user_key(STR, b"other"), 19),
        ("only a read", Command::new("k", 1, 0, 0).field(30, b"p").field(31, b"f").field(32, &[0x90]), 4),
        ("namespace", call("k").namespace(Some(b"nope")), 20),
    ];
    for (what, command, code) in cases {
        let answer = peer.run(&command);
        assert_eq!((answer.code, answer.ops.len()), (code, 0), "{what}");
    }
    peer.expect("with the delete bit it is a delete", &call("k").info2(2), 0, 0);
}
