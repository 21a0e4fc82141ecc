//! Who is master of which partition, as the servers say themselves.
//!
//! Imports the test server. The client's map is held against this one, not against the test server's insides.

use std::collections::BTreeMap;

use aerospike_testserver::Server;
use aerospike_wasm::wire::frame::HEADER_SIZE;
use aerospike_wasm::wire::info;

/// The master of each partition, by namespace, as the nodes that are up say themselves.
pub(super) fn masters(server: &mut Server, nodes: usize) -> BTreeMap<Vec<u8>, Vec<Option<usize>>> {
    let mut masters: BTreeMap<Vec<u8>, Vec<Option<usize>>> = BTreeMap::new();
    let mut question = Vec::new();
    info::write_request(&mut question, &["replicas"]);
    for node in 0..nodes {
        let Some(connection) = server.open(node) else { continue };
        let mut reply = Vec::new();
        let _ = server.receive(connection, &question, &mut reply);
        server.close(connection);
        let value = info::value(&reply[HEADER_SIZE..], "replicas").unwrap_or_default();
        for entry in value.split(';') {
            let Some((namespace, rest)) = entry.split_once(':') else { continue };
            let table = masters.entry(namespace.into()).or_insert_with(|| vec![None; 4_096]);
            let bitmap = decode(rest.split(',').nth(2).unwrap_or_default());
            for (partition, owner) in table.iter_mut().enumerate() {
                if bitmap.get(partition >> 3).is_some_and(|byte| byte & (0x80 >> (partition & 7)) != 0) {
                    *owner = Some(node);
                }
            }
        }
    }
    masters
}

/// Decodes base64.
fn decode(text: &str) -> Vec<u8> {
    let digit = |byte: u8| match byte {
        b'A'..=b'Z' => byte - b'A',
        b'a'..=b'z' => byte - b'a' + 26,
        b'0'..=b'9' => byte - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let mut bytes = Vec::new();
    for four in text.trim_end_matches('=').as_bytes().chunks(4) {
        let bits = four.iter().fold(0_u32, |bits, byte| bits << 6 | u32::from(digit(*byte)));
        let bits = bits << (6 * (4 - four.len()));
        bytes.extend_from_slice(&bits.to_be_bytes()[1..four.len()]);
    }
    bytes
}
