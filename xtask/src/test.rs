//! Everything that CI runs.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

use crate::shell::{self, Counts, cargo, run_counting, step};
use crate::{build, component, docs, runtimes, server, size, testing};

/// Version of the official Python client that the test server is held against.
const PYTHON_CLIENT: &str = "aerospike==19.3.0";

/// `cargo xtask test`.
pub(crate) fn run() -> Result<()> {
    let mut total = Counts::default();
    let mut failures = Vec::new();
    lint()?;
    let mut suite = |name: &str, command: &mut Command| -> Result<()> {
        step(name);
        let (good, counts) = run_counting(command)?;
        total.add(counts);
        if !good || counts.failed > 0 {
            failures.push(name.to_string());
        }
        Ok(())
    };
    suite("Rust tests", cargo().args(["test", "--workspace", "--no-fail-fast"]))?;
    let tarball = build::package()?;
    step("sizes");
    size::report(&tarball)?;
    suite("work per operation", Command::new(std::env::current_exe()?).args(["bench", "counts"]))?;
    let node = |files: &[&str]| {
        let mut command = Command::new("node");
        command.args(["--test", "--test-reporter=spec"]).args(files);
        command
    };
    suite("npm package: units", &mut node(&unit_tests()?.iter().map(String::as_str).collect::<Vec<_>>()))?;
    let program = server::build()?;
    for nodes in ["1", "3"] {
        suite(
            &format!("npm package: scenarios against {nodes} node(s)"),
            node(&["pkg/test/e2e/scenarios.test.mjs"])
                .env("AEROSPIKE_TESTSERVER", &program)
                .env("AEROSPIKE_TESTSERVER_NODES", nodes),
        )?;
    }
    suite(
        "npm package: faults",
        node(&["pkg/test/e2e/faults.test.mjs"]).env("AEROSPIKE_TESTSERVER", &program),
    )?;
    suite(
        "npm package: installed from its tarball",
        node(&["pkg/test/e2e/package.test.mjs"])
            .env("AEROSPIKE_TESTSERVER", &program)
            .env("AEROSPIKE_TARBALL", &tarball),
    )?;
    testing::run(&mut suite)?;
    suite(
        "npm package: users and TLS",
        node(&["pkg/test/e2e/security.test.mjs"]).env("AEROSPIKE_TESTSERVER", &program),
    )?;
    suite("the demo's tour", node(&["pkg/test/e2e/tour.test.mjs"]).env("AEROSPIKE_TESTSERVER", &program))?;
    if python(&program, &mut suite)? {
        println!("(the official Python client was checked)");
    }
    component::test(&program, &mut suite)?;
    docs::run(&program, &mut suite)?;
    runtimes::run(&tarball, &program, &mut suite)?;
    runtimes::print_matrix()?;
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    if !failures.is_empty() {
        bail!("failed: {}", failures.join(", "));
    }
    Ok(())
}

/// Form, lints, documentation, and that the core builds without an operating system.
fn lint() -> Result<()> {
    step("format");
    shell::run(cargo().args(["fmt", "--all", "--check"]))?;
    step("lints");
    shell::run(cargo().args(["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))?;
    step("the core for wasm32v1-none");
    shell::run(cargo().args(["build", "--target", "wasm32v1-none"]))?;
    step("documentation");
    shell::run(cargo().args(["doc", "--no-deps", "--workspace"]).env("RUSTDOCFLAGS", "--deny warnings"))
}

fn unit_tests() -> Result<Vec<String>> {
    let mut files: Vec<String> = fs::read_dir("pkg/test")?
        .filter_map(|entry| entry.ok()?.path().to_str().map(String::from))
        .filter(|path| path.ends_with(".test.mjs"))
        .collect();
    files.sort();
    Ok(files)
}

/// The official Python client against the test server; `false` without Python.
fn python(program: &Path, suite: &mut impl FnMut(&str, &mut Command) -> Result<()>) -> Result<bool> {
    if !Command::new("python3").arg("--version").output().is_ok_and(|output| output.status.success()) {
        println!(
            "\nNOT CHECKED: the official Python client against the test server, because there is no python3 here"
        );
        return Ok(false);
    }
    let folder = shell::root().join("target/python");
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python3" });
    if !python.exists() {
        step("installing the official Python client");
        shell::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    shell::run(Command::new(&python).args(["-m", "pip", "install", "--quiet", PYTHON_CLIENT]))?;
    suite(
        "the official Python client against the test server and the npm package",
        Command::new(&python).arg("tests/python/official_client.py").env("AEROSPIKE_TESTSERVER", program),
    )?;
    testing::python(&python, suite)?;
    Ok(true)
}
