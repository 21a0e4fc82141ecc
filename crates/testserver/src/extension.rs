//! Operations and filters whose values have a language of their own, behind one call each.
//!
//! Imports `cdt`, `bits`, `hll`, `expression`, records.

use aerospike_wasm::data::Digest;
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::wire::message::{Op, OpCode};

use crate::expression::{self, Filter, RecordView};
use crate::particle::{Applied, Particle};
use crate::record::Record;
use crate::store::Clock;
use crate::{bits, cdt, hll};

/// A record as a filter or an expression sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View<'r> {
    pub(crate) record: &'r Record,
    pub(crate) digest: Digest,
    pub(crate) clock: Clock,
}

impl RecordView for View<'_> {
    fn bin(&self, name: &[u8]) -> Option<&Particle> {
        self.record.bin(name)
    }

    fn user_key(&self) -> Option<&[u8]> {
        self.record.user_key.as_deref()
    }

    fn set(&self) -> &[u8] {
        &self.record.set
    }

    fn digest(&self) -> [u8; 20] {
        self.digest.0
    }

    fn void_time(&self) -> u32 {
        self.record.void_time
    }

    fn last_update_millis(&self) -> u64 {
        self.record.last_update
    }

    fn record_size(&self) -> u32 {
        u32::try_from(self.record.stored_size()).unwrap_or(u32::MAX)
    }

    fn now_millis(&self) -> u64 {
        self.clock.0
    }
}

/// Fails unless the filter parses.
pub(crate) fn check_filter(filter: &[u8]) -> Result<(), ResultCode> {
    Filter::parse(filter).map(drop)
}

/// Whether a filter is true for a record.
pub(crate) fn filter_matches(filter: &[u8], view: &View<'_>) -> Result<bool, ResultCode> {
    Ok(Filter::parse(filter)?.matches(view))
}

/// Applies an operation on a list, map, blob, HyperLogLog or expression to the bin it names.
pub(crate) fn apply(op: &Op<'_>, view: &View<'_>) -> Result<Applied, ResultCode> {
    let bin = view.record.bin(op.name);
    match op.code {
        OpCode::CDT_READ => cdt::apply(bin, op.value, false),
        OpCode::CDT_MODIFY => cdt::apply(bin, op.value, true),
        OpCode::BITS_READ => bits::apply(bin, op.value, false),
        OpCode::BITS_MODIFY => bits::apply(bin, op.value, true),
        OpCode::HLL_READ => hll::apply(bin, op.value, false),
        OpCode::HLL_MODIFY => hll::apply(bin, op.value, true),
        OpCode::EXP_READ => expression::apply(op.value, view, false, bin),
        OpCode::EXP_MODIFY => expression::apply(op.value, view, true, bin),
        _ => Err(ResultCode::PARAMETER),
    }
}
