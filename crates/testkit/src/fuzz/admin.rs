//! Targets on admin messages: what a client may send, what a server may answer to a login, and what nobody asked for.
//!
//! Imports the other targets' peers. A client with authentication is held against the contract as everywhere; what it
//! may cost a server that refuses it is bounded, too.

use std::sync::LazyLock;

use aerospike_testserver::{Config as ServerConfig, SecurityConfig, SecurityMode, UserConfig};
use aerospike_wasm::wire::admin::{AdminCommand, AdminField, Entry, write_entry};
use aerospike_wasm::wire::frame::{FrameType, HEADER_SIZE, write_frame};
use aerospike_wasm::wire::message::{Header, write_request};
use aerospike_wasm::wire::{Reader, ResultCode};
use aerospike_wasm::{Action, Auth, Bins, CloseReason, Command, Config, Operation, Policy};

use super::client::{answer, commands, frame, narrow, requests, table, with_commands};
use super::host::Host;
use super::server::check;
use super::source::{Source, pieces};
use crate::{Seen, key};

/// Most frames that a server is sent, or that answer a client, in a run.
const MAX_FRAMES: usize = 200;
/// Most connections that a client asks for in the seconds of a run. It makes one for a login and one for commands, and
/// anew for each attempt that is refused.
const MAX_CONNECTIONS: usize = 400;

/// Hashing takes long, so it is done once.
static AUTH: LazyLock<Auth> =
    LazyLock::new(|| Auth::internal("admin", b"admin").expect("a user and a password that may be"));
static SECURED: LazyLock<ServerConfig> = LazyLock::new(|| {
    let users = vec![
        UserConfig::new("admin", "admin", &["user-admin", "read-write"]),
        UserConfig::new("bob", "pw", &["read"]),
    ];
    let security = SecurityConfig { users, session_ttl_seconds: 60, certificate_user: Some("bob".into()) };
    ServerConfig { security: SecurityMode::On(security), ..ServerConfig::with_nodes(1) }
});

/// Admin frames. The first byte says whose: sent to a client that asked for none (even), or to a server with bodies of
/// any bytes (odd); with its third bit, answers to a client that logs in, or requests to a server with users. The second
/// byte says how the bytes are cut.
pub fn admin(bytes: &[u8]) {
    let mut source = Source::new(bytes);
    let (mode, seed) = (source.u8(), u16::from(source.u8()));
    match mode & 5 {
        0 => unasked(seed, source.rest()),
        4 => logins(seed, mode & 8 != 0, &mut source),
        1 => check(seed, &ServerConfig::with_nodes(1), &any_bodies(mode, &mut source)),
        _ => check(seed, &SECURED, &requests_of_users(&mut source)),
    }
}

/// Entries of a body, which must be whole; each is written as it was read.
pub(super) fn check_entries(body: &[u8]) {
    let mut reader = Reader::new(body);
    while !reader.is_empty() {
        let start = reader.position();
        let entry = Entry::read(&mut reader).expect("a server answers with whole entries");
        assert_eq!(
            rewritten(&entry)[HEADER_SIZE..],
            *reader.since(start),
            "an entry is written as it was read"
        );
    }
}

fn rewritten(entry: &Entry<'_>) -> Vec<u8> {
    let mut out = Vec::new();
    write_entry(&mut out, entry.command, entry.code, |fields| {
        entry.fields().for_each(|(kind, data)| fields.field(kind, data));
    });
    out
}

fn any_bodies(mode: u8, source: &mut Source<'_>) -> Vec<u8> {
    let mut stream = Vec::new();
    while !source.is_empty() {
        write_frame(&mut stream, FrameType::ADMIN, |writer| writer.bytes(source.sized()));
        // Older clients give admin frames the version 0.
        if mode & 2 != 0 {
            stream[0] = 0;
        }
    }
    stream
}

/// A login as the administrator or as nobody, then commands with fields of right and of wrong kinds.
fn requests_of_users(source: &mut Source<'_>) -> Vec<u8> {
    let mut stream = Vec::new();
    if source.bool() {
        write_entry(&mut stream, AdminCommand::LOGIN, ResultCode::OK, |fields| {
            fields.field(AdminField::USER, b"admin");
            fields.field(
                AdminField::CREDENTIAL,
                b"$2a$10$7EqJtq98hPqEX7fNZaFWoO1mVO/4MLpGzsqojz6E9Gef6iXDjXdDa",
            );
        });
    }
    for _ in 0..MAX_FRAMES {
        if source.is_empty() {
            break;
        }
        match source.u8() {
            byte @ 0..=31 => {
                let count = source.below(5);
                write_entry(&mut stream, AdminCommand(byte), ResultCode::OK, |fields| {
                    for _ in 0..count {
                        let kind = AdminField(source.u8() % 20);
                        let names: [&[u8]; 4] =
                            [b"admin", b"bob", b"\x01\x04read", b"\x02\x05write\x0auser-admin"];
                        let data = if source.bool() { source.sized() } else { source.pick(&names) };
                        fields.field(kind, data);
                    }
                });
            }
            32..=47 => write_frame(&mut stream, FrameType::INFO, |writer| {
                writer.bytes(b"node\ntruncate:namespace=test\n")
            }),
            48..=63 => write_request(&mut stream, &Header { info1: 1, ..Header::default() }, |_| ()),
            _ => write_frame(&mut stream, FrameType::ADMIN, |writer| writer.bytes(source.sized())),
        }
    }
    stream
}

