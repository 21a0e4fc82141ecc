//! The reference model: what each record holds, and has held since when.
//!
//! Imports nothing of the simulator. It is told of every request that a server executes, in order; from that it knows
//! what the server must answer and what a read may show.

use aerospike_wasm::data::{Key, Value};
use aerospike_wasm::wire::ResultCode;

use crate::Answered;

/// Bins of every record.
pub(super) const LAST: &str = "last";
pub(super) const COUNT: &str = "n";
pub(super) const LOG: &str = "log";

/// What a command or a row does to its record. Each write leaves its mark: a text of its own, appended to the log.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Deed {
    /// Writes the mark as the last one, and to the log.
    Put,
    /// The same, if the record has this generation.
    PutIf(u32),
    /// Makes the record, if there is none.
    Create,
    /// Replaces all bins.
    Replace,
    /// Adds 1 to the count.
    Increment,
    /// Adds 1 to the count and reads it.
    IncrementRead,
    Remove,
    ReadAll,
    /// Reads the count and the last mark.
    ReadSome,
    /// Asks for the generation only.
    Exists,
}

impl Deed {
    pub(super) const fn writes(self) -> bool {
        !matches!(self, Self::ReadAll | Self::ReadSome | Self::Exists)
    }
}

/// A record.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Record {
    pub(super) generation: u32,
    pub(super) last: Option<i64>,
    pub(super) count: Option<i64>,
    pub(super) log: String,
}

/// What a record was from some time on.
#[derive(Clone, Debug)]
struct Version {
    since: u64,
    record: Option<Record>,
}

/// One record and its history.
#[derive(Clone, Debug)]
pub(super) struct History {
    pub(super) key: Key,
    versions: Vec<Version>,
    /// The command that writes it now.
    pub(super) writer: Option<u32>,
}

/// The mark of a write.
pub(super) fn mark(number: u32, row: u32) -> i64 {
    i64::from(number) << 12 | i64::from(row)
}

/// The mark as the log has it.
pub(super) fn mark_text(mark: i64) -> String {
    format!("{mark:x};")
}

/// The number in the text of a mark.
pub(super) fn number_of(text: &[u8]) -> Option<u32> {
    let mark = core::str::from_utf8(text).ok()?.strip_suffix(';')?;
    i64::from_str_radix(mark, 16).ok().map(|mark| (mark >> 12) as u32)
}

impl History {
    pub(super) fn new(key: Key) -> Self {
        Self { key, versions: vec![Version { since: 0, record: None }], writer: None }
    }

    /// The record as it is now.
    pub(super) fn now(&self) -> Option<&Record> {
        self.versions.last().and_then(|version| version.record.as_ref())
    }

    /// Executes a deed; gives what the server must answer, and the record after it.
    pub(super) fn execute(&mut self, now: u64, deed: Deed, mark: i64) -> (ResultCode, Option<Record>) {
        let record = self.now();
        let code = match deed {
            Deed::PutIf(expected) if record.is_some_and(|record| record.generation != expected) => {
                ResultCode::GENERATION
            }
            Deed::PutIf(expected) if record.is_none() && expected != 0 => ResultCode::GENERATION,
            Deed::Create if record.is_some() => ResultCode::RECORD_EXISTS,
            Deed::Remove | Deed::ReadAll | Deed::ReadSome | Deed::Exists if record.is_none() => {
                ResultCode::RECORD_NOT_FOUND
            }
            _ => ResultCode::OK,
        };
        let before = record.cloned();
        if !code.is_ok() || !deed.writes() {
            return (code, before);
        }
        let after = changed(before, deed, mark);
        self.versions.push(Version { since: now, record: after.clone() });
        (code, after)
    }

    /// Whether a successful answer shows the record as it was at some time from `start` on.
    pub(super) fn showed(&self, start: u64, deed: Deed, answered: &Answered) -> bool {
        self.since(start).any(|record| record.is_some_and(|record| shows(record, deed, answered)))
    }

    /// Whether the record was absent at some time from `start` on.
    pub(super) fn was_absent(&self, start: u64) -> bool {
        self.since(start).any(|record| record.is_none())
    }

    /// What the record was at `start` and became after it, newest first.
    fn since(&self, start: u64) -> impl Iterator<Item = Option<&Record>> {
        let first = self.versions.partition_point(|version| version.since < start).saturating_sub(1);
        self.versions[first..].iter().rev().map(|version| version.record.as_ref())
    }
}

fn changed(before: Option<Record>, deed: Deed, mark: i64) -> Option<Record> {
    if deed == Deed::Remove {
        return None;
    }
    let mut record = before.unwrap_or(Record { generation: 0, last: None, count: None, log: String::new() });
    record.generation += 1;
    match deed {
        Deed::Replace => {
            record.last = Some(mark);
            record.count = None;
            record.log = mark_text(mark);
        }
        Deed::Increment | Deed::IncrementRead => {
            record.count = Some(record.count.unwrap_or_default() + 1);
            record.log.push_str(&mark_text(mark));
        }
        _ => {
            record.last = Some(mark);
            record.log.push_str(&mark_text(mark));
        }
    }
    Some(record)
}

/// Whether an answer to a deed shows this record.
pub(super) fn shows(record: &Record, deed: Deed, answered: &Answered) -> bool {
    let integer = |bin| match answered.bin(bin) {
        Some(Value::Integer(integer)) => Some(*integer),
        _ => None,
    };
    let log = || match answered.bin(LOG) {
        Some(Value::String(text)) => *text == *record.log,
        _ => record.log.is_empty(),
    };
    record.generation == answered.generation
        && match deed {
            Deed::ReadAll => integer(LAST) == record.last && integer(COUNT) == record.count && log(),
            Deed::ReadSome => integer(LAST) == record.last && integer(COUNT) == record.count,
            Deed::IncrementRead => integer(COUNT) == record.count,
            _ => true,
        }
}
