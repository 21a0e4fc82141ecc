//! A small blocking driver over real TCP: the run loop of the core in its simplest form.
//!
//! Imports the core's public API and std. One thread; sockets are polled in turn, which is enough for tests and for
//! showing how the contract is met.

#![expect(clippy::disallowed_types, reason = "this is the host, which owns the clock")]

use std::collections::BTreeMap;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{Client, CloseReason, Command, CommandId, Config, ConnId, Error, Input, Output};

use crate::seen::{Answered, Seen};

/// A client with real sockets.
#[derive(Debug)]
pub struct Driver {
    /// The client.
    pub client: Client,
    /// What it told, oldest first.
    pub seen: Vec<Seen>,
    origin: Instant,
    sockets: BTreeMap<ConnId, TcpStream>,
}

impl Driver {
    /// Connects to a cluster.
    ///
    /// # Errors
    /// Why no server could be reached.
    pub fn connect(config: Config, seed: u64) -> Result<Self, String> {
        let client = Client::new(config, seed, Timestamp::from_nanos(0));
        let mut driver = Self { client, seen: Vec::new(), origin: Instant::now(), sockets: BTreeMap::new() };
        loop {
            driver.turn();
            for seen in std::mem::take(&mut driver.seen) {
                match seen {
                    Seen::Ready => return Ok(driver),
                    Seen::ConnectFailed(text, _) => return Err(text),
                    _ => {}
                }
            }
        }
    }

    /// Runs a command to its end.
    ///
    /// # Errors
    /// What ended it.
    ///
    /// # Panics
    /// If the core refuses it.
    #[expect(clippy::expect_used, reason = "a test that submits nonsense by accident should stop")]
    pub fn call(&mut self, command: &Command<'_>) -> Result<Answered, Error> {
        let id = self.client.submit(self.now(), command).expect("command refused");
        loop {
            let ended = |seen: &Seen| matches!(seen, Seen::Finished(other, _) if *other == id);
            if let Some(at) = self.seen.iter().position(ended)
                && let Seen::Finished(_, result) = self.seen.remove(at)
            {
                return result;
            }
            self.turn();
        }
    }

    /// Runs a batch to its end and gives its rows by index.
    ///
    /// # Errors
    /// What ended it as a whole.
    pub fn call_batch(
        &mut self,
        command: &Command<'_>,
    ) -> Result<BTreeMap<u32, Result<Answered, Error>>, Error> {
        self.seen.clear();
        self.call(command)?;
        let row = |seen: Seen| match seen {
            Seen::Row(_, index, result) => Some((index, result)),
            _ => None,
        };
        Ok(std::mem::take(&mut self.seen).into_iter().filter_map(row).collect())
    }

    /// Cancels a command.
    pub fn cancel(&mut self, id: CommandId) {
        let now = self.now();
        self.client.cancel(now, id);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_nanos(u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX))
    }

    /// One turn: do what the client asks, then see what came in.
    fn turn(&mut self) {
        let mut transmit = Vec::new();
        loop {
            let start = transmit.len();
            match self.client.poll_output(&mut transmit) {
                Output::Wait(_) => break,
                Output::Event(event) => self.seen.push(Seen::of(&event)),
                Output::Close(conn) => drop(self.sockets.remove(&conn)),
                Output::Connect(conn, endpoint) => {
                    let socket = TcpStream::connect((endpoint.host.as_str(), endpoint.port));
                    self.opened(conn, socket);
                }
                Output::Transmit { conn, len } => {
                    let bytes = transmit.get(start..start + len).unwrap_or_default();
                    let failed =
                        self.sockets.get_mut(&conn).is_some_and(|socket| write_all(socket, bytes).is_err());
                    if failed {
                        self.ended(conn, CloseReason::Reset);
                    }
                }
            }
        }
        if !self.read_all() {
            std::thread::sleep(Duration::from_micros(50));
            let now = self.now();
            self.client.handle_input(now, Input::Timeout);
        }
    }

    fn opened(&mut self, conn: ConnId, socket: std::io::Result<TcpStream>) {
        let now = self.now();
        let ready = socket.and_then(|socket| {
            socket.set_nodelay(true)?;
            socket.set_nonblocking(true)?;
            Ok(socket)
        });
        match ready {
            Ok(socket) => {
                self.sockets.insert(conn, socket);
                self.client.handle_input(now, Input::Connected(conn));
            }
            Err(error) => {
                let refused = error.kind() == ErrorKind::ConnectionRefused;
                let reason = if refused { CloseReason::Refused } else { CloseReason::Unreachable };
                self.client.handle_input(now, Input::Closed(conn, reason));
            }
        }
    }

    fn ended(&mut self, conn: ConnId, reason: CloseReason) {
        self.sockets.remove(&conn);
        let now = self.now();
        self.client.handle_input(now, Input::Closed(conn, reason));
    }

    fn read_all(&mut self) -> bool {
        let mut moved = false;
        let mut buffer = [0; 64 << 10];
        for conn in self.sockets.keys().copied().collect::<Vec<_>>() {
            let Some(socket) = self.sockets.get_mut(&conn) else { continue };
            match socket.read(&mut buffer) {
                Ok(0) => self.ended(conn, CloseReason::ClosedByPeer),
                Ok(len) => {
                    let now = self.now();
                    self.client.handle_input(now, Input::Received(conn, &buffer[..len]));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => continue,
                Err(_) => self.ended(conn, CloseReason::Reset),
            }
            moved = true;
        }
        moved
    }
}

fn write_all(socket: &mut TcpStream, mut bytes: &[u8]) -> std::io::Result<()> {
    while !bytes.is_empty() {
        match socket.write(bytes) {
            Ok(len) => bytes = &bytes[len..],
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::yield_now(),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