/// Frames in place of an introduction, and in place of replies to commands.
fn unasked(seed: u16, body: &[u8]) {
    let bytes = frame(FrameType::ADMIN, body);
    let whole = answer(with_commands, [bytes.as_slice()]);
    assert_eq!(format!("{whole:?}"), format!("{:?}", answer(with_commands, pieces(seed, &bytes))));
    let failed = |seen: &&Seen| matches!(seen, Seen::Finished(_, Err(_)));
    assert_eq!(whole.iter().filter(failed).count(), 3, "all that waited on the connection failed");
    let mut host = Host::new(narrow());
    let (conn, _) = host.asked.front().cloned().expect("a client connects to its seed");
    host.connect(conn);
    pieces(seed, &bytes).for_each(|piece| host.receive(conn, piece));
    assert!(!host.client.is_connected() && !host.open.contains(&conn));
    host.seen.clear();
    drop(host);
}

/// Answers to a client with a user, one after the other: to its logins and authentications, and codes for its commands.
fn logins(seed: u16, by_certificate: bool, source: &mut Source<'_>) {
    let mut config = Config { auth: AUTH.clone(), ..narrow() };
    if by_certificate {
        config.auth = Auth::Pki;
        config.seeds[0].tls_name = "name".into();
    }
    let mut host = Host::new(config);
    let mut asked = 0;
    for step in 0..8 {
        if host.client.is_connected() {
            let key = key(i64::from(step));
            let ops = [Operation::touch()];
            let policy = if step % 2 == 0 { Policy::read() } else { Policy::write() };
            let read = Action::Read { key: key.as_ref(), bins: Bins::All };
            let write = Action::Operate { key: key.as_ref(), ops: &ops };
            let action = if step % 2 == 0 { read } else { write };
            host.submit(&Command { action, policy: &policy, filter: None });
        }
        asked += converse(&mut host, source, seed);
        host.pass_ms(1_000, 50);
    }
    assert!(asked <= MAX_CONNECTIONS, "{asked} connections in eight seconds");
    host.finish();
}

/// Makes connections and answers until the client has nothing more to say; how many connections it asked for.
fn converse(host: &mut Host, source: &mut Source<'_>, seed: u16) -> usize {
    let mut asked = 0;
    for _ in 0..MAX_FRAMES {
        if let Some((conn, _)) = host.asked.front().cloned() {
            asked += 1;
            host.connect(conn);
            continue;
        }
        let Some((conn, bytes)) = host.written.pop_front() else { break };
        for (kind, body) in requests(&bytes) {
            match reply(source, kind, body) {
                Some(reply) => pieces(seed, &reply).for_each(|piece| host.receive(conn, piece)),
                None if host.open.contains(&conn) => host.end(conn, CloseReason::Reset),
                None => {}
            }
        }
    }
    asked
}

/// What a server says: as one with users would while the source says 0 or nothing.
fn reply(source: &mut Source<'_>, kind: FrameType, body: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    let choice = source.u8();
    match kind {
        FrameType::INFO if choice % 16 == 1 => {
            return Some(frame(FrameType::INFO, b"ERROR:80:not authenticated\n"));
        }
        FrameType::INFO => {
            let text: String = commands(body)
                .map(|name| format!("{name}\t{}\n", table(&name.replace("-tls-", "-clear-"))))
                .collect();
            return Some(frame(FrameType::INFO, text.as_bytes()));
        }
        FrameType::ADMIN => match choice {
            0 => write_entry(&mut out, AdminCommand(0), ResultCode::OK, |fields| {
                fields.field(AdminField::SESSION_TOKEN, b"token");
                fields.field(AdminField::SESSION_TTL, &[0, 0, 0, source.u8()]);
            }),
            1..=100 => write_entry(&mut out, AdminCommand(0), ResultCode(choice), |_| ()),
            101..=120 => return None,
            _ => return Some(frame(FrameType::ADMIN, source.sized())),
        },
        _ => {
            let result_code = ResultCode([0, 80, 66, 81][usize::from(choice % 4)]);
            write_request(&mut out, &Header { result_code, ..Header::default() }, |_| ());
        }
    }
    Some(out)
}
