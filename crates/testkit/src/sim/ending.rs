//! How runs begin and end: connecting, recovering, closing.
//!
//! Part of [`World`].

use aerospike_wasm::time::Timestamp;
use aerospike_wasm::{Client, Output};

use super::ledger::Part;
use super::model::Deed;
use super::plan::MS;
use super::report::Rule;
use super::servers::patient;
use super::world::live;
use super::world::{Happening, World};

/// Time within which everything in flight ends once all is well: the longest total timeout, and as much again.
const DRAIN: u64 = 10_000 * MS;
/// The longest that a connection waits for a late reply (`timeout_delay_ms`).
const STALL: u64 = 3_000 * MS;
/// Time within which every node is found again.
const FIND: u64 = 20_000 * MS;
/// Most memory a client of five nodes may hold, bytes: partition maps, buffers, requests.
const MEMORY_LIMIT: u64 = 2 << 20;
/// Most memory it may hold once nothing is in flight.
const IDLE_LIMIT: i64 = 1 << 20;
/// What may be added to it by doing the same again, bytes: another connection or two, and what each of those that are open
/// may still grow to hold a reply it has not carried before.
const GROWTH_LIMIT: i64 = 4 << 10;
const GROWTH_PER_CONNECTION: i64 = 512;
/// Lists of what is in flight grow by doubling.
const GROWTH_PER_KEY: i64 = 32;

impl World {
    /// The whole run.
    pub(super) fn play(&mut self) {
        // Some applications do not wait for the client to be ready.
        let start = self.random.pick(&[0, 50 * MS, 300 * MS]);
        self.after(start, Happening::Turn);
        let pause = self.random.range(self.plan.mischief_pause.0, self.plan.mischief_pause.1);
        self.after(start + pause, Happening::Mischief);
        self.poll();
        let stop = if self.plan.closes_early { self.random.index(self.plan.turns) } else { 0 };
        self.run(600_000 * MS, |world| world.turns_left <= stop);
        if self.plan.closes_early {
            let wait = self.random.pick(&[0, 100_000, 20 * MS]);
            self.run(wait, |_| false);
            return self.close();
        }
        let after = self.random.pick(&[0, 100 * MS, 3_000 * MS]);
        self.run(after, |_| false);
        if self.violation.is_some() {
            return;
        }
        while self.now < self.held_until() && self.violation.is_none() {
            self.run(self.held_until() - self.now, |_| false);
        }
        self.calm();
        self.recover();
        self.close();
    }

    /// Everything ends, everybody is found, every record can be written and read at its master.
    fn recover(&mut self) {
        // Those that wait for their turn take theirs one after the other.
        let drain = DRAIN + self.live.len() as u64 * 300 * MS;
        if !self.run(drain, |world| world.live.is_empty()) {
            let numbers: Vec<u32> = self.live.values().copied().collect();
            self.violate(Rule::Recovers, format!("still in flight when all is well: {numbers:?}"));
        }
        let nodes = self.plan.nodes;
        if !self.run(FIND, |world| world.is_alive && world.client.node_names().count() == nodes) {
            let names = self.client.node_names().collect::<Vec<_>>().join(" ");
            self.violate(Rule::Recovers, format!("of {nodes} nodes the client has found: {names}"));
        }
        let config = &self.plan.client;
        // Connections that wait for a late reply are given up meanwhile, and that is held against their nodes.
        // A login that was stalled has a time of its own.
        let login = if self.plan.session_ttl.is_some() { config.login_timeout_ms } else { 0 };
        let settle =
            STALL + u64::from(4 * config.tend_interval_ms + 4 * config.connect_timeout_ms + login) * MS;
        self.run(settle, |_| false);
        if !self.client.is_connected() || self.client.node_names().count() != nodes {
            self.violate(Rule::Recovers, "the client does not stay connected".into());
        }
        self.probes = Some(self.jobs.len() as u32);
        self.probe(Deed::Put);
        self.probe(Deed::ReadAll);
        self.probe(Deed::ReadSome);
        let before = self.client_bytes;
        (0..3).for_each(|_| self.probe(Deed::ReadSome));
        let growth = self.client_bytes - before;
        let limit = GROWTH_LIMIT
            + GROWTH_PER_CONNECTION * self.open.len() as i64
            + GROWTH_PER_KEY * self.plan.keys as i64;
        if self.client_bytes > IDLE_LIMIT || growth > limit {
            let text = format!("{} bytes are held for nothing, {growth} of them new", self.client_bytes);
            self.violate(Rule::Buffers, text);
        }
    }

