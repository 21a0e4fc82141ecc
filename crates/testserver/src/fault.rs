//! Faults on demand, for tests of clients.
//!
//! Imports result codes. A fault waits for the next record message (type 3: single-record commands, batches,
//! queries) that reaches its node, and is used up by it; info and admin messages pass untouched, so that a client
//! keeps tending. Several faults are used in the order in which they were added.

use alloc::collections::VecDeque;

use aerospike_wasm::wire::ResultCode;

/// What goes wrong with one command.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The command is not executed and answered with this code.
    Answer(ResultCode),
    /// The command is executed, its reply never sent.
    Swallow,
    /// The command is executed; only this many bytes of its reply are sent, then the connection is closed.
    Cut(usize),
    /// The command is executed; in place of its reply come bytes that are no frame.
    Garbage,
    /// The command is not executed and the connection closed without a reply.
    Drop,
    /// The command is executed; its reply, and what follows on its connection, is held back for so many milliseconds:
    /// see [`crate::Server::release`].
    Delay(u32),
}

/// Faults that wait for their commands.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: VecDeque<Waiting>,
    /// How long the reply just given is to be held back, in milliseconds.
    delay: Option<u32>,
}

#[derive(Debug)]
struct Waiting {
    node: Option<usize>,
    fault: Fault,
    count: u32,
}

impl Faults {
    pub(crate) fn add(&mut self, node: Option<usize>, fault: Fault, count: u32) {
        if count > 0 {
            self.waiting.push_back(Waiting { node, fault, count });
        }
    }

    pub(crate) fn clear(&mut self) {
        self.waiting.clear();
    }

    /// Has the reply just given held back.
    pub(crate) const fn delay(&mut self, millis: u32) {
        self.delay = Some(millis);
    }

    pub(crate) const fn take_delay(&mut self) -> Option<u32> {
        self.delay.take()
    }

    /// The fault for a command that reached `node`.
    pub(crate) fn next(&mut self, node: usize) -> Option<Fault> {
        let at = self.waiting.iter().position(|one| one.node.is_none_or(|only| only == node))?;
        let one = self.waiting.get_mut(at)?;
        one.count -= 1;
        let fault = one.fault;
        if one.count == 0 {
            self.waiting.remove(at);
        }
        Some(fault)
    }
}
