//! The clients that are measured, and their installation by committed lock files into `target/bench`.
//!
//! Nothing of a peer is part of the workspace or of what is shipped.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::FOLDER;
use crate::build;
use crate::shell::{cargo, npm, root, run, step};

/// What the names of the records of each client begin with.
pub(crate) const PREFIXES: [&str; 7] = ["ours", "official", "rust", "cpython", "pyrust", "wasi2", "wasi3"];

/// A client, and how to start it.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    /// As the tables show it.
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) prefix: &'static str,
    pub(crate) is_floor: bool,
    pub(crate) program: PathBuf,
    /// Arguments before the hosts.
    pub(crate) before: Vec<String>,
    /// Arguments after the hosts.
    pub(crate) arguments: Vec<&'static str>,
    pub(crate) environment: Vec<(&'static str, String)>,
}

/// Name of this project's client on Node, which everything is held against.
pub(crate) const OURS: &str = "aerospike-wasm";
/// Name of the official Node client.
pub(crate) const OFFICIAL: &str = "official Node";
/// Name of the native Rust client.
pub(crate) const RUST: &str = "native Rust";

/// Installs the wanted clients, all when `wanted` is empty; a peer that cannot be had is named and left out.
pub(crate) fn install(wanted: &str) -> Result<Vec<Client>> {
    let is_wanted = |name: &str| {
        wanted.is_empty() || wanted.split(',').any(|part| name.to_lowercase().contains(&part.to_lowercase()))
    };
    let mut clients = vec![node_client(OURS, "ours", "ours.mjs", &[])];
    type Install = fn() -> Result<Vec<Client>>;
    let peers: [(&str, Install); 6] = [
        (OFFICIAL, official),
        (RUST, rust),
        ("wasi components", wasi),
        ("python, aerospike-py", python),
        ("floor", floors),
        ("runtimes deno bun node24", runtimes),
    ];
    for (name, install) in peers {
        if !is_wanted(name) {
            continue;
        }
        match install() {
            Ok(found) => clients.extend(found),
            Err(error) => println!("NOT MEASURED: {name}, because {error:#}"),
        }
    }
    Ok(clients)
}

/// This project's client as it is, and with one command at a time on a connection.
pub(crate) fn depths() -> Vec<Client> {
    let mut one = node_client("depth 1", "ours", "ours.mjs", &[]);
    one.environment.push(("BENCH_PIPELINE_DEPTH", "1".into()));
    vec![node_client(OURS, "ours", "ours.mjs", &[]), one]
}

fn script(name: &str) -> String {
    root().join("benches/clients").join(name).to_string_lossy().into_owned()
}

fn node_client(name: &str, prefix: &'static str, file: &str, arguments: &[&'static str]) -> Client {
    Client {
        name: name.into(),
        version: format!(
            "{}, Node {}",
            env!("CARGO_PKG_VERSION"),
            output("node", &["--version"]).unwrap_or_default()
        ),
        prefix,
        is_floor: false,
        program: "node".into(),
        before: vec![script(file)],
        arguments: arguments.to_vec(),
        environment: Vec::new(),
    }
}

/// Copies lock files into a folder of `target/bench` and gives that folder, and whether they have changed.
fn stage(name: &str, files: &[&str]) -> Result<(PathBuf, bool)> {
    let folder = root().join(FOLDER).join(name);
    fs::create_dir_all(&folder)?;
    let mut changed = false;
    for file in files {
        let wanted = fs::read(root().join("benches/peers").join(name).join(file))?;
        changed |= fs::read(folder.join(file)).ok().as_ref() != Some(&wanted);
        fs::write(folder.join(file), wanted)?;
    }
    Ok((folder, changed))
}

/// The official Node client. Its install script only chooses among the binaries in its package, which loading does too.
fn official() -> Result<Vec<Client>> {
    let (folder, changed) = stage("node", &["package.json", "package-lock.json"])?;
    let package = folder.join("node_modules/aerospike/package.json");
    if changed || !package.exists() {
        step("installing the official Node client");
        run(npm().args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]).current_dir(&folder))?;
    }
    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(package)?)?;
    let mut client = node_client(OFFICIAL, "official", "official.mjs", &[]);
    client.version = format!(
        "{}, Node {}",
        manifest["version"].as_str().unwrap_or_default(),
        output("node", &["--version"])?
    );
    client.environment.push(("AEROSPIKE_PEER", folder.to_string_lossy().into_owned()));
    Ok(vec![client])
}

