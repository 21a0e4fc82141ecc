//! What the machine asks its host to do, and what it tells.
//!
//! Imports `wire`, `data`, `ids`, `error`, `config`, `time`. Everything borrowed here lives until the next call.

use crate::config::Endpoint;
use crate::data::{ValueRef, VoidTime};
use crate::error::{CloseReason, Error, ErrorKind};
use crate::ids::{CommandId, ConnId, NodeId};
use crate::time::Timestamp;
use crate::wire::info;
use crate::wire::message::{Message, OpCode};

/// What came in from the host.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Input<'a> {
    /// A connection is open.
    Connected(ConnId),
    /// Bytes arrived, in any chunking.
    Received(ConnId, &'a [u8]),
    /// A connection could not be made, or ended.
    Closed(ConnId, CloseReason),
    /// The time of [`Output::Wait`] has come. Too early does no harm; much too late, and the machine asks to be woken once
    /// more before it gives anything up, so that the host reads what arrived meanwhile.
    Timeout,
}

/// What the host is to do next.
#[derive(Debug)]
pub enum Output<'a> {
    /// Open a connection, and answer with [`Input::Connected`] or [`Input::Closed`].
    Connect(ConnId, &'a Endpoint),
    /// Write the last `len` bytes of the transmit buffer to a connection.
    Transmit {
        /// To where.
        conn: ConnId,
        /// How many bytes were appended.
        len: usize,
    },
    /// Close a connection; nothing more is expected of it.
    Close(ConnId),
    /// Tell the application.
    Event(Event<'a>),
    /// Nothing more to do until something comes in, or until this time.
    Wait(Option<Timestamp>),
}

/// What the application is told.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A command ended; every command does, once. A batch has given all its rows before, unless it failed whole.
    Finished {
        /// Which.
        id: CommandId,
        /// The answer, or how it failed.
        result: Result<Reply<'a>, Error>,
    },
    /// A row of a batch; every row comes once, in any order.
    Row {
        /// The batch.
        id: CommandId,
        /// Index of the row in the batch.
        index: u32,
        /// The answer, or how the row failed.
        result: Result<Reply<'a>, Error>,
    },
    /// The cluster is known; commands can be sent.
    Ready,
    /// No server could be reached.
    ConnectFailed {
        /// Why, seed by seed.
        reason: &'a str,
        /// The most telling of the reasons: that a login was refused, else what TLS found wrong, else the first.
        kind: ErrorKind,
    },
    /// A node joined.
    NodeAdded(NodeId),
    /// A node left.
    NodeRemoved(NodeId),
    /// The client has ended; nothing comes after this.
    Closed,
}

/// The answer to a command: a record's metadata and what the server answered to the operations, or info values.
#[derive(Clone, Copy, Debug)]
pub struct Reply<'a> {
    pub(super) message: Option<Message<'a>>,
    /// Body of an info reply.
    pub(super) text: &'a [u8],
    /// Who answered.
    pub node: Option<NodeId>,
}

/// What the server answered to one operation.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Answer<'a> {
    /// The operation it answers; READ when all bins were asked for.
    pub code: OpCode,
    /// Bin name, which need not be UTF-8.
    pub bin: &'a [u8],
    /// The value; nil when the operation had nothing to say.
    pub value: ValueRef<'a>,
}

impl<'a> Reply<'a> {
    /// The record's generation.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.message.map_or(0, |message| message.header.generation)
    }

    /// When the record expires.
    #[must_use]
    pub fn void_time(&self) -> VoidTime {
        VoidTime(self.message.map_or(0, |message| message.header.ttl))
    }

    /// How many answers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.message.map_or(0, |message| usize::from(message.header.ops))
    }

    /// Whether there is no answer.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The lines of an info reply: at least one for each name that was asked for, in that order. What a server answers
    /// with an error is a line too.
    pub fn info(&self) -> impl Iterator<Item = info::Line<'a>> + use<'a> {
        info::lines(self.text)
    }

    /// The answers in order.
    pub fn answers(&self) -> impl Iterator<Item = Answer<'a>> + use<'a> {
        let ops = self.message.into_iter().flat_map(|message| message.ops());
        ops.map(|op| Answer {
            code: op.code,
            bin: op.name,
            value: ValueRef::from_particle(op.particle, op.value),
        })
    }
}
