//! `aerospike-wasm/testing`: the test server as a module of the npm package.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use crate::shell::{self, cargo, step};

const FOLDER: &str = "pkg/test/testing";

/// The scenarios on it, its own behaviour, and hostile bytes.
pub(crate) fn run(suite: &mut impl FnMut(&str, &mut Command) -> Result<()>) -> Result<()> {
    let streams = shell::root().join("target/streams");
    step("writing hostile streams and their answers");
    shell::run(
        cargo().args(["run", "--quiet", "--package", "aerospike-testkit", "--bin", "streams"]).arg(&streams),
    )?;
    let files =
        ["scenarios", "behaviour", "process", "hostile"].map(|name| format!("{FOLDER}/{name}.test.mjs"));
    suite(
        "npm package: the embedded test server",
        Command::new("node")
            .args(["--test", "--test-reporter=spec"])
            .args(files)
            .env("AEROSPIKE_STREAMS", streams),
    )
}

/// The official Python client against it.
pub(crate) fn python(python: &Path, suite: &mut impl FnMut(&str, &mut Command) -> Result<()>) -> Result<()> {
    suite(
        "the official Python client against the embedded test server",
        Command::new("node").arg(format!("{FOLDER}/python.mjs")).env("PYTHON", python),
    )
}
