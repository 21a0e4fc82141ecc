//! Statistics as JSON: a cold path, where text is simpler than a tape.
//!
//! Imports the core's public API.

use core::fmt::Write;

use aerospike_wasm::{NodeStatistics, Statistics};

/// An object with `inFlight`, `queued` and `nodes`.
pub(crate) fn to_json(statistics: &Statistics) -> String {
    let mut json =
        format!(r#"{{"inFlight":{},"queued":{},"nodes":["#, statistics.in_flight, statistics.queued);
    for (index, node) in statistics.nodes.iter().enumerate() {
        if index > 0 {
            json.push(',');
        }
        write_node(&mut json, node);
    }
    json.push_str("]}");
    json
}

fn write_node(json: &mut String, node: &NodeStatistics) {
    let counters = &node.counters;
    json.push_str(r#"{"name":"#);
    write_text(json, &node.name);
    json.push_str(r#","host":"#);
    write_text(json, &node.endpoint.host);
    let numbers = [
        ("port", u64::from(node.endpoint.port)),
        ("open", node.open as u64),
        ("connecting", node.connecting as u64),
        ("inFlight", node.in_flight as u64),
        ("waiting", node.waiting as u64),
        ("opened", counters.opened),
        ("closed", counters.closed),
        ("answered", counters.answered),
        ("serverErrors", counters.server_errors),
        ("timeouts", counters.timeouts),
        ("connectionErrors", counters.connection_errors),
        ("retries", counters.retries),
        ("latencySum", counters.latency_sum),
    ];
    for (name, number) in numbers {
        // Writing to a String cannot fail.
        let _ = write!(json, r#","{name}":{number}"#);
    }
    let _ = write!(json, r#","active":{},"latency":{:?}}}"#, node.active, counters.latency);
}

/// A JSON string; what is not plain ASCII is left to `\u` escapes.
fn write_text(json: &mut String, text: &str) {
    json.push('"');
    for unit in text.encode_utf16() {
        match char::from_u32(u32::from(unit)) {
            Some(plain @ (' '..='~')) if plain != '"' && plain != '\\' => json.push(plain),
            _ => {
                let _ = write!(json, "\\u{unit:04x}");
            }
        }
    }
    json.push('"');
}
