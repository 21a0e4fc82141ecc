//! Time to live: void times in replies, and what an expired record answers.

use aerospike_testserver::Config;

use crate::support::{CREATE_ONLY, Command, GEN_EQUAL, Peer, UPDATE_ONLY};

const NEVER: u32 = u32::MAX;
const KEEP: u32 = u32::MAX - 1;

fn now(peer: &Peer) -> u32 {
    (peer.server.unix_millis() / 1000 - 1_262_304_000) as u32
}

#[test]
fn special_values() {
    let mut peer = Peer::new();
    let now = now(&peer);
    let cases =
        [("finite", 300, now + 300), ("keep", KEEP, now + 300), ("never", NEVER, 0), ("default", 0, 0)];
    for (what, ttl, void_time) in cases {
        assert_eq!(peer.run(&Command::put("k").ttl(ttl)).void_time, void_time, "{what}");
        assert_eq!(peer.run(&Command::get("k")).void_time, void_time, "{what}");
    }
    peer.run(&Command::put("k").ttl(300));
    assert_eq!(
        peer.run(&Command::touch("k").ttl(0)).void_time,
        0,
        "a touch with the default removes the expiry"
    );
    assert_eq!(peer.run(&Command::put("new").ttl(KEEP)).void_time, 0, "keep, absent");
}

#[test]
fn the_default_of_the_namespace() {
    let mut config = Config::default();
    config.namespaces[0].default_ttl = 50;
    let mut peer = Peer::with(config);
    let now = now(&peer);
    assert_eq!(peer.run(&Command::put("k")).void_time, now + 50);
    assert_eq!(peer.run(&Command::put("j").ttl(KEEP)).void_time, now + 50);
    assert_eq!(peer.run(&Command::put("k").ttl(NEVER)).void_time, 0);
    assert_eq!(peer.run(&Command::put("k").ttl(0)).void_time, now + 50);
}

#[test]
fn limits() {
    let mut peer = Peer::new();
    peer.expect("ten years", &Command::put("k").ttl(315_360_000), 0, 1);
    peer.expect("more", &Command::put("k").ttl(315_360_001), 4, 1);
    peer.expect("more, absent", &Command::put("j").ttl(315_360_001), 4, 0);
    peer.expect("no special value", &Command::put("k").ttl(0xffff_fffd), 4, 1);
    peer.expect("touch", &Command::touch("k").ttl(315_360_001), 4, 1);
}

#[test]
fn where_nothing_may_expire() {
    let mut config = Config::default();
    config.namespaces[0].allow_ttl = false;
    let mut peer = Peer::with(config);
    peer.expect("finite, absent", &Command::put("k").ttl(10), 22, 0);
    for (at, ttl) in [0, NEVER, KEEP].into_iter().enumerate() {
        peer.expect("special", &Command::put("k").ttl(ttl), 0, at as u32 + 1);
    }
    peer.expect("finite", &Command::put("k").ttl(10), 22, 3);
    peer.expect("touch", &Command::touch("k").ttl(10), 22, 3);
}

#[test]
fn an_expired_record() {
    let mut peer = Peer::new();
    let expire = |peer: &mut Peer, key: &str| {
        peer.store(key, 2);
        let void_time = peer.expect("setup", &Command::put(key).ttl(10), 0, 3).void_time;
        peer.server.advance(11);
        void_time
    };
    for command in
        [Command::get("a"), Command::exists("a"), Command::put("a").info3(UPDATE_ONLY), Command::touch("a")]
    {
        let void_time = expire(&mut peer, "a");
        let answer = peer.expect("as absent, with what it had", &command, 2, 3);
        assert_eq!(answer.void_time, void_time);
        peer.expect("delete", &Command::delete("a"), 0, 0);
    }
    expire(&mut peer, "b");
    peer.expect("create-only", &Command::put("b").info2(CREATE_ONLY), 0, 1);
    expire(&mut peer, "c");
    peer.expect("equal 0", &Command::put("c").info2(GEN_EQUAL), 0, 1);
}

#[test]
fn a_record_lives_until_its_void_time() {
    let mut peer = Peer::new();
    peer.run(&Command::put("k").ttl(10));
    peer.server.advance(9);
    peer.expect("a second before", &Command::get("k"), 0, 1);
    peer.server.advance(1);
    peer.expect("then", &Command::get("k"), 2, 1);
}
