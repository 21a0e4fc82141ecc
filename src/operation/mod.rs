//! Operations: one action on one bin.
//!
//! Imports `data` and `wire`.

use crate::data::ValueRef;
use crate::wire::message::OpCode;

/// One action on one bin of a record, borrowed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Operation<'a> {
    /// What to do.
    pub code: OpCode,
    /// Bin name; empty where the action is on the whole record.
    pub bin: &'a str,
    /// The value to do it with; nil where none is needed.
    pub value: ValueRef<'a>,
}

impl<'a> Operation<'a> {
    /// Reads a bin.
    #[must_use]
    pub const fn read(bin: &'a str) -> Self {
        Self { code: OpCode::READ, bin, value: ValueRef::Nil }
    }

    /// Reads all bins.
    #[must_use]
    pub const fn read_all() -> Self {
        Self::read("")
    }

    /// Writes a bin; nil deletes it.
    #[must_use]
    pub const fn write(bin: &'a str, value: ValueRef<'a>) -> Self {
        Self { code: OpCode::WRITE, bin, value }
    }

    /// Adds an integer or a float to a bin.
    #[must_use]
    pub const fn increment(bin: &'a str, value: ValueRef<'a>) -> Self {
        Self { code: OpCode::INCR, bin, value }
    }

    /// Appends text or bytes to a bin.
    #[must_use]
    pub const fn append(bin: &'a str, value: ValueRef<'a>) -> Self {
        Self { code: OpCode::APPEND, bin, value }
    }

    /// Prepends text or bytes to a bin.
    #[must_use]
    pub const fn prepend(bin: &'a str, value: ValueRef<'a>) -> Self {
        Self { code: OpCode::PREPEND, bin, value }
    }

    /// Sets the record's TTL anew.
    #[must_use]
    pub const fn touch() -> Self {
        Self { code: OpCode::TOUCH, bin: "", value: ValueRef::Nil }
    }

    /// Removes all bins, and with them the record unless a later operation writes one.
    #[must_use]
    pub const fn delete() -> Self {
        Self { code: OpCode::DELETE_ALL, bin: "", value: ValueRef::Nil }
    }

    /// Whether it only reads.
    #[must_use]
    pub fn is_read(&self) -> bool {
        matches!(
            self.code,
            OpCode::READ | OpCode::CDT_READ | OpCode::EXP_READ | OpCode::BITS_READ | OpCode::HLL_READ
        )
    }

    /// Whether it reads all bins.
    #[must_use]
    pub fn is_read_all(&self) -> bool {
        self.code == OpCode::READ && self.bin.is_empty()
    }

    /// Whether it acts on the record as a whole and has no bin name.
    #[must_use]
    pub fn is_record_level(&self) -> bool {
        self.is_read_all() || matches!(self.code, OpCode::TOUCH | OpCode::DELETE_ALL)
    }
}
