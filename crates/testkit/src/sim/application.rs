//! The application: commands of all kinds, some cancelled, one writer per record at a time.
//!
//! Part of [`World`].

use aerospike_wasm::data::ValueRef;
use aerospike_wasm::{
    Action, BatchRow, Bins, Command, CommandId, Exists, GenerationPolicy, Operation, Policy, RowAction,
    RowPolicy,
};

use super::ledger::{Job, Part};
use super::model::{COUNT, Deed, LAST, LOG, mark, mark_text};
use super::plan::{MS, policy};
use super::random::Random;
use super::report::Rule;
use super::request::{filter, tag};
use super::world::live;
use super::world::{Happening, World};

impl World {
    /// One turn of the application's event loop.
    pub(super) fn turn(&mut self) {
        // A crowd that does not wait for the client has ended before that knows a node.
        if self.plan.is_crowded && self.is_alive && !self.client.is_connected() {
            return self.after(MS, Happening::Turn);
        }
        let count = self.random.range(1, self.plan.burst);
        // In a crowd the commands of a turn have the same policy.
        let shared = self.plan.is_crowded.then(|| Random::new(self.random.next()));
        for _ in 0..count {
            self.submit_something(shared.clone());
        }
        self.turns_left = self.turns_left.saturating_sub(1);
        if self.turns_left > 0 {
            let pause = self.random.range(self.plan.pause.0, self.plan.pause.1);
            self.after(pause, Happening::Turn);
        }
    }

    fn submit_something(&mut self, mut shared: Option<Random>) {
        let is_batch = self.random.chance(self.plan.batch);
        let rows = if is_batch { self.random.range(1, self.plan.rows) } else { 1 };
        let mut parts = Vec::new();
        for _ in 0..rows {
            let record = self.random.index(self.records.len());
            let deed = self.deed(record);
            let writes_here = |part: &Part| part.record == record && (part.deed.writes() || deed.writes());
            if parts.iter().any(writes_here) || (deed.writes() && self.records[record].writer.is_some()) {
                continue;
            }
            parts.push(Part::new(record, deed));
        }
        if parts.is_empty() {
            return;
        }
        let writes = parts.iter().any(|part| part.deed.writes());
        let random = shared.as_mut().unwrap_or(&mut self.random);
        let policy = policy(random, self.plan.timeouts, writes);
        let submitted = self.submit(is_batch, policy, parts);
        if let Some(id) = submitted.filter(|_| self.random.chance(self.plan.cancel)) {
            let delay = self.random.pick(&[0, 1_000, MS, 50 * MS]);
            // Cancelling makes the client speak, and ends what leaves together.
            if delay == 0 && !self.plan.is_crowded {
                return self.cancel(id);
            }
            self.after(delay, Happening::Cancel(id));
        }
    }

    fn deed(&mut self, record: usize) -> Deed {
        if self.random.chance(self.plan.read) {
            let deed = self.random.pick(&[Deed::ReadAll, Deed::ReadAll, Deed::ReadSome, Deed::Exists]);
            // A question for the generation has no bin whose name says who asks.
            let is_unknown = deed == Deed::Exists && self.plan.is_crowded;
            return if is_unknown { Deed::ReadSome } else { deed };
        }
        let generation = self.records[record].now().map(|record| record.generation);
        match self.random.below(12) {
            0 => Deed::Remove,
            1 => Deed::Create,
            2 => Deed::Replace,
            3 => generation.map_or(Deed::Put, Deed::PutIf),
            // One that was true before.
            4 => generation.map_or(Deed::Put, |now| Deed::PutIf(now.max(2) - 1)),
            5..=7 => Deed::Increment,
            8 | 9 => Deed::IncrementRead,
            _ => Deed::Put,
        }
    }

