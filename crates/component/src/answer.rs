//! A command in flight: what its answer is to become.
//!
//! Imports the core's public API and the interface's types.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use aerospike_wasi::Failed;
use aerospike_wasm::data::ValueRef;
use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::{ErrorKind, NodeId, Reply};

use crate::fault;
use crate::key::describe;
use crate::operations::{self, Order};
use crate::types::{BatchRecord, Bin, Error, Key, Record, RecordMeta};

/// Tells the seconds since 1970.
pub type Clock = fn() -> u64;

/// What a call returns.
#[derive(Debug)]
pub enum Answer {
    /// Nothing.
    Nothing,
    /// A record.
    Record(Record),
    /// The meta of a record, if there is one.
    Exists(Option<RecordMeta>),
    /// The rows of a batch.
    Batch(Vec<BatchRecord>),
    /// An info value, or the server's error in its place, and who said it.
    Info(Result<String, Error>, Option<NodeId>),
}

impl Answer {
    /// For calls that return nothing.
    pub fn nothing(self) {}

    /// For calls that return a record.
    #[must_use]
    pub fn record(self) -> Record {
        match self {
            Self::Record(record) => record,
            _ => Record { meta: RecordMeta { generation: 0, ttl: None }, bins: Vec::new() },
        }
    }

    /// For `exists`.
    #[must_use]
    pub fn meta(self) -> Option<RecordMeta> {
        match self {
            Self::Exists(meta) => meta,
            _ => None,
        }
    }

    /// For info values. `name` gives the name of a node.
    ///
    /// # Errors
    /// The server's.
    pub fn info(self, name: impl FnOnce(NodeId) -> String) -> Result<String, Error> {
        let Self::Info(value, node) = self else { return Ok(String::new()) };
        value.map_err(|error| match node.map(name) {
            Some(name) => {
                Error { message: format!("{} (node {name})", error.message), node: Some(name), ..error }
            }
            None => error,
        })
    }

    /// For batches.
    #[must_use]
    pub fn rows(self) -> Vec<BatchRecord> {
        match self {
            Self::Batch(rows) => rows,
            _ => Vec::new(),
        }
    }
}

/// What the answer of a command becomes.
#[derive(Debug)]
pub(crate) enum Expect {
    Nothing,
    /// The bins that were read.
    Record,
    Exists,
    /// The last answer per bin.
    Operated,
    /// The answers in the order of the operations.
    Ordered(Order),
    /// The info value that the subject names.
    Info,
    /// Rows, and whether they come with all their answers in order.
    Batch {
        rows: Vec<Option<BatchRecord>>,
        ordered: bool,
    },
}

/// What a command is about, for messages.
#[derive(Debug)]
pub(crate) enum Subject {
    Key(Key),
    Keys(usize),
    /// An info command.
    Info(String),
}

impl Subject {
    fn describe(&self, operation: &str) -> String {
        match self {
            Self::Key(key) => format!("{operation} {}", describe(key)),
            Self::Keys(count) => format!("{operation} of {count} keys"),
            Self::Info(command) => format!("{operation} {command}"),
        }
    }
}

/// A command in flight. Give it every row and the end that the core tells of its id.
#[derive(Debug)]
pub struct Pending {
    operation: &'static str,
    subject: Subject,
    expect: Expect,
}

impl Pending {
    pub(crate) const fn new(operation: &'static str, subject: Subject, expect: Expect) -> Self {
        Self { operation, subject, expect }
    }

    /// Takes in one row of a batch.
    pub fn row(&mut self, clock: Clock, index: u32, result: &Result<Reply<'_>, Failed<'_>>) {
        let Expect::Batch { rows, ordered } = &mut self.expect else { return };
        let row = match result {
            Ok(reply) => succeeded(reply, clock, *ordered),
            Err(failed) => BatchRecord {
                result: fault::code(failed),
                record: None,
                results: Vec::new(),
                in_doubt: failed.error.in_doubt,
                node: fault::node(failed),
            },
        };
        if let Some(place) = rows.get_mut(index as usize) {
            *place = Some(row);
        }
    }

