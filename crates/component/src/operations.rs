//! The operations of `operate`, `operate-ordered` and `batch-operate`: checked, and remembered as far as the answers
//! need it.
//!
//! Imports the core's public API and the interface's types. Invariants: asked to respond to all, the server answers
//! every operation but touch, in their order; it refuses that beside a read of all bins.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use aerospike_wasm::data::ValueRef;
use aerospike_wasm::wire::message::OpCode;
use aerospike_wasm::{MAX_BIN_NAME, MAX_OPERATIONS, Operation as CoreOperation, Reply};

use crate::fault::{Checked, Fault};
use crate::policy::Settings;
use crate::types::{Bin, Number, Operation, TextOrBlob, Ttl};
use crate::value::{self, Prepared};

/// One operation, borrowed from the interface's.
#[derive(Debug)]
pub(crate) struct Step<'a> {
    pub(crate) code: OpCode,
    pub(crate) bin: &'a str,
    value: Prepared<'a>,
}

impl Step<'_> {
    pub(crate) fn operation(&self) -> CoreOperation<'_> {
        CoreOperation { code: self.code, bin: self.bin, value: self.value.value() }
    }
}

/// The operations as the core takes them.
pub(crate) fn operations<'a>(steps: &'a [Step<'_>]) -> Vec<CoreOperation<'a>> {
    steps.iter().map(Step::operation).collect()
}

/// A write of each bin.
pub(crate) fn writes<'a>(bins: &'a [Bin]) -> Checked<Vec<Step<'a>>> {
    check_count(bins.len(), "bins")?;
    let step =
        |(index, bin): (usize, &'a Bin)| write(bin).map_err(|fault| fault.within(&format!("bins[{index}]")));
    bins.iter().enumerate().map(step).collect()
}

/// A removal of each bin.
pub(crate) fn removals(bins: &[String]) -> Checked<Vec<Step<'_>>> {
    check_names(bins)?;
    let step = |bin| Step { code: OpCode::WRITE, bin, value: Prepared::Plain(ValueRef::Nil) };
    Ok(bins.iter().map(|bin| step(bin.as_str())).collect())
}

/// Names of bins, one at least.
pub(crate) fn check_names(bins: &[String]) -> Checked<()> {
    check_count(bins.len(), "bins")?;
    let check = |(index, bin): (usize, &String)| check_name(bin, &format!("bins[{index}]"));
    bins.iter().enumerate().try_for_each(check)
}

pub(crate) fn increment<'a>(bin: &'a str, offset: &Number) -> Checked<Step<'a>> {
    check_name(bin, "bin")?;
    let value = match *offset {
        Number::Integer(value) => ValueRef::Integer(value),
        Number::Float(value) if value.is_nan() => {
            return Err(Fault::new("offset", "NaN is not a number to add"));
        }
        Number::Float(value) => ValueRef::Float(value),
    };
    Ok(Step { code: OpCode::INCR, bin, value: Prepared::Plain(value) })
}

/// An append or prepend.
pub(crate) fn attach<'a>(code: OpCode, bin: &'a str, val: &'a TextOrBlob) -> Checked<Step<'a>> {
    check_name(bin, "bin")?;
    let value = match val {
        TextOrBlob::Text(text) => ValueRef::String(text),
        TextOrBlob::Blob(bytes) => ValueRef::Blob(bytes),
    };
    Ok(Step { code, bin, value: Prepared::Plain(value) })
}

pub(crate) const fn touch() -> Step<'static> {
    Step { code: OpCode::TOUCH, bin: "", value: Prepared::Plain(ValueRef::Nil) }
}

/// An operation list.
#[derive(Debug)]
pub(crate) struct Plan<'a> {
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) writes: bool,
    pub(crate) reads_all: bool,
    touch: Option<(usize, Ttl)>,
}

impl<'a> Plan<'a> {
    pub(crate) fn new(ops: &'a [Operation]) -> Checked<Self> {
        check_count(ops.len(), "ops")?;
        let mut plan =
            Self { steps: Vec::with_capacity(ops.len()), writes: false, reads_all: false, touch: None };
        for (index, op) in ops.iter().enumerate() {
            let step = step(op).map_err(|fault| fault.within(&format!("ops[{index}]")))?;
            plan.writes |= !matches!(op, Operation::Read(_) | Operation::ReadAll);
            plan.reads_all |= matches!(op, Operation::ReadAll);
            if let Operation::Touch(Some(ttl)) = op {
                plan.touch = Some((index, *ttl));
            }
            plan.steps.push(step);
        }
        Ok(plan)
    }

