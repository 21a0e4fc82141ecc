//! What a run tells: figures, the first rule that was broken, the last lines of its trace.
//!
//! Imports nothing of the simulator but its numbers.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;

use super::random::mix;

/// The promise that a run found broken.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    /// A command finishes exactly once, and so does each row of a batch.
    Once,
    /// A command ends within its total timeout, and no timeout comes early.
    InTime,
    /// An answer is one that the server gave to this very command.
    Authentic,
    /// An acknowledged write happened, and a read shows what was there while it ran.
    NothingLost,
    /// `in_doubt` says whether a write may have happened.
    InDoubt,
    /// A write that failed without doubt did not happen.
    NotDone,
    /// A command is sent no more often than its policy allows.
    Attempts,
    /// Connections stay within their limits and are used only while they are open; servers are not flooded.
    Pools,
    /// Memory stays within its limit.
    Buffers,
    /// The machine asks to be woken in the future only.
    Wake,
    /// Once all is well again everything in flight ends, every node is found and every key is served by its master.
    Recovers,
    /// A closed client leaves nothing behind.
    Closes,
    /// The same seed gives the same outputs.
    Deterministic,
    /// The simulated server does what its model says; broken, it is the simulator's own fault.
    Model,
    /// Nothing panics.
    NoPanic,
}

/// A broken rule.
#[derive(Clone, Debug)]
pub struct Violation {
    /// Which.
    pub rule: Rule,
    /// What was seen.
    pub text: String,
}

/// Figures, of one run or of many.
#[derive(Clone, Debug, Default)]
pub struct Totals {
    /// Runs.
    pub runs: u64,
    /// Commands that were submitted.
    pub commands: u64,
    /// Rows of batches among them.
    pub rows: u64,
    /// Commands that left as rows of a request with others.
    pub merged: u64,
    /// Requests that reached a server.
    pub requests: u64,
    /// Simulated time, ms.
    pub virtual_ms: u64,
    /// Events of the simulated world.
    pub events: u64,
    /// What was done to the client, by kind.
    pub faults: BTreeMap<&'static str, u64>,
    /// How commands ended, by kind.
    pub results: BTreeMap<String, u64>,
    /// Most bytes that a client held at a time; 0 if that is not measured.
    pub peak_bytes: u64,
}

impl Totals {
    /// Adds the figures of another run.
    pub fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.commands += other.commands;
        self.rows += other.rows;
        self.merged += other.merged;
        self.requests += other.requests;
        self.virtual_ms += other.virtual_ms;
        self.events += other.events;
        self.peak_bytes = self.peak_bytes.max(other.peak_bytes);
        for (kind, count) in &other.faults {
            *self.faults.entry(kind).or_default() += count;
        }
        for (kind, count) in &other.results {
            *self.results.entry(kind.clone()).or_default() += count;
        }
    }

    pub(super) fn fault(&mut self, kind: &'static str) {
        *self.faults.entry(kind).or_default() += 1;
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "runs                {:>12}", self.runs)?;
        writeln!(f, "commands            {:>12}", self.commands)?;
        writeln!(f, "rows of batches     {:>12}", self.rows)?;
        writeln!(f, "commands merged     {:>12}", self.merged)?;
        writeln!(f, "requests received   {:>12}", self.requests)?;
        writeln!(f, "events              {:>12}", self.events)?;
        writeln!(f, "virtual time        {:>12} s", self.virtual_ms / 1_000)?;
        if self.peak_bytes > 0 {
            writeln!(f, "most memory         {:>12} bytes", self.peak_bytes)?;
        }
        writeln!(f, "faults              {:>12}", self.faults.values().sum::<u64>())?;
        for (kind, count) in &self.faults {
            writeln!(f, "  {kind:<34}{count:>12}")?;
        }
        writeln!(f, "ends of commands and rows")?;
        for (kind, count) in &self.results {
            writeln!(f, "  {kind:<34}{count:>12}")?;
        }
        Ok(())
    }
}

/// One run, looked back at.
#[derive(Clone, Debug)]
pub struct Run {
    /// Its seed.
    pub seed: u64,
    /// Its figures.
    pub totals: Totals,
    /// A digest of everything that the client put out.
    pub digest: u64,
    /// The first rule that was broken.
    pub violation: Option<Violation>,
    /// The last lines of its trace, if it was traced.
    pub trace: Vec<String>,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        match &self.violation {
            None => writeln!(f, "seed {}: no rule was broken", self.seed),
            Some(Violation { rule, text }) => writeln!(
                f,
                "seed {}: {rule:?} is broken: {text}\nreplay: cargo xtask sim --runs 1 --seed {}",
                self.seed, self.seed
            ),
        }
    }
}

/// What happened, for people and for comparison.
#[derive(Debug)]
pub(super) struct Trace {
    /// How many lines are kept.
    limit: usize,
    lines: VecDeque<String>,
    pub(super) digest: u64,
}

impl Trace {
    pub(super) const fn new(limit: usize) -> Self {
        Self { limit, lines: VecDeque::new(), digest: 0 }
    }

    /// Adds a line, which is made only if it is wanted.
    pub(super) fn line(&mut self, now: u64, text: impl FnOnce() -> String) {
        if self.limit == 0 {
            return;
        }
        if self.lines.len() >= self.limit {
            self.lines.pop_front();
        }
        self.lines.push_back(format!("{:>11.3} ms  {}", now as f64 / 1e6, text()));
    }

    /// Takes a number into the digest.
    pub(super) const fn word(&mut self, word: u64) {
        self.digest =
            mix(self.digest.wrapping_mul(31).wrapping_add(word).wrapping_add(0x9e37_79b9_7f4a_7c15));
    }

    /// Takes bytes into the digest.
    pub(super) fn bytes(&mut self, bytes: &[u8]) {
        for chunk in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..chunk.len()].copy_from_slice(chunk);
            self.word(u64::from_le_bytes(word));
        }
    }

    pub(super) fn into_lines(self) -> Vec<String> {
        self.lines.into()
    }
}
