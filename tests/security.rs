//! Users, passwords and sessions: nothing is said before the login, sessions end without a command noticing, refusals
//! say whose, and nobody gets to see a secret.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::collections::BTreeMap;
use std::sync::LazyLock;

use aerospike_testkit::{Lab, Seen, key};
use aerospike_testserver::{
    Config as ServerConfig, Fault, SecurityConfig, SecurityMode, TlsAddress, UserConfig,
};
use aerospike_wasm::data::{Key, Value, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::frame::FrameType;
use aerospike_wasm::wire::password::hash_password;
use aerospike_wasm::{
    Action, Auth, BatchRow, Bins, Client, CloseReason, Command, CommandId, Config, ConfigError, ConnId,
    Endpoint, Error, ErrorKind, Operation, Output, Policy, RowAction, RowPolicy,
};

const PASSWORD: &str = "correct horse";
const INCREMENT: [Operation<'static>; 1] = [Operation::increment("n", ValueRef::Integer(1))];

fn server(nodes: usize, session_ttl_seconds: u32) -> ServerConfig {
    static USERS: LazyLock<Vec<UserConfig>> = LazyLock::new(|| {
        vec![
            UserConfig::new("alice", PASSWORD, &["read-write"]),
            UserConfig::new("bob", "pw", &["read"]),
            UserConfig::new("cert", "never used", &["read-write"]),
        ]
    });
    let security =
        SecurityConfig { users: USERS.clone(), session_ttl_seconds, certificate_user: Some("cert".into()) };
    ServerConfig { security: SecurityMode::On(security), ..Lab::servers(nodes) }
}

fn with_tls(mut server: ServerConfig) -> ServerConfig {
    for node in &mut server.nodes {
        node.tls = Some(TlsAddress { name: "cluster".into(), host: node.host.clone(), port: node.port });
    }
    server
}

fn alice() -> Config {
    static AUTH: LazyLock<Auth> = LazyLock::new(|| Auth::internal("alice", PASSWORD.as_bytes()).unwrap());
    Config { auth: AUTH.clone(), ..Config::default() }
}

fn lab(nodes: usize, session_ttl_seconds: u32) -> Lab {
    let lab = Lab::with_server(server(nodes, session_ttl_seconds), alice());
    assert!(lab.client.is_connected(), "{:?}", lab.seen);
    lab
}

fn increment_of(key: &Key) -> Action<'_> {
    Action::Operate { key: key.as_ref(), ops: &INCREMENT }
}

fn increment(lab: &mut Lab, number: i64, policy: &Policy) -> CommandId {
    let key = key(number);
    lab.submit(&Command { action: increment_of(&key), policy, filter: None })
}

fn write(lab: &mut Lab, number: i64, policy: &Policy) -> Result<(), Error> {
    let key = key(number);
    lab.call(&Command { action: increment_of(&key), policy, filter: None }).map(drop)
}

fn stored(lab: &mut Lab, number: i64) -> i64 {
    let key = key(number);
    let action = Action::Read { key: key.as_ref(), bins: Bins::All };
    let policy = Policy::read();
    match lab.call(&Command { action, policy: &policy, filter: None }).map(|record| record.bin("n").cloned())
    {
        Ok(Some(Value::Integer(n))) => n,
        Err(error) if error.kind == ErrorKind::Server(ResultCode::RECORD_NOT_FOUND) => 0,
        other => panic!("{other:?}"),
    }
}

fn connect_failure(lab: &Lab) -> (String, ErrorKind) {
    let found = lab.seen.iter().find_map(|seen| match seen {
        Seen::ConnectFailed(text, kind) => Some((text.clone(), *kind)),
        _ => None,
    });
    found.unwrap_or_else(|| panic!("it did not fail: {:?}", lab.seen))
}

/// Frame types of each connection's writes, in order.
fn spoken(lab: &Lab) -> BTreeMap<u32, Vec<Vec<u8>>> {
    let mut all: BTreeMap<u32, Vec<Vec<u8>>> = BTreeMap::new();
    for (conn, bytes) in &lab.writes {
        let mut kinds = Vec::new();
        let mut rest = bytes.as_slice();
        while let [_, kind, size @ ..] = rest {
            let size = size[..6].iter().fold(0usize, |size, byte| size << 8 | usize::from(*byte));
            kinds.push(*kind);
            rest = &rest[8 + size..];
        }
        all.entry(conn.0).or_default().push(kinds);
    }
    all
}

/// Commands with retries, as many as asked for, on different records; all ended and all succeeded.
fn load(lab: &mut Lab, count: i64, policy: &Policy) -> Vec<Result<(), Error>> {
    let ids: Vec<CommandId> = (0..count).map(|number| increment(lab, number % 50, policy)).collect();
    lab.settle();
    let mut waited = 0;
    let mut results = Vec::new();
    for id in ids {
        loop {
            if let Some(result) = lab.take_finished(id) {
                results.push(result.map(drop));
                break;
            }
            assert!(waited < 100, "a command never ends");
            waited += 1;
            lab.advance_ms(50);
        }
    }
    results
}

#[test]
fn every_connection_says_first_who_it_is_and_nothing_else() {
    let mut lab = lab(3, 0);
    assert!(load(&mut lab, 200, &Policy::write()).iter().all(Result::is_ok));
    let spoken = spoken(&lab);
    assert!(spoken.len() >= 6, "a tend and a command connection per node: {spoken:?}");
    for writes in spoken.values() {
        assert_eq!(writes[0], [FrameType::ADMIN.0], "alone in the first write");
        assert!(writes[1..].iter().flatten().all(|kind| *kind != FrameType::ADMIN.0), "once");
    }
}

#[test]
fn logins_that_are_refused() {
    let config = |user: &str, password: &str| Config {
        auth: Auth::internal(user, password.as_bytes()).unwrap(),
        ..Config::default()
    };
    for (user, password, code) in [
        ("alice", "wrong", ResultCode::INVALID_CREDENTIAL),
        ("alice", "Correct horse", ResultCode::INVALID_CREDENTIAL),
        ("nobody", PASSWORD, ResultCode::INVALID_USER),
    ] {
        let lab = Lab::with_server(server(2, 0), config(user, password));
        let (text, kind) = connect_failure(&lab);
        assert_eq!(kind, ErrorKind::Server(code));
        assert_eq!(text, format!("127.0.0.1:3000: login refused: {code}"));
        assert_eq!(lab.open_connections(), 0);
    }
}

#[test]
fn a_server_without_security_is_used_without_a_login_and_one_that_cannot_is_refused() {
    let settings = |security| ServerConfig { security, ..Lab::servers(2) };
    let mut lab = Lab::with_server(settings(SecurityMode::Off), alice());
    assert!(write(&mut lab, 1, &Policy::write()).is_ok());
    // As the C client does: what was meant to be protected is not used unprotected.
    let lab = Lab::with_server(settings(SecurityMode::NotSupported), alice());
    assert_eq!(connect_failure(&lab).1, ErrorKind::Server(ResultCode::SECURITY_NOT_SUPPORTED));
    let lab = Lab::with_server(server(1, 0), Config::default());
    let (text, kind) = connect_failure(&lab);
    assert_eq!(kind, ErrorKind::Server(ResultCode::NOT_AUTHENTICATED));
    assert_eq!(text, "127.0.0.1:3000: server answered: not authenticated (80)");
}

#[test]
fn roles_are_the_servers_business() {
    let config = Config { auth: Auth::internal("bob", b"pw").unwrap(), ..Config::default() };
    let mut lab = Lab::with_server(server(1, 0), config);
    let error = write(&mut lab, 1, &Policy { max_retries: 3, ..Policy::write() }).unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Server(ResultCode::ROLE_VIOLATION), false));
    assert_eq!(error.attempts, 1, "another attempt would not help");
    assert_eq!(stored(&mut lab, 1), 0);
    let keys = [key(1), key(2)];
    let rows = [
        BatchRow { key: keys[0].as_ref(), action: RowAction::Read(Bins::All) },
        BatchRow { key: keys[1].as_ref(), action: RowAction::Operate(&INCREMENT, RowPolicy::default()) },
    ];
    let action = Action::Batch { rows: &rows };
    let rows = lab.call_batch(&Command { action, policy: &Policy::read(), filter: None }).unwrap();
    let kinds: Vec<_> = rows.values().map(|row| row.as_ref().unwrap_err().kind).collect();
    let codes = [ResultCode::RECORD_NOT_FOUND, ResultCode::ROLE_VIOLATION].map(ErrorKind::Server);
    assert_eq!(kinds, codes);
}

