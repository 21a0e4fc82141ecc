//! Targets on the client: replies of any bytes, to info requests, commands and batches.
//!
//! Imports the core's public API. The peer is a table of info answers, so that runs are short and all that is not
//! the target's business goes well.

use std::sync::LazyLock;

use aerospike_wasm::data::{Key, ValueRef};
use aerospike_wasm::wire::frame::{FrameHeader, FrameType, HEADER_SIZE, write_frame};
use aerospike_wasm::wire::message::{Header, write_request};
use aerospike_wasm::{
    Action, BatchRow, Bins, CloseReason, Command, Config, ConnId, Endpoint, Operation, Policy, RowAction,
    RowPolicy,
};

use super::host::Host;
use super::source::{Source, pieces};
use crate::{Counting, Seen, key};

/// Most bytes a client may hold beside a multiple of what it received: partition maps of as many namespaces as it takes.
const BASE_MEMORY: i64 = 16 << 20;
/// Most info requests that are answered in a run.
const MAX_ANSWERS: usize = 100;
/// Commands that are merged into one request.
const MERGED: i64 = 10;

/// A bitmap that gives a node all partitions, and one that gives it every second.
static FULL: LazyLock<String> = LazyLock::new(|| "/".repeat(682) + "8=");
static HALF: LazyLock<String> = LazyLock::new(|| "q".repeat(682) + "o=");

/// What the peer says unless a target says otherwise.
pub(super) fn table(command: &str) -> String {
    match command {
        "node" => "A1".into(),
        "build" => "8.1.2.0".into(),
        "partition-generation" | "peers-generation" => "1".into(),
        "cluster-name" => "c".into(),
        "peers-clear-std" | "peers-clear-alt" => "1,3000,[]".into(),
        "service-clear-std" | "service-clear-alt" => "127.0.0.1:3000".into(),
        "replicas" => format!("test:1,1,{}", *FULL),
        _ => "ok".into(),
    }
}

/// Settings of a client that uses one connection for all commands to a node.
pub(super) fn narrow() -> Config {
    Config {
        seeds: vec![Endpoint { host: "127.0.0.1".into(), port: 3000, tls_name: String::new() }],
        max_conns_per_node: 1,
        pipeline_connections: 1,
        ..Config::default()
    }
}

/// Cuts what the client wrote into frames, which it writes whole.
pub(super) fn requests(mut bytes: &[u8]) -> Vec<(FrameType, &[u8])> {
    let mut frames = Vec::new();
    while let Some((header, rest)) = bytes.split_first_chunk::<HEADER_SIZE>() {
        let header = FrameHeader::from_bytes(*header);
        let (body, rest) = rest.split_at(header.size as usize);
        frames.push((header.kind, body));
        bytes = rest;
    }
    frames
}

pub(super) fn frame(kind: FrameType, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_frame(&mut out, kind, |writer| writer.bytes(body));
    out
}

/// Answers info requests by the table and makes connections, until the client wants to send commands or nothing; in how many
/// requests it sends them.
fn settle(host: &mut Host) -> Option<(ConnId, usize)> {
    loop {
        if let Some((conn, _)) = host.asked.front().cloned() {
            host.connect(conn);
        } else if let Some((conn, bytes)) = host.written.pop_front() {
            let requests = requests(&bytes);
            for (kind, body) in &requests {
                if *kind != FrameType::INFO {
                    return Some((conn, requests.len()));
                }
                let text: String = commands(body).map(|name| format!("{name}\t{}\n", table(name))).collect();
                host.receive(conn, &frame(*kind, text.as_bytes()));
            }
        } else {
            return None;
        }
    }
}

pub(super) fn commands(body: &[u8]) -> impl Iterator<Item = &str> {
    core::str::from_utf8(body).unwrap_or_default().lines()
}

/// A read, a batch and a write, all on their way on one connection.
pub(super) fn with_commands() -> (Host, ConnId) {
    let mut host = Host::new(narrow());
    settle(&mut host);
    assert!(host.client.is_connected());
    let keys: Vec<Key> = (0..6i64).map(key).collect();
    let policy = Policy { max_retries: 0, ..Policy::read() };
    let ops = [Operation::write("a", ValueRef::Integer(1)), Operation::read_all()];
    let names = ["a"];
    let action = |at: usize| match at {
        0 | 1 => RowAction::Read(Bins::All),
        2 => RowAction::Read(Bins::Named(&names)),
        3 => RowAction::Operate(&ops, RowPolicy::default()),
        4 => RowAction::Remove(RowPolicy::default()),
        _ => RowAction::Read(Bins::None),
    };
    let rows: Vec<BatchRow<'_>> =
        keys.iter().enumerate().map(|(at, key)| BatchRow { key: key.as_ref(), action: action(at) }).collect();
    let read = Action::Read { key: keys[0].as_ref(), bins: Bins::All };
    let write = Action::Operate { key: keys[1].as_ref(), ops: &ops };
    for action in [Action::Batch { rows: &rows }, read, write] {
        host.submit(&Command { action, policy: &policy, filter: None });
    }
    let (conn, _) = settle(&mut host).expect("three commands are sent");
    host.written.clear();
    (host, conn)
}

/// Reads and writes in turn, all on their way in one request.
fn with_merged_commands() -> (Host, ConnId) {
    let mut host = Host::new(narrow());
    settle(&mut host);
    assert!(host.client.is_connected());
    let policy = Policy { max_retries: 0, ..Policy::read() };
    let ops = [Operation::write("a", ValueRef::Integer(1)), Operation::read_all()];
    for at in 0..MERGED {
        let key = key(at);
        let action = match at % 2 {
            0 => Action::Read { key: key.as_ref(), bins: Bins::All },
            _ => Action::Operate { key: key.as_ref(), ops: &ops },
        };
        host.submit(&Command { action, policy: &policy, filter: None });
    }
    let (conn, requests) = settle(&mut host).expect("the commands are sent");
    assert_eq!(requests, 1, "all in one request");
    host.written.clear();
    (host, conn)
}

