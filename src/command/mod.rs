//! Commands: what a caller may ask for, checked and turned into messages.
//!
//! Imports `data`, `operation`, `policy`, `error`, `ids` and `wire`; knows nothing of connections or of the cluster.
//! A command is borrowed from the caller and written once, straight into the buffer that is sent.

mod batch;
mod single;

pub(crate) use batch::{BatchPlan, batch_flags};
pub(crate) use single::encode;

use crate::data::{KeyRef, Ttl};
use crate::error::ArgError;
use crate::ids::NodeId;
use crate::operation::Operation;
use crate::policy::{Policy, ReadModeAp, ReadModeSc, RowPolicy};
use crate::wire::flags::{info1, info2, info3};

/// Longest namespace name, bytes.
pub const MAX_NAMESPACE: usize = 31;
/// Longest set name, bytes.
pub const MAX_SET: usize = 63;
/// Longest bin name, bytes.
pub const MAX_BIN_NAME: usize = 15;
/// Most operations in one message.
pub const MAX_OPERATIONS: usize = 32_768;

/// What to read of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bins<'a> {
    /// All bins.
    All,
    /// No bins: only generation and void time.
    None,
    /// The named bins.
    Named(&'a [&'a str]),
}

/// What a command does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action<'a> {
    /// Reads a record; with [`Bins::None`] asks whether it exists.
    Read {
        /// Whose.
        key: KeyRef<'a>,
        /// What of it.
        bins: Bins<'a>,
    },
    /// Runs operations on a record, in order and as one: put, touch, increment and operate alike.
    Operate {
        /// Whose.
        key: KeyRef<'a>,
        /// What to do.
        ops: &'a [Operation<'a>],
    },
    /// Removes a record.
    Remove {
        /// Whose.
        key: KeyRef<'a>,
    },
    /// Asks one node for info values. Who wants every node's answers submits one for each of
    /// [`crate::Client::node_ids`]; each then has a deadline and an error of its own. Some names change the server's
    /// state (`truncate`, `set-config`), so what is not answered is tried again only as far as the policy says; such a
    /// command is never in doubt, being no write of a record.
    Info {
        /// Which node; `None`: a random one, on a retry perhaps another.
        node: Option<NodeId>,
        /// Names with their parameters, such as `build` or `sets/test`; at least one.
        names: &'a [&'a str],
    },
    /// Runs one action on each of many records.
    Batch {
        /// The rows.
        rows: &'a [BatchRow<'a>],
    },
}

/// One row of a batch.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BatchRow<'a> {
    /// Whose record.
    pub key: KeyRef<'a>,
    /// What to do with it.
    pub action: RowAction<'a>,
}

/// What one row of a batch does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RowAction<'a> {
    /// Reads.
    Read(Bins<'a>),
    /// Runs operations.
    Operate(&'a [Operation<'a>], RowPolicy),
    /// Removes the record.
    Remove(RowPolicy),
}

/// A command, borrowed from the caller until it is submitted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Command<'a> {
    /// What to do.
    pub action: Action<'a>,
    /// Under which settings.
    pub policy: &'a Policy,
    /// A packed filter expression: records for which it is not true are left alone (27).
    pub filter: Option<&'a [u8]>,
}

impl Command<'_> {
    /// Whether it may change a record, which decides about in-doubt.
    #[must_use]
    pub fn writes(&self) -> bool {
        match self.action {
            Action::Read { .. } | Action::Info { .. } => false,
            Action::Operate { ops, .. } => writes(ops),
            Action::Remove { .. } => true,
            Action::Batch { rows } => rows.iter().any(|row| row.action.writes()),
        }
    }
}

impl RowAction<'_> {
    /// Whether it may change the record.
    #[must_use]
    pub fn writes(&self) -> bool {
        match self {
            Self::Read(_) => false,
            Self::Operate(ops, _) => writes(ops),
            Self::Remove(_) => true,
        }
    }
}

