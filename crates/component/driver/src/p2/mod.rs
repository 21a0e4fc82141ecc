//! The blocking driver: WASI 0.2, one loop over `wasi:io/poll`.
//!
//! Imports wasip2 and the core's public API. WASI 0.2 knows no work in the background: between two calls nothing
//! moves, so the first turn of a call takes in what arrived meanwhile at the time the last call ended, and only then
//! lets the clock run on; otherwise replies that came in time would be found too late.

mod socket;

use alloc::vec::Vec;

use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{ArgError, Client, CloseReason, Command, CommandId, Config, ConnId, Endpoint, Input};
use wasip2::clocks::{monotonic_clock, wall_clock};
use wasip2::io::poll::{Pollable, poll};

use crate::slots::Slots;
use crate::turn::{ConnectFailure, Task, Told, next_task};
use socket::{Progress, Socket};

/// The seconds since 1970.
#[must_use]
pub fn unix_seconds() -> u64 {
    wall_clock::now().seconds
}

/// A client with sockets of WASI 0.2.
#[derive(Debug)]
pub struct Driver {
    client: Client,
    clock: Clock,
    sockets: Slots<ConnId, Socket>,
    timer: Timer,
    transmit: Vec<u8>,
    /// When the core wants to be woken.
    wake: Option<Timestamp>,
}

impl Driver {
    /// Connects to a cluster. Returns when its nodes are known.
    ///
    /// # Errors
    /// Why no server could be reached, or why the login was refused.
    pub fn connect(config: Config) -> Result<Self, ConnectFailure> {
        let clock = Clock::new();
        let seed = wasip2::random::insecure::get_insecure_random_u64();
        let mut driver = Self {
            client: Client::new(config, seed, clock.last),
            clock,
            sockets: Slots::default(),
            timer: Timer::default(),
            transmit: Vec::new(),
            wake: None,
        };
        let mut outcome = None;
        while outcome.is_none() {
            driver.turn(&mut |told| match told {
                Told::Ready => outcome = Some(Ok(())),
                Told::ConnectFailed(reasons, kind) => {
                    outcome = Some(Err(ConnectFailure { reasons: reasons.into(), kind }));
                }
                _ => {}
            });
            if outcome.is_none() {
                driver.wait();
            }
        }
        outcome.unwrap_or(Ok(())).map(|()| driver)
    }

    /// The core, to look at.
    #[must_use]
    pub const fn client(&self) -> &Client {
        &self.client
    }

    /// Checks a command and puts it on its way; [`Driver::run`] does the rest.
    ///
    /// # Errors
    /// A mistake of the caller: nothing will be sent.
    pub fn submit(&mut self, command: &Command<'_>) -> Result<CommandId, ArgError> {
        self.catch_up();
        self.client.submit(self.clock.tick(), command)
    }

