//! Captured exchanges between official clients and a real server, both ways: our encoder writes the requests byte for
//! byte, our decoder reads every reply and can write its values back unchanged.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::path::Path;

use aerospike_testkit::Lab;
use aerospike_wasm::data::{Digest, KeyRef, UserKey, Value, ValueRef};
use aerospike_wasm::wire::batch::Rows;
use aerospike_wasm::wire::flags::{info1, info2, info3, info4};
use aerospike_wasm::wire::frame::{Deframer, FrameType};
use aerospike_wasm::wire::message::{self, FieldType, Header, Message, OpCode};
use aerospike_wasm::wire::particle::ParticleType;
use aerospike_wasm::wire::{Status, Writer, info};
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, CommitLevel, Exists, GenerationPolicy, Operation, Policy, ReadModeAp,
    ReadModeSc, RowAction, RowPolicy,
};

struct Vector {
    name: String,
    request: Vec<u8>,
    replies: Vec<Vec<u8>>,
}

fn vectors(family: &str) -> Vec<Vector> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/vectors").join(format!("{family}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap();
    let vector = |line: &str| {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let text = |name: &str| json[name].as_str().unwrap().to_string();
        let replies =
            json["responses"].as_array().unwrap().iter().map(|hex| unhex(hex.as_str().unwrap())).collect();
        Vector {
            name: format!("{} {}", text("client"), text("name")),
            request: unhex(&text("request")),
            replies,
        }
    };
    text.lines().map(vector).collect()
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

/// The bodies of the frames in some bytes, read in two pieces.
fn frames(bytes: &[u8]) -> Vec<(FrameType, Vec<u8>)> {
    let mut deframer = Deframer::new(1 << 27);
    let (first, second) = bytes.split_at(bytes.len() / 2);
    let mut found = Vec::new();
    for piece in [first, second] {
        deframer.push(piece);
        while let Status::Complete(len) = deframer.frame_len().unwrap() {
            let frame = deframer.frame(len).unwrap();
            found.push((frame.kind, frame.body.to_vec()));
            deframer.consume(len);
        }
    }
    assert_eq!(deframer.buffered(), 0, "bytes left over");
    found
}

const MESSAGE_FAMILIES: [&str; 5] = ["put", "read", "modify", "errors", "batch"];

#[test]
fn every_reply_is_read_and_its_values_can_be_written_back() {
    let mut values = 0;
    for family in MESSAGE_FAMILIES {
        for vector in vectors(family) {
            for (kind, body) in vector.replies.iter().flat_map(|reply| frames(reply)) {
                assert_eq!(kind, FrameType::MESSAGE, "{}", vector.name);
                for message in message::messages(&body) {
                    let message = message.unwrap_or_else(|error| panic!("{}: {error}", vector.name));
                    for op in message.ops() {
                        check_value(&vector.name, op.particle, op.value);
                        values += 1;
                    }
                }
            }
        }
    }
    assert!(values > 300, "only {values} values were seen");
}

fn check_value(name: &str, particle: ParticleType, bytes: &[u8]) {
    let value = ValueRef::from_particle(particle, bytes);
    assert!(!matches!(value, ValueRef::Unknown(..)), "{name}: particle {particle:?} {bytes:02x?}");
    let owned = value.to_value().unwrap();
    let mut back = Vec::new();
    owned.as_ref().write_particle(&mut Writer::new(&mut back));
    // A server adds cells to GeoJSON, which no client sends.
    if particle != ParticleType::GEOJSON {
        assert_eq!(back, bytes, "{name}: {owned:?}");
    }
}

#[test]
fn info_replies_are_read() {
    let mut lines = 0;
    for vector in vectors("info") {
        for (kind, body) in vector.replies.iter().flat_map(|reply| frames(reply)) {
            if kind == FrameType::INFO {
                lines += info::lines(&body).count();
                for line in info::lines(&body) {
                    assert_eq!(info::value(&body, line.name).is_ok(), line.value.is_ok(), "{}", vector.name);
                }
            }
        }
    }
    assert!(lines > 100, "only {lines} lines were seen");
}

