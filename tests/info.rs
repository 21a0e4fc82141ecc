//! Info values asked for by the application: of one node, of a random one, of every one; from servers that refuse, die,
//! stay silent or lie.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use std::collections::BTreeSet;

use aerospike_testkit::{Lab, key};
use aerospike_testserver::{Config as ServerConfig, SecurityConfig, SecurityMode, UserConfig};
use aerospike_wasm::wire::{DecodeErrorKind, ResultCode};
use aerospike_wasm::{
    Action, ArgError, Auth, Bins, CloseReason, Command, CommandId, Config, Error, ErrorKind, NodeId, Policy,
};

/// Info commands are not repeated unless the caller says so.
fn policy(total_timeout_ms: u32) -> Policy {
    Policy { total_timeout_ms, max_retries: 0, timeout_delay_ms: 0, ..Policy::read() }
}

fn submit(lab: &mut Lab, node: Option<NodeId>, names: &[&str], policy: &Policy) -> CommandId {
    lab.submit(&Command { action: Action::Info { node, names }, policy, filter: None })
}

type Lines = Vec<(String, Result<String, u8>)>;

fn ask(lab: &mut Lab, node: Option<NodeId>, names: &[&str]) -> Result<Lines, Error> {
    let policy = policy(1_000);
    let action = Action::Info { node, names };
    lab.call(&Command { action, policy: &policy, filter: None }).map(|answered| answered.info)
}

fn ids(lab: &Lab) -> Vec<NodeId> {
    lab.client.node_ids().collect()
}

fn value(lines: &Lines) -> &str {
    lines[0].1.as_ref().unwrap()
}

/// An info frame.
fn frame(body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![2, 1];
    bytes.extend_from_slice(&(body.len() as u64).to_be_bytes()[2..]);
    bytes.extend_from_slice(body);
    bytes
}

/// Asks for `names` and lets `reply` arrive in place of the server's answer.
fn answered_with(lab: &mut Lab, names: &[&str], reply: &[u8], policy: &Policy) -> Result<Lines, Error> {
    ask(lab, None, &["node"]).unwrap();
    lab.hold = true;
    let id = submit(lab, None, names, policy);
    lab.step();
    lab.inject(reply);
    lab.hold = false;
    lab.cut(CloseReason::Reset);
    lab.take_finished(id).expect("it ended").map(|answered| answered.info)
}

#[test]
fn every_node_answers_for_itself() {
    let mut lab = Lab::new(3);
    let ids = ids(&lab);
    assert_eq!(ids.len(), 3);
    for id in ids {
        let lines = ask(&mut lab, Some(id), &["node"]).unwrap();
        assert_eq!((lines.len(), lines[0].0.as_str()), (1, "node"));
        assert_eq!(value(&lines), lab.client.node_name(id));
    }
}

#[test]
fn several_names_are_answered_in_order_and_an_error_is_an_answer() {
    let mut lab = Lab::new(1);
    let names = ["build", "no-such-thing", "namespaces", "sets/test", "build"];
    let lines = ask(&mut lab, None, &names).unwrap();
    let (asked, values): (Vec<_>, Vec<_>) = lines.into_iter().unzip();
    assert_eq!(asked, names);
    assert_eq!((&values[1], &values[2]), (&Err(4), &Ok("test;bar".into())));
    assert_eq!((&values[3], &values[0]), (&Ok(String::new()), &values[4]));
}

#[test]
fn a_random_node_is_not_always_the_same() {
    let mut lab = Lab::new(3);
    let seen: BTreeSet<String> =
        (0..40).map(|_| value(&ask(&mut lab, None, &["node"]).unwrap()).to_string()).collect();
    assert_eq!(seen, lab.client.node_names().map(String::from).collect());
}

#[test]
fn names_that_would_break_the_request_are_refused() {
    let mut lab = Lab::new(1);
    let nothing = ArgError::Nothing { what: "command" };
    let malformed = ArgError::Malformed { what: "command" };
    let cases: [(&[&str], ArgError); 6] = [
        (&[], nothing.clone()),
        (&[""], nothing.clone()),
        (&["build", ""], nothing),
        (&["build\nnode"], malformed.clone()),
        (&["build\tx"], malformed.clone()),
        (&["build\0"], malformed),
    ];
    for (names, error) in cases {
        let (policy, now) = (policy(1_000), lab.now());
        let action = Action::Info { node: None, names };
        let refused = lab.client.submit(now, &Command { action, policy: &policy, filter: None });
        assert_eq!(refused, Err(error), "{names:?}");
    }
    let sent = ask(&mut lab, None, &["build"]);
    assert!(sent.is_ok());
}

#[test]
fn a_silent_node_is_a_timeout_of_its_own_and_never_in_doubt() {
    let mut lab = Lab::new(1);
    ask(&mut lab, None, &["node"]).unwrap();
    lab.hold = true;
    let (start, waits) = (lab.now(), policy(300));
    let id = submit(&mut lab, None, &["truncate:namespace=test;set=demo"], &waits);
    lab.advance_ms(299);
    assert!(lab.take_finished(id).is_none());
    lab.advance_ms(1);
    let error = lab.take_finished(id).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt, error.attempts), (ErrorKind::Timeout, false, 1));
    assert_eq!(lab.now().since(start).as_millis(), 300);
    lab.hold = false;
    assert_eq!(value(&ask(&mut lab, None, &["node"]).unwrap()), lab.client.node_name(NodeId(0)));
}

