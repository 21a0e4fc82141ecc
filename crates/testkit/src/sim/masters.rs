//! Who is master of which partition, as the servers say themselves.
//!
//! Imports `plan`, the test server and base64. The client's map is held against this one, not against the test server's insides.

use std::collections::BTreeMap;

use aerospike_testserver::Server;
use aerospike_wasm::wire::frame::HEADER_SIZE;
use aerospike_wasm::wire::info;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::plan::write_judge_login;

/// The master of each partition, by namespace, as the nodes that are up say themselves.
pub(super) fn masters(
    server: &mut Server,
    nodes: usize,
    is_secured: bool,
) -> BTreeMap<Vec<u8>, Vec<Option<usize>>> {
    let mut masters: BTreeMap<Vec<u8>, Vec<Option<usize>>> = BTreeMap::new();
    let (mut login, mut question) = (Vec::new(), Vec::new());
    if is_secured {
        write_judge_login(&mut login);
    }
    info::write_request(&mut question, &["replicas"]);
    for node in 0..nodes {
        let Some(connection) = server.open(node) else { continue };
        let mut reply = Vec::new();
        let _ = server.receive(connection, &login, &mut reply);
        reply.clear();
        let _ = server.receive(connection, &question, &mut reply);
        server.close(connection);
        let value = info::value(&reply[HEADER_SIZE..], "replicas").unwrap_or_default();
        for entry in value.split(';') {
            let Some((namespace, rest)) = entry.split_once(':') else { continue };
            let table = masters.entry(namespace.into()).or_insert_with(|| vec![None; 4_096]);
            let bitmap = STANDARD.decode(rest.split(',').nth(2).unwrap_or_default()).unwrap_or_default();
            for (partition, owner) in table.iter_mut().enumerate() {
                if bitmap.get(partition >> 3).is_some_and(|byte| byte & (0x80 >> (partition & 7)) != 0) {
                    *owner = Some(node);
                }
            }
        }
    }
    masters
}