    /// Works until `tell` returns `true`, having heard what it waits for.
    pub fn run(&mut self, tell: &mut dyn FnMut(Told<'_>) -> bool) {
        let mut done = false;
        loop {
            self.turn(&mut |told| done |= tell(told));
            if done {
                return;
            }
            self.wait();
        }
    }

    /// Ends everything: connections are closed.
    pub fn close(&mut self) {
        self.client.close(self.clock.tick());
        self.turn(&mut |_| {});
        self.sockets = Slots::default();
    }

    /// Takes in what arrived since the last call, if something of it may be overdue.
    fn catch_up(&mut self) {
        let before = self.clock.last;
        if self.wake.is_none_or(|wake| wake > self.clock.tick()) {
            return;
        }
        self.clock.last = before;
        self.progress_all();
        self.turn(&mut |_| {});
        let now = self.clock.tick();
        self.client.handle_input(now, Input::Timeout);
    }

    /// Does what the core asks for until it has to wait.
    fn turn(&mut self, tell: &mut dyn FnMut(Told<'_>)) {
        loop {
            match next_task(&mut self.client, &mut self.transmit, tell) {
                Task::Wait(wake) => {
                    self.wake = wake;
                    return;
                }
                Task::Connect(conn, endpoint) => self.open(conn, &endpoint),
                Task::Close(conn) => drop(self.sockets.remove(conn)),
                Task::Transmit(conn, range) => {
                    let bytes = self.transmit.get(range).unwrap_or_default();
                    let written = self.sockets.get_mut(conn).map(|socket| socket.write(bytes));
                    self.transmit.clear();
                    if let Some(Err(reason)) = written {
                        self.ended(conn, reason);
                    }
                }
            }
        }
    }

    fn open(&mut self, conn: ConnId, endpoint: &Endpoint) {
        match Socket::open(endpoint) {
            Ok(socket) => self.sockets.insert(conn, socket),
            Err(reason) => self.ended(conn, reason),
        }
    }

    fn ended(&mut self, conn: ConnId, reason: CloseReason) {
        self.sockets.remove(conn);
        self.client.handle_input(self.clock.last, Input::Closed(conn, reason));
    }

    /// Waits until a socket is ready or the core wants to be woken, and takes in what happened.
    fn wait(&mut self) {
        if let Some(wake) = self.wake {
            self.timer.arm(self.clock.instant(wake));
        }
        let mut conns = Vec::with_capacity(8);
        let mut pollables: Vec<&Pollable> = Vec::with_capacity(8);
        for (conn, socket) in self.sockets.iter() {
            socket.pollables(&mut |pollable| {
                conns.push(conn);
                pollables.push(pollable);
            });
        }
        pollables.extend(self.timer.pollable());
        // The core always wants to be woken while it has something to do; without anything to wait for poll traps.
        if pollables.is_empty() {
            return;
        }
        let mut ready: Vec<ConnId> =
            poll(&pollables).into_iter().filter_map(|index| conns.get(index as usize).copied()).collect();
        ready.dedup();
        let now = self.clock.tick();
        if ready.is_empty() {
            self.timer.fired();
            self.client.handle_input(now, Input::Timeout);
        }
        for conn in ready {
            self.progress(conn);
        }
    }

    fn progress_all(&mut self) {
        for conn in self.sockets.iter().map(|(conn, _)| conn).collect::<Vec<_>>() {
            self.progress(conn);
        }
    }

    fn progress(&mut self, conn: ConnId) {
        let Some(socket) = self.sockets.get_mut(conn) else { return };
        let now = self.clock.last;
        match socket.progress() {
            Ok(Progress::None) => {}
            Ok(Progress::Opened) => self.client.handle_input(now, Input::Connected(conn)),
            Ok(Progress::Received(bytes)) => self.client.handle_input(now, Input::Received(conn, &bytes)),
            Err(reason) => self.ended(conn, reason),
        }
    }
}

/// The core's time, from a monotonic clock.
#[derive(Debug)]
struct Clock {
    /// What the host's clock said at the core's time zero.
    origin: u64,
    /// The time the core was told last.
    last: Timestamp,
}

impl Clock {
    fn new() -> Self {
        Self { origin: monotonic_clock::now(), last: Timestamp::ZERO }
    }

    fn tick(&mut self) -> Timestamp {
        self.last = Timestamp::from_nanos(monotonic_clock::now().saturating_sub(self.origin));
        self.last
    }

    /// A time of the core as the host's clock says it.
    const fn instant(&self, at: Timestamp) -> u64 {
        self.origin.saturating_add(at.as_nanos())
    }
}

/// One timer of the host. It is made anew only for an earlier time than it has: deadlines move with every command,
/// and a timer that goes off too early does no harm.
#[derive(Debug, Default)]
struct Timer {
    armed: Option<(u64, Pollable)>,
}

impl Timer {
    fn arm(&mut self, instant: u64) {
        if self.armed.as_ref().is_none_or(|(at, _)| *at > instant) {
            self.armed = Some((instant, monotonic_clock::subscribe_instant(instant)));
        }
    }

    fn pollable(&self) -> Option<&Pollable> {
        self.armed.as_ref().map(|(_, pollable)| pollable)
    }

    fn fired(&mut self) {
        self.armed = None;
    }
}
