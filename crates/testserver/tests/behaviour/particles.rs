//! Values of bins: what is accepted, and in which form it comes back.

use crate::support::{BOOL, Command, FLOAT, INT, Peer, STR};

const HLL: u8 = 18;
const MAP: u8 = 19;
const LIST: u8 = 20;

#[test]
fn accepted_and_unchanged() {
    let mut peer = Peer::new();
    let mut sketch = vec![0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    sketch.extend([0; 12]);
    let mut cases = vec![
        (INT, vec![0xff; 8]),
        (FLOAT, vec![0x7f, 0xf8, 1, 2, 3, 4, 5, 6]),
        (FLOAT, vec![0x80, 0, 0, 0, 0, 0, 0, 0]),
        (STR, vec![]),
        (STR, b"a\0b".to_vec()),
        (STR, vec![0xff, 0xfe]),
        (4, vec![]),
        (BOOL, vec![0]),
        (BOOL, vec![1]),
        (HLL, sketch),
    ];
    cases.extend([7, 8, 9, 10, 11, 12, 16].map(|kind| (kind, vec![1, 2, 3])));
    for value in cases {
        let what = format!("{value:?}");
        assert_eq!(peer.run(&Command::write("k").bin("a", value.clone())).code, 0, "{what}");
        assert_eq!(peer.run(&Command::get("k")).value("a"), value, "{what}");
    }
}

#[test]
fn short_integers_are_filled_with_zeros() {
    let mut peer = Peer::new();
    for (sent, stored) in [(vec![0xff], 255), (vec![0xff, 0xfe], 0xfffe), (vec![0x80, 0, 0, 0], 0x8000_0000)]
    {
        peer.run(&Command::write("k").bin("a", (INT, sent)));
        assert_eq!(peer.run(&Command::get("k")).value("a"), crate::support::int(stored));
    }
}

#[test]
fn refused() {
    let mut peer = Peer::new();
    let mut cases = vec![
        (FLOAT, vec![0; 4], 4),
        (FLOAT, vec![], 4),
        (BOOL, vec![], 4),
        (BOOL, vec![2], 4),
        (BOOL, vec![0, 1], 4),
        (HLL, vec![], 4),
        (HLL, vec![0, 4, 0], 4),
        (HLL, vec![0; 23], 4),
        (LIST, vec![], 1),
        (LIST, vec![0x80], 1),
        (LIST, vec![0x92, 1], 1),
        (LIST, vec![0x91, 0xc1], 1),
        (LIST, vec![0x91, 1, 1], 1),
        (LIST, vec![0x91, 0xd4, 0xff, 0], 1),
        (LIST, vec![0x91, 0xd4, 0xff, 1], 1),
        (MAP, vec![], 1),
        (MAP, vec![0x90], 1),
        (MAP, vec![0x81, 1], 1),
        (MAP, vec![0x82, 1, 1, 1, 2], 1),
        (MAP, vec![0x81, 0xc0, 1], 1),
    ];
    cases.extend([0, 3, 5, 6, 7, 9].map(|size| (INT, vec![0; size], 4)));
    cases.extend([5, 6, 13, 14, 15, 21, 22, 24, 100, 255].map(|kind| (kind, vec![1], 4)));
    for (kind, value, code) in cases {
        let what = format!("{kind} {value:?}");
        assert_eq!(peer.run(&Command::write("k").bin("a", (kind, value))).code, code, "{what}");
    }
    peer.expect("nothing was stored", &Command::get("k"), 2, 0);
}

#[test]
fn names_of_bins() {
    let mut peer = Peer::new();
    for name in [&b""[..], b"fifteen bytes..", &[0xff, 0xfe]] {
        assert_eq!(peer.run(&Command::write("k").bin(name, crate::support::int(1))).code, 0, "{name:?}");
    }
    for name in [&b"sixteen bytes..."[..], b"a\0b", &[b'n'; 255]] {
        peer.expect("write", &Command::write("k").bin(name, crate::support::int(1)), 21, 0);
        peer.expect("read", &Command::read("k").select(name), 21, 3);
    }
    peer.expect("a touch has no name", &Command::write("k").op(11, "sixteen bytes...", (0, vec![])), 0, 4);
}
