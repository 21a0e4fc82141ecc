//! Simulated runs by fixed seeds: a client and a cluster on a network that misbehaves, held against a reference model.
//!
//! A seed that fails prints the broken rule and the end of its trace. `SIM_SEED=n cargo test --test simulation` makes
//! the run of one seed; `cargo xtask sim` makes more of them.
#![allow(clippy::panic, reason = "a test stops where it fails")]

use aerospike_testkit::Counting;
use aerospike_testkit::sim::{run, run_many};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Seeds whose runs found defects of the client.
const ONCE_BROKEN: &[u64] = &[25_159, 50_371, 102_086, 106_174];

/// Runs of each test.
const RUNS: u64 = 500;

fn runs_from(first: u64) {
    if let Some(seed) = std::env::var("SIM_SEED").ok().and_then(|seed| seed.parse().ok()) {
        let run = run(seed);
        assert!(run.violation.is_none(), "\n{run}");
        return;
    }
    match run_many(first, 1, RUNS) {
        Ok(totals) => {
            assert!(totals.commands.min(totals.merged) > 10 * RUNS && totals.faults.len() > 20, "\n{totals}")
        }
        Err(run) => panic!("\n{run}"),
    }
}

#[test]
fn seeds_that_once_broke_a_rule_break_none() {
    for seed in ONCE_BROKEN {
        let run = run(*seed);
        assert!(run.violation.is_none(), "\n{run}");
    }
}

#[test]
fn seeds_1_to_500_break_no_rule() {
    runs_from(1);
}

#[test]
fn seeds_501_to_1000_break_no_rule() {
    runs_from(501);
}

#[test]
fn seeds_1001_to_1500_break_no_rule() {
    runs_from(1_001);
}

#[test]
fn seeds_1501_to_2000_break_no_rule() {
    runs_from(1_501);
}
