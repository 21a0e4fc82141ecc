//! The scenarios against a real server.

use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{Counts, cargo, run_counting, step};
use crate::{build, demo};

/// `cargo xtask live --hosts …`.
pub(crate) fn run(hosts: Option<&str>) -> Result<()> {
    let Some(hosts) = hosts else { bail!("say where the server is: cargo xtask live --hosts HOST:PORT") };
    build::package()?;
    let mut total = Counts::default();
    let mut good = true;
    step(&format!("the core against {hosts}"));
    let (passed, counts) =
        run_counting(cargo().args(["test", "--test", "live"]).env("AEROSPIKE_HOSTS", hosts))?;
    good &= passed;
    total.add(counts);
    step(&format!("the npm package against {hosts}"));
    let (passed, counts) = run_counting(
        Command::new("node")
            .args(["--test", "--test-reporter=spec", "pkg/test/e2e/scenarios.test.mjs"])
            .env("AEROSPIKE_HOSTS", hosts),
    )?;
    good &= passed;
    total.add(counts);
    step(&format!("the write-operations tour against {hosts}"));
    demo::tour(hosts)?;
    if std::env::var_os("OUTAGE_DOWN").is_some() {
        step("a node that dies and returns under load");
        let (passed, _) =
            run_counting(Command::new("node").arg("pkg/test/e2e/outage.mjs").env("AEROSPIKE_HOSTS", hosts))?;
        good &= passed;
    }
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    if !good {
        bail!("some scenarios failed");
    }
    Ok(())
}
