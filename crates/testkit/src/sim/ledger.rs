//! What is known of every command: what was asked, what left, what was executed, what was answered, how it ended.
//!
//! Part of [`World`]. Holds each end of a command against the promises.

use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{CommandId, Error, ErrorKind, Policy};

use super::mischief::REFUSED_LOGIN;
use super::model::Deed;
use super::plan::MS;
use super::report::Rule;
use super::request::{Kind, Request};
use super::world::{LinkId, World};
use crate::{Answered, Seen};

/// One record of a command.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub(super) record: usize,
    pub(super) deed: Deed,
    /// How often its bytes left.
    sent: u16,
    /// How often it was executed with effect.
    done: u32,
    /// Codes and answers that servers gave for it.
    pub(super) codes: Vec<ResultCode>,
    answers: Vec<Answered>,
    /// How often a server refused the whole request before it did anything, so that it may be sent once more.
    pub(super) refused_whole: u16,
    /// Whether a server refused a request before it did anything, which the client may not have heard of.
    pub(super) was_refused: bool,
    /// Whether its end was told.
    is_told: bool,
    /// Whether it failed and must not happen.
    must_not_happen: bool,
}

/// One command.
#[derive(Clone, Debug)]
pub(super) struct Job {
    pub(super) is_batch: bool,
    pub(super) policy: Policy,
    /// How often it may be tried again.
    retries: u16,
    pub(super) submitted: u64,
    pub(super) rows: Vec<Part>,
    /// Codes that servers gave for a whole request of a batch.
    pub(super) group_codes: Vec<ResultCode>,
    pub(super) is_cancelled: bool,
    /// When it ended, and whether without an answer.
    pub(super) finished: Option<u64>,
    pub(super) gave_up: bool,
    /// Whether it ended well, each of its rows too.
    pub(super) is_ok: bool,
}

impl Part {
    pub(super) const fn new(record: usize, deed: Deed) -> Self {
        Self {
            record,
            deed,
            sent: 0,
            done: 0,
            codes: Vec::new(),
            answers: Vec::new(),
            refused_whole: 0,
            was_refused: false,
            is_told: false,
            must_not_happen: false,
        }
    }

    /// Notes what a server answered.
    pub(super) fn note(&mut self, code: ResultCode, answered: Answered) {
        if code.is_ok() {
            self.answers.push(answered);
        } else {
            self.codes.push(code);
        }
    }

    const fn writes(&self) -> bool {
        self.deed.writes()
    }
}

impl Job {
    pub(super) const fn new(
        is_batch: bool,
        (policy, retries): (Policy, u16),
        submitted: u64,
        rows: Vec<Part>,
    ) -> Self {
        Self {
            is_batch,
            policy,
            retries,
            submitted,
            rows,
            group_codes: Vec::new(),
            is_cancelled: false,
            finished: None,
            gave_up: false,
            is_ok: false,
        }
    }
}

impl World {
    /// The bytes of a request have left the client.
    pub(super) fn sent(&mut self, link: LinkId, request: &Request) {
        self.trace.line(self.now, || format!("send {request} on {:?}", self.links[link].conn));
        self.totals.merged += if request.kind == Kind::Merged { request.places.len() as u64 } else { 0 };
        for place in &request.places {
            let job = &mut self.jobs[place.number as usize];
            let Some(part) = job.rows.get_mut(place.row as usize) else { continue };
            part.sent += 1;
            let (sent, limit) = (part.sent, job.retries + 1 + part.refused_whole);
            if sent > limit || job.finished.is_some() {
                let text = format!("{} was sent {sent} times, limit {limit}", place.number);
                self.violate(Rule::Attempts, text);
            }
        }
    }

    /// A server has executed a write.
    pub(super) fn executed(&mut self, number: u32, row: u32) {
        let part = &mut self.jobs[number as usize].rows[row as usize];
        part.done += 1;
        if part.must_not_happen {
            self.violate(
                Rule::NotDone,
                format!("row {row} of {number} had failed without doubt, and happens"),
            );
        }
        let part = &self.jobs[number as usize].rows[row as usize];
        if part.done > part.sent.into() {
            self.violate(Rule::Model, format!("row {row} of {number} happens more often than it was sent"));
        }
    }

