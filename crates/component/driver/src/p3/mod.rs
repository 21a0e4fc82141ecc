//! The asynchronous driver: WASI 0.3, any number of commands in flight over shared connections.
//!
//! Imports wasip3 and the core's public API. Work in the background belongs to the component-model task of
//! [`Driver::connect`], which lives on after it has returned: one task per connection and direction, one for the
//! timer, one that sends what was submitted. A call only submits, wakes that task once, and waits; whatever was
//! submitted in one turn of the event loop leaves together. Dropping a call cancels its command in the core.
//! Invariant: `Shared::turn` runs in tasks of `connect` only, because a task belongs to the one that spawns it.

mod signal;
mod socket;

use alloc::rc::Rc;
use alloc::vec::Vec;
use core::cell::{Cell, RefCell};
use core::pin::Pin;
use core::task::{Context, Poll, Waker};

use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{ArgError, Client, CloseReason, Command, CommandId, Config, ConnId, Input, Reply};
use futures::future::select;
use wasip3::clocks::{monotonic_clock, system_clock};
use wasip3::spawn_local;

use crate::slots::Slots;
use crate::turn::{ConnectFailure, Failed, Task, Told, next_task};
use signal::Signal;
use socket::Socket;

/// What is to become of a command's answer.
pub trait Listen {
    /// What it becomes.
    type Output;

    /// Takes in a row of a batch.
    fn row(&mut self, index: u32, result: &Result<Reply<'_>, Failed<'_>>);

    /// Takes in the end.
    fn finish(self, result: &Result<Reply<'_>, Failed<'_>>) -> Self::Output;
}

/// The seconds since 1970.
#[must_use]
pub fn unix_seconds() -> u64 {
    system_clock::now().seconds.try_into().unwrap_or(0)
}

/// A client with sockets of WASI 0.3. Dropping it closes it.
#[expect(missing_debug_implementations, reason = "holds what others made to listen")]
pub struct Driver<L: Listen + 'static>(Rc<Shared<L>>);

struct Shared<L: Listen> {
    state: RefCell<State<L>>,
    /// Commands were submitted or cancelled, or the client was closed.
    submitted: Signal,
    /// Connecting has ended.
    connected: Signal,
    /// The timer is to go off earlier than it would.
    hurry: Signal,
    /// When the timer goes off.
    armed: Cell<Timestamp>,
    origin: u64,
    /// The time of the commands that the next turn will send: the host is asked for it once for all of them.
    moment: Cell<Option<Timestamp>>,
    closed: Cell<bool>,
}

struct State<L: Listen> {
    client: Client,
    transmit: Vec<u8>,
    sockets: Slots<ConnId, Rc<Socket>>,
    calls: Slots<CommandId, Rc<RefCell<Call<L>>>>,
    outcome: Option<Result<(), ConnectFailure>>,
    /// When the core wants to be woken.
    wake: Timestamp,
}

/// A command in flight.
enum Call<L: Listen> {
    Waiting(L, Option<Waker>),
    Finished(L::Output),
    Gone,
}

impl<L: Listen + 'static> Driver<L> {
    /// Connects to a cluster. Ends when its nodes are known.
    ///
    /// # Errors
    /// Why no server could be reached, or why the login was refused.
    pub async fn connect(config: Config) -> Result<Self, ConnectFailure> {
        let seed = wasip3::random::insecure::get_insecure_random_u64();
        let state = State {
            client: Client::new(config, seed, Timestamp::ZERO),
            transmit: Vec::new(),
            sockets: Slots::default(),
            calls: Slots::default(),
            outcome: None,
            wake: Timestamp::NEVER,
        };
        let driver = Self(Rc::new(Shared {
            state: RefCell::new(state),
            submitted: Signal::default(),
            connected: Signal::default(),
            hurry: Signal::default(),
            armed: Cell::new(Timestamp::NEVER),
            origin: monotonic_clock::now(),
            moment: Cell::new(None),
            closed: Cell::new(false),
        }));
        spawn_local(Rc::clone(&driver.0).run_timer());
        spawn_local(Rc::clone(&driver.0).run_submitted());
        driver.0.turn();
        driver.0.connected.heard().await;
        let outcome = driver.0.state.borrow_mut().outcome.take();
        outcome.unwrap_or(Ok(())).map(|()| driver)
    }

    /// Looks at the core.
    pub fn look<R>(&self, look: impl FnOnce(&Client) -> R) -> R {
        look(&self.0.state.borrow().client)
    }

    /// Checks a command and puts it on its way; [`Driver::run`] gives its answer.
    ///
    /// # Errors
    /// A mistake of the caller: nothing will be sent.
    pub fn submit(&self, command: &Command<'_>) -> Result<CommandId, ArgError> {
        let now = self.0.moment.get().unwrap_or_else(|| self.0.now());
        let id = self.0.state.borrow_mut().client.submit(now, command)?;
        self.0.moment.set(Some(now));
        Ok(id)
    }

    /// Listens for the answer to a command that was just submitted; the future waits for it. Dropping that cancels the
    /// command.
    pub fn run(&self, id: CommandId, listener: L) -> Running<'_, L> {
        let call = Rc::new(RefCell::new(Call::Waiting(listener, None)));
        self.0.state.borrow_mut().calls.insert(id, Rc::clone(&call));
        self.0.submitted.set();
        Running { shared: &self.0, id, call }
    }

    /// Ends everything: commands in flight fail, connections are closed.
    pub fn close(&self) {
        self.0.close();
    }
}