/// What our encoder does not write, by what the request shows.
fn not_ours(kind: FrameType, message: &Message<'_>) -> Option<&'static str> {
    let has = |field: u8| message.field(FieldType(field)).is_some();
    let header = &message.header;
    match () {
        () if kind == FrameType::COMPRESSED => Some("compression, which Community Edition refuses"),
        () if has(5) || has(6) || has(3) => Some("transactions, which Community Edition refuses"),
        () if has(30) => Some("user-defined functions"),
        () if header.info4 & 0x60 != 0 => Some("error details, which no released server sends"),
        () if header.info4 & info4::MRT_ON_LOCKING_ONLY != 0 => Some("transactions"),
        () if header.info1 & info1::COMPRESS_RESPONSE != 0 => Some("compression"),
        () if message.ops().any(|op| op.code.0 > 16) => Some("operations newer than the server"),
        () if !has(4) && !has(41) => Some("a query"),
        () => None,
    }
}

#[test]
fn single_record_requests_equal_the_official_clients() {
    let mut lab = Lab::new(1);
    let (mut equal, mut left_out, mut different) = (0, 0, Vec::new());
    for family in ["put", "read", "modify", "errors"] {
        for vector in vectors(family) {
            let Some(ours) = rewrite(&mut lab, &vector) else {
                left_out += 1;
                continue;
            };
            if ours == vector.request {
                equal += 1;
            } else {
                different.push(format!("{}: {ours:02x?}", vector.name));
            }
        }
    }
    println!("{equal} equal, {left_out} left out, {} different", different.len());
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(equal >= 340, "only {equal} were compared");
}

#[test]
fn batch_requests_equal_the_official_clients() {
    let mut lab = Lab::new(1);
    let (mut equal, mut different) = (0, Vec::new());
    for vector in vectors("batch") {
        let (kind, body) = frames(&vector.request).remove(0);
        if kind != FrameType::MESSAGE || body[1] & info1::BATCH == 0 {
            continue;
        }
        let Some(ours) = rewrite_batch(&mut lab, &body) else { continue };
        // A row that says the same as the one before is repeated by us also where the C client spells it out.
        if ours == vector.request || spelled_out(&ours) == spelled_out(&vector.request) {
            equal += 1;
        } else {
            different.push(vector.name);
        }
    }
    println!("{equal} equal, {} different", different.len());
    assert!(different.is_empty(), "{}", different.join("\n"));
    assert!(equal >= 60, "only {equal} were compared");
}

/// Reads a captured request into a command and lets our client write it.
fn rewrite(lab: &mut Lab, vector: &Vector) -> Option<Vec<u8>> {
    let (kind, body) = frames(&vector.request).remove(0);
    if kind != FrameType::MESSAGE {
        return None;
    }
    let message = Message::read_only(&body).unwrap();
    if not_ours(kind, &message).is_some() || message.field(FieldType(41)).is_some() {
        return None;
    }
    let key = key_of(&message);
    let header = message.header;
    let mut policy = policy_of(&header, header.timeout);
    policy.row = row_policy(header.info2, header.info3, header.generation, header.ttl);
    policy.row.send_key = message.field(FieldType::KEY).is_some();
    let values = owned_ops(message.ops());
    let ops = borrowed(&values);
    let filter = message.field(FieldType::FILTER);
    let user_key = message.field(FieldType::KEY).map(user_key);
    let key = KeyRef { user_key: user_key.as_ref().map(UserKey::as_ref), ..key };
    let action = if header.info2 & info2::DELETE != 0 {
        Action::Remove { key }
    } else if ops.is_empty() || header.info1 & info1::GET_NO_BINS != 0 {
        let bins = if header.info1 & info1::GET_NO_BINS != 0 { Bins::None } else { Bins::All };
        Action::Read { key, bins }
    } else {
        Action::Operate { key, ops: &ops }
    };
    if matches!(action, Action::Read { .. }) && !ops.is_empty() {
        // The Rust client puts an operation beside "no bins", which the server ignores.
        return None;
    }
    written(lab, &Command { action, policy: &policy, filter })
}

/// What our client writes for a command; `None` when it refuses it (a TTL that the C client leaves to the server).
fn written(lab: &mut Lab, command: &Command<'_>) -> Option<Vec<u8>> {
    lab.writes.clear();
    let now = lab.now();
    lab.client.submit(now, command).ok()?;
    lab.settle();
    lab.seen.clear();
    lab.writes.iter().map(|(_, bytes)| bytes.clone()).next()
}

/// A batch request with every repeat row spelled out: index, digest, header, fields, operations of each.
fn spelled_out(request: &[u8]) -> Vec<String> {
    let (_, body) = frames(request).remove(0);
    let message = Message::read_only(&body).unwrap();
    let mut rows = Rows::new(message.field(FieldType::BATCH).unwrap()).unwrap();
    let mut found = vec![format!("{:?} {}", Header { fields: 0, ..message.header }, rows.flags)];
    while let Some(row) = rows.next_row().unwrap() {
        let (fields, ops): (Vec<_>, Vec<_>) = (row.fields().collect(), row.ops().collect());
        found.push(format!("{} {:?} {:?} {fields:?} {ops:?}", row.index, row.digest, row.header));
    }
    found
}

fn key_of<'a>(message: &Message<'a>) -> KeyRef<'a> {
    let text = |field| std::str::from_utf8(message.field(field).unwrap_or_default()).unwrap();
    let digest = Digest(message.field(FieldType::DIGEST).unwrap().try_into().unwrap());
    KeyRef::with_digest(text(FieldType::NAMESPACE), text(FieldType::SET), digest)
}

