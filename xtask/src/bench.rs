//! Benchmarks.

use anyhow::{Result, bail};

use crate::shell::{cargo, run};

/// `cargo xtask bench TOPIC`.
pub(crate) fn run_topic(topic: &str) -> Result<()> {
    match topic {
        "cluster" => run(cargo().args([
            "run",
            "--profile",
            "tool",
            "--package",
            "aerospike-testkit",
            "--bin",
            "bench-cluster",
        ])),
        _ => bail!("say what to measure: cargo xtask bench cluster"),
    }
}