    /// Takes in the end, and gives what the call returns.
    ///
    /// # Errors
    /// What ended the command.
    pub fn finish(self, clock: Clock, result: &Result<Reply<'_>, Failed<'_>>) -> Result<Answer, Error> {
        let reply = match result {
            Ok(reply) => reply,
            Err(failed) => return self.fail(failed),
        };
        Ok(match self.expect {
            Expect::Nothing => Answer::Nothing,
            Expect::Record => Answer::Record(Record { meta: meta(reply, clock), bins: all_answers(reply) }),
            Expect::Operated => {
                Answer::Record(Record { meta: meta(reply, clock), bins: last_answers(reply) })
            }
            Expect::Exists => Answer::Exists(Some(meta(reply, clock))),
            Expect::Ordered(order) => {
                Answer::Record(Record { meta: meta(reply, clock), bins: order.arrange(reply) })
            }
            Expect::Info => {
                let Subject::Info(command) = &self.subject else { return Ok(Answer::Nothing) };
                // The core has seen to it that there is such a line.
                let line = reply.info().find(|line| line.name == command);
                let value = line.map_or(Ok(""), |line| line.value);
                let subject = || self.subject.describe(self.operation);
                let value = value.map(String::from).map_err(|error| fault::info_failure(&error, &subject()));
                Answer::Info(value, reply.node)
            }
            // The core tells every row before the end of a batch that did not fail as a whole.
            Expect::Batch { rows, .. } => Answer::Batch(rows.into_iter().flatten().collect()),
        })
    }

    fn fail(self, failed: &Failed<'_>) -> Result<Answer, Error> {
        let absent = matches!(failed.error.kind, ErrorKind::Server(code) if code.0 == 2);
        if absent && matches!(self.expect, Expect::Exists) {
            return Ok(Answer::Exists(None));
        }
        Err(fault::failure(failed, &self.subject.describe(self.operation)))
    }
}

fn meta(reply: &Reply<'_>, clock: Clock) -> RecordMeta {
    let expires = reply.void_time();
    // Most records never expire: they need no clock.
    let ttl = if expires.0 == 0 { None } else { expires.seconds_left(clock()) };
    RecordMeta { generation: reply.generation(), ttl }
}

/// Bins by name, in the order in which they were first put.
#[derive(Default)]
struct Bins {
    list: Vec<Option<Bin>>,
    /// Places in `list`, by name; a record may have thousands of bins.
    places: Vec<usize>,
}

impl Bins {
    fn put(&mut self, bin: Bin) {
        match self.find(&bin.name) {
            Ok(found) => self.list[self.places[found]] = Some(bin),
            Err(before) => {
                self.places.insert(before, self.list.len());
                self.list.push(Some(bin));
            }
        }
    }

    fn remove(&mut self, name: &str) {
        if let Ok(found) = self.find(name) {
            self.list[self.places.remove(found)] = None;
        }
    }

    /// Where the name is among `places`, or where it belongs.
    fn find(&self, name: &str) -> Result<usize, usize> {
        let name_at = |place: &usize| self.list[*place].as_ref().map(|bin| bin.name.as_str());
        self.places.binary_search_by(|place| name_at(place).cmp(&Some(name)))
    }

    fn into_list(self) -> Vec<Bin> {
        self.list.into_iter().flatten().collect()
    }
}

/// The answers as they came: the bins of a read, which a record has once each.
fn all_answers(reply: &Reply<'_>) -> Vec<Bin> {
    reply.answers().map(|answer| operations::bin(&answer)).collect()
}

/// The last answer per bin.
fn last_answers(reply: &Reply<'_>) -> Vec<Bin> {
    let mut bins = Bins::default();
    reply.answers().for_each(|answer| bins.put(operations::bin(&answer)));
    bins.into_list()
}

fn succeeded(reply: &Reply<'_>, clock: Clock, ordered: bool) -> BatchRecord {
    let (bins, results) =
        if ordered { (last_values(reply), all_answers(reply)) } else { (all_answers(reply), Vec::new()) };
    let record = Some(Record { meta: meta(reply, clock), bins });
    BatchRecord { result: 0, record, results, in_doubt: false, node: None }
}

/// The last real value of each bin: an answer without a value does not count, a read of an absent bin takes it away.
fn last_values(reply: &Reply<'_>) -> Vec<Bin> {
    let mut bins = Bins::default();
    for answer in reply.answers() {
        let bin = operations::bin(&answer);
        if answer.value != ValueRef::Nil {
            bins.put(bin);
        } else if answer.code == OpCode::READ {
            bins.remove(&bin.name);
        }
    }
    bins.into_list()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::{Node, Value};

    #[test]
    fn bins_keep_their_first_place_and_their_last_value() {
        let bin = |name: &str, value| Bin {
            name: name.into(),
            value: Value { nodes: [Node::Integer(value)].into() },
        };
        let mut bins = Bins::default();
        for (name, value) in [("m", 1), ("z", 2), ("a", 3), ("z", 4), ("m", 5), ("b", 6)] {
            bins.put(bin(name, value));
        }
        bins.remove("a");
        bins.remove("nothing");
        bins.put(bin("a", 7));
        bins.put(bin("b", 8));
        let list: Vec<_> = bins
            .into_list()
            .into_iter()
            .map(|bin| match bin.value.nodes[..] {
                [Node::Integer(value)] => (bin.name, value),
                _ => (bin.name, 0),
            })
            .collect();
        assert_eq!(list, [("m".into(), 5), ("z".into(), 4), ("b".into(), 8), ("a".into(), 7)]);
    }
}