fn writes(ops: &[Operation<'_>]) -> bool {
    ops.iter().any(|op| !op.is_read())
}

fn check_key(key: &KeyRef<'_>) -> Result<(), ArgError> {
    match (key.namespace.len(), key.set.len()) {
        (length @ (0 | 32..), _) => Err(ArgError::NamespaceLength { length }),
        (_, length @ 64..) => Err(ArgError::SetLength { length }),
        _ => Ok(()),
    }
}

fn check_bin_name(name: &str) -> Result<(), ArgError> {
    match name.len() {
        1..=MAX_BIN_NAME => Ok(()),
        length => Err(ArgError::BinNameLength { length }),
    }
}

fn check_bins(bins: Bins<'_>) -> Result<(), ArgError> {
    match bins {
        Bins::Named([]) => Err(ArgError::Nothing { what: "bins" }),
        Bins::Named(names) => names.iter().try_for_each(|name| check_bin_name(name)),
        Bins::All | Bins::None => Ok(()),
    }
}

fn check_ops(ops: &[Operation<'_>]) -> Result<(), ArgError> {
    match ops.len() {
        0 => return Err(ArgError::Nothing { what: "ops" }),
        count if count > MAX_OPERATIONS => return Err(ArgError::TooManyOperations { count }),
        _ => {}
    }
    ops.iter().filter(|op| !op.is_record_level()).try_for_each(|op| check_bin_name(op.bin))
}

fn check_row_policy(row: &RowPolicy) -> Result<(), ArgError> {
    let special = [Ttl::NEVER_EXPIRE.0, Ttl::DONT_UPDATE.0].contains(&row.ttl);
    if row.ttl > Ttl::MAX_SECONDS && !special {
        return Err(ArgError::TtlRange { ttl: row.ttl });
    }
    Ok(())
}

/// The info1 bits of an operation list.
fn read_bits(ops: &[Operation<'_>]) -> u8 {
    let mut bits = 0;
    for op in ops.iter().filter(|op| op.is_read()) {
        bits |= info1::READ;
        if op.is_read_all() {
            bits |= info1::GET_ALL;
        }
    }
    bits
}

/// A name ends at a newline, and a request at a byte 0.
fn check_info_names(names: &[&str]) -> Result<(), ArgError> {
    if names.is_empty() || names.contains(&"") {
        return Err(ArgError::Nothing { what: "command" });
    }
    if names.iter().any(|name| name.contains(['\n', '\t', '\0'])) {
        return Err(ArgError::Malformed { what: "command" });
    }
    Ok(())
}

const fn bins_bits(bins: Bins<'_>) -> u8 {
    match bins {
        Bins::All => info1::READ | info1::GET_ALL,
        Bins::None => info1::READ | info1::GET_NO_BINS,
        Bins::Named(_) => info1::READ,
    }
}

/// The info2 and info3 bits of a write.
fn write_bits(row: &RowPolicy) -> (u8, u8) {
    use crate::policy::{CommitLevel, Exists, GenerationPolicy};
    let mut bits2 = info2::WRITE;
    let mut bits3 = 0;
    match row.exists {
        Exists::Ignore => {}
        Exists::UpdateOnly => bits3 |= info3::UPDATE_ONLY,
        Exists::Replace => bits3 |= info3::CREATE_OR_REPLACE,
        Exists::ReplaceOnly => bits3 |= info3::REPLACE_ONLY,
        Exists::CreateOnly => bits2 |= info2::CREATE_ONLY,
    }
    match row.generation_policy {
        GenerationPolicy::Ignore => {}
        GenerationPolicy::Equal => bits2 |= info2::GENERATION,
        GenerationPolicy::Greater => bits2 |= info2::GENERATION_GT,
    }
    if row.commit_level == CommitLevel::Master {
        bits3 |= info3::COMMIT_LEVEL_MASTER;
    }
    if row.durable_delete {
        bits2 |= info2::DURABLE_DELETE;
    }
    (bits2, bits3)
}

/// The generation a write carries: none unless its policy compares it.
fn carried_generation(row: &RowPolicy) -> u32 {
    match row.generation_policy {
        crate::policy::GenerationPolicy::Ignore => 0,
        _ => row.generation,
    }
}

fn ap_bits(policy: &Policy) -> u8 {
    match policy.read_mode_ap {
        ReadModeAp::One => 0,
        ReadModeAp::All => info1::READ_MODE_AP_ALL,
    }
}

fn sc_bits(policy: &Policy) -> u8 {
    match policy.read_mode_sc {
        ReadModeSc::Session => 0,
        ReadModeSc::Linearize => info3::SC_READ_TYPE,
        ReadModeSc::AllowReplica => info3::SC_READ_RELAX,
        ReadModeSc::AllowUnavailable => info3::SC_READ_TYPE | info3::SC_READ_RELAX,
    }
}