    /// Submits a command on the records of `parts`.
    pub(super) fn submit(
        &mut self,
        is_batch: bool,
        policy: (Policy, u16),
        parts: Vec<Part>,
    ) -> Option<CommandId> {
        let number = self.jobs.len() as u32;
        let deeds: Vec<Written> =
            parts.iter().enumerate().map(|(row, part)| Written::new(number, row as u32, part.deed)).collect();
        let operations: Vec<Vec<Operation<'_>>> = deeds.iter().map(Written::operations).collect();
        let rows: Vec<BatchRow<'_>> = parts
            .iter()
            .zip(deeds.iter().zip(&operations))
            .map(|(part, (written, ops))| BatchRow {
                key: self.records[part.record].key.as_ref(),
                action: written.action(ops),
            })
            .collect();
        let (mut policy, retries) = policy;
        let tag = tag(number);
        let (all, some) = ([LAST, COUNT, LOG, &tag], [LAST, COUNT, &tag]);
        let tagged = |bins| if matches!(bins, Bins::All) { Bins::Named(&all) } else { Bins::Named(&some) };
        let action = match (rows.as_slice(), is_batch) {
            ([BatchRow { key, action }], false) => match *action {
                RowAction::Read(bins) => {
                    Action::Read { key: *key, bins: if self.plan.is_crowded { tagged(bins) } else { bins } }
                }
                RowAction::Operate(ops, row) => {
                    policy.row = row;
                    Action::Operate { key: *key, ops }
                }
                RowAction::Remove(_) => Action::Remove { key: *key },
            },
            (rows, _) => Action::Batch { rows },
        };
        let filter = filter(number);
        let filter = (is_batch || !self.plan.is_crowded).then_some(filter.as_slice());
        let command = Command { action, policy: &policy, filter };
        let before = live();
        let stamp = aerospike_wasm::time::Timestamp::from_nanos(self.now);
        let submitted = self.client.submit(stamp, &command);
        self.client_bytes += live() - before;
        let id = match submitted {
            Ok(id) => id,
            Err(error) => {
                if self.is_alive {
                    self.violate(Rule::Model, format!("{number} was refused: {error}"));
                }
                return None;
            }
        };
        self.accept(number, id, Job::new(is_batch, (policy, retries), self.now, parts));
        Some(id)
    }

    fn accept(&mut self, number: u32, id: CommandId, job: Job) {
        self.totals.commands += 1;
        self.trace.word(7 + u64::from(id.0) * 8);
        self.trace.line(self.now, || {
            let rows: Vec<_> = job.rows.iter().map(|part| (part.record, part.deed)).collect();
            let Policy { total_timeout_ms: total, socket_timeout_ms: socket, max_retries, .. } = job.policy;
            format!("submit {number} {rows:?} total {total} ms, socket {socket} ms, retries {max_retries}")
        });
        if self.live.insert(id, number).is_some() {
            self.violate(Rule::Once, format!("{id:?} is given twice"));
        }
        for part in job.rows.iter().filter(|part| part.deed.writes()) {
            self.records[part.record].writer = Some(number);
        }
        self.jobs.push(job);
    }

    pub(super) fn cancel(&mut self, id: CommandId) {
        if self.was_closed {
            return;
        }
        let number = self.live.get(&id).copied();
        if let Some(number) = number {
            self.totals.fault("command cancelled");
            self.jobs[number as usize].is_cancelled = true;
        }
        self.trace.line(self.now, || format!("cancel {number:?}"));
        let stamp = self.stamp();
        self.told_time = 0;
        self.client.cancel(stamp, id);
        self.poll();
        if number.is_some() && self.live.get(&id) == number.as_ref() {
            self.violate(Rule::Once, format!("{number:?} goes on after it was cancelled"));
        }
    }
}

/// What a row writes, owned.
struct Written {
    deed: Deed,
    mark: i64,
    text: String,
}

impl Written {
    fn new(number: u32, row: u32, deed: Deed) -> Self {
        let mark = mark(number, row);
        Self { deed, mark, text: mark_text(mark) }
    }

    fn operations(&self) -> Vec<Operation<'_>> {
        let last = Operation::write(LAST, ValueRef::Integer(self.mark));
        let log = Operation::append(LOG, ValueRef::String(&self.text));
        let count = Operation::increment(COUNT, ValueRef::Integer(1));
        match self.deed {
            Deed::Replace => vec![last, Operation::write(LOG, ValueRef::String(&self.text))],
            Deed::Increment => vec![count, log],
            Deed::IncrementRead => vec![count, log, Operation::read(COUNT)],
            _ => vec![last, log],
        }
    }

    fn action<'a>(&self, ops: &'a [Operation<'a>]) -> RowAction<'a> {
        let row = RowPolicy::default();
        match self.deed {
            Deed::ReadAll => RowAction::Read(Bins::All),
            Deed::ReadSome => RowAction::Read(Bins::Named(&[COUNT, LAST])),
            Deed::Exists => RowAction::Read(Bins::None),
            Deed::Remove => RowAction::Remove(row),
            Deed::PutIf(generation) => {
                let generation_policy = GenerationPolicy::Equal;
                RowAction::Operate(ops, RowPolicy { generation_policy, generation, ..row })
            }
            Deed::Create => RowAction::Operate(ops, RowPolicy { exists: Exists::CreateOnly, ..row }),
            Deed::Replace => RowAction::Operate(ops, RowPolicy { exists: Exists::Replace, ..row }),
            _ => RowAction::Operate(ops, row),
        }
    }
}