#[test]
fn a_late_answer_is_not_given_to_the_next_command() {
    let mut lab = Lab::new(1);
    ask(&mut lab, None, &["node"]).unwrap();
    lab.hold = true;
    let short = Policy { timeout_delay_ms: 3_000, ..policy(100) };
    let late = submit(&mut lab, None, &["build"], &short);
    lab.advance_ms(100);
    assert!(lab.take_finished(late).unwrap().is_err());
    let next = submit(&mut lab, None, &["node"], &policy(1_000));
    lab.hold = false;
    lab.settle();
    let answered = lab.take_finished(next).unwrap().unwrap();
    assert_eq!(answered.info[0].0, "node");
}

#[test]
fn a_node_that_dies_fails_alone() {
    let mut lab = Lab::new(3);
    let ids = ids(&lab);
    for id in &ids {
        ask(&mut lab, Some(*id), &["node"]).unwrap();
    }
    lab.hold = true;
    let waits = policy(1_000);
    let asked: Vec<CommandId> = ids.iter().map(|id| submit(&mut lab, Some(*id), &["node"], &waits)).collect();
    lab.step();
    lab.set_node_up(1, false);
    lab.hold = false;
    lab.settle();
    let name = Lab::servers(3).nodes[1].name.clone();
    let dead = ids.iter().position(|id| lab.client.node_name(*id) == name).unwrap();
    for (at, id) in asked.into_iter().enumerate() {
        let result = lab.take_finished(id).unwrap();
        if at == dead {
            let error = result.unwrap_err();
            assert_eq!(error.kind, ErrorKind::Connection(CloseReason::Reset));
            assert_eq!((error.in_doubt, error.node), (false, Some(ids[at])));
        } else {
            assert!(result.is_ok());
        }
    }
    // It leaves the cluster: then it is not asked any more, and a random node is one that is left.
    lab.advance_ms(20_000);
    assert_eq!(lab.client.node_ids().count(), 2);
    let error = ask(&mut lab, Some(ids[dead]), &["node"]).unwrap_err();
    assert_eq!((error.kind, error.attempts), (ErrorKind::NoNode, 0));
    for _ in 0..20 {
        assert_ne!(value(&ask(&mut lab, None, &["node"]).unwrap()), lab.client.node_name(ids[dead]));
    }
}

#[test]
fn no_node_at_all_is_an_error() {
    let mut lab = Lab::new(1);
    lab.set_node_up(0, false);
    lab.advance_ms(20_000);
    let error = ask(&mut lab, None, &["node"]).unwrap_err();
    assert!(matches!(error.kind, ErrorKind::NoNode | ErrorKind::Connection(_)), "{error:?}");
    let unknown = ask(&mut Lab::new(1), Some(NodeId(7)), &["node"]).unwrap_err();
    assert_eq!(unknown.kind, ErrorKind::NoNode);
}

#[test]
fn a_retry_asks_again_only_if_the_policy_says_so() {
    for (max_retries, good) in [(0, false), (1, true)] {
        let mut lab = Lab::new(1);
        ask(&mut lab, None, &["node"]).unwrap();
        lab.hold = true;
        let waits = Policy { max_retries, ..policy(1_000) };
        let id = submit(&mut lab, None, &["build"], &waits);
        lab.step();
        lab.hold = false;
        lab.cut(CloseReason::Reset);
        lab.settle();
        let ended = lab.take_finished(id).expect("it ended");
        assert_eq!(ended.is_ok(), good);
        let sent = lab.writes.iter().filter(|(_, bytes)| bytes.ends_with(b"\x06build\n")).count();
        assert_eq!(sent, 1 + usize::from(max_retries));
    }
}

#[test]
fn it_has_its_connection_for_itself() {
    let mut lab = Lab::with_config(1, Config { pipeline_connections: 1, ..Config::default() });
    ask(&mut lab, None, &["node"]).unwrap();
    lab.hold = true;
    let before = lab.writes.len();
    let (waits, key) = (policy(10_000), key("x"));
    let id = submit(&mut lab, None, &["node"], &waits);
    let action = Action::Read { key: key.as_ref(), bins: Bins::All };
    let read = lab.submit(&Command { action, policy: &waits, filter: None });
    lab.settle();
    let conns: Vec<_> = lab.writes[before..].iter().map(|(conn, _)| *conn).collect();
    assert_eq!(conns.len(), 2);
    assert_ne!(conns[0], conns[1], "a read waits for no info value");
    lab.hold = false;
    lab.settle();
    assert!(lab.take_finished(id).unwrap().is_ok());
    let error = lab.take_finished(read).unwrap().unwrap_err();
    assert_eq!(error.kind, ErrorKind::Server(ResultCode::RECORD_NOT_FOUND));
}

