//! Cases on the tapes: what JavaScript makes the engine do for one command, without JavaScript.
//!
//! In two parts: `in` from the command's tape to the tape that has the request sent, `out` from the bytes of the reply
//! to the tape with the answer; the core's own work for the command is in both.
//! Only in a wasm32 module, where the pointers that the engine gives fit into its tapes. Imports `crates/js` and the test
//! server's machine.
#![allow(unsafe_code, reason = "tapes are bytes at addresses that the engine gives, as JavaScript sees them")]

use aerospike_js::{Engine, EngineConfig};
use aerospike_testserver::{Config, ConnectionId, Server};

use crate::operation::{Exchange, Named, exchanges};

/// The cases by name.
pub(crate) fn cases() -> Vec<Named> {
    exchanges!("in", "out"; "tapes: put of 4 bins" => put, "tapes: get of 4 bins" => get).into()
}

/// A request that is to be sent, at an address of the engine's.
#[derive(Clone, Copy)]
struct Sent {
    conn: u32,
    place: u32,
    len: u32,
}

/// A command's tape and the engine that it is given to.
struct Recorded {
    host: Host,
    tape: Vec<u8>,
}

impl Exchange for Recorded {
    fn request(&mut self) {
        self.host.submit(&self.tape);
    }

    fn reply(&mut self) {
        self.host.finish();
    }
}

/// An engine whose requests go to a server in the same module.
struct Host {
    engine: Engine,
    server: Server,
    connections: Vec<(u32, ConnectionId)>,
    /// The server's last reply; given again, without the server, once `replays` is set.
    reply: Vec<u8>,
    replays: bool,
    /// What is still to be sent.
    unsent: Option<Sent>,
    finished: usize,
    now: f64,
}

fn put() -> Recorded {
    let mut tape = head(4);
    tape.extend(4u16.to_le_bytes());
    text(&mut tape, 2, "name", &[&[3, 5, 0, 0, 0], &b"Alice"[..]].concat());
    text(&mut tape, 2, "age", &[&[1], &30i64.to_le_bytes()[..]].concat());
    text(&mut tape, 2, "score", &[&[2], &1.5f64.to_le_bytes()[..]].concat());
    text(&mut tape, 2, "note", &[&[3, 24, 0, 0, 0], &b"a note of twenty-four ch"[..]].concat());
    repeat(tape, None)
}

fn get() -> Recorded {
    let mut bins = head(4);
    bins.extend(1u16.to_le_bytes());
    text(&mut bins, 2, "name", &[&[3, 5, 0, 0, 0], &b"Alice"[..]].concat());
    repeat(head(1), Some(bins))
}

/// Kind, policy and key.
fn head(kind: u8) -> Vec<u8> {
    let mut tape = vec![kind];
    let mut policy = [0; 52];
    policy[0..4].copy_from_slice(&30_000u32.to_le_bytes());
    policy[4..8].copy_from_slice(&1_000u32.to_le_bytes());
    policy[18] = 1;
    tape.extend(policy);
    for name in ["test", "demo"] {
        tape.push(name.len() as u8);
        tape.extend(name.as_bytes());
    }
    tape.extend([3, 10, 0, 0, 0]);
    tape.extend(b"user-12345");
    tape.push(0);
    tape
}

fn text(tape: &mut Vec<u8>, code: u8, name: &str, value: &[u8]) {
    tape.extend([code, name.len() as u8]);
    tape.extend(name.as_bytes());
    tape.extend(value);
}

/// Runs `before` once, and gives what runs `tape` with the reply that the server gave to it once.
fn repeat(tape: Vec<u8>, before: Option<Vec<u8>>) -> Recorded {
    let mut host = Host::new();
    if let Some(before) = before {
        host.run(&before);
    }
    host.run(&tape);
    host.run(&tape);
    host.replays = true;
    Recorded { host, tape }
}

