//! From a command on the input tape to a command in the client.
//!
//! Imports the reader and the core's public API.

use aerospike_wasm::data::{KeyRef, ValueRef};
use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{
    Action, ArgError, BatchRow, Bins, Client, Command, CommandId, Operation, Policy, RowAction, RowPolicy,
};

use super::reader::{PackedValues, TapeReader, pack_values};

const GET: u8 = 1;
const SELECT: u8 = 2;
const EXISTS: u8 = 3;
const WRITE: u8 = 4;
const REMOVE: u8 = 5;
const OPERATE: u8 = 6;
const BATCH_READ: u8 = 16;
const BATCH_WRITE: u8 = 17;
const BATCH_OPERATE: u8 = 18;
const BATCH_REMOVE: u8 = 19;

/// Buffers that live from one command to the next, so that a submit allocates nothing.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    packed: PackedValues,
    ops: Vec<Operation<'static>>,
}

/// Reads a command and submits it.
///
/// # Errors
/// A malformed tape, or a mistake of the caller that the core found.
pub(crate) fn submit(
    client: &mut Client,
    now: Timestamp,
    tape: &[u8],
    scratch: &mut Scratch,
) -> Result<CommandId, ArgError> {
    let mut tape = TapeReader::new(tape);
    let kind = tape.u8()?;
    let (policy, filter) = tape.policy()?;
    scratch.packed.clear();
    match kind {
        GET | EXISTS => {
            let bins = if kind == GET { Bins::All } else { Bins::None };
            let action = Action::Read { key: tape.key()?, bins };
            client.submit(now, &Command { action, policy: &policy, filter })
        }
        REMOVE => {
            let action = Action::Remove { key: tape.key()? };
            client.submit(now, &Command { action, policy: &policy, filter })
        }
        SELECT | WRITE | OPERATE => {
            let key = tape.key()?;
            pack_values(&tape, &mut scratch.packed)?;
            let mut ops = reuse(core::mem::take(&mut scratch.ops));
            let read = tape.operations(&mut scratch.packed.iter(), &mut ops);
            let action = Action::Operate { key, ops: &ops };
            let result = read.and_then(|()| client.submit(now, &Command { action, policy: &policy, filter }));
            scratch.ops = reuse(ops);
            result
        }
        BATCH_READ | BATCH_WRITE | BATCH_OPERATE | BATCH_REMOVE => {
            submit_batch(client, now, kind, tape, &policy, filter, scratch)
        }
        _ => Err(ArgError::Malformed { what: "command" }),
    }
}

fn submit_batch(
    client: &mut Client,
    now: Timestamp,
    kind: u8,
    tape: TapeReader<'_>,
    policy: &Policy,
    filter: Option<&[u8]>,
    scratch: &mut Scratch,
) -> Result<CommandId, ArgError> {
    pack_batch(kind, tape.clone(), &mut scratch.packed)?;
    let mut ops = Vec::new();
    let plans = read_batch(kind, tape, &scratch.packed, &mut ops)?;
    let action = |plan: &RowPlan<'_>| match plan.kind {
        RowKind::All => RowAction::Read(Bins::All),
        RowKind::None => RowAction::Read(Bins::None),
        RowKind::Remove => RowAction::Remove(plan.policy),
        RowKind::Operate => RowAction::Operate(ops.get(plan.ops.clone()).unwrap_or_default(), plan.policy),
    };
    let rows: Vec<BatchRow<'_>> =
        plans.iter().map(|plan| BatchRow { key: plan.key, action: action(plan) }).collect();
    client.submit(now, &Command { action: Action::Batch { rows: &rows }, policy, filter })
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum RowKind {
    All,
    None,
    Operate,
    Remove,
}

#[derive(Debug)]
struct RowPlan<'a> {
    key: KeyRef<'a>,
    kind: RowKind,
    policy: RowPolicy,
    ops: core::ops::Range<usize>,
}

/// Packs the lists and maps of all operation lists of a batch.
fn pack_batch(kind: u8, mut tape: TapeReader<'_>, packed: &mut PackedValues) -> Result<(), ArgError> {
    match kind {
        BATCH_OPERATE => pack_values(&tape, packed),
        BATCH_WRITE => {
            for _ in 0..tape.u32()? {
                tape.key()?;
                tape.row_policy()?;
                pack_values(&tape, packed)?;
                tape.skip_operations()?;
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

fn read_batch<'a>(
    kind: u8,
    mut tape: TapeReader<'a>,
    packed: &'a PackedValues,
    ops: &mut Vec<Operation<'a>>,
) -> Result<Vec<RowPlan<'a>>, ArgError> {
    let mut packed = packed.iter();
    let mut row_kind = RowKind::Remove;
    if kind == BATCH_READ {
        row_kind = match tape.u8()? {
            0 => RowKind::All,
            1 => RowKind::Operate,
            2 => RowKind::None,
            _ => return Err(ArgError::Malformed { what: "bins" }),
        };
    }
    if matches!(kind, BATCH_READ | BATCH_OPERATE) {
        tape.operations(&mut packed, ops)?;
    }
    if matches!(kind, BATCH_WRITE | BATCH_OPERATE) {
        row_kind = RowKind::Operate;
    }
    let shared = 0..ops.len();
    let mut plans = Vec::new();
    for _ in 0..tape.u32()? {
        let key = tape.key()?;
        let policy = if kind == BATCH_READ { RowPolicy::default() } else { tape.row_policy()? };
        let start = ops.len();
        if kind == BATCH_WRITE {
            tape.operations(&mut packed, ops)?;
        }
        let ops = if kind == BATCH_WRITE { start..ops.len() } else { shared.clone() };
        plans.push(RowPlan { key, kind: row_kind, policy, ops });
    }
    Ok(plans)
}

/// Empties a list of operations and gives its memory a new lifetime.
fn reuse<'b>(mut ops: Vec<Operation<'_>>) -> Vec<Operation<'b>> {
    ops.clear();
    // Same layout in and out, so the collect keeps the allocation.
    ops.into_iter().map(|op| Operation { code: op.code, bin: "", value: ValueRef::Nil }).collect()
}