impl<L: Listen + 'static> Drop for Driver<L> {
    fn drop(&mut self) {
        self.0.close();
    }
}

/// Waits for the answer to a command.
#[expect(missing_debug_implementations, reason = "holds what others made to listen")]
pub struct Running<'a, L: Listen> {
    shared: &'a Shared<L>,
    id: CommandId,
    call: Rc<RefCell<Call<L>>>,
}

impl<L: Listen> Future for Running<'_, L> {
    type Output = L::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<L::Output> {
        let mut call = self.call.borrow_mut();
        if let Call::Waiting(_, waker) = &mut *call {
            *waker = Some(context.waker().clone());
            return Poll::Pending;
        }
        match core::mem::replace(&mut *call, Call::Gone) {
            Call::Finished(output) => Poll::Ready(output),
            // A call that has given its output is not polled again.
            _ => Poll::Pending,
        }
    }
}

impl<L: Listen> Drop for Running<'_, L> {
    /// Cancels the command of a call that is dropped.
    #[inline(never)]
    fn drop(&mut self) {
        let mut state = self.shared.state.borrow_mut();
        if state.calls.remove(self.id).is_some() {
            let now = self.shared.now();
            state.client.cancel(now, self.id);
            self.shared.submitted.set();
        }
    }
}

impl<L: Listen> Shared<L> {
    fn now(&self) -> Timestamp {
        self.moment.set(None);
        Timestamp::from_nanos(monotonic_clock::now().saturating_sub(self.origin))
    }

    fn close(&self) {
        if !self.closed.replace(true) {
            let now = self.now();
            self.state.borrow_mut().client.close(now);
            self.submitted.set();
            self.hurry.set();
        }
    }
}

impl<L: Listen + 'static> Shared<L> {
    /// Tells the core what happened and does what it asks for.
    fn handle(self: &Rc<Self>, input: Input<'_>) {
        let now = self.now();
        self.state.borrow_mut().client.handle_input(now, input);
        self.turn();
    }

    /// Does what the core asks for until it has to wait.
    fn turn(self: &Rc<Self>) {
        self.moment.set(None);
        let mut state = self.state.borrow_mut();
        let State { client, transmit, sockets, calls, outcome, wake } = &mut *state;
        let connected = &self.connected;
        let mut tell = |told: Told<'_>| match told {
            Told::Row { id, index, result } => {
                if let Some(call) = calls.get_mut(id)
                    && let Call::Waiting(listener, _) = &mut *call.borrow_mut()
                {
                    listener.row(index, &result);
                }
            }
            Told::Finished { id, result } => {
                if let Some(call) = calls.remove(id) {
                    finish(&call, &result);
                }
            }
            Told::Ready => {
                *outcome = Some(Ok(()));
                connected.set();
            }
            Told::ConnectFailed(reasons, kind) => {
                *outcome = Some(Err(ConnectFailure { reasons: reasons.into(), kind }));
                connected.set();
            }
        };
        loop {
            match next_task(client, transmit, &mut tell) {
                Task::Connect(conn, endpoint) => {
                    sockets.insert(conn, Socket::open(self, conn, endpoint));
                }
                Task::Transmit(conn, range) => {
                    let bytes = transmit.get(range).unwrap_or_default();
                    if let Some(socket) = sockets.get_mut(conn) {
                        socket.write(bytes);
                    }
                    transmit.clear();
                }
                Task::Close(conn) => {
                    if let Some(socket) = sockets.remove(conn) {
                        socket.close();
                    }
                }
                Task::Wait(at) => {
                    *wake = at.unwrap_or(Timestamp::NEVER);
                    break;
                }
            }
        }
        if *wake < self.armed.get() {
            self.armed.set(*wake);
            self.hurry.set();
        }
    }

    /// A connection ended, or could not be made.
    fn ended(self: &Rc<Self>, conn: ConnId, reason: CloseReason) {
        let socket = self.state.borrow_mut().sockets.remove(conn);
        if let Some(socket) = socket {
            socket.close();
            self.handle(Input::Closed(conn, reason));
        }
    }

    /// Sends what was submitted, once per turn of the event loop.
    async fn run_submitted(self: Rc<Self>) {
        loop {
            self.submitted.heard().await;
            self.turn();
            if self.closed.get() {
                let sockets = core::mem::take(&mut self.state.borrow_mut().sockets);
                sockets.iter().for_each(|(_, socket)| socket.close());
                return;
            }
        }
    }

    /// Wakes the core when it wants to be. The timer of the host is made anew only for an earlier time than it has:
    /// deadlines move with every command, and a timer that goes off too early does no harm.
    async fn run_timer(self: Rc<Self>) {
        while !self.closed.get() {
            let armed = self.armed.get();
            if armed == Timestamp::NEVER {
                self.hurry.heard().await;
                continue;
            }
            let alarm = monotonic_clock::wait_until(self.origin.saturating_add(armed.as_nanos()));
            select(core::pin::pin!(alarm), core::pin::pin!(self.hurry.heard())).await;
            if self.armed.get() <= self.now() {
                self.armed.set(Timestamp::NEVER);
                self.handle(Input::Timeout);
            }
        }
    }
}

fn finish<L: Listen>(call: &RefCell<Call<L>>, result: &Result<Reply<'_>, Failed<'_>>) {
    let mut call = call.borrow_mut();
    if let Call::Waiting(listener, waker) = core::mem::replace(&mut *call, Call::Gone) {
        *call = Call::Finished(listener.finish(result));
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}
