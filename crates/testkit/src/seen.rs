//! Events of a client, kept: owned copies of what the core hands out borrowed.

use aerospike_wasm::data::{Value, ValueRef};
use aerospike_wasm::wire::message::{Message, OpCode};
use aerospike_wasm::{CommandId, Error, ErrorKind, Event, Reply};

/// The answer to a command or row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answered {
    /// The record's generation.
    pub generation: u32,
    /// The record's void time.
    pub void_time: u32,
    /// Name of the node that answered; empty where the event does not say.
    pub node: String,
    /// The answers: operation, bin, value.
    pub answers: Vec<(OpCode, String, Value)>,
    /// Info values: name, and value or code of the error.
    pub info: Vec<(String, Result<String, u8>)>,
}

impl Answered {
    fn of(reply: &Reply<'_>) -> Self {
        let answers = reply.answers().map(|answer| {
            let value = answer.value.to_value().unwrap_or(Value::Nil);
            (answer.code, String::from_utf8_lossy(answer.bin).into_owned(), value)
        });
        let info =
            reply.info().map(|line| (line.name.into(), line.value.map(String::from).map_err(|e| e.code.0)));
        Self {
            generation: reply.generation(),
            void_time: reply.void_time().0,
            node: String::new(),
            answers: answers.collect(),
            info: info.collect(),
        }
    }

    /// What a server's message says.
    pub(crate) fn of_message(message: &Message<'_>) -> Self {
        let answers = message.ops().map(|op| {
            let value = ValueRef::from_particle(op.particle, op.value).to_value().unwrap_or(Value::Nil);
            (op.code, String::from_utf8_lossy(op.name).into_owned(), value)
        });
        Self {
            generation: message.header.generation,
            void_time: message.header.ttl,
            node: String::new(),
            answers: answers.collect(),
            info: Vec::new(),
        }
    }

    /// Whether it says the same of the record.
    pub(crate) fn same_answers(&self, other: &Self) -> bool {
        (self.generation, self.void_time, &self.answers)
            == (other.generation, other.void_time, &other.answers)
    }

    /// The last value answered for a bin.
    #[must_use]
    pub fn bin(&self, name: &str) -> Option<&Value> {
        self.answers.iter().rev().find(|(_, bin, _)| bin == name).map(|(_, _, value)| value)
    }
}

/// Something a client told its host.
#[derive(Clone, Debug, PartialEq)]
pub enum Seen {
    /// A command ended.
    Finished(CommandId, Result<Answered, Error>),
    /// A row of a batch ended.
    Row(CommandId, u32, Result<Answered, Error>),
    /// The cluster is known.
    Ready,
    /// No server could be reached.
    ConnectFailed(String, ErrorKind),
    /// A node joined or left.
    Membership,
    /// The client ended.
    Closed,
}

impl Seen {
    /// Keeps an event.
    #[must_use]
    pub fn of(event: &Event<'_>) -> Self {
        match event {
            Event::Finished { id, result } => {
                Self::Finished(*id, result.as_ref().map(Answered::of).map_err(|e| *e))
            }
            Event::Row { id, index, result } => {
                Self::Row(*id, *index, result.as_ref().map(Answered::of).map_err(|e| *e))
            }
            Event::Ready => Self::Ready,
            Event::ConnectFailed { reason, kind } => Self::ConnectFailed((*reason).into(), *kind),
            Event::Closed => Self::Closed,
            _ => Self::Membership,
        }
    }
}