    /// A TTL given with a touch is the command's, unless the call's own meta or policy says otherwise.
    pub(crate) fn apply_touch(&self, settings: &mut Settings) -> Checked<()> {
        match self.touch {
            Some((index, ttl)) => settings.touch(ttl, &format!("ops[{index}]")),
            None => Ok(()),
        }
    }

    /// Asks the server to answer every operation, where it may be asked.
    pub(crate) const fn respond_all(&self, settings: &mut Settings) {
        settings.policy.respond_all_ops = !self.reads_all;
    }
}

/// What `operate-ordered` needs to remember of its operations.
#[derive(Debug)]
pub(crate) struct Order {
    ops: Vec<Operation>,
}

impl Order {
    pub(crate) const fn new(ops: Vec<Operation>) -> Self {
        Self { ops }
    }

    /// The answers in the order of the operations.
    pub(crate) fn arrange(self, reply: &Reply<'_>) -> Vec<Bin> {
        let reads_all = self.ops.iter().any(|op| matches!(op, Operation::ReadAll));
        let mut answers = reply.answers();
        let mut out = Vec::with_capacity(self.ops.len());
        for op in self.ops {
            match op {
                Operation::Touch(_) => continue,
                // The server allows no other read beside one of all bins, so all answers are that read's.
                Operation::ReadAll => out.extend(answers.by_ref().map(|answer| bin(&answer))),
                Operation::Write(written) => {
                    if !reads_all {
                        answers.next();
                    }
                    out.push(written);
                }
                _ if reads_all => {}
                Operation::Read(_) => out.extend(answers.next().map(|answer| bin(&answer))),
                _ => {
                    let said = answers.next().filter(|answer| answer.value != ValueRef::Nil);
                    out.extend(said.map(|answer| bin(&answer)));
                }
            }
        }
        out
    }
}

/// An answer as a bin. A name that is not UTF-8 comes with replacement characters.
pub(crate) fn bin(answer: &aerospike_wasm::Answer<'_>) -> Bin {
    Bin { name: String::from_utf8_lossy(answer.bin).into_owned(), value: value::from_core(&answer.value) }
}

fn step(op: &Operation) -> Checked<Step<'_>> {
    let plain = |code, bin| Step { code, bin, value: Prepared::Plain(ValueRef::Nil) };
    match op {
        Operation::Read(bin) => {
            check_name(bin, "read")?;
            Ok(plain(OpCode::READ, bin.as_str()))
        }
        Operation::ReadAll => Ok(plain(OpCode::READ, "")),
        Operation::Write(bin) => write(bin).map_err(|fault| fault.within("write")),
        Operation::Incr(incr) => increment(&incr.bin, &incr.offset).map_err(|fault| fault.within("incr")),
        Operation::Append(text) => {
            attach(OpCode::APPEND, &text.bin, &text.val).map_err(|fault| fault.within("append"))
        }
        Operation::Prepend(text) => {
            attach(OpCode::PREPEND, &text.bin, &text.val).map_err(|fault| fault.within("prepend"))
        }
        Operation::Touch(_) => Ok(touch()),
        Operation::Delete => Ok(plain(OpCode::DELETE_ALL, "")),
    }
}

fn write(bin: &Bin) -> Checked<Step<'_>> {
    check_name(&bin.name, "name")?;
    let value = value::prepare(&bin.value).map_err(|fault| fault.within("value"))?;
    Ok(Step { code: OpCode::WRITE, bin: &bin.name, value })
}

fn check_name(name: &str, field: &str) -> Checked<()> {
    match name.len() {
        1..=MAX_BIN_NAME => Ok(()),
        length => {
            Err(Fault::new(field, format!("bin name of {length} bytes, 1 to {MAX_BIN_NAME} are allowed")))
        }
    }
}

fn check_count(count: usize, field: &str) -> Checked<()> {
    match count {
        0 => Err(Fault::new(field, "the list is empty")),
        1..=MAX_OPERATIONS => Ok(()),
        _ => Err(Fault::new(field, format!("{count} given, at most {MAX_OPERATIONS} are allowed"))),
    }
}
