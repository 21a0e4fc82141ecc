//! What stands between a client and a server: it can keep requests to itself, or read no further, and tells what came and
//! what ended.
//!
//! A client that was given its address uses that, whatever address the node behind it announces.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// One connection of a client.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// What the client sent.
    pub(crate) sent: Vec<u8>,
    /// Whether the client's side has ended.
    pub(crate) ended: bool,
}

#[derive(Default)]
struct State {
    conns: Vec<Seen>,
    /// What arrives with these bytes in it goes no further.
    keeps: Vec<u8>,
    /// A connection that has brought so many bytes is read no further for now.
    stalls_at: Option<usize>,
}

/// A relay on 127.0.0.1; its threads end with its connections.
pub(crate) struct Relay {
    /// Where it listens.
    pub(crate) host: String,
    state: Arc<Mutex<State>>,
}

impl Relay {
    /// Stands before the node at `server`.
    pub(crate) fn before(server: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap().to_string();
        let state = Arc::new(Mutex::new(State::default()));
        let (shared, server) = (Arc::clone(&state), server.to_string());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let (state, server) = (Arc::clone(&shared), server.clone());
                thread::spawn(move || relay(client, &server, &state));
            }
        });
        Self { host, state }
    }

    /// From now on keeps to itself what arrives with these bytes in it.
    pub(crate) fn keep(&self, bytes: &[u8]) {
        lock(&self.state).keeps = bytes.to_vec();
    }

    /// Reads no further where so many bytes came.
    pub(crate) fn stall_at(&self, bytes: usize) {
        lock(&self.state).stalls_at = Some(bytes);
    }

    /// Reads on everywhere.
    pub(crate) fn release(&self) {
        lock(&self.state).stalls_at = None;
    }

    /// The connections so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        lock(&self.state).conns.clone()
    }
}

fn relay(mut client: TcpStream, server: &str, state: &Mutex<State>) {
    let Ok(mut onward) = TcpStream::connect(server) else { return };
    client.set_nodelay(true).unwrap();
    onward.set_nodelay(true).unwrap();
    let (mut back, mut answers) = (client.try_clone().unwrap(), onward.try_clone().unwrap());
    let at = {
        let mut state = lock(state);
        state.conns.push(Seen::default());
        state.conns.len() - 1
    };
    thread::spawn(move || {
        std::io::copy(&mut answers, &mut back).ok();
        back.shutdown(Shutdown::Write).ok();
    });
    let mut buffer = vec![0; 256 << 10];
    loop {
        while is_stalled(&lock(state), at) {
            thread::sleep(Duration::from_millis(5));
        }
        let Ok(count @ 1..) = client.read(&mut buffer) else { break };
        let bytes = &buffer[..count];
        let kept = {
            let mut state = lock(state);
            state.conns[at].sent.extend_from_slice(bytes);
            let State { conns, keeps, .. } = &*state;
            !keeps.is_empty() && conns[at].sent.windows(keeps.len()).any(|window| window == keeps)
        };
        if !kept && onward.write_all(bytes).is_err() {
            break;
        }
    }
    lock(state).conns[at].ended = true;
    onward.shutdown(Shutdown::Write).ok();
}

fn is_stalled(state: &State, at: usize) -> bool {
    state.stalls_at.is_some_and(|most| state.conns[at].sent.len() >= most)
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
