//! The npm package in every runtime it is made for: installed by lock file, run over TCP, counted in a matrix.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{Counts, run_counting, step};
use crate::{build, server};

/// Where the runtimes and the tools around them are installed.
const FOLDER: &str = "pkg/test/runtimes";
const MATRIX: &str = "target/matrix.md";
const TESTS: [(&str, &str); 7] = [
    ("as it is shipped, in Bun and in Deno", "pkg/test/runtimes/install.test.mjs"),
    ("why it cannot connect, in every runtime with node:net", "pkg/test/runtimes/reasons.test.mjs"),
    ("TLS and passwords, in every runtime", "pkg/test/runtimes/tls.test.mjs"),
    ("faults in Deno and in Bun", "pkg/test/runtimes/faults.test.mjs"),
    ("what is special about workerd", "pkg/test/runtimes/workerd.test.mjs"),
    ("the embedded test server in every runtime", "pkg/test/runtimes/embedded.test.mjs"),
    ("examples", "pkg/test/runtimes/examples.test.mjs"),
];

/// `cargo xtask runtimes`.
pub(crate) fn run_alone() -> Result<()> {
    let tarball = build::package()?;
    let server = server::build()?;
    let mut total = Counts::default();
    let mut good = true;
    run(&tarball, &server, &mut |name, command| {
        step(name);
        let (passed, counts) = run_counting(command)?;
        good &= passed && counts.failed == 0;
        total.add(counts);
        Ok(())
    })?;
    print_matrix()?;
    let note = "What `cargo xtask runtimes` found, which writes this file: the scenarios of `pkg/test/e2e` against three nodes, over TCP and in memory.";
    fs::write("docs/matrix.md", format!("# Support matrix\n\n{note}\n\n{}", fs::read_to_string(MATRIX)?))?;
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    if !good {
        bail!("some suites failed");
    }
    Ok(())
}

/// Every suite about runtimes, by `suite(name, command)`.
pub(crate) fn run(
    tarball: &Path,
    server: &Path,
    suite: &mut impl FnMut(&str, &mut Command) -> Result<()>,
) -> Result<()> {
    build::install(FOLDER)?;
    let mut node = |name: &str, arguments: &[&str]| {
        let mut command = Command::new("node");
        command.args(arguments).env("AEROSPIKE_TESTSERVER", server).env("AEROSPIKE_TARBALL", tarball);
        suite(name, &mut command)
    };
    node("npm package: scenarios in every runtime", &["pkg/test/runtimes/matrix.mjs"])?;
    for (name, file) in TESTS {
        node(&format!("npm package: {name}"), &["--test", "--test-reporter=spec", file])?;
    }
    Ok(())
}

/// Prints the matrix of the last run.
pub(crate) fn print_matrix() -> Result<()> {
    println!("\n{}", fs::read_to_string(MATRIX)?.trim_end());
    Ok(())
}
