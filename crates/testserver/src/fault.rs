//! Faults on demand, for tests of clients.
//!
//! Imports result codes. A fault waits for the next record message (type 3: single-record commands, batches,
//! queries) that reaches its node, and is used up by it; info and admin messages pass untouched, so that a client
//! keeps tending. Several faults are used in the order in which they were added. There is no delay here: a machine
//! without a clock of its own cannot wait; hold the bytes back outside.

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
}

/// Faults that wait for their commands.
#[derive(Debug, Default)]
pub(crate) struct Faults {
    waiting: VecDeque<Waiting>,
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