    /// The client told its application something.
    pub(super) fn told(&mut self, seen: Seen) {
        match seen {
            Seen::Finished(id, result) => self.finished(id, result),
            Seen::Row(id, row, result) => self.row_ended(id, row, result),
            Seen::Ready => self.trace.line(self.now, || "ready".into()),
            Seen::ConnectFailed(text, _) => self.connect_failed(&text),
            Seen::Membership => {
                let names = || self.client.node_names().collect::<Vec<_>>().join(" ");
                self.trace.line(self.now, || format!("nodes: {}", names()));
            }
            Seen::Closed => self.closed(),
        }
    }

    fn finished(&mut self, id: CommandId, result: Result<Answered, Error>) {
        self.trace.word(5 + u64::from(id.0) * 8);
        let Some(number) = self.live.remove(&id) else {
            return self.violate(Rule::Once, format!("{id:?} finished, which is not in flight"));
        };
        self.trace.line(self.now, || format!("finished {number}: {result:?}"));
        self.note_result(&result);
        self.check_time(number, result.as_ref().err());
        let job = &mut self.jobs[number as usize];
        job.finished = Some(self.now);
        job.gave_up = result.as_ref().err().is_some_and(|error| !matches!(error.kind, ErrorKind::Server(_)));
        let records: Vec<usize> = job.rows.iter().map(|row| row.record).collect();
        if !job.is_batch {
            // A remove that was in doubt may come late; the model knows.
            let absent = ErrorKind::Server(ResultCode::RECORD_NOT_FOUND);
            job.is_ok = result.as_ref().err().is_none_or(|error| error.kind == absent);
            self.check_end(number, 0, &result);
        } else if let Err(error) = result {
            self.batch_failed(number, error);
        } else {
            job.is_ok = job.group_codes.is_empty();
            let untold = job.rows.iter().filter(|row| !row.is_told).count();
            if untold > 0 {
                self.violate(Rule::Once, format!("batch {number} ended without {untold} of its rows"));
            }
        }
        for record in records {
            let writer = &mut self.records[record].writer;
            if *writer == Some(number) {
                *writer = None;
            }
        }
    }

    fn row_ended(&mut self, id: CommandId, row: u32, result: Result<Answered, Error>) {
        self.trace.word(6 + u64::from(id.0) * 8 + (u64::from(row) << 40));
        let Some(number) = self.live.get(&id).copied() else {
            return self.violate(Rule::Once, format!("row {row} of {id:?}, which is not in flight"));
        };
        self.trace.line(self.now, || format!("row {row} of {number}: {result:?}"));
        self.note_result(&result);
        self.totals.rows += 1;
        let job = &mut self.jobs[number as usize];
        let Some(part) = job.rows.get_mut(row as usize).filter(|part| !part.is_told && job.is_batch) else {
            return self.violate(Rule::Once, format!("row {row} of {number} ends twice, or is none"));
        };
        part.is_told = true;
        self.check_end(number, row, &result);
    }

    fn note_result(&mut self, result: &Result<Answered, Error>) {
        let kind = match result {
            Ok(_) => "ok".into(),
            Err(error) => {
                let doubt = if error.in_doubt { ", in doubt" } else { "" };
                match error.kind {
                    ErrorKind::BadReply(_) => format!("reply could not be read{doubt}"),
                    _ => format!("{error}{doubt}"),
                }
            }
        };
        *self.totals.results.entry(kind).or_default() += 1;
    }

    /// A timeout comes neither late nor early, and nothing ends later than it may.
    fn check_time(&mut self, number: u32, error: Option<&Error>) {
        let Job { policy, submitted, is_cancelled, retries, .. } = self.jobs[number as usize];
        let (total, socket) =
            (u64::from(policy.total_timeout_ms) * MS, u64::from(policy.socket_timeout_ms) * MS);
        let took = self.now - submitted;
        // The host may be late with its timers; the time of a command begins with its turn.
        let config = &self.plan.client;
        let (limit, wait) =
            (config.max_concurrent_operations, u64::from(config.operation_queue_timeout_ms) * MS);
        let (queues, waits) = (limit > 0, limit > 0 && wait == 0);
        let most = total
            + if queues { wait + self.plan.weather.lateness } else { 0 }
            + self.excused_since(submitted);
        if total > 0 && !waits && took > most + self.plan.weather.lateness {
            let text = format!("{number} took {} ms of {} ms", took / MS, most / MS);
            self.violate(Rule::InTime, text);
        }
        let Some(error) = error else { return };
        let earliest = [total, socket].into_iter().filter(|time| *time > 0).min();
        let is_early = error.kind == ErrorKind::Timeout && earliest.is_none_or(|earliest| took < earliest);
        if is_early {
            self.violate(Rule::InTime, format!("{number} timed out after {} us", took / 1_000));
        }
        let is_unasked = (error.kind == ErrorKind::Cancelled && !is_cancelled)
            || (error.kind == ErrorKind::Backpressure && (!queues || wait == 0));
        if is_unasked || (error.kind == ErrorKind::Closed && self.is_alive) {
            self.violate(Rule::Authentic, format!("{number} ended with {error}, which nobody asked for"));
        }
        if error.attempts > retries + 1 {
            self.violate(Rule::Attempts, format!("{number} says it made {} attempts", error.attempts));
        }
    }