fn user_key(field: &[u8]) -> UserKey {
    match field {
        [1, rest @ ..] => UserKey::Integer(i64::from_be_bytes(rest.try_into().unwrap())),
        [3, rest @ ..] => UserKey::String(String::from_utf8(rest.to_vec()).unwrap()),
        [4, rest @ ..] => UserKey::Blob(rest.to_vec()),
        _ => panic!("user key {field:02x?}"),
    }
}

fn policy_of(header: &Header, timeout: u32) -> Policy {
    Policy {
        socket_timeout_ms: 0,
        total_timeout_ms: timeout,
        max_retries: 0,
        read_mode_ap: if header.info1 & info1::READ_MODE_AP_ALL != 0 {
            ReadModeAp::All
        } else {
            ReadModeAp::One
        },
        read_mode_sc: match (
            header.info3 & info3::SC_READ_RELAX != 0,
            header.info3 & info3::SC_READ_TYPE != 0,
        ) {
            (false, false) => ReadModeSc::Session,
            (false, true) => ReadModeSc::Linearize,
            (true, false) => ReadModeSc::AllowReplica,
            (true, true) => ReadModeSc::AllowUnavailable,
        },
        read_touch_ttl_percent: header.ttl,
        respond_all_ops: header.info2 & info2::RESPOND_ALL_OPS != 0,
        ..Policy::read()
    }
}

fn row_policy(bits2: u8, bits3: u8, generation: u32, ttl: u32) -> RowPolicy {
    let exists = match () {
        () if bits2 & info2::CREATE_ONLY != 0 => Exists::CreateOnly,
        () if bits3 & info3::UPDATE_ONLY != 0 => Exists::UpdateOnly,
        () if bits3 & info3::CREATE_OR_REPLACE != 0 => Exists::Replace,
        () if bits3 & info3::REPLACE_ONLY != 0 => Exists::ReplaceOnly,
        () => Exists::Ignore,
    };
    let generation_policy = match () {
        () if bits2 & info2::GENERATION != 0 => GenerationPolicy::Equal,
        () if bits2 & info2::GENERATION_GT != 0 => GenerationPolicy::Greater,
        () => GenerationPolicy::Ignore,
    };
    RowPolicy {
        exists,
        generation_policy,
        generation,
        ttl,
        commit_level: if bits3 & info3::COMMIT_LEVEL_MASTER != 0 {
            CommitLevel::Master
        } else {
            CommitLevel::All
        },
        send_key: false,
        durable_delete: bits2 & info2::DURABLE_DELETE != 0,
    }
}

type OwnedOp = (OpCode, String, Value, ParticleType);

fn owned_ops<'a>(ops: impl Iterator<Item = message::Op<'a>>) -> Vec<OwnedOp> {
    let own = |op: message::Op<'a>| {
        let value = ValueRef::from_particle(op.particle, op.value).to_value().unwrap();
        (op.code, String::from_utf8(op.name.to_vec()).unwrap(), value, op.particle)
    };
    ops.map(own).collect()
}

