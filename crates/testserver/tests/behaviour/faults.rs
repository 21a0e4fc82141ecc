//! Faults on demand.

use aerospike_testserver::{Config, Fault, Verdict};
use aerospike_wasm::wire::ResultCode;

use crate::support::{Command, Peer, answers};

#[test]
fn a_code_in_place_of_the_next_answers() {
    let mut peer = Peer::new();
    peer.server.inject(None, Fault::Answer(ResultCode::TIMEOUT), 2);
    peer.expect("first", &Command::put("k"), 9, 0);
    peer.expect("second", &Command::put("k"), 9, 0);
    peer.expect("not executed", &Command::put("k"), 0, 1);
}

#[test]
fn a_reply_that_never_comes() {
    let mut peer = Peer::new();
    peer.server.inject(None, Fault::Swallow, 1);
    assert_eq!(peer.send(&Command::put("k").bytes()), (vec![], Verdict::Keep));
    peer.expect("executed", &Command::put("k"), 0, 2);
}

#[test]
fn a_reply_that_breaks_off() {
    let mut peer = Peer::new();
    peer.store("k", 1);
    peer.server.inject(None, Fault::Cut(11), 1);
    let (out, verdict) = peer.send(&Command::get("k").bytes());
    assert_eq!((out.len(), verdict), (11, Verdict::Close));
    assert!(!peer.server.is_open(peer.connection));
}

#[test]
fn garbage_in_place_of_a_reply() {
    let mut peer = Peer::new();
    peer.server.inject(None, Fault::Garbage, 1);
    let (out, verdict) = peer.send(&Command::put("k").bytes());
    assert_eq!((out, verdict), (vec![0xff; 32], Verdict::Keep));
    peer.expect("executed", &Command::get("k"), 0, 1);
}

#[test]
fn a_connection_that_drops() {
    let mut peer = Peer::new();
    peer.server.inject(None, Fault::Drop, 1);
    assert_eq!(peer.send(&Command::put("k").bytes()), (vec![], Verdict::Close));
    peer.connection = peer.server.open(0).unwrap();
    peer.expect("not executed", &Command::get("k"), 2, 0);
}

#[test]
fn one_after_another_and_only_on_its_node() {
    let mut peer = Peer::with(Config::with_nodes(2));
    peer.server.inject(Some(1), Fault::Drop, 1);
    peer.server.inject(Some(0), Fault::Answer(ResultCode(18)), 1);
    peer.server.inject(None, Fault::Answer(ResultCode(11)), 1);
    assert_eq!(peer.info("node"), "A1", "info commands pass");
    peer.expect("first", &Command::put("k"), 18, 0);
    peer.expect("second", &Command::put("k"), 11, 0);
    peer.expect("the other node's waits", &Command::put("k"), 0, 1);
    peer.server.clear_faults();
    peer.connection = peer.server.open(1).unwrap();
    peer.expect("cleared", &Command::put("k"), 0, 2);
}

#[test]
fn over_info_commands() {
    let mut config = Config::with_nodes(2);
    config.test_commands = true;
    let mut peer = Peer::with(config);
    assert_eq!(peer.info("test-fault:kind=answer;code=9;count=2"), "ok");
    peer.expect("first", &Command::put("k"), 9, 0);
    assert_eq!(peer.info("test-fault:kind=clear"), "ok");
    peer.expect("cleared", &Command::put("k").ttl(100), 0, 1);
    assert_eq!(peer.info("test-fault:kind=cut;bytes=3;node=A1"), "ok");
    assert_eq!(peer.send(&Command::get("k").bytes()).0.len(), 3);
    peer.connection = peer.server.open(0).unwrap();
    assert_eq!(peer.info("test-clock:advance=200"), "ok");
    peer.expect("expired", &Command::get("k"), 2, 1);
    assert_eq!(peer.info("test-node:name=A2;up=false"), "ok");
    assert!(peer.server.open(1).is_none());
    for bad in ["test-fault:kind=nope", "test-fault:kind=answer", "test-node:name=zz;up=true", "test-clock"] {
        assert_eq!(peer.info(bad), "ERROR:4:bad parameter");
    }
    let (out, verdict) = peer.send(&crate::support::info("test-node:name=A1;up=false\n"));
    assert_eq!(verdict, Verdict::Close, "a node that goes down takes the connection with it");
    assert!(!out.is_empty());
    assert!(answers(&[]).is_empty());
}

#[test]
fn replies_that_are_held_back() {
    let mut peer = Peer::with(Config::with_nodes(2));
    let start = peer.server.unix_millis();
    peer.server.inject(None, Fault::Delay(50), 2);
    assert_eq!(peer.send(&Command::put("k").bytes()), (vec![], Verdict::Keep));
    peer.server.set_unix_millis(start + 20);
    let two = [Command::put("k").bytes(), Command::get("k").bytes()].concat();
    assert_eq!(peer.send(&two), (vec![], Verdict::Keep), "what follows waits with it");
    let other = peer.server.open(1).unwrap();
    let mut out = Vec::new();
    let _ = peer.server.receive(other, &Command::get("k").bytes(), &mut out);
    assert!(!out.is_empty(), "another connection is served");

    assert_eq!(peer.server.next_release(), Some(start + 70));
    peer.server.set_unix_millis(start + 69);
    assert_eq!(peer.server.release(&mut Vec::new()), None);
    peer.server.set_unix_millis(start + 70);
    let mut held = Vec::new();
    assert_eq!(peer.server.release(&mut held), Some(peer.connection));
    assert_eq!(peer.server.release(&mut held), None);
    assert_eq!(
        answers(&held).iter().map(|one| (one.code, one.generation)).collect::<Vec<_>>(),
        [(0, 1), (0, 2), (0, 2)]
    );
    assert_eq!(peer.server.next_release(), None);
    peer.expect("served at once again", &Command::put("k"), 0, 3);
}

#[test]
fn replies_that_are_held_back_when_the_connection_ends() {
    let mut peer = Peer::new();
    peer.server.inject(None, Fault::Delay(50), 1);
    peer.server.inject(None, Fault::Drop, 1);
    let two = [Command::put("k").bytes(), Command::put("k").bytes()].concat();
    assert_eq!(peer.send(&two), (vec![], Verdict::Close));
    assert_eq!(peer.server.next_release(), None);
}