#[test]
fn sessions_are_renewed_before_they_end_and_no_command_notices() {
    for max_conns_per_node in [1, 100] {
        let config = Config { max_conns_per_node, ..alice() };
        let mut lab = Lab::with_server(server(2, 4), config);
        let mut sent = 0;
        // Four sessions long.
        for step in 0..80 {
            let results = load(&mut lab, 20, &Policy { max_retries: 0, ..Policy::write() });
            sent += results.len() as i64;
            let failed = results.iter().find(|result| result.is_err());
            assert_eq!(failed, None, "step {step}");
            lab.advance_ms(200);
        }
        let total: i64 = (0..50).map(|number| stored(&mut lab, number)).sum();
        assert_eq!(total, sent);
    }
}

#[test]
fn a_session_that_ends_early_costs_each_command_one_attempt() {
    let mut lab = lab(2, 0);
    assert!(load(&mut lab, 50, &Policy::write()).iter().all(Result::is_ok));
    let connects = lab.connects;
    let ids: Vec<CommandId> = (0..50)
        .map(|number| increment(&mut lab, number, &Policy { max_retries: 1, ..Policy::write() }))
        .collect();
    lab.server.forget_sessions(0);
    lab.server.forget_sessions(1);
    lab.settle();
    let failed: Vec<_> = ids.iter().filter_map(|id| lab.take_finished(*id).unwrap().err()).collect();
    assert_eq!(failed, [], "retried on the next session");
    assert!(lab.connects - connects < 12, "{} connections for two logins", lab.connects - connects);
    assert!((0..50).all(|number| stored(&mut lab, number) == 2), "each once");
    lab.server.forget_sessions(0);
    lab.server.forget_sessions(1);
    let results = load(&mut lab, 50, &Policy { max_retries: 0, ..Policy::write() });
    let errors: Vec<_> = results.into_iter().filter_map(Result::err).collect();
    assert!(!errors.is_empty());
    let expected = |error: &Error| {
        error.kind == ErrorKind::Server(ResultCode::NOT_AUTHENTICATED)
            && !error.in_doubt
            && error.attempts == 1
    };
    assert!(errors.iter().all(expected), "without retries they say so, and were not done: {errors:?}");
    let total: i64 = (0..50).map(|number| stored(&mut lab, number)).sum();
    assert_eq!(total, 150 - errors.len() as i64);
}

