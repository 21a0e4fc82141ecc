//! The simulator: a client against a cluster on a network that misbehaves, held against a reference model.
//!
//! One run is one seed. It has one to five nodes of the test server, one real [`aerospike_wasm::Client`], a virtual clock
//! and a network with latency, pieces, silence and ends; commands of all kinds while connections break, nodes die and
//! return and servers refuse, stall and lie. Everything that the client says is checked against what the servers did
//! ([`Rule`]). The same seed gives the same run.
//!
//! | file | what |
//! |---|---|
//! | `plan` | what the seed decides before the run |
//! | `world` | time and the client |
//! | `network`, `servers`, `liar`, `mischief` | what is between the client and its data |
//! | `application` | commands |
//! | `request` | requests as the network sees them |
//! | `model`, `ledger`, `masters` | what must hold |
//! | `ending` | how runs begin and end |
//! | `report` | figures and traces |

mod application;
mod ending;
mod ledger;
mod liar;
mod masters;
mod mischief;
mod model;
mod network;
mod plan;
mod random;
mod report;
mod request;
mod servers;
mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};

pub use report::{Rule, Run, Totals, Violation};
use world::World;

/// How many lines of the trace a failed run keeps.
const KEPT_LINES: usize = 60;
/// One in so many runs is made twice, and must be the same both times.
const REPEATED: u64 = 20;

/// Makes the run of a seed. A run that breaks a rule is made again with its trace.
#[must_use]
pub fn run(seed: u64) -> Run {
    let run = replay(seed, 0);
    if run.violation.is_some() {
        return replay(seed, KEPT_LINES);
    }
    if seed.is_multiple_of(REPEATED) && replay(seed, 0).digest != run.digest {
        let text = "two runs gave different outputs".into();
        return Run { violation: Some(Violation { rule: Rule::Deterministic, text }), ..run };
    }
    run
}

/// Makes the runs of seeds `first`, `first + step`, …, `count` of them.
///
/// # Errors
/// The first run that broke a rule.
pub fn run_many(first: u64, step: u64, count: u64) -> Result<Totals, Box<Run>> {
    let mut totals = Totals::default();
    for index in 0..count {
        let run = run(first + index * step);
        if run.violation.is_some() {
            return Err(Box::new(run));
        }
        totals.add(&run.totals);
    }
    Ok(totals)
}

/// Makes the run of a seed and keeps the last lines of its trace.
#[must_use]
pub fn replay(seed: u64, lines: usize) -> Run {
    let mut world = World::new(seed, lines);
    if let Err(panic) = catch_unwind(AssertUnwindSafe(|| world.play())) {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        world.violate(Rule::NoPanic, text.into());
    }
    world.check_memory();
    world.totals.virtual_ms = world.now / plan::MS;
    Run {
        seed,
        totals: world.totals,
        digest: world.trace.digest,
        violation: world.violation,
        trace: world.trace.into_lines(),
    }
}
