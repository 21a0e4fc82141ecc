//! Selections of list and map elements against captured answers of a real server.
//!
//! `selections.txt` has one case a line: what holds the elements (`list`, `olist` an ordered list, `map`), whether the
//! operation reads or removes, the stored value, the operation, the result code, the answer and what is stored
//! afterwards; bytes in hexadecimal, `-` for none.

use crate::support::{BLOB, Command, Peer};

const READ_CDT: u8 = 3;
const MODIFY_CDT: u8 = 4;
const MAP: u8 = 19;
const LIST: u8 = 20;

fn bytes(hex: &str) -> Vec<u8> {
    let hex = hex.strip_prefix('-').unwrap_or(hex);
    (0..hex.len() / 2).map(|at| u8::from_str_radix(&hex[2 * at..2 * at + 2], 16).unwrap()).collect()
}

/// The value of the bin, without its type; empty if there is none.
fn value(peer: &mut Peer, command: &Command) -> (u8, Vec<u8>) {
    let answer = peer.run(command);
    let value =
        if answer.code == 0 && answer.names().contains(&"v") { answer.value("v").1 } else { Vec::new() };
    (answer.code, value)
}

#[test]
fn as_a_server_answers_them() {
    let cases = include_str!("selections.txt");
    assert!(cases.lines().count() > 500);
    for case in cases.lines() {
        let [kind, how, data, operation, code, expected, stored] =
            case.split(' ').collect::<Vec<_>>().try_into().unwrap();
        let mut peer = Peer::new();
        let particle = if kind == "map" { MAP } else { LIST };
        peer.run(&Command::write("k").bin("v", (particle, bytes(data))));
        if kind == "olist" {
            peer.run(&Command::write("k").op(MODIFY_CDT, "v", (BLOB, vec![0x92, 0, 1])));
        }
        let operation = (BLOB, bytes(operation));
        let command = match how {
            "remove" => Command::write("k").op(MODIFY_CDT, "v", operation),
            _ => Command::read("k").op(READ_CDT, "v", operation),
        };
        assert_eq!(value(&mut peer, &command), (code.parse().unwrap(), bytes(expected)), "{case}");
        assert_eq!(value(&mut peer, &Command::get("k")).1, bytes(stored), "{case}: what is stored");
    }
}
