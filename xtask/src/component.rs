//! The WASI components: built, packed with their interface, run in the host that tests them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use wac_graph::types::Package;
use wac_graph::{CompositionGraph, EncodeOptions, plug};
use wasmparser::BinaryReader;
use wit_component::ComponentEncoder;

use crate::shell::{Counts, cargo, npm, run, run_counting, step};
use crate::{build, server, size};

/// Crate, the file it makes, and the name under which that is shipped.
const COMPONENTS: [(&str, &str, &str); 3] = [
    ("aerospike-component-sync", "aerospike.wasm", "aerospike.wasm"),
    ("aerospike-component-async", "aerospike_async.wasm", "aerospike-async.wasm"),
    ("aerospike-keyvalue", "aerospike_keyvalue.wasm", "aerospike-keyvalue.wasm"),
];

/// Limits of a component in bytes: as it is, and gzipped.
const LIMIT: (usize, usize) = (400_000, 150_000);

/// The applications that import the interface, one of them a test's: crate, the file it makes, and the
/// component it is composed with.
const APPLICATIONS: [(&str, &str, &str); 4] = [
    ("aerospike-example-wasi", "tour.wasm", "aerospike.wasm"),
    ("aerospike-example-wasi-async", "tour_async.wasm", "aerospike-async.wasm"),
    ("aerospike-component-probe", "probe.wasm", "aerospike-async.wasm"),
    ("keyvalue-app", "keyvalue-app.wasm", "aerospike-keyvalue.wasm"),
];

/// The program that has the client linked in: crate and file.
const EMBEDDED: (&str, &str) = ("embedded-client", "embedded-client.wasm");

/// Folders of `wit/` that are shipped.
const INTERFACES: [&str; 3] = ["0.2", "0.3", "keyvalue"];

/// The component for WASI 0.2 in JavaScript.
const JCO: &str = "examples/wasi/jco";

/// Files of `tests/` that run on WASI, too.
const CORE_TESTS: [&str; 11] = [
    "cluster",
    "commands",
    "faults",
    "hostile",
    "info",
    "limits",
    "pipelining",
    "policy_bits",
    "replicas",
    "security",
    "worked_examples",
];

/// Where the components are put.
const FOLDER: &str = "target/components";

/// The host, which is a workspace of its own.
const HOST: &str = "crates/component/host/Cargo.toml";

/// Builds the components into `target/components/`, with the interface beside them.
pub(crate) fn components() -> Result<()> {
    build::install("pkg")?;
    step("building the WASI components");
    fs::create_dir_all(FOLDER)?;
    for (package, made, shipped) in COMPONENTS {
        compile(package, made, Path::new(FOLDER).join(shipped))?;
    }
    for folder in INTERFACES {
        copy_files(&Path::new("wit").join(folder), &Path::new(FOLDER).join("wit").join(folder))?;
    }
    Ok(())
}

/// Builds the applications of `examples/wasi/` into `target/components/examples/`, and composes each with its component
/// into `target/components/composed/`.
fn applications() -> Result<()> {
    let (plain, composed) = (Path::new(FOLDER).join("examples"), Path::new(FOLDER).join("composed"));
    fs::create_dir_all(&plain)?;
    fs::create_dir_all(&composed)?;
    for (package, made, component) in APPLICATIONS {
        let name = made.replace('_', "-");
        compile(package, made, plain.join(&name))?;
        fs::write(composed.join(&name), compose(&plain.join(&name), &Path::new(FOLDER).join(component))?)?;
    }
    let (package, made) = EMBEDDED;
    compile(package, made, plain.join(made))
}

/// Plugs a component into an application, as `wac plug` does.
fn compose(application: &Path, component: &Path) -> Result<Vec<u8>> {
    let mut graph = CompositionGraph::new();
    let mut register = |name: &str, path: &Path| -> Result<_> {
        let package = Package::from_file(name, None, path, graph.types_mut())
            .with_context(|| format!("{} is no component", path.display()))?;
        Ok(graph.register_package(package)?)
    };
    let plugged = register("aerospike", component)?;
    let socket = register("application", application)?;
    plug(&mut graph, vec![plugged], socket)?;
    Ok(graph.encode(EncodeOptions::default())?)
}