#[test]
fn batches_survive_the_end_of_a_session() {
    let mut lab = lab(2, 0);
    let keys: Vec<Key> = (0..80).map(key).collect();
    let action = RowAction::Operate(&INCREMENT, RowPolicy::default());
    let rows: Vec<BatchRow<'_>> = keys.iter().map(|key| BatchRow { key: key.as_ref(), action }).collect();
    let policy = Policy { max_retries: 2, ..Policy::read() };
    for round in 1..4 {
        let action = Action::Batch { rows: &rows };
        let answered = lab.call_batch(&Command { action, policy: &policy, filter: None }).unwrap();
        assert_eq!((answered.len(), answered.values().filter(|row| row.is_err()).count()), (80, 0));
        assert_eq!(stored(&mut lab, 79), round);
        lab.server.forget_sessions(0);
        lab.server.forget_sessions(1);
    }
}

#[test]
fn a_node_that_restarts_is_logged_in_to_again() {
    let mut lab = lab(2, 0);
    assert!(load(&mut lab, 50, &Policy::write()).iter().all(Result::is_ok));
    for _ in 0..3 {
        lab.set_node_up(1, false);
        lab.advance_ms(200);
        lab.set_node_up(1, true);
        lab.advance_ms(1_500);
        let results = load(&mut lab, 100, &Policy { max_retries: 0, ..Policy::write() });
        assert_eq!(results.iter().filter(|result| result.is_err()).count(), 0);
    }
}

#[test]
fn a_user_who_may_not_log_in_any_more_is_told_so_once_the_session_has_ended() {
    let mut lab = lab(1, 20);
    assert!(write(&mut lab, 1, &Policy::write()).is_ok());
    lab.server.refuse_login("alice", ResultCode::EXPIRED_PASSWORD);
    // The session is to be renewed at 15 s; it still works until it ends.
    lab.advance_ms(18_000);
    assert!(write(&mut lab, 1, &Policy::write()).is_ok());
    lab.advance_ms(3_000);
    let error = write(&mut lab, 1, &Policy { max_retries: 5, ..Policy::write() }).unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Server(ResultCode::EXPIRED_PASSWORD), false));
    let id = increment(&mut lab, 1, &Policy::write());
    lab.settle();
    assert!(lab.take_finished(id).unwrap().is_err(), "without waiting");
    lab.server.refuse_login("alice", ResultCode::OK);
    lab.advance_ms(1_100);
    assert!(write(&mut lab, 1, &Policy::write()).is_ok());
    assert_eq!(stored(&mut lab, 1), 3);
}

