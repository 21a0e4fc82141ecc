//! Filter expressions, expression operations, selections by path.
//!
//! Imports particles, `cdt`, `bits`, `hll`, `geo`. An expression is read and its types are checked once, then it can
//! be evaluated on any record. Invariants: no bytes make it panic, recursion is bounded, nothing is allocated by a
//! declared count. Source: server `exp.c`, `expop.c`, `cdt.c`.

mod arithmetic;
mod call;
mod eval;
mod node;
mod operation;
mod parse;
mod parse_call;
mod regex;
#[cfg(test)]
mod rules;
mod select;
#[cfg(test)]
mod tests;
mod value;

use aerospike_wasm::wire::ResultCode;

use crate::cdt::Called;
use crate::particle::Particle;

use eval::Env;
use node::Node;
use value::{Kind, Value};

pub(crate) use operation::apply;

/// What an expression can see of a record.
pub(crate) trait RecordView {
    /// The value of a bin.
    fn bin(&self, name: &[u8]) -> Option<&Particle>;
    /// The stored user key: particle type byte, then the value.
    fn user_key(&self) -> Option<&[u8]>;
    /// The set name, empty for none.
    fn set(&self) -> &[u8];
    /// The digest.
    fn digest(&self) -> [u8; 20];
    /// Seconds since 2010 at which the record expires, 0 for never.
    fn void_time(&self) -> u32;
    /// Time of the last update, Unix milliseconds.
    fn last_update_millis(&self) -> u64;
    /// Size of the stored record in bytes.
    fn record_size(&self) -> u32;
    /// The time now, Unix milliseconds.
    fn now_millis(&self) -> u64;
}

/// A filter that is known to be well-formed and to give a bool.
#[derive(Debug)]
pub(crate) struct Filter(Node);

impl Filter {
    /// Reads a filter and checks its types.
    ///
    /// # Errors
    /// 4 for anything that is not one well-typed bool expression.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ResultCode> {
        match parse::expression(bytes)? {
            (node, Kind::Bool) => Ok(Self(node)),
            _ => Err(ResultCode::PARAMETER),
        }
    }

    /// Whether the filter is true for a record; UNKNOWN is not.
    pub(crate) fn matches(&self, record: &dyn RecordView) -> bool {
        Env::new(Some(record)).eval(&self.0) == Value::Bool(true)
    }
}

/// Runs a selection by path (opcode 0xfe) on a packed list or map.
///
/// # Errors
/// 4 for one that cannot be read, has the wrong op id or an expression that is UNKNOWN.
pub(crate) fn select(value: &[u8], op_value: &[u8], modify: bool) -> Result<Called, ResultCode> {
    select::run(&parse_call::select(op_value)?, value, modify, &Env::new(None))
}
