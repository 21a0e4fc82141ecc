//! Bytes arrive in any pieces; requests may come many at a time; replies keep the order.

use aerospike_testserver::Verdict;

use crate::support::{Command, GET_ALL, Peer, answers, frames, info, int};

fn conversation() -> Vec<u8> {
    let mut bytes = info("node\nbuild\n");
    for at in 0..20 {
        bytes.extend(Command::write("k").bin("a", int(at)).bytes());
        bytes.extend(Command::new("k", 1 | GET_ALL, 0, 0).bytes());
    }
    bytes.extend(Command::delete("k").bytes());
    bytes.extend(info("status\n"));
    bytes
}

#[test]
fn any_chunking_gives_the_same_replies() {
    let bytes = conversation();
    let (whole, _) = Peer::new().send(&bytes);
    for size in [1, 2, 3, 7, 8, 9, 31, 100, 1000] {
        let mut peer = Peer::new();
        let mut out = Vec::new();
        for chunk in bytes.chunks(size) {
            assert_eq!(peer.server.receive(peer.connection, chunk, &mut out), Verdict::Keep);
        }
        assert_eq!(out, whole, "pieces of {size}");
    }
}

#[test]
fn replies_come_in_order() {
    let (out, _) = Peer::new().send(&conversation());
    let frames = frames(&out);
    assert_eq!(frames.len(), 43);
    assert_eq!((frames[0].0, frames[42].0), (1, 1));
    let first = frames[0].1.len() + 8;
    let last = frames[42].1.len() + 8;
    for (at, pair) in answers(&out[first..out.len() - last]).chunks(2).enumerate().take(20) {
        assert_eq!(pair[0].generation, at as u32 + 1);
        assert_eq!(pair[1].value("a"), int(at as i64));
    }
}

#[test]
fn connections_do_not_mix() {
    let mut peer = Peer::new();
    let other = peer.server.open(0).unwrap();
    let bytes = Command::put("k").bytes();
    assert!(peer.send(&bytes[..20]).0.is_empty());
    let mut out = Vec::new();
    assert_eq!(peer.server.receive(other, &Command::get("k").bytes(), &mut out), Verdict::Keep);
    assert_eq!(answers(&out)[0].code, 2);
    assert_eq!(answers(&peer.send(&bytes[20..]).0)[0].code, 0);
}

#[test]
fn nothing_is_answered_before_the_end_of_a_request() {
    let mut peer = Peer::new();
    let bytes = Command::put("k").bytes();
    for end in 0..bytes.len() {
        assert_eq!(Peer::new().send(&bytes[..end]), (vec![], Verdict::Keep));
    }
    assert_eq!(peer.send(&bytes).0.len(), 30);
}
