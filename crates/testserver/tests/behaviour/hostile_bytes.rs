//! Bytes that no client sends: cut, changed and made up. The server answers or closes; it never panics.

use aerospike_testserver::Verdict;
use aerospike_wasm::wire::frame::{FrameType, write_frame};

use crate::batch_support::{ALL_KEYS, Batch, Row};
use crate::support::{
    APPEND, Command, DELETE_ALL, GET_ALL, INCR, NULL, Peer, RESPOND_ALL, STR, TOUCH, blob, float, info, int,
    text,
};

/// A small deterministic source of numbers.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}

fn requests() -> Vec<Vec<u8>> {
    let geo = br#"{"type":"Polygon","coordinates":[[[0,0],[10,0],[10,10],[0,10],[0,0]]]}"#;
    let rich = Command::operate("k")
        .bin("i", int(1))
        .bin("f", float(0.5))
        .bin("s", text("text"))
        .bin("b", blob(b"bytes"))
        .bin("t", (17, vec![1]))
        .bin("l", (20, vec![0x93, 1, 0xa2, 3, b'x', 0xc0]))
        .bin("m", (19, vec![0x82, 1, 2, 0xa2, 3, b'k', 0x91, 1]))
        .bin("g", (23, [&[0, 0, 0][..], geo].concat()))
        .op(INCR, "i", int(4))
        .op(APPEND, "s", text("more"))
        .select("s")
        .op(4, "l", (4, vec![0x92, 1, 5]))
        .op(3, "m", (4, vec![0x91, 0x60]))
        .op(13, "b", (4, vec![0x94, 51, 0, 8, 0]))
        .op(16, "h", (4, vec![0x93, 0, 8, 0]))
        .op(8, "e", (4, vec![0x92, 1, 0]))
        .op(7, "x", (4, vec![0x92, 0x93, 1, 1, 1, 0]))
        .user_key(STR, b"k")
        .field(43, &[0x93, 1, 0x93, 0x51, 2, 0xa1, b'i', 1]);
    let delete_all = Command::write("k").op(DELETE_ALL, "", (NULL, vec![])).op(TOUCH, "", (NULL, vec![]));
    let udf = Command::write("k").field(30, b"p").field(31, b"f").field(32, &[0x90]);
    let mut rows = vec![Row::Full(rich.clone()), Row::Full(Command::get("k")), Row::Repeat("j")];
    rows.push(Row::Full(Command::delete("k").info2(RESPOND_ALL)));
    vec![
        rich.bytes(),
        rich.info1(GET_ALL).info2(RESPOND_ALL).bytes(),
        delete_all.bytes(),
        udf.bytes(),
        Command::get("k").bytes(),
        Batch::new(ALL_KEYS, rows).bytes(),
        info("node\nreplicas:max=1\nsets/test\nnamespace/test\npeers-clear-std:generation=1\nstatistics\n"),
        info(
            "set-config:context=namespace;namespace=test;default-ttl=7\ntruncate:namespace=test;set=s;lut=1\n",
        ),
        info("user-agent-set:value=MSx4\ncluster-stable:size=1;namespace=test\nlatencies:\n"),
    ]
}

/// Feeds bytes to a peer that goes on with a new connection after a close.
fn feed(peer: &mut Peer, bytes: &[u8]) {
    let (_, verdict) = peer.send(bytes);
    if verdict == Verdict::Close {
        assert!(!peer.server.is_open(peer.connection));
        peer.connection = peer.server.open(0).unwrap();
    }
}

/// The body of a whole frame, behind a header that fits it.
fn reframed(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    write_frame(&mut out, FrameType(kind), |writer| writer.bytes(body));
    out
}

#[test]
fn every_prefix() {
    for request in requests() {
        let mut peer = Peer::new();
        for end in 8..request.len() {
            feed(&mut peer, &reframed(request[1], &request[8..end]));
        }
        feed(&mut peer, &request);
    }
}

#[test]
fn every_byte_changed() {
    for request in requests() {
        let mut peer = Peer::new();
        for at in 8..request.len() {
            for value in [0, 1, 0x7f, 0x80, 0xc1, 0xff, request[at] ^ 1, request[at].wrapping_add(1)] {
                let mut changed = request.clone();
                changed[at] = value;
                feed(&mut peer, &changed);
            }
        }
        feed(&mut peer, &Command::get("k").bytes());
    }
}

#[test]
fn many_random_changes() {
    let requests = requests();
    let mut random = Random(0x1234_5678_9abc_def1);
    let mut peer = Peer::new();
    for _ in 0..20_000 {
        let mut bytes = requests[random.below(requests.len())].clone();
        for _ in 0..=random.below(6) {
            let at = 8 + random.below(bytes.len() - 8);
            match random.below(4) {
                0 => bytes[at] = random.below(256) as u8,
                1 => bytes.insert(at, random.below(256) as u8),
                2 if bytes.len() > 20 => drop(bytes.remove(at)),
                _ => bytes[at] ^= 1 << random.below(8),
            }
        }
        let kind = bytes[1];
        feed(&mut peer, &reframed(kind, &bytes[8..]));
    }
}

#[test]
fn noise() {
    let mut random = Random(0xfeed_beef);
    let mut peer = Peer::new();
    for _ in 0..5_000 {
        let body: Vec<u8> = (0..random.below(200)).map(|_| random.below(256) as u8).collect();
        let bytes = if random.below(2) == 0 { body } else { reframed(1 + random.below(5) as u8, &body) };
        feed(&mut peer, &bytes);
    }
}

#[test]
fn headers_of_any_value() {
    let mut random = Random(0xabcd_ef01);
    let mut peer = Peer::new();
    let base = Command::operate("k").bin("a", int(1)).select("a").bytes();
    for _ in 0..20_000 {
        let mut bytes = base.clone();
        bytes[8 + 1..8 + 5].fill_with(|| random.below(256) as u8);
        bytes[8 + 6..8 + 18].fill_with(|| if random.below(3) == 0 { random.below(256) as u8 } else { 0 });
        feed(&mut peer, &bytes);
    }
}
