//! Users and sessions: what needs a login, what a login is answered, and who manages users.

use std::sync::LazyLock;

use aerospike_testserver::{Config, SecurityConfig, SecurityMode, TlsAddress, UserConfig, Verdict};
use aerospike_wasm::wire::Reader;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::admin::{AdminCommand, AdminField, Entry, write_entry};
use aerospike_wasm::wire::frame::{FrameType, HEADER_SIZE, write_frame};
use aerospike_wasm::wire::password::hash_password;

use crate::support::{Command, NULL, Peer, READ, answers, frames, info, int};

static USERS: LazyLock<Vec<UserConfig>> = LazyLock::new(|| {
    vec![
        UserConfig::new("admin", "admin", &["user-admin"]),
        UserConfig::new("alice", "secret", &["read-write"]),
        UserConfig::new("bob", "pw", &["read"]),
        UserConfig::new("eve", "pw", &["write"]),
    ]
});

fn config() -> Config {
    let security = SecurityConfig {
        users: USERS.clone(),
        session_ttl_seconds: 60,
        certificate_user: Some("bob".into()),
    };
    Config { security: SecurityMode::On(security), test_commands: true, ..Config::default() }
}

type Field = (AdminField, Vec<u8>);

fn user(name: &str) -> Field {
    (AdminField::USER, name.into())
}

fn password(kind: AdminField, password: &str) -> Field {
    (kind, hash_password(password.as_bytes()).into())
}

fn named(names: &[&str]) -> Field {
    let mut data = vec![names.len() as u8];
    for name in names {
        data.push(name.len() as u8);
        data.extend_from_slice(name.as_bytes());
    }
    (AdminField::ROLES, data)
}

/// One entry of a reply.
#[derive(Debug, PartialEq)]
struct Reply {
    code: u8,
    fields: Vec<(u8, Vec<u8>)>,
}

impl Reply {
    fn field(&self, kind: AdminField) -> Vec<u8> {
        self.fields.iter().find(|(other, _)| *other == kind.0).unwrap().1.clone()
    }
}

fn ask(peer: &mut Peer, command: AdminCommand, fields: &[Field]) -> Vec<Reply> {
    let mut request = Vec::new();
    write_entry(&mut request, command, ResultCode::OK, |entry| {
        fields.iter().for_each(|(kind, data)| entry.field(*kind, data));
    });
    let (out, verdict) = peer.send(&request);
    assert_eq!(verdict, Verdict::Keep);
    let mut entries = Vec::new();
    for (kind, body) in frames(&out) {
        assert_eq!(kind, 2);
        let mut reader = Reader::new(&body);
        while !reader.is_empty() {
            let entry = Entry::read(&mut reader).unwrap();
            let fields = entry.fields().map(|(kind, data)| (kind.0, data.to_vec())).collect();
            entries.push(Reply { code: entry.code.0, fields });
        }
    }
    entries
}

#[track_caller]
fn code(peer: &mut Peer, command: AdminCommand, fields: &[Field]) -> u8 {
    let replies = ask(peer, command, fields);
    assert_eq!(replies.len(), 1);
    replies[0].code
}

/// Logs in; gives the token.
fn login(peer: &mut Peer, name: &str, secret: &str) -> Vec<u8> {
    let fields = [user(name), password(AdminField::CREDENTIAL, secret)];
    let replies = ask(peer, AdminCommand::LOGIN, &fields);
    assert_eq!((replies.len(), replies[0].code), (1, 0), "{name}");
    assert_eq!(replies[0].field(AdminField::SESSION_TTL), [0, 0, 0, 60]);
    replies[0].field(AdminField::SESSION_TOKEN)
}

fn reopen(peer: &mut Peer) {
    peer.connection = peer.server.open(0).unwrap();
}

#[test]
fn nothing_is_answered_before_the_login() {
    let mut peer = Peer::with(config());
    peer.expect("get", &Command::get("k"), 80, 0);
    peer.expect("put", &Command::put("k"), 80, 0);
    let (out, verdict) = peer.send(&info("node\nbuild\n"));
    assert_eq!((&out[HEADER_SIZE..], verdict), (&b"ERROR:80:not authenticated\n"[..], Verdict::Keep));
    assert_eq!(code(&mut peer, AdminCommand::QUERY_USERS, &[]), 80);
    assert_eq!(peer.info("test-clock:advance=0"), "ok", "the server's own commands need no login");
    let (out, _) = peer.send(&info("test-clock:advance=0\nnode\n"));
    assert_eq!(&out[HEADER_SIZE..], b"ERROR:80:not authenticated\n");
    login(&mut peer, "alice", "secret");
    peer.expect("put", &Command::put("k"), 0, 1);
    assert_eq!(peer.info("node"), "A2");
}

