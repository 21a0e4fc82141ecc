//! Replies that are not true, or no replies at all.
//!
//! Imports `random`. A lie keeps the form of an info reply and changes what it says.

use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE, write_frame};

use super::random::Random;

/// A bitmap in which all partitions are set, and one in which none is; base64 of 512 bytes.
const ALL: (&str, &str) = ("////", "//8=");
const NONE: (&str, &str) = ("AAAA", "AAA=");

/// Changes an info reply: another value for one or more of its lines.
pub(super) fn lie(random: &mut Random, reply: &mut Vec<u8>) {
    let text = String::from_utf8_lossy(reply.get(HEADER_SIZE..).unwrap_or_default()).into_owned();
    if random.chance(60) {
        *reply = garbage(random, reply);
        return;
    }
    let mut lines: Vec<(String, String)> = text
        .lines()
        .filter_map(|line| line.split_once('\t').map(|(name, value)| (name.into(), value.into())))
        .collect();
    let changes = if random.chance(300) { 3 } else { 1 };
    for _ in 0..changes {
        let at = random.index(lines.len());
        let Some((name, value)) = lines.get_mut(at) else { break };
        match random.below(8) {
            0 => {
                lines.remove(at);
            }
            1 => *value = random.pick(&["", "ERROR:4:no", "nonsense", "-1", "\u{1F980},[[]]"]).into(),
            _ => *value = other(random, name, value),
        }
    }
    // A map is not questioned again under the number it was given, so a false one has a false number.
    if lines.iter().any(|(name, value)| name == "replicas" && !text.contains(value.as_str())) {
        for (_, value) in lines.iter_mut().filter(|(name, _)| name == "partition-generation") {
            *value = format!("{}", 5_000 + random.below(1_000));
        }
    }
    reply.clear();
    write_frame(reply, FrameType::INFO, |writer| {
        for (name, value) in &lines {
            writer.bytes(format!("{name}\t{value}\n").as_bytes());
        }
    });
}

/// Another value of the right kind.
fn other(random: &mut Random, name: &str, value: &str) -> String {
    match name {
        "node" => random.pick(&["A1", "A2", "A3", "FF", ""]).into(),
        "cluster-name" => "elsewhere".into(),
        "peers-generation" | "partition-generation" => {
            let number: i64 = value.parse().unwrap_or_default();
            (number + random.pick(&[-2, -1, 1, 2, 1_000_000])).to_string()
        }
        "peers-clear-std" => peers(random, value),
        "service-clear-std" => random.pick(&["127.0.0.1:9999", "127.0.0.1:3001", "", "::::"]).into(),
        "replicas" => value.split(';').map(|entry| map(random, entry)).collect::<Vec<_>>().join(";"),
        _ => value.into(),
    }
}

/// A peers list that names nodes which do not exist, are elsewhere, or are missing.
fn peers(random: &mut Random, value: &str) -> String {
    // A list is not questioned again under the number it was given, so a false one has a false number.
    let generation =
        value.split(',').next().and_then(|number| number.parse::<u64>().ok()).unwrap_or_default() + 999;
    let list = random.pick(&[
        "[[EE,,[127.0.0.1:9001]],[EF,,[127.0.0.1:9002,127.0.0.1:9003]]]",
        "[[A1,,[127.0.0.1:3002]],[A2,,[127.0.0.1:3000]],[A3,,[127.0.0.1:3001]]]",
        "[[FE,,[127.0.0.1]]]",
        "[]",
        "[[A1,,],[A2,,]]",
        "[[A1,,[",
    ]);
    format!("{generation},3000,{list}")
}

/// A namespace's entry in which the node claims all partitions, or none, or has its columns swapped.
fn map(random: &mut Random, entry: &str) -> String {
    let mut parts: Vec<String> = entry.split(',').map(String::from).collect();
    if parts.len() < 3 {
        return entry.into();
    }
    let bitmap = |(four, end): (&str, &str)| four.repeat(170) + end;
    match random.below(4) {
        0 => parts[2] = bitmap(ALL),
        1 => parts[2] = bitmap(NONE),
        2 => parts[2..].reverse(),
        _ => {
            parts.truncate(2 + random.index(parts.len() - 1));
        }
    }
    parts.join(",")
}

/// Bytes that no client can take for a reply.
pub(super) fn garbage(random: &mut Random, reply: &[u8]) -> Vec<u8> {
    let frame = |kind: FrameType, size: u64| FrameHeader { version: 2, kind, size }.to_bytes().to_vec();
    match random.below(6) {
        0 => vec![0xff; 32],
        1 => b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        2 => frame(FrameType::MESSAGE, 0x0000_ffff_ffff_ffff),
        3 => [frame(FrameType(2), 2), vec![0, 0]].concat(),
        // A message that is cut short inside a frame that is whole.
        4 => [frame(FrameType::MESSAGE, 10), vec![22; 10]].concat(),
        _ => {
            let mut reply = reply.to_vec();
            if let Some(version) = reply.first_mut() {
                *version = 7;
            }
            reply
        }
    }
}

/// The lines of an info reply that the truth does not have, each cut short.
pub(super) fn difference(truth: &[u8], reply: &[u8]) -> String {
    let (truth, reply) = (String::from_utf8_lossy(truth), String::from_utf8_lossy(reply));
    let (truth, reply) =
        (truth.get(HEADER_SIZE..).unwrap_or_default(), reply.get(HEADER_SIZE..).unwrap_or_default());
    let changed = reply.lines().filter(|line| !truth.lines().any(|other| other == *line));
    changed.map(|line| line.chars().take(80).collect::<String>()).collect::<Vec<_>>().join(" | ")
}