#[test]
fn it_can_be_cancelled() {
    let mut lab = Lab::new(1);
    ask(&mut lab, None, &["node"]).unwrap();
    lab.hold = true;
    let id = submit(&mut lab, None, &["node"], &policy(1_000));
    lab.step();
    let now = lab.now();
    lab.client.cancel(now, id);
    lab.settle();
    let error = lab.take_finished(id).unwrap().unwrap_err();
    assert_eq!((error.kind, error.in_doubt), (ErrorKind::Cancelled, false));
    lab.hold = false;
    assert!(ask(&mut lab, None, &["node"]).is_ok());
}

#[test]
fn replies_that_lie() {
    let missing = |error: Error| matches!(error.kind, ErrorKind::BadReply(bad) if bad.kind == DecodeErrorKind::Truncated);
    let cases: [(&str, &[u8]); 9] = [
        ("nothing", b""),
        ("newlines", b"\n\n\n"),
        ("another name", b"build\tx\nnamespaces\ty\n"),
        ("one of two", b"node\tx\n"),
        ("the wrong order", b"build\ty\nnode\tx\n"),
        ("no TAB", b"node\nbuild\n"),
        ("no UTF-8 in a value", b"node\t\xff\xfe\nbuild\ty\n"),
        ("zeros", &[0; 64]),
        ("a name that begins so", b"nodes\tx\nbuilds\ty\n"),
    ];
    for (name, body) in cases {
        let error =
            answered_with(&mut Lab::new(1), &["node", "build"], &frame(body), &policy(1_000)).unwrap_err();
        assert!(missing(error), "{name}: {error:?}");
        assert_eq!((error.in_doubt, error.attempts), (false, 1), "{name}");
    }
    let frames: [(&str, Vec<u8>); 5] = [
        ("a record message", {
            let mut bytes = frame(&[0; 22]);
            bytes[1] = 3;
            bytes
        }),
        ("an admin message", vec![2, 2, 0, 0, 0, 0, 0, 16]),
        ("a compressed message", vec![2, 4, 0, 0, 0, 0, 0, 16]),
        ("a length over the limit", vec![2, 1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]),
        ("HTTP", b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec()),
    ];
    for (name, bytes) in frames {
        let result = answered_with(&mut Lab::new(1), &["node"], &bytes, &policy(1_000));
        let kind = result.unwrap_err().kind;
        assert!(matches!(kind, ErrorKind::BadReply(_) | ErrorKind::Connection(_)), "{name}: {kind:?}");
    }
}

#[test]
fn replies_that_are_odd_but_good() {
    let good: [&[u8]; 4] =
        [b"node\tX\n", b"node\tX", b"warning\tx\n\nnode\tX\n", b"ERROR:4:about nothing\nnode\tX\nnode\tY\n"];
    for body in good {
        let lines = answered_with(&mut Lab::new(1), &["node"], &frame(body), &policy(1_000)).unwrap();
        let first = lines.iter().find(|(name, _)| name == "node").unwrap();
        assert_eq!(first.1, Ok("X".into()), "{:?}", String::from_utf8_lossy(body));
    }
    let lines = answered_with(&mut Lab::new(1), &["node"], &frame(b"node\tFAIL:9:late\n"), &policy(1_000));
    assert_eq!(lines.unwrap(), [("node".to_string(), Err(9))]);
}

#[test]
fn an_error_about_the_whole_request_is_the_servers() {
    for (body, code) in [(&b"ERROR:9:timeout\n"[..], 9), (b"ERROR::sick\n", 1), (b"\tERROR:4:x\n", 4)] {
        let error = answered_with(&mut Lab::new(1), &["node"], &frame(body), &policy(1_000)).unwrap_err();
        assert_eq!((error.kind, error.in_doubt), (ErrorKind::Server(ResultCode(code)), false));
    }
}

#[test]
fn whatever_arrives_it_ends_once() {
    // Every cut of a good reply, and every byte of it bent.
    let good = frame(b"node\tX\nbuild\t8.1\n");
    for at in 0..good.len() {
        let mut bent = good.clone();
        bent[at] ^= 0x55;
        for bytes in [&good[..at], &bent] {
            let _ = answered_with(&mut Lab::new(1), &["node", "build"], bytes, &policy(1_000));
        }
    }
}

#[test]
fn a_session_that_ended_is_renewed() {
    let users = vec![UserConfig::new("alice", "pw", &["read-write"])];
    let security = SecurityConfig { users, session_ttl_seconds: 0, certificate_user: None };
    let server = ServerConfig { security: SecurityMode::On(security), ..Lab::servers(1) };
    let config = Config { auth: Auth::internal("alice", b"pw").unwrap(), ..Config::default() };
    let mut lab = Lab::with_server(server, config);
    ask(&mut lab, None, &["node"]).unwrap();
    lab.server.forget_sessions(0);
    let again = Policy { max_retries: 2, ..policy(5_000) };
    let action = Action::Info { node: None, names: &["node"] };
    let answered = lab.call(&Command { action, policy: &again, filter: None }).unwrap();
    assert_eq!(value(&answered.info), lab.client.node_name(NodeId(0)));
}