#[test]
fn a_server_that_takes_logins_and_no_tokens_is_not_asked_without_end() {
    let mut lab = lab(1, 0);
    assert!(write(&mut lab, 1, &Policy::write()).is_ok());
    let connects = lab.connects;
    let policy = Policy { max_retries: 2, total_timeout_ms: 1_000, ..Policy::write() };
    let ids: Vec<_> = (0..20).map(|number| increment(&mut lab, number, &policy)).collect();
    for _ in 0..2_000 {
        lab.server.forget_sessions(0);
        lab.step();
    }
    lab.server.forget_sessions(0);
    lab.advance_ms(1_500);
    assert!(ids.iter().all(|id| lab.take_finished(*id).is_some()));
    assert!(lab.connects - connects < 100, "{} connections", lab.connects - connects);
    assert!(write(&mut lab, 1, &policy).is_ok());
}

#[test]
fn a_password_in_clear_is_never_sent_without_tls() {
    for auth in [Auth::external("alice", PASSWORD.as_bytes()).unwrap(), Auth::Pki] {
        let seeds = vec![
            Endpoint { host: "a".into(), port: 3000, tls_name: "cluster".into() },
            Endpoint { host: "b".into(), port: 3000, tls_name: String::new() },
        ];
        let config = Config { auth: auth.clone(), seeds, ..Config::default() };
        let error = config.check().unwrap_err();
        assert!(matches!(&error, ConfigError::NeedsTls { host, .. } if host == "b"), "{error:?}");
        assert_eq!(error.field(), "auth");
        // A host that does not ask gets no connection either.
        let lab = Lab::with_server(server(1, 0), Config { auth, ..Config::default() });
        let (text, kind) = connect_failure(&lab);
        assert_eq!(kind, ErrorKind::Connection(CloseReason::Tls));
        assert!(text.ends_with("authentication needs TLS"), "{text}");
        assert_eq!((lab.connects, lab.writes.len()), (0, 0));
    }
}

#[test]
fn external_and_certificate_logins_over_tls() {
    for auth in [Auth::external("alice", PASSWORD.as_bytes()).unwrap(), Auth::Pki, alice().auth] {
        let mut lab = Lab::with_server(with_tls(server(3, 8)), Config { auth, ..Config::default() });
        assert_eq!(lab.client.node_names().count(), 3, "{:?}", lab.seen);
        for _ in 0..20 {
            let results = load(&mut lab, 50, &Policy { max_retries: 0, ..Policy::write() });
            assert!(results.iter().all(Result::is_ok), "{results:?}");
            lab.advance_ms(1_000);
        }
        let one_each = |kinds: &Vec<u8>| kinds.len() == 1;
        assert!(spoken(&lab).values().flatten().all(one_each), "no more than one request under way");
    }
    let auth = Auth::external("alice", b"wrong").unwrap();
    let lab = Lab::with_server(with_tls(server(1, 0)), Config { auth, ..Config::default() });
    assert_eq!(connect_failure(&lab).1, ErrorKind::Server(ResultCode::INVALID_CREDENTIAL));
}

#[test]
fn what_tls_finds_wrong_is_said() {
    let mut settings = with_tls(server(1, 0));
    settings.nodes[0].tls = None;
    let seed = Endpoint { host: "127.0.0.1".into(), port: 3000, tls_name: "other".into() };
    let config = Config { seeds: vec![seed], ..alice() };
    let (text, kind) =
        connect_failure(&Lab::with_server(with_tls(settings), Config { auth: Auth::None, ..config }));
    // The seed of the lab itself is refused for want of a login, which says more.
    assert_eq!(kind, ErrorKind::Server(ResultCode::NOT_AUTHENTICATED));
    assert!(text.starts_with("127.0.0.1:3000: the server's certificate is not for the TLS name; "), "{text}");
}

#[test]
fn users_and_passwords_that_no_server_has() {
    let length = |length| Err(ConfigError::UserLength { length });
    assert_eq!(Auth::internal("", b"x"), length(0));
    assert_eq!(Auth::external(&"u".repeat(64), b"x"), length(64));
    let limit = |length, limit| Err(ConfigError::PasswordLength { length, limit });
    assert_eq!(Auth::internal("u", b""), limit(0, 72));
    assert_eq!(Auth::internal("u", &[b'x'; 73]), limit(73, 72));
    assert_eq!(Auth::external("u", &[b'x'; 1_025]), limit(1_025, 1_024));
    assert_eq!(Auth::internal("u", b"a\0b"), Err(ConfigError::PasswordZero));
    assert!(Auth::internal(&"u".repeat(63), &[b'x'; 72]).is_ok());
}