/// The native Rust client, built from its own lock file.
fn rust() -> Result<Vec<Client>> {
    step("building the native Rust client");
    let target = root().join(FOLDER).join("rust");
    run(cargo()
        .args(["build", "--release", "--locked", "--manifest-path", "benches/peers/rust/Cargo.toml"])
        .env("CARGO_TARGET_DIR", &target))?;
    let lock = fs::read_to_string("benches/peers/rust/Cargo.lock")?;
    let version = lock
        .split("[[package]]")
        .find_map(|package| package.trim().strip_prefix("name = \"aerospike\"\nversion = \""))
        .and_then(|rest| rest.split('"').next())
        .unwrap_or_default();
    let program = target.join("release").join(if cfg!(windows) { "peer-rust.exe" } else { "peer-rust" });
    Ok(vec![Client {
        name: RUST.into(),
        version: version.into(),
        prefix: "rust",
        is_floor: false,
        program,
        before: Vec::new(),
        arguments: Vec::new(),
        environment: Vec::new(),
    }])
}

/// The WASI components, in a host around wasmtime.
fn wasi() -> Result<Vec<Client>> {
    let program = crate::component::peer()?;
    let client = |name: &str, prefix: &'static str, version: &str| Client {
        name: name.into(),
        version: env!("CARGO_PKG_VERSION").into(),
        prefix,
        is_floor: false,
        program: program.clone(),
        before: vec![version.into()],
        arguments: Vec::new(),
        environment: Vec::new(),
    };
    Ok(vec![client("component, WASI 0.2", "wasi2", "sync"), client("component, WASI 0.3", "wasi3", "async")])
}

/// The two Python clients, in a virtual environment.
fn python() -> Result<Vec<Client>> {
    let (folder, changed) = stage("python", &["requirements.txt"])?;
    let program = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python3" });
    if !program.exists() {
        step("making a Python environment");
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
    }
    if changed {
        step("installing the Python clients");
        run(Command::new(&program)
            .args(["-m", "pip", "install", "--quiet", "-r"])
            .arg(folder.join("requirements.txt")))?;
    }
    let requirements = fs::read_to_string(folder.join("requirements.txt"))?;
    let version = |package: &str| -> String {
        let line = requirements.lines().find_map(|line| line.strip_prefix(&format!("{package}==")));
        line.unwrap_or_default().into()
    };
    let client = |name: &str, prefix: &'static str, kind: &str, package: &str| Client {
        name: name.into(),
        version: version(package),
        prefix,
        is_floor: false,
        program: program.clone(),
        before: vec![script("python.py"), kind.into()],
        arguments: Vec::new(),
        environment: Vec::new(),
    };
    Ok(vec![
        client("official Python", "cpython", "official", "aerospike"),
        client("aerospike-py", "pyrust", "rust", "aerospike-py"),
    ])
}

/// Bare sockets with requests encoded beforehand.
fn floors() -> Result<Vec<Client>> {
    let floor = |name: &str, mode: &'static str| Client {
        is_floor: true,
        ..node_client(name, "shared", "floor.mjs", &["-", mode])
    };
    Ok(vec![floor("floor, one by one", "single"), floor("floor, pipelined", "pipelined")])
}

/// This project's client on the other runtimes that the tests run it in.
fn runtimes() -> Result<Vec<Client>> {
    build::install("pkg/test/runtimes")?;
    let say =
        "import { tools } from './pkg/test/runtimes/support/tools.mjs'; console.log(JSON.stringify(tools))";
    let tools: serde_json::Value =
        serde_json::from_str(&output("node", &["--input-type=module", "-e", say])?)?;
    let runtimes: [(&str, &str, &[&str]); 3] =
        [("Node 24", "node24", &[]), ("Deno", "deno", &["run", "--allow-all"]), ("Bun", "bun", &["run"])];
    let mut clients = Vec::new();
    for (name, tool, before) in runtimes {
        let Some(program) = tools[tool].as_str() else {
            println!("NOT MEASURED: {name}, because it cannot be installed here");
            continue;
        };
        let mut client = node_client(&format!("{OURS} on {name}"), "ours", "ours.mjs", &[]);
        let version = output(program, &["--version"])?;
        client.version =
            version.split_whitespace().find(|word| word.contains('.')).unwrap_or_default().into();
        client.program = program.into();
        client.before.splice(0..0, before.iter().map(|argument| (*argument).to_string()));
        clients.push(client);
    }
    Ok(clients)
}

/// First line that a program prints.
pub(crate) fn output(program: &str, arguments: &[&str]) -> Result<String> {
    let output =
        Command::new(Path::new(program)).args(arguments).output().with_context(|| program.to_string())?;
    Ok(String::from_utf8_lossy(&output.stdout).lines().next().unwrap_or_default().trim().to_string())
}