    /// A batch without any answer fails whole: one error stands for all its rows.
    fn batch_failed(&mut self, number: u32, error: Error) {
        let job = &mut self.jobs[number as usize];
        let told = job.rows.iter().filter(|row| row.is_told).count();
        if told > 0 {
            self.violate(Rule::Once, format!("batch {number} fails whole after {told} rows"));
        }
        let job = &mut self.jobs[number as usize];
        let sent = job.rows.iter().any(|row| row.writes() && row.sent > 0);
        if !error.in_doubt {
            job.rows.iter_mut().for_each(|row| row.must_not_happen = true);
        }
        let done = job.rows.iter().any(|row| row.done > 0);
        if error.in_doubt != sent {
            self.violate(Rule::InDoubt, format!("batch {number}: {error:?}, writes sent: {sent}"));
        }
        if done && !error.in_doubt {
            self.violate(Rule::NotDone, format!("batch {number} had happened: {error:?}"));
        }
    }

    /// Holds the end of a command on one record, or of a row, against what is known of it.
    fn check_end(&mut self, number: u32, row: u32, result: &Result<Answered, Error>) {
        match result {
            Ok(answered) => self.check_success(number, row, answered),
            Err(error) => self.check_failure(number, row, error),
        }
    }

    fn check_success(&mut self, number: u32, row: u32, answered: &Answered) {
        let job = &self.jobs[number as usize];
        let part = &job.rows[row as usize];
        if !part.answers.iter().any(|own| own.same_answers(answered)) {
            let text = format!("row {row} of {number} got an answer to something else: {answered:?}");
            return self.violate(Rule::Authentic, text);
        }
        if part.writes() && part.done == 0 {
            return self.violate(Rule::NothingLost, format!("row {row} of {number} did not happen"));
        }
        if part.deed != Deed::Remove && !self.records[part.record].showed(job.submitted, part.deed, answered)
        {
            let text = format!("row {row} of {number} shows what was not there: {answered:?}");
            self.violate(Rule::NothingLost, text);
        }
    }

    fn check_failure(&mut self, number: u32, row: u32, error: &Error) {
        let job = &mut self.jobs[number as usize];
        let part = &mut job.rows[row as usize];
        let (mut own, mut group, mut of_login) = (false, job.is_batch, false);
        if let ErrorKind::Server(code) = error.kind {
            own = part.codes.contains(&code);
            group &= job.group_codes.contains(&code);
            // What a node says of a login is said of the commands that waited for it.
            of_login = code == REFUSED_LOGIN && self.plan.session_ttl.is_some();
            if !own && !group && !of_login {
                return self
                    .violate(Rule::Authentic, format!("row {row} of {number}: no server said {error}"));
            }
        }
        let unanswered = !own || error.kind == ErrorKind::Server(ResultCode::TIMEOUT);
        let expected = part.writes() && (part.sent > 1 || part.sent == 1 && unanswered);
        // The same code may have come for the row and for the whole request; either reading is right. So it is for a request
        // that was refused as a whole: the client may not have heard of it.
        let either = (group && own || part.was_refused || of_login) && part.writes() && part.sent > 0;
        part.must_not_happen = part.writes() && !error.in_doubt;
        let (done, sent) = (part.done, part.sent);
        if error.in_doubt != expected && !either {
            let text = format!("row {row} of {number}: {error:?}, sent {sent} times");
            self.violate(Rule::InDoubt, text);
        }
        if done > 0 && !error.in_doubt {
            self.violate(Rule::NotDone, format!("row {row} of {number} had happened: {error:?}"));
        }
        let job = &self.jobs[number as usize];
        let part = &job.rows[row as usize];
        let absent = error.kind == ErrorKind::Server(ResultCode::RECORD_NOT_FOUND);
        if absent && !self.records[part.record].was_absent(job.submitted) {
            self.violate(Rule::NothingLost, format!("row {row} of {number} finds no record where one was"));
        }
    }
}