    /// Does the same to every record; all must succeed, and reads must show the record as it is.
    fn probe(&mut self, deed: Deed) {
        if self.violation.is_some() {
            return;
        }
        let first = self.jobs.len();
        for record in 0..self.records.len() {
            self.submit(false, patient(), vec![Part::new(record, deed)]);
            self.poll();
            // Where a queue may run out of patience, one waits for the other.
            if self.plan.client.operation_queue_timeout_ms > 0 {
                self.run(DRAIN, |world| world.live.is_empty());
            }
        }
        self.poll();
        self.run(DRAIN, |world| world.live.is_empty());
        let failed = self.jobs[first..].iter().filter(|job| !job.is_ok).count();
        if failed > 0 {
            self.violate(Rule::Recovers, format!("{failed} commands fail when all is well"));
        }
    }

    /// The application closes the client: everything ends at once, and nothing is left.
    fn close(&mut self) {
        if self.violation.is_some() || !self.is_alive {
            return;
        }
        self.trace.line(self.now, || "close".into());
        self.is_alive = false;
        let stamp = self.stamp();
        self.client.close(stamp);
        self.poll();
        if !self.was_closed && self.violation.is_none() {
            self.violate(Rule::Closes, "the client does not say that it is closed".into());
        }
    }

    /// The client says that it has ended.
    pub(super) fn closed(&mut self) {
        self.trace.line(self.now, || "closed".into());
        self.was_closed = true;
        if self.is_alive {
            return self.violate(Rule::Closes, "the client ends although nobody closed it".into());
        }
        let (commands, connections) = (self.live.len(), self.open.len());
        if commands + connections > 0 {
            let text = format!("{commands} commands and {connections} connections are left behind");
            self.violate(Rule::Closes, text);
        }
        let mut bytes = Vec::new();
        let rest = self.client.poll_output(&mut bytes);
        if !matches!(rest, Output::Wait(None)) || !bytes.is_empty() {
            let text = format!("a closed client asks for {rest:?}");
            self.violate(Rule::Closes, text);
        }
    }

    /// No server could be reached: the client ends, and the application makes another.
    pub(super) fn connect_failed(&mut self, text: &str) {
        self.trace.line(self.now, || format!("cannot connect: {text}"));
        self.totals.fault("client could not connect");
        if self.is_late_client {
            self.violate(Rule::Recovers, format!("cannot connect when all is well: {text}"));
        }
        self.is_alive = false;
        self.after(50 * MS, Happening::NewClient);
    }

    pub(super) fn renew_client(&mut self) {
        let before = live();
        let seed = self.random.next();
        self.client = Client::new(self.plan.client.clone(), seed, Timestamp::from_nanos(self.now));
        self.client_bytes += live() - before;
        self.first_link = self.links.len();
        self.is_alive = true;
        self.is_late_client = !self.is_storm;
        self.was_closed = false;
        self.poll();
    }

    /// Holds the memory of the client against its limit.
    pub(super) fn check_memory(&mut self) {
        if self.totals.peak_bytes > MEMORY_LIMIT {
            let text = format!("the client held {} bytes", self.totals.peak_bytes);
            self.violate(Rule::Buffers, text);
        }
    }
}
