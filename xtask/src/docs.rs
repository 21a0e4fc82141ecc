//! The documentation of the npm package: the API reference, and the guides, whose code runs against the test server.

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{Counts, run_counting, step};
use crate::{build, server};

/// Where TypeDoc is installed, with the TypeScript it needs.
const FOLDER: &str = "docs/reference";
const REFERENCE: &str = "target/docs/api";

/// `cargo xtask docs`.
pub(crate) fn run_alone() -> Result<()> {
    build::package()?;
    let server = server::build()?;
    let mut total = Counts::default();
    let mut good = true;
    run(&server, &mut |name, command| {
        step(name);
        let (passed, counts) = run_counting(command)?;
        good &= passed && counts.failed == 0;
        total.add(counts);
        Ok(())
    })?;
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    if !good {
        bail!("the documentation is not as it should be");
    }
    println!("the API reference is in {REFERENCE}/index.html");
    Ok(())
}

/// The suites about documentation, by `suite(name, command)`. They make the reference, too.
pub(crate) fn run(server: &Path, suite: &mut impl FnMut(&str, &mut Command) -> Result<()>) -> Result<()> {
    build::install(FOLDER)?;
    let mut node = |name: &str, file: &str| {
        let mut command = Command::new("node");
        command.args(["--test", "--test-reporter=spec", file]).env("AEROSPIKE_TESTSERVER", server);
        suite(name, &mut command)
    };
    node("documentation: what finds members without an example", "docs/test/members.test.mjs")?;
    node("documentation: the API reference and its examples", "docs/test/reference.test.mjs")?;
    node("documentation: the guides", "docs/test/guides.test.mjs")
}
