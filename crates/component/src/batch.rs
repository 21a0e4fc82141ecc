//! The batch calls of the interface.
//!
//! Imports the core's public API and the interface's types. Invariants: rows keep the order of the call, so a row's
//! index is its place in the answer; a bad row refuses the whole call and is named by its index.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use aerospike_wasm::{Action, BatchRow, Bins, Operation as CoreOperation, RowAction, RowPolicy};

use crate::answer::{Answer, Expect, Pending, Subject};
use crate::calls::{Calls, Submitted};
use crate::fault::{Checked, Fault};
use crate::key::key_ref;
use crate::operations::{self, Plan, Step};
use crate::policy::Settings;
use crate::types::{
    BatchPolicy, BatchReadPolicy, BatchRemoveRow, BatchWriteRow, Error, Key, Operation, WriteMeta,
};

type Call = Result<Submitted, Error>;

#[expect(missing_docs, clippy::missing_errors_doc, reason = "documented in wit/0.2/client.wit")]
impl Calls<'_> {
    pub fn batch_read(
        &mut self,
        keys: Vec<Key>,
        bins: Option<Vec<String>>,
        policy: Option<BatchReadPolicy>,
    ) -> Call {
        const NAME: &str = "batch-read";
        let prepare = || -> Checked<Settings> {
            match bins.as_deref() {
                None | Some([]) => {}
                Some(names) => operations::check_names(names)?,
            }
            self.policies.batch_read.with(None, policy)
        };
        let settings = prepare().map_err(|fault| fault.into_error(NAME))?;
        let names: Option<Vec<&str>> = bins.as_ref().map(|bins| bins.iter().map(String::as_str).collect());
        let what = match names.as_deref() {
            None => Bins::All,
            Some([]) => Bins::None,
            Some(names) => Bins::Named(names),
        };
        let rows = rows_of(&keys, |_| RowAction::Read(what)).map_err(|fault| fault.into_error(NAME))?;
        self.send_batch(NAME, &settings, &rows, false)
    }

    pub fn batch_write(
        &mut self,
        rows: Vec<BatchWriteRow>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Call {
        const NAME: &str = "batch-write";
        let prepare = || -> Checked<(Settings, Vec<WriteRow<'_>>)> {
            let settings = self.policies.batch_write.with(meta.as_ref(), policy)?;
            let prepared = each(&rows, "rows", |row| WriteRow::new(row, &settings))?;
            Ok((settings, prepared))
        };
        let (settings, prepared) = prepare().map_err(|fault| fault.into_error(NAME))?;
        // All operations in one list, and each row a part of it.
        let ops: Vec<CoreOperation<'_>> =
            prepared.iter().flat_map(|row| row.steps.iter().map(Step::operation)).collect();
        let mut rest = ops.as_slice();
        let place = |row: &WriteRow<'_>| {
            let (own, others) = rest.split_at(row.steps.len());
            rest = others;
            (own, row.policy)
        };
        let parts: Vec<(&[CoreOperation<'_>], RowPolicy)> = prepared.iter().map(place).collect();
        let wire: Vec<BatchRow<'_>> = each(&rows, "rows", |row| key_ref(&row.key).map_err(in_key))
            .map_err(|fault| fault.into_error(NAME))?
            .into_iter()
            .zip(parts)
            .map(|(key, (ops, policy))| BatchRow { key, action: RowAction::Operate(ops, policy) })
            .collect();
        self.send_batch(NAME, &settings, &wire, false)
    }

    pub fn batch_operate(
        &mut self,
        keys: Vec<Key>,
        ops: Vec<Operation>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Call {
        const NAME: &str = "batch-operate";
        let prepare = || -> Checked<(Plan<'_>, Settings)> {
            let plan = Plan::new(&ops)?;
            let mut settings = self.policies.batch_write.with(meta.as_ref(), policy)?;
            if !plan.writes {
                settings.use_read_retries(&self.policies.batch_read);
            }
            plan.respond_all(&mut settings);
            plan.apply_touch(&mut settings)?;
            Ok((plan, settings))
        };
        let (plan, settings) = prepare().map_err(|fault| fault.into_error(NAME))?;
        let ops = operations::operations(&plan.steps);
        let action = |_: &Key| RowAction::Operate(&ops, settings.policy.row);
        let rows = rows_of(&keys, action).map_err(|fault| fault.into_error(NAME))?;
        self.send_batch(NAME, &settings, &rows, true)
    }

    pub fn batch_remove(
        &mut self,
        rows: Vec<BatchRemoveRow>,
        meta: Option<WriteMeta>,
        policy: Option<BatchPolicy>,
    ) -> Call {
        const NAME: &str = "batch-remove";
        let prepare = || -> Checked<(Settings, Vec<BatchRow<'_>>)> {
            let settings = self.policies.batch_write.with(meta.as_ref(), policy)?;
            let wire = each(&rows, "rows", |row| {
                let action = RowAction::Remove(settings.row(row.meta.as_ref())?);
                Ok(BatchRow { key: key_ref(&row.key).map_err(in_key)?, action })
            })?;
            Ok((settings, wire))
        };
        let (settings, wire) = prepare().map_err(|fault| fault.into_error(NAME))?;
        self.send_batch(NAME, &settings, &wire, false)
    }

    fn send_batch(
        &mut self,
        name: &'static str,
        settings: &Settings,
        rows: &[BatchRow<'_>],
        ordered: bool,
    ) -> Call {
        if rows.is_empty() {
            return Ok(Submitted::Done(Answer::Batch(Vec::new())));
        }
        let id = self.send(name, settings, Action::Batch { rows })?;
        let places = core::iter::repeat_with(|| None).take(rows.len()).collect();
        let expect = Expect::Batch { rows: places, ordered };
        Ok(Submitted::Command(id, Pending::new(name, Subject::Keys(rows.len()), expect)))
    }
}

/// A row of a `batch-write`, checked and packed.
struct WriteRow<'a> {
    steps: Vec<Step<'a>>,
    policy: RowPolicy,
}

impl<'a> WriteRow<'a> {
    fn new(row: &'a BatchWriteRow, settings: &Settings) -> Checked<Self> {
        Ok(Self { steps: operations::writes(&row.bins)?, policy: settings.row(row.meta.as_ref())? })
    }
}

fn in_key(fault: Fault) -> Fault {
    fault.within("key")
}

fn each<'a, T, U>(
    items: &'a [T],
    field: &str,
    mut check: impl FnMut(&'a T) -> Checked<U>,
) -> Checked<Vec<U>> {
    let place = |(index, item)| check(item).map_err(|fault| fault.within(&format!("{field}[{index}]")));
    items.iter().enumerate().map(place).collect()
}

fn rows_of<'a>(keys: &'a [Key], action: impl Fn(&'a Key) -> RowAction<'a>) -> Checked<Vec<BatchRow<'a>>> {
    each(keys, "keys", |key| Ok(BatchRow { key: key_ref(key)?, action: action(key) }))
}