impl Host {
    fn new() -> Self {
        let mut server = Server::new(Config::with_nodes(1));
        server.set_node_address(0, "127.0.0.1", 3000);
        let mut config = EngineConfig::new();
        config.add_seed("127.0.0.1", 3000, "");
        let engine = Engine::new(config, 42, 1.0);
        let mut host = Self {
            engine,
            server,
            connections: Vec::new(),
            reply: Vec::new(),
            replays: false,
            unsent: None,
            finished: 0,
            now: 1.0,
        };
        host.drain();
        host
    }

    /// One command from its tape to its answer.
    fn run(&mut self, tape: &[u8]) {
        self.submit(tape);
        self.finish();
    }

    /// Gives the engine a command's tape, and takes its request.
    fn submit(&mut self, tape: &[u8]) {
        let place = self.engine.input(tape.len()) as *mut u8;
        // SAFETY: the engine gave an address of that many bytes.
        unsafe { std::ptr::copy_nonoverlapping(tape.as_ptr(), place, tape.len()) };
        assert!(self.engine.submit(tape.len(), self.now) >= 0.0, "the command is taken");
        self.poll();
    }

    /// Goes on until the command that was submitted has its answer.
    fn finish(&mut self) {
        let before = self.finished;
        self.drain();
        assert_eq!(self.finished, before + 1, "the command ended");
    }

    /// Polls, sends and receives until nothing is left to do.
    fn drain(&mut self) {
        loop {
            if let Some(sent) = self.unsent.take() {
                self.transmit(sent);
            }
            if !self.poll() {
                return;
            }
        }
    }

    /// Polls once and does what the tape asks for, except that requests are kept; `false` if it asks for nothing.
    fn poll(&mut self) -> bool {
        let len = self.engine.poll(self.now);
        // SAFETY: the engine wrote that many bytes there, and leaves them alone until the next poll.
        let tape: &'static [u8] =
            unsafe { std::slice::from_raw_parts(self.engine.output() as *const u8, len) };
        let is_idle = tape[0] == 7;
        if !is_idle {
            self.act(tape);
        }
        !is_idle
    }

    /// Does what the records of one tape ask for.
    fn act(&mut self, mut tape: &[u8]) {
        let word =
            |bytes: &[u8], at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap_or_default());
        loop {
            match tape[0] {
                3 => {
                    let conn = word(tape, 1);
                    let end = 8 + usize::from(tape[7]);
                    let end = end + 1 + usize::from(tape[end]) + 4;
                    self.connect(conn);
                    tape = &tape[end..];
                }
                4 => {
                    let (conn, place, len) = (word(tape, 1), word(tape, 5), word(tape, 9));
                    assert!(
                        self.unsent.replace(Sent { conn, place, len }).is_none(),
                        "one request at a time"
                    );
                    tape = &tape[13..];
                }
                5 => tape = &tape[5..],
                6 => tape = &tape[6 + usize::from(u16::from_le_bytes([tape[4], tape[5]]))..],
                7 => return,
                _ => {
                    // Answers come after everything else but the time to wake.
                    assert_eq!(tape[5], 0, "the command succeeds");
                    self.finished += 1;
                    return;
                }
            }
        }
    }

    fn connect(&mut self, conn: u32) {
        let opened = self.server.open(0).expect("the node is up");
        self.connections.push((conn, opened));
        self.engine.connected(conn, self.now);
    }

    fn transmit(&mut self, Sent { conn, place, len }: Sent) {
        // SAFETY: the engine keeps the bytes there until its next call.
        let bytes = unsafe { std::slice::from_raw_parts(place as *const u8, len as usize) };
        if !self.replays {
            let link =
                self.connections.iter().find(|(id, _)| *id == conn).expect("the connection is known").1;
            self.reply.clear();
            let _ = self.server.receive(link, bytes, &mut self.reply);
        }
        let known = &self.reply;
        let place = self.engine.receive_buffer(known.len()) as *mut u8;
        // SAFETY: the engine gave an address of that many bytes.
        unsafe { std::ptr::copy_nonoverlapping(known.as_ptr(), place, known.len()) };
        self.engine.received(conn, known.len(), self.now);
    }
}