/// Bytes as `Debug` would list them.
fn listed(bytes: &[u8]) -> String {
    let text = format!("{bytes:?}");
    text.trim_matches(['[', ']']).into()
}

#[test]
fn secrets_are_shown_to_nobody() {
    let hash = hash_password(PASSWORD.as_bytes());
    let secrets = [PASSWORD.as_bytes(), hash.as_bytes()];
    let check = |what: &str, text: &str| {
        for secret in secrets {
            let plain = core::str::from_utf8(secret).unwrap();
            assert!(!text.contains(plain) && !text.contains(&listed(secret)), "{what}: {text}");
        }
    };
    let external = Auth::external("alice", PASSWORD.as_bytes()).unwrap();
    check("auth", &format!("{external:?} {:?}", alice()));
    check("error", &format!("{:?}", Auth::internal("", PASSWORD.as_bytes())));
    // A client in the middle of its login, before and after the bytes are written.
    let mut client = Client::new(
        Config { seeds: vec![Endpoint { host: "h".into(), port: 3000, tls_name: String::new() }], ..alice() },
        1,
        aerospike_wasm::time::Timestamp::ZERO,
    );
    let mut bytes = Vec::new();
    let conn = loop {
        if let Output::Connect(conn, _) = client.poll_output(&mut bytes) {
            break conn;
        }
    };
    client.handle_input(aerospike_wasm::time::Timestamp::ZERO, aerospike_wasm::Input::Connected(conn));
    check("client", &format!("{client:?}"));
    while !matches!(client.poll_output(&mut bytes), Output::Wait(_)) {}
    assert!(bytes.windows(hash.len()).any(|part| part == hash.as_bytes()), "the login was written");
    check("client", &format!("{client:?}"));
    let mut lab = lab(2, 8);
    lab.advance_ms(10_000);
    check("connected client", &format!("{:?}", lab.client));
    check("statistics", &format!("{:?}", lab.client.statistics()));
    let tokens = login_tokens(&mut lab);
    assert!(!tokens.is_empty());
    for token in tokens {
        assert!(!format!("{:?}", lab.client).contains(&listed(&token)), "a session's token");
    }
    let failed = Lab::with_server(
        server(1, 0),
        Config { auth: Auth::internal("bob", PASSWORD.as_bytes()).unwrap(), ..Config::default() },
    );
    check("refusal", &format!("{:?}", failed.seen));
}

/// The tokens that the client showed when it authenticated connections.
fn login_tokens(lab: &mut Lab) -> Vec<Vec<u8>> {
    assert!(load(lab, 50, &Policy::write()).iter().all(Result::is_ok));
    let token = |bytes: &Vec<u8>| {
        let is_authentication = bytes.get(1) == Some(&FrameType::ADMIN.0) && bytes.get(10) == Some(&0);
        is_authentication.then(|| bytes[bytes.len() - 16..].to_vec())
    };
    lab.writes.iter().filter_map(|(_, bytes): &(ConnId, Vec<u8>)| token(bytes)).collect()
}

#[test]
fn a_refused_login_leaves_an_earlier_attempt_in_doubt_unless_that_was_refused_too() {
    for is_lost in [true, false] {
        let mut lab = lab(1, 0);
        lab.server.refuse_login("alice", ResultCode::INVALID_CREDENTIAL);
        if is_lost {
            lab.server.inject(None, Fault::Swallow, 1);
        } else {
            lab.server.forget_sessions(0);
        }
        let policy = Policy { socket_timeout_ms: 100, max_retries: 2, ..Policy::write() };
        let id = increment(&mut lab, 1, &policy);
        lab.settle();
        lab.server.forget_sessions(0);
        lab.advance_ms(500);
        let error = lab.take_finished(id).unwrap().unwrap_err();
        assert_eq!(error.kind, ErrorKind::Server(ResultCode::INVALID_CREDENTIAL));
        assert_eq!(error.in_doubt, is_lost, "{error:?}");
        lab.server.refuse_login("alice", ResultCode::OK);
        lab.advance_ms(2_000);
        assert_eq!(stored(&mut lab, 1), i64::from(is_lost));
    }
}