/// Compiles a crate to a module, lets binaryen shrink it, which takes no components, and makes a component of it.
fn compile(package: &str, made: &str, to: PathBuf) -> Result<()> {
    let flags = [build::without_paths().as_str(), "-Clink-arg=--skip-wit-component"].join("\u{1f}");
    // One package at a time, so that none is built with the features that another wants.
    run(cargo()
        .args(["build", "--profile", "component", "--target", "wasm32-wasip2", "--package", package])
        .env("CARGO_ENCODED_RUSTFLAGS", flags))?;
    fs::copy(Path::new("target/wasm32-wasip2/component").join(made), &to)?;
    build::optimize(&to, &build::SMALLEST)?;
    let mut encoder = ComponentEncoder::default();
    let component = encoder.validate(true).module(&fs::read(&to)?).and_then(|encoder| encoder.encode());
    let component = component.map_err(|error| anyhow!("{package} makes no component: {error:#}"))?;
    fs::write(to, without_custom_sections(&component)?)?;
    Ok(())
}

/// A component without the names of what it is made of, and of the tools that made it.
fn without_custom_sections(component: &[u8]) -> Result<Vec<u8>> {
    const HEADER: usize = 8;
    const CUSTOM: u8 = 0;
    let mut kept = component.get(..HEADER).context("no component")?.to_vec();
    let mut reader = BinaryReader::new(component.get(HEADER..).unwrap_or_default(), 0);
    while !reader.eof() {
        let start = reader.current_position();
        let kind = reader.read_u8()?;
        let size = reader.read_var_u32()?;
        reader.read_bytes(size as usize)?;
        if kind != CUSTOM {
            kept.extend_from_slice(&component[HEADER + start..HEADER + reader.current_position()]);
        }
    }
    Ok(kept)
}

/// Builds the components and packs their npm package; gives the path of the tarball.
pub(crate) fn package() -> Result<PathBuf> {
    components()?;
    step("packing the npm package of the components");
    let package = Path::new("pkg/component");
    for (_, _, shipped) in COMPONENTS {
        fs::copy(Path::new(FOLDER).join(shipped), package.join(shipped))?;
    }
    for folder in INTERFACES {
        copy_files(&Path::new("wit").join(folder), &package.join("wit").join(folder))?;
    }
    fs::copy("LICENSE", package.join("LICENSE"))?;
    let out = Path::new("target/npm-component");
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    fs::create_dir_all(out)?;
    run(npm()
        .args(["pack", "--silent", "--ignore-scripts", "--pack-destination", "../../target/npm-component"])
        .current_dir(package))?;
    let Some(tarball) = fs::read_dir(out)?.next() else { bail!("npm pack made no tarball") };
    let tarball = tarball?.path();
    println!("{} ({} bytes)", tarball.display(), fs::metadata(&tarball)?.len());
    Ok(tarball)
}

/// Prints the sizes; fails when one is over its limit.
pub(crate) fn report() -> Result<()> {
    let mut over = false;
    let (limit, gzipped_limit) = LIMIT;
    for (_, _, shipped) in COMPONENTS {
        let bytes = fs::read(Path::new(FOLDER).join(shipped))?;
        let (plain, gzipped) = (bytes.len(), size::gzipped(&bytes)?);
        println!("{shipped:<22} {plain:>8} bytes  (limit {limit})");
        println!("{:<22} {gzipped:>8} bytes  (limit {gzipped_limit})", "  gzipped");
        over |= plain > limit || gzipped > gzipped_limit;
    }
    if over {
        bail!("a component is over its limit");
    }
    Ok(())
}