fn borrowed(ops: &[OwnedOp]) -> Vec<Operation<'_>> {
    ops.iter().map(|(code, bin, value, _)| Operation { code: *code, bin, value: value.as_ref() }).collect()
}

/// Reads a captured batch and lets our client write it; `None` when it holds rows that are not ours to write.
fn rewrite_batch(lab: &mut Lab, body: &[u8]) -> Option<Vec<u8>> {
    let message = Message::read_only(body).unwrap();
    if message.header.info1 & info1::COMPRESS_RESPONSE != 0 {
        return None;
    }
    let mut rows = Rows::new(message.field(FieldType::BATCH).unwrap()).unwrap();
    let flags = rows.flags;
    let mut read = Vec::new();
    while let Some(row) = rows.next_row().unwrap() {
        // Functions, filters and error details of single rows are not ours to write.
        if row.field(FieldType(30)).is_some()
            || row.field(FieldType::FILTER).is_some()
            || row.header.info4.is_some()
        {
            return None;
        }
        let text = |field| std::str::from_utf8(row.field(field).unwrap()).unwrap().to_string();
        let key = row.field(FieldType::KEY).map(user_key);
        read.push((text(FieldType::NAMESPACE), text(FieldType::SET), key, owned_ops(row.ops()), row));
    }
    let header = message.header;
    let mut policy = policy_of(&header, header.timeout);
    policy.allow_inline = flags & 1 != 0;
    policy.allow_inline_ssd = flags & 2 != 0;
    policy.respond_all_keys = flags & 4 != 0;
    let first = &read.first()?.4.header;
    let modes = |header: &aerospike_wasm::wire::batch::RowHeader| {
        (header.info1 & info1::READ_MODE_AP_ALL, header.info3 & (info3::SC_READ_RELAX | info3::SC_READ_TYPE))
    };
    // Read modes per row are not ours to write.
    if read.iter().any(|row| row.4.header.info2 & info2::WRITE == 0 && modes(&row.4.header) != modes(first)) {
        return None;
    }
    policy.read_mode_sc = policy_of(&Header { info3: first.info3, ..Header::default() }, 0).read_mode_sc;
    policy.read_mode_ap =
        if first.info1 & info1::READ_MODE_AP_ALL != 0 { ReadModeAp::All } else { ReadModeAp::One };
    policy.read_touch_ttl_percent = if first.info2 & info2::WRITE == 0 { first.ttl? } else { 0 };
    policy.respond_all_ops = read
        .iter()
        .any(|row| row.4.header.info2 & (info2::WRITE | info2::RESPOND_ALL_OPS) == info2::RESPOND_ALL_OPS);
    let ops: Vec<Vec<Operation<'_>>> = read.iter().map(|row| borrowed(&row.3)).collect();
    let rows: Vec<BatchRow<'_>> = read
        .iter()
        .zip(&ops)
        .map(|((namespace, set, user_key, _, row), ops)| {
            let key = KeyRef::with_digest(namespace, set, Digest(row.digest));
            let key = KeyRef { user_key: user_key.as_ref().map(UserKey::as_ref), ..key };
            let action = row_action(row, ops, user_key.is_some());
            BatchRow { key, action }
        })
        .collect();
    let action = Action::Batch { rows: &rows };
    written(lab, &Command { action, policy: &policy, filter: message.field(FieldType::FILTER) })
}

fn row_action<'a>(
    row: &aerospike_wasm::wire::batch::Row<'_>,
    ops: &'a [Operation<'a>],
    send_key: bool,
) -> RowAction<'a> {
    let header = &row.header;
    let mut policy = row_policy(
        header.info2,
        header.info3,
        header.generation.unwrap_or_default().into(),
        header.ttl.unwrap_or_default(),
    );
    policy.send_key = send_key;
    match () {
        () if header.info2 & info2::DELETE != 0 => RowAction::Remove(policy),
        () if header.info1 & info1::GET_NO_BINS != 0 => RowAction::Read(Bins::None),
        () if ops.is_empty() => RowAction::Read(Bins::All),
        () => RowAction::Operate(ops, policy),
    }
}
