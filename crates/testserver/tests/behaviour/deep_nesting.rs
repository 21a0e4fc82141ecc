//! Values nested far deeper than any stack: answered like others, never an overflow.

use crate::support::{BLOB, Command, Peer};

const LIST: u8 = 20;
const MAP: u8 = 19;

/// `[[[…[1]…]]]`
fn lists(depth: usize) -> Vec<u8> {
    let mut bytes = vec![0x91; depth];
    bytes.push(1);
    bytes
}

/// `{1: {1: … 1}}`
fn maps(depth: usize) -> Vec<u8> {
    let mut bytes = [0x81, 1].repeat(depth);
    bytes.push(1);
    bytes
}

#[test]
fn whole_values() {
    let mut peer = Peer::new();
    for depth in [1000, 10_000, 400_000] {
        for (kind, value) in [(LIST, lists(depth)), (MAP, maps(depth))] {
            assert_eq!(peer.run(&Command::write("k").bin("v", (kind, value.clone()))).code, 0, "{depth}");
            assert!(peer.run(&Command::get("k")).value("v") == (kind, value));
        }
    }
}

#[test]
fn values_in_operations() {
    let mut peer = Peer::new();
    for depth in [10_000, 400_000] {
        for value in [lists(depth), maps(depth), vec![0x91; depth], vec![0x81; depth]] {
            for (code, op) in
                [(4, 1), (4, 2), (4, 8), (3, 17), (3, 22), (4, 67), (3, 97), (4, 0xff), (13, 0), (16, 1)]
            {
                let parameters = [&[0x93, 0xcc, op][..], &value, &[0]].concat();
                let command = Command::operate("k").op(code, "v", (BLOB, parameters));
                peer.run(&command);
            }
        }
    }
}

#[test]
fn expressions() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    for depth in [10_000, 400_000] {
        let nested_not = [&[0x92, 18].repeat(depth)[..], &[0xc3]].concat();
        let constant = [&[0x93, 1, 0x92, 126][..], &lists(depth), &[0x92, 126], &lists(depth)].concat();
        for filter in [nested_not, constant, lists(depth), vec![0x91; depth], vec![0x93; depth]] {
            peer.run(&Command::get("k").field(43, &filter));
            let operation = [&[0x92][..], &filter, &[0]].concat();
            peer.run(&Command::operate("k").op(7, "x", (BLOB, operation.clone())));
            peer.run(&Command::operate("k").op(8, "x", (BLOB, operation)));
        }
    }
}

#[test]
fn geojson() {
    let mut peer = Peer::new();
    let text = [&b"\0\0\0{\"type\":\"Point\",\"coordinates\":"[..], &vec![b'['; 100_000]].concat();
    peer.expect("brackets", &Command::write("k").bin("g", (23, text)), 160, 0);
}
