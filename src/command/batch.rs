//! A batch: many rows, each with its key and action, kept in a form from which the request of any subset of the rows
//! can be written.
//!
//! Imports the command's parts and `wire`. Rows of one node go into one request; a retry regroups the unanswered
//! ones, so what a row asks for is written once, as a "body" that rows with the same namespace, set and action
//! share. Source: server `batch.c`, C client `aerospike_batch.c`.

use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use super::single::write_op;
use super::{Action, BatchRow, Bins, Command, RowAction};
use crate::data::Digest;
use crate::error::ArgError;
use crate::operation::Operation;
use crate::policy::{Policy, RowPolicy};
use crate::wire::Writer;
use crate::wire::batch::{self, RowHeader};
use crate::wire::flags::{batch_flags as flag, info1, info2, info3};
use crate::wire::message::{self, Body, FieldType, Header};

/// One row, without its body.
#[derive(Debug)]
pub(crate) struct PlannedRow {
    pub(crate) digest: Digest,
    /// Index into the plan's namespaces.
    pub(crate) namespace: u16,
    pub(crate) writes: bool,
    body: u32,
}

/// A checked batch.
#[derive(Debug)]
pub(crate) struct BatchPlan {
    pub(crate) namespaces: Vec<String>,
    pub(crate) rows: Vec<PlannedRow>,
    bodies: Vec<PlannedBody>,
    bytes: Vec<u8>,
    flags: u8,
    filter: Option<Vec<u8>>,
}

#[derive(Debug)]
struct PlannedBody {
    range: Range<usize>,
    /// A row that carries a user key may not be repeated.
    has_key: bool,
}

impl BatchPlan {
    /// Checks a batch and writes the bodies of its rows.
    pub(crate) fn new(command: &Command<'_>) -> Result<Self, ArgError> {
        let Action::Batch { rows } = command.action else {
            return Err(ArgError::Malformed { what: "batch" });
        };
        if rows.is_empty() {
            return Err(ArgError::Nothing { what: "keys" });
        }
        let mut plan = Self {
            namespaces: Vec::new(),
            rows: Vec::with_capacity(rows.len()),
            bodies: Vec::new(),
            bytes: Vec::new(),
            flags: batch_flags(command.policy),
            filter: command.filter.map(Into::into),
        };
        let mut last: Option<&BatchRow<'_>> = None;
        for row in rows {
            plan.add(command.policy, row, last)?;
            last = Some(row);
        }
        Ok(plan)
    }

    /// Upper bound of the size of its largest request, bytes.
    pub(crate) fn size(&self) -> usize {
        let longest = self.bodies.iter().map(|body| body.range.len()).max().unwrap_or_default();
        let repeats = self.rows.len() * 25 + longest * usize::from(self.bodies.len() == 1);
        repeats + if self.bodies.len() == 1 { 0 } else { self.bytes.len() } + 64
    }

    /// Appends the request for the rows with these indexes.
    pub(crate) fn encode(&self, rows: &[u32], timeout_ms: u32, out: &mut Vec<u8>) {
        let header = Header { info1: info1::BATCH, timeout: timeout_ms, ..Header::default() };
        message::write_request(out, &header, |body| {
            if let Some(filter) = &self.filter {
                body.field(FieldType::FILTER, filter);
            }
            body.field_with(FieldType::BATCH, |writer| self.write_rows(rows, writer));
        });
    }

    fn write_rows(&self, rows: &[u32], writer: &mut Writer<'_>) {
        writer.u32(rows.len() as u32);
        writer.u8(self.flags);
        let mut last = None;
        for index in rows {
            let Some(row) = self.rows.get(*index as usize) else { continue };
            let Some(body) = self.bodies.get(row.body as usize) else { continue };
            if last == Some(row.body) && !body.has_key {
                batch::write_repeat(writer, *index, &row.digest.0);
                continue;
            }
            last = Some(row.body);
            writer.u32(*index);
            writer.bytes(&row.digest.0);
            writer.bytes(self.bytes.get(body.range.clone()).unwrap_or_default());
        }
    }