#[test]
fn logins_that_are_refused() {
    let mut peer = Peer::with(config());
    let credential = AdminField::CREDENTIAL;
    let cases = [
        (vec![user("alice"), password(credential, "Secret")], 65),
        (vec![user("nobody"), password(credential, "secret")], 60),
        (vec![user("alice")], 65),
        (vec![user("alice"), (credential, b"secret".to_vec())], 65),
        (vec![(AdminField::USER, vec![0xff])], 60),
        (vec![user("alice"), (AdminField::CLEAR_PASSWORD, b"wrong".to_vec())], 65),
    ];
    for (fields, expected) in cases {
        assert_eq!(code(&mut peer, AdminCommand::LOGIN, &fields), expected, "{fields:?}");
        peer.expect("still nobody", &Command::get("k"), 80, 0);
    }
    peer.server.refuse_login("alice", ResultCode::EXPIRED_PASSWORD);
    assert_eq!(code(&mut peer, AdminCommand::LOGIN, &[user("alice"), password(credential, "secret")]), 63);
    peer.server.refuse_login("alice", ResultCode::OK);
    login(&mut peer, "alice", "secret");
}

#[test]
fn external_and_certificate_logins() {
    let mut peer = Peer::with(config());
    let clear = (AdminField::CLEAR_PASSWORD, b"secret".to_vec());
    let fields = [user("alice"), password(AdminField::CREDENTIAL, "secret"), clear];
    assert_eq!(code(&mut peer, AdminCommand::LOGIN, &fields), 0);
    peer.expect("put", &Command::put("k"), 0, 1);
    reopen(&mut peer);
    assert_eq!(code(&mut peer, AdminCommand::LOGIN, &[]), 0, "as bob");
    peer.expect("put", &Command::put("k"), 81, 0);
    peer.expect("get", &Command::get("k"), 0, 1);
}

#[test]
fn a_token_opens_other_connections_until_the_session_ends() {
    let mut peer = Peer::with(config());
    let token = login(&mut peer, "alice", "secret");
    let first = peer.connection;
    let with = |name: &str, token: &[u8]| [user(name), (AdminField::SESSION_TOKEN, token.to_vec())];
    reopen(&mut peer);
    assert_eq!(code(&mut peer, AdminCommand::AUTHENTICATE, &with("bob", &token)), 65);
    assert_eq!(code(&mut peer, AdminCommand::AUTHENTICATE, &with("alice", &token[1..])), 65);
    assert_eq!(code(&mut peer, AdminCommand::AUTHENTICATE, &[user("alice")]), 55);
    peer.expect("get", &Command::get("k"), 80, 0);
    assert_eq!(code(&mut peer, AdminCommand::AUTHENTICATE, &with("alice", &token)), 0);
    peer.expect("put", &Command::put("k"), 0, 1);
    peer.server.advance(59);
    peer.expect("put", &Command::put("k"), 0, 2);
    peer.server.advance(1);
    peer.expect("put", &Command::put("k"), 66, 0);
    assert_eq!(code(&mut peer, AdminCommand::AUTHENTICATE, &with("alice", &token)), 66);
    peer.connection = first;
    peer.expect("also where it began", &Command::get("k"), 66, 0);
    login(&mut peer, "alice", "secret");
    peer.expect("put", &Command::put("k"), 0, 3);
    peer.server.forget_sessions(0);
    peer.expect("put", &Command::put("k"), 80, 0);
}

#[test]
fn a_node_that_restarts_knows_no_sessions() {
    let mut peer = Peer::with(Config { nodes: Config::with_nodes(2).nodes, ..config() });
    let token = login(&mut peer, "alice", "secret");
    peer.server.set_node_up(0, false);
    peer.server.set_node_up(0, true);
    let fields = [user("alice"), (AdminField::SESSION_TOKEN, token.clone())];
    reopen(&mut peer);
    assert_eq!(code(&mut peer, AdminCommand::AUTHENTICATE, &fields), 65);
    let token = login(&mut peer, "alice", "secret");
    peer.connection = peer.server.open(1).unwrap();
    let fields = [user("alice"), (AdminField::SESSION_TOKEN, token)];
    assert_eq!(code(&mut peer, AdminCommand::AUTHENTICATE, &fields), 65, "another node's token");
}

#[test]
fn roles() {
    let mut peer = Peer::with(config());
    let put_and_read = Command::operate("k").bin("a", int(1)).op(READ, "a", (NULL, vec![]));
    for (name, secret, get, put, both) in [
        ("alice", "secret", 2, 0, 0),
        ("bob", "pw", 0, 81, 81),
        ("eve", "pw", 81, 0, 81),
        ("admin", "admin", 81, 81, 81),
    ] {
        login(&mut peer, name, secret);
        assert_eq!(peer.run(&Command::get("k")).code, get, "{name} reads");
        assert_eq!(peer.run(&Command::put("k")).code, put, "{name} writes");
        assert_eq!(peer.run(&put_and_read).code, both, "{name} does both");
        assert_eq!(peer.info("truncate:namespace=bar"), "ERROR:81:role violation");
    }
}