/// Feeds a stream to a client that waits for answers; what it tells of them.
pub(super) fn answer<'a>(
    waiting: fn() -> (Host, ConnId),
    stream: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<Seen> {
    converse_once(waiting, stream).0
}

/// As [`answer`], and whether the client sent anything more.
fn converse_once<'a>(
    waiting: fn() -> (Host, ConnId),
    stream: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Seen>, bool) {
    let (mut host, conn) = waiting();
    let transmits = host.transmits;
    let before = Counting::live();
    let mut received = 0;
    for piece in stream {
        received += piece.len() as i64;
        host.receive(conn, piece);
    }
    let held = Counting::live() - before;
    assert!(held <= BASE_MEMORY + 1_024 * received, "{held} bytes held after {received} were received");
    let (seen, sent) = (host.seen.clone(), host.transmits > transmits);
    host.finish();
    (seen, sent)
}

/// The reply to a batch, and to two commands behind it: a stream of any bytes, or any bodies in right frames (first
/// byte over 127), whole and in pieces.
pub fn batch_reply(bytes: &[u8]) {
    replies(bytes, with_commands);
}

/// The reply to commands that were merged into one request, made of bytes as in [`batch_reply`].
pub fn merged_reply(bytes: &[u8]) {
    replies(bytes, with_merged_commands);
}

fn replies(bytes: &[u8], waiting: fn() -> (Host, ConnId)) {
    let mut source = Source::new(bytes);
    let (mode, size) = (source.u8(), source.u8());
    let mut stream = Vec::new();
    if mode < 0x80 {
        stream.extend_from_slice(source.rest());
    }
    while !source.is_empty() {
        stream.extend(frame(FrameType::MESSAGE, source.sized()));
    }
    let (whole, sent) = converse_once(waiting, [stream.as_slice()]);
    let seed = u16::from_be_bytes([mode, size]);
    let (in_pieces, sent_between) = converse_once(waiting, pieces(seed, &stream));
    // Commands of a batch that was refused are sent again: what comes with the refusal may come before that or after.
    if !sent && !sent_between {
        let (whole, in_pieces) = (format!("{whole:?}"), format!("{in_pieces:?}"));
        assert_eq!(in_pieces, whole, "the same events from the same bytes in pieces");
    }
}

/// What servers say of themselves. Each line answers the next info command of the client: nothing, as the table says;
/// after byte 1, a line in place of the answer; after byte 2, the connection ends; else a value, in which `@` and `%`
/// stand for bitmaps.
pub fn info(bytes: &[u8]) {
    let mut source = Source::new(bytes);
    let (mode, seed) = (source.u8(), u16::from(source.u8()));
    let mut config = Config { use_services_alternate: mode & 1 != 0, ..narrow() };
    if mode & 2 != 0 {
        config.cluster_name = "c".into();
    }
    if mode & 4 != 0 {
        config.seeds[0].host = "name.example".into();
    }
    let before = Counting::live();
    let mut host = Host::new(config);
    let mut answered = 0;
    for step in 0..12 {
        answered = converse(&mut host, &mut source, seed, mode, answered);
        if host.client.is_connected() && step % 3 == 0 {
            let key = key(i64::from(step));
            let action = Action::Read { key: key.as_ref(), bins: Bins::All };
            host.submit(&Command { action, policy: &Policy::read(), filter: None });
        }
        if source.is_empty() && step > 3 {
            break;
        }
        host.pass_ms(1_000, 50);
    }
    let held = Counting::live() - before;
    assert!(held <= BASE_MEMORY + 4_096 * bytes.len() as i64, "{held} bytes held");
    host.finish();
}

/// Makes connections and answers until the client has nothing more to say; how many answers were given so far.
fn converse(host: &mut Host, source: &mut Source<'_>, seed: u16, mode: u8, mut answered: usize) -> usize {
    while answered < MAX_ANSWERS {
        if let Some((conn, endpoint)) = host.asked.front().cloned() {
            let refused = mode & 8 != 0 && endpoint.port % 2 != 0;
            if refused {
                host.end(conn, CloseReason::Refused)
            } else {
                host.connect(conn)
            }
            continue;
        }
        let Some((conn, bytes)) = host.written.pop_front() else { break };
        for (kind, body) in requests(&bytes) {
            answered += 1;
            let reply = match kind {
                FrameType::INFO => info_reply(source, body),
                _ => Some(empty_reply()),
            };
            match reply {
                Some(reply) => pieces(seed, &reply).for_each(|piece| host.receive(conn, piece)),
                None if host.open.contains(&conn) => host.end(conn, CloseReason::Reset),
                None => {}
            }
        }
    }
    answered
}

fn info_reply(source: &mut Source<'_>, body: &[u8]) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    for name in commands(body) {
        match source.line() {
            [] => text.extend(format!("{name}\t{}", table(name)).bytes()),
            [1, line @ ..] => text.extend_from_slice(line),
            [2, ..] => return None,
            value => {
                text.extend(format!("{name}\t").bytes());
                value.iter().for_each(|byte| match byte {
                    b'@' => text.extend(FULL.bytes()),
                    b'%' => text.extend(HALF.bytes()),
                    byte => text.push(*byte),
                });
            }
        }
        text.push(b'\n');
    }
    Some(frame(FrameType::INFO, &text))
}

pub(super) fn empty_reply() -> Vec<u8> {
    let mut out = Vec::new();
    write_request(&mut out, &Header::default(), |_| ());
    out
}
