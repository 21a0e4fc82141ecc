//! Simulated runs: many seeds, or one of them again.

use anyhow::Result;

use crate::shell::{cargo, run, step};

/// `cargo xtask sim`, with the options of the simulator's own program.
pub(crate) fn run_seeds(options: &[String]) -> Result<()> {
    step("the simulator");
    run(cargo()
        .args(["run", "--quiet", "--profile", "tool", "--package", "aerospike-testkit", "--bin", "sim", "--"])
        .args(options))
}