/// Everything that is tested of the components.
pub(crate) fn test(program: &Path, suite: &mut impl FnMut(&str, &mut Command) -> Result<()>) -> Result<()> {
    package()?;
    applications()?;
    report()?;
    step("form and lints of the components, for WASI, and of their host");
    for (package, ..) in COMPONENTS {
        run(cargo().args([
            "clippy",
            "--target",
            "wasm32-wasip2",
            "--package",
            package,
            "--",
            "--deny",
            "warnings",
        ]))?;
    }
    run(cargo().args(["fmt", "--check", "--manifest-path", HOST]))?;
    run(host("clippy").args(["--locked", "--all-targets", "--", "--deny", "warnings"]))?;
    suite(
        "WASI components under wasmtime",
        host("test").args(["--locked", "--no-fail-fast"]).env("AEROSPIKE_TESTSERVER", program),
    )?;
    core_tests(suite)?;
    build::install(JCO)?;
    suite(
        "the component in JavaScript, through jco",
        Command::new("node")
            .args(["--test", "--test-reporter=spec"])
            .arg(Path::new(JCO).join("jco.test.mjs"))
            .env("AEROSPIKE_TESTSERVER", program),
    )
}

/// The core's own tests, compiled for WASI 0.2. Left out are those of the host's memory and files, and the long ones.
fn core_tests(suite: &mut impl FnMut(&str, &mut Command) -> Result<()>) -> Result<()> {
    run(host("build").args(["--locked", "--bin", "runner"]))?;
    let runner = crate::shell::root().join("target/host/debug").join(if cfg!(windows) {
        "runner.exe"
    } else {
        "runner"
    });
    let mut tests = cargo();
    tests.args([
        "test",
        "--target",
        "wasm32-wasip2",
        "--package",
        "aerospike-wasm",
        "--no-fail-fast",
        "--lib",
    ]);
    CORE_TESTS.iter().for_each(|name| {
        tests.args(["--test", name]);
    });
    suite("the core's tests on WASI 0.2", tests.env("CARGO_TARGET_WASM32_WASIP2_RUNNER", runner))
}

/// `cargo xtask wasi`.
pub(crate) fn test_alone() -> Result<()> {
    let mut total = Counts::default();
    let mut good = true;
    test(&server::build()?, &mut |name, command| {
        step(name);
        let (ended_well, counts) = run_counting(command)?;
        total.add(counts);
        good &= ended_well && counts.failed == 0;
        Ok(())
    })?;
    println!("\n{} passed, {} failed, {} skipped", total.passed, total.failed, total.skipped);
    if good { Ok(()) } else { bail!("a test failed") }
}

/// `cargo xtask demo --wasi`: the write-operations tour and a counter of visits, as composed components.
pub(crate) fn demo(hosts: Option<&str>) -> Result<()> {
    components()?;
    applications()?;
    let server;
    let hosts = match hosts {
        Some(hosts) => hosts,
        None => {
            server = server::start(1, 300)?;
            &server.hosts
        }
    };
    step("the demo under wasmtime");
    run(host("run").args(["--quiet", "--locked", "--bin", "demo"]).env("AEROSPIKE_HOSTS", hosts))
}

/// Builds the components and the program that measures them, and gives its path.
pub(crate) fn peer() -> Result<PathBuf> {
    components()?;
    step("building the host of the components");
    run(host("build").args(["--locked", "--profile", "tool", "--bin", "peer"]))?;
    Ok(crate::shell::root().join("target/host/tool").join(if cfg!(windows) { "peer.exe" } else { "peer" }))
}

/// A command of cargo in the host's workspace, which has a folder of its own: neither waits for the other.
pub(crate) fn host(command: &str) -> Command {
    let mut cargo = cargo();
    cargo.args([command, "--manifest-path", HOST, "--target-dir", "target/host"]);
    cargo
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy_files(&path, &to)?;
        } else {
            fs::copy(&path, to)?;
        }
    }
    Ok(())
}
