//! Filter expressions and expression operations.

use aerospike_wasm::wire::ResultCode;

use crate::particle::{Applied, Particle};

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
    /// The generation.
    fn generation(&self) -> u32;
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
pub(crate) struct Filter;

impl Filter {
    /// Reads a filter and checks its types.
    ///
    /// # Errors
    /// 4 for anything that is not one well-typed bool expression.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, ResultCode> {
        let _ = bytes;
        Err(ResultCode::PARAMETER)
    }

    /// Whether the filter is true for a record; UNKNOWN is not.
    pub(crate) fn matches(&self, record: &dyn RecordView) -> bool {
        let _ = record;
        false
    }
}

/// Runs an expression operation; `bin` is the present value of the bin it names.
///
/// # Errors
/// 4 for an operation that cannot be read, 6, 17 and 26 as its flags say.
pub(crate) fn apply(
    op_value: &[u8],
    record: &dyn RecordView,
    modify: bool,
    bin: Option<&Particle>,
) -> Result<Applied, ResultCode> {
    let _ = (op_value, record, modify, bin);
    Err(ResultCode::PARAMETER)
}
