//! Frames: what is answered, what is refused, what ends the connection.

use aerospike_testserver::Verdict;

use crate::support::{Command, Peer, answers, info};

#[test]
fn bad_headers_end_the_connection_silently() {
    for header in [
        [1, 3, 0, 0, 0, 0, 0, 22],
        [0, 3, 0, 0, 0, 0, 0, 22],
        [2, 0, 0, 0, 0, 0, 0, 22],
        [2, 6, 0, 0, 0, 0, 0, 22],
        [2, 3, 0, 0, 8, 0, 0, 1],
        [2, 3, 255, 255, 255, 255, 255, 255],
        [22, 3, 1, 0, 5, 1, 0, 0],
    ] {
        let mut peer = Peer::new();
        assert_eq!(peer.send(&header), (vec![], Verdict::Close), "{header:?}");
        assert!(!peer.server.is_open(peer.connection));
        assert_eq!(peer.send(&info("node\n")), (vec![], Verdict::Close));
    }
}

#[test]
fn replies_before_a_bad_header_are_sent() {
    let mut peer = Peer::new();
    let (out, verdict) = peer.send(&[info("node\n"), vec![9; 8]].concat());
    assert_eq!(verdict, Verdict::Close);
    assert_eq!(out, info("node\tA2\n"));
}

#[test]
fn malformed_messages_are_answered_with_4() {
    let mut peer = Peer::new();
    let good = Command::put("k").bytes();
    let mut bodies = vec![vec![1], vec![22; 21], good[8..good.len() - 1].to_vec()];
    bodies.push([&good[8..], &[0]].concat());
    for at in [18, 20] {
        let mut more = good[8..].to_vec();
        more[at + 1] += 1;
        bodies.push(more);
    }
    let mut empty_field = good[8..].to_vec();
    empty_field[22..26].fill(0);
    bodies.push(empty_field);
    for body in bodies {
        let mut request = Vec::new();
        aerospike_wasm::wire::frame::write_frame(
            &mut request,
            aerospike_wasm::wire::frame::FrameType(3),
            |writer| {
                writer.bytes(&body);
            },
        );
        let (out, verdict) = peer.send(&request);
        assert_eq!((verdict, out.len(), answers(&out)[0].code), (Verdict::Keep, 30, 4), "{body:?}");
    }
    peer.expect("the connection goes on", &Command::put("k"), 0, 1);
}

#[test]
fn empty_bodies() {
    let empty = |kind| vec![2, kind, 0, 0, 0, 0, 0, 0];
    let mut peer = Peer::new();
    let (out, verdict) = peer.send(&empty(1));
    assert_eq!(verdict, Verdict::Keep);
    assert!(String::from_utf8_lossy(&out).contains("\nnode\tA2\n"));
    assert_eq!(answers(&peer.send(&empty(3)).0)[0].code, 4);
    assert_eq!(answers(&peer.send(&empty(4)).0)[0].code, 25);
    assert_eq!(peer.send(&empty(2)).0[9], 51);
    let more = [empty(3), Command::put("k").bytes()].concat();
    assert_eq!(peer.send(&more), (vec![], Verdict::Close), "with more bytes behind it");
}

#[test]
fn messages_between_clusters_are_swallowed() {
    let mut peer = Peer::new();
    let mut request = Command::put("k").bytes();
    request[1] = 5;
    assert_eq!(peer.send(&request), (vec![], Verdict::Keep));
    peer.expect("not executed", &Command::get("k"), 2, 0);
}

#[test]
fn unknown_fields_are_skipped_and_the_first_of_two_counts() {
    let mut peer = Peer::new();
    peer.expect("unknown", &Command::put("k").field(200, b"x").field(45, b""), 0, 1);
    peer.expect("namespace twice", &Command::put("k").field(0, b"nope"), 0, 2);
    peer.expect("set twice", &Command::put("k").field(1, b"other"), 0, 3);
}

#[test]
fn a_last_update_time_before_the_value_is_skipped() {
    let mut peer = Peer::new();
    let with_lut = |value: &[u8]| {
        let mut bytes = Command::write("k").bin("a", (1, value.into())).bytes();
        let flags = bytes.len() - value.len() - 3;
        bytes[flags] = 1;
        bytes
    };
    let (out, _) = peer.send(&with_lut(&[0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 5]));
    assert_eq!(answers(&out)[0].code, 0);
    assert_eq!(peer.run(&Command::get("k")).value("a"), crate::support::int(5));
    let (out, _) = peer.send(&with_lut(&[1, 2, 3]));
    assert_eq!(answers(&out)[0].code, 4);
}