    fn add(
        &mut self,
        policy: &Policy,
        row: &BatchRow<'_>,
        last: Option<&BatchRow<'_>>,
    ) -> Result<(), ArgError> {
        super::check_key(&row.key)?;
        let sends_key = match row.action {
            RowAction::Read(_) => false,
            RowAction::Operate(_, row) | RowAction::Remove(row) => row.send_key,
        };
        let same = |last: &BatchRow<'_>| {
            last.key.namespace == row.key.namespace
                && last.key.set == row.key.set
                && last.action == row.action
        };
        if sends_key || !last.is_some_and(same) {
            self.add_body(policy, row, sends_key)?;
        }
        let namespace = self.namespace(row.key.namespace);
        let body = (self.bodies.len() - 1) as u32;
        self.rows.push(PlannedRow { digest: row.key.digest, namespace, writes: row.action.writes(), body });
        Ok(())
    }

    fn namespace(&mut self, name: &str) -> u16 {
        let known = self.namespaces.iter().rposition(|known| known == name);
        let index = known.unwrap_or_else(|| {
            self.namespaces.push(name.into());
            self.namespaces.len() - 1
        });
        index as u16
    }

    fn add_body(&mut self, policy: &Policy, row: &BatchRow<'_>, sends_key: bool) -> Result<(), ArgError> {
        let (header, ops) = row_header(policy, &row.action)?;
        let start = self.bytes.len();
        let mut writer = Writer::new(&mut self.bytes);
        batch::write_body(&mut writer, &header, |writer| {
            let mut body = Body::new(writer);
            body.field(FieldType::NAMESPACE, row.key.namespace.as_bytes());
            body.field(FieldType::SET, row.key.set.as_bytes());
            if let Some(user_key) = row.key.user_key.filter(|_| sends_key) {
                body.field_with(FieldType::KEY, |writer| user_key.write(writer));
            }
            match ops {
                RowOps::None => {}
                RowOps::Named(names) => {
                    names.iter().for_each(|name| write_op(&mut body, &Operation::read(name)))
                }
                RowOps::List(ops) => ops.iter().for_each(|op| write_op(&mut body, op)),
            }
            body.counts()
        });
        self.bodies.push(PlannedBody { range: start..self.bytes.len(), has_key: sends_key });
        Ok(())
    }
}

enum RowOps<'a> {
    None,
    Named(&'a [&'a str]),
    List(&'a [Operation<'a>]),
}

fn row_header<'a>(policy: &Policy, action: &RowAction<'a>) -> Result<(RowHeader, RowOps<'a>), ArgError> {
    match *action {
        RowAction::Read(bins) => {
            super::check_bins(bins)?;
            let ops = if let Bins::Named(names) = bins { RowOps::Named(names) } else { RowOps::None };
            Ok((read_row(policy, super::bins_bits(bins)), ops))
        }
        RowAction::Operate(ops, row) => {
            super::check_ops(ops)?;
            let reads = super::read_bits(ops);
            let header = if super::writes(ops) {
                // Answers of all operations tell which belongs to which, except beside "read all bins".
                let respond = if reads & info1::GET_ALL == 0 { info2::RESPOND_ALL_OPS } else { 0 };
                write_row(policy, &row, reads, respond)?
            } else {
                let respond = if policy.respond_all_ops && reads & info1::GET_ALL == 0 {
                    info2::RESPOND_ALL_OPS
                } else {
                    0
                };
                RowHeader { info2: respond, ..read_row(policy, reads) }
            };
            Ok((header, RowOps::List(ops)))
        }
        RowAction::Remove(row) => {
            let header = write_row(policy, &row, 0, info2::DELETE | info2::RESPOND_ALL_OPS)?;
            let info3 = header.info3 & info3::COMMIT_LEVEL_MASTER;
            Ok((RowHeader { info2: header.info2 & !info2::CREATE_ONLY, info3, ..header }, RowOps::None))
        }
    }
}

fn read_row(policy: &Policy, reads: u8) -> RowHeader {
    RowHeader {
        info1: reads | super::ap_bits(policy),
        info3: super::sc_bits(policy),
        ttl: Some(policy.read_touch_ttl_percent),
        ..RowHeader::default()
    }
}

fn write_row(policy: &Policy, row: &RowPolicy, reads: u8, extra: u8) -> Result<RowHeader, ArgError> {
    super::check_row_policy(row)?;
    let (bits2, bits3) = super::write_bits(row);
    let generation = u16::try_from(super::carried_generation(row))
        .map_err(|_| ArgError::GenerationRange { generation: row.generation })?;
    Ok(RowHeader {
        info1: reads | if reads == 0 { 0 } else { super::ap_bits(policy) },
        info2: bits2 | extra,
        info3: bits3,
        info4: None,
        generation: Some(generation),
        ttl: Some(row.ttl),
    })
}

/// The flags of a whole batch.
pub(crate) const fn batch_flags(policy: &Policy) -> u8 {
    let mut flags = flag::RETURN_STOPPING_ERROR;
    if policy.allow_inline {
        flags |= flag::ALLOW_INLINE;
    }
    if policy.allow_inline_ssd {
        flags |= flag::ALLOW_INLINE_SSD;
    }
    if policy.respond_all_keys {
        flags |= flag::RESPOND_ALL_KEYS;
    }
    flags
}