#[test]
fn managing_users() {
    let mut peer = Peer::with(config());
    login(&mut peer, "alice", "secret");
    let new = [user("carl"), password(AdminField::PASSWORD, "one"), named(&["read"])];
    assert_eq!(code(&mut peer, AdminCommand::CREATE_USER, &new), 81);
    login(&mut peer, "admin", "admin");
    assert_eq!(code(&mut peer, AdminCommand::CREATE_USER, &new), 0);
    assert_eq!(code(&mut peer, AdminCommand::CREATE_USER, &new), 61);
    let nonsense = [user("dora"), password(AdminField::PASSWORD, "x"), named(&["king"])];
    assert_eq!(code(&mut peer, AdminCommand::CREATE_USER, &nonsense), 70);
    assert_eq!(code(&mut peer, AdminCommand::CREATE_USER, &[user("dora")]), 62);
    let more = [user("carl"), named(&["write", "truncate"])];
    assert_eq!(code(&mut peer, AdminCommand::GRANT_ROLES, &more), 0);
    let less = [user("carl"), named(&["truncate"])];
    assert_eq!(code(&mut peer, AdminCommand::REVOKE_ROLES, &less), 0);
    let entry =
        |name: &str, names: &[&str]| Reply { code: 0, fields: vec![(0, name.into()), (10, named(names).1)] };
    let end = || Reply { code: 50, fields: vec![] };
    assert_eq!(
        ask(&mut peer, AdminCommand::QUERY_USERS, &[user("carl")]),
        [entry("carl", &["read", "write"]), end()]
    );
    assert_eq!(ask(&mut peer, AdminCommand::QUERY_USERS, &[]).len(), 6);
    assert_eq!(code(&mut peer, AdminCommand::QUERY_USERS, &[user("nobody")]), 60);
    let set = [user("carl"), password(AdminField::PASSWORD, "two")];
    assert_eq!(code(&mut peer, AdminCommand::SET_PASSWORD, &set), 0);
    for command in [12, 16, 99].map(AdminCommand) {
        assert_eq!(code(&mut peer, command, &[]), 54);
    }
    login(&mut peer, "carl", "two");
    let change = |old: &str| {
        [user("carl"), password(AdminField::OLD_PASSWORD, old), password(AdminField::PASSWORD, "three")]
    };
    assert_eq!(code(&mut peer, AdminCommand::CHANGE_PASSWORD, &change("one")), 62);
    assert_eq!(code(&mut peer, AdminCommand::CHANGE_PASSWORD, &change("two")), 0);
    assert_eq!(
        ask(&mut peer, AdminCommand::QUERY_USERS, &[user("carl")]).len(),
        2,
        "one may look at oneself"
    );
    assert_eq!(code(&mut peer, AdminCommand::QUERY_USERS, &[user("alice")]), 81);
    let carls = peer.connection;
    reopen(&mut peer);
    login(&mut peer, "admin", "admin");
    assert_eq!(code(&mut peer, AdminCommand::DROP_USER, &[user("carl")]), 0);
    assert_eq!(code(&mut peer, AdminCommand::DROP_USER, &[user("carl")]), 60);
    peer.connection = carls;
    peer.expect("a user who is gone", &Command::get("k"), 80, 0);
}

#[test]
fn malformed_messages() {
    let mut peer = Peer::with(config());
    for body in [&b""[..], b"xx", &[0xff; 40]] {
        let mut request = Vec::new();
        write_frame(&mut request, FrameType::ADMIN, |writer| writer.bytes(body));
        let (out, verdict) = peer.send(&request);
        assert_eq!((out[9], out.len(), verdict), (55, 24, Verdict::Keep));
    }
}

#[test]
fn security_switched_off_and_batches_without_a_login() {
    let mut peer = Peer::with(Config { security: SecurityMode::Off, ..Config::default() });
    assert_eq!(code(&mut peer, AdminCommand::LOGIN, &[]), 52);
    peer.expect("put", &Command::put("k"), 0, 1);
    let mut peer = Peer::with(config());
    let mut batch = Command::new("k", 0x08 | 0x01, 0, 0);
    batch.digest = None;
    let (out, _) = peer.send(&batch.bytes());
    let answers = answers(&out);
    assert_eq!((answers.len(), answers[0].code, answers[0].is_last), (1, 80, true));
}

#[test]
fn addresses_for_tls() {
    let mut peer = Peer::with(Config { test_commands: true, ..Config::with_nodes(2) });
    assert_eq!(peer.info("peers-tls-std"), "ERROR:25:enterprise only");
    let tls = |port| TlsAddress { name: "cluster".into(), host: "10.0.0.1".into(), port };
    peer.server.set_node_tls(0, tls(4333));
    assert_eq!(peer.info("service-tls-std"), "10.0.0.1:4333");
    assert_eq!(peer.info("peers-tls-std"), "1,3000,[]", "the other is not reached by TLS");
    assert_eq!(peer.info("test-tls:name=A2;tls-name=n2;host=10.0.0.2;port=4334"), "ok");
    assert_eq!(peer.info("peers-tls-std"), "1,3000,[[A2,n2,[10.0.0.2:4334]]]");
    assert_eq!(peer.info("peers-clear-std"), "1,3000,[[A2,,[127.0.0.1:3100]]]");
    assert_eq!(peer.info("test-tls:name=A2;tls-name=n2;host=10.0.0.2"), "ERROR:4:bad parameter");
}
