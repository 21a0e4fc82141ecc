//! Benchmarks: this project's package beside the official clients, in turn, against one server.
//!
//! `peers` installs and names the clients, `worker` talks to one that runs, `plan` says what is measured, `report` makes
//! tables, JSON and BENCHMARKS.md of it, `chart` the picture.

#![expect(clippy::disallowed_types, reason = "a tool that measures time has a clock")]

mod chart;
mod counts;
mod peers;
mod plan;
mod report;
mod worker;

use std::fs;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::shell::{cargo, run, step};
use crate::{build, server};
use plan::{Cell, Settings};
use report::Results;
use worker::Worker;

/// Where peers are installed and results are kept.
const FOLDER: &str = "target/bench";

/// What the command line says about a benchmark.
#[derive(Clone, Debug, Default)]
pub(crate) struct Options {
    /// Few rounds and few kinds of work.
    pub(crate) quick: bool,
    /// Write the figures into BENCHMARKS.md.
    pub(crate) record: bool,
    /// Clients to measure, joined by commas; all when empty.
    pub(crate) clients: String,
    /// Kinds of work to measure, joined by commas, as prefixes of their names; all when empty.
    pub(crate) only: String,
    /// Rounds; 0 for as many as the settings say.
    pub(crate) rounds: usize,
    /// Rewrite the committed counts.
    pub(crate) update: bool,
}

/// `cargo xtask bench [TOPIC]`.
pub(crate) fn run_topic(topic: &str, hosts: Option<&str>, options: &Options) -> Result<()> {
    match topic {
        "" => compare(hosts, options, peers::install),
        "depth" => depth(hosts, options),
        "counts" => counts::run_counts(options.update),
        "memory" => memory(hosts),
        "wasi" => compare(hosts, &wasi(options), peers::install),
        "cluster" => run(cargo().args([
            "run",
            "--profile",
            "tool",
            "--package",
            "aerospike-testkit",
            "--bin",
            "bench-cluster",
        ])),
        _ => bail!("say what to measure: cargo xtask bench [depth | wasi | counts | memory | cluster]"),
    }
}

/// The components beside the native Rust client.
fn wasi(options: &Options) -> Options {
    let only = "put@1,get@1,put@16,get@16,put@64,get@64,batch-read:1000,batch-write:1000,batch-operate:1000";
    let only = if options.only.is_empty() { only.into() } else { options.only.clone() };
    Options { clients: "rust,wasi components".into(), only, ..options.clone() }
}

/// Long lives and large commands: what they take of memory, and that it does not grow.
fn memory(hosts: Option<&str>) -> Result<()> {
    build::package()?;
    let embedded = if hosts.is_none() { Some(server::start(1, 3600)?) } else { None };
    let hosts =
        hosts.map_or_else(|| embedded.iter().map(|server| server.hosts.clone()).collect(), String::from);
    step("memory");
    run(std::process::Command::new("node").args(["--expose-gc", "benches/clients/memory.mjs", &hosts]))
}

/// What pipelining is worth: the package with its default depth beside itself with a depth of 1.
fn depth(hosts: Option<&str>, options: &Options) -> Result<()> {
    let only = if options.only.is_empty() { "put,get".to_string() } else { options.only.clone() };
    let options = Options { only, record: false, ..options.clone() };
    compare(hosts, &options, |_| Ok(peers::depths()))
}

fn compare(
    hosts: Option<&str>,
    options: &Options,
    clients: impl FnOnce(&str) -> Result<Vec<peers::Client>>,
) -> Result<()> {
    let settings = Settings::new(options);
    build::package()?;
    fs::create_dir_all(FOLDER)?;
    let clients = clients(&options.clients)?;
    let embedded = if hosts.is_none() { Some(server::start(1, 7200)?) } else { None };
    let target = match (hosts, &embedded) {
        (Some(hosts), _) => hosts.to_string(),
        (None, Some(server)) => server.hosts.clone(),
        (None, None) => bail!("there is no server"),
    };
    let mut workers = start(&clients, &target)?;
    let mut results = Results::new(&target, embedded.is_some(), &settings, &clients);
    step("preparing records");
    prepare(&mut workers, &settings)?;
    step(&format!("measuring: {} kinds of work, {} rounds", settings.cells.len(), settings.rounds));
    let began = Instant::now();
    for round in 0..settings.rounds {
        for cell in &settings.cells {
            one_cell(&mut workers, cell, &settings, round, &mut results)?;
        }
        println!("round {} of {} done after {} s", round + 1, settings.rounds, began.elapsed().as_secs());
        verify(&mut workers)?;
    }
    drop(workers);
    if settings.cold {
        cold(&clients, &target, &settings, &mut results)?;
    }
    report::publish(&results, options.record)
}

fn start(clients: &[peers::Client], hosts: &str) -> Result<Vec<Worker>> {
    step("starting clients");
    clients.iter().map(|client| Worker::start(client, hosts)).collect()
}

/// Writes what the measurements read: once for all, and for each client the records only it works on.
fn prepare(workers: &mut [Worker], settings: &Settings) -> Result<()> {
    let sizes = if settings.large { "[1024,102400]" } else { "[]" };
    let Some(first) = workers.iter_mut().find(|worker| !worker.is_floor) else { bail!("there is no client") };
    for prefix in std::iter::once("shared").chain(first.prefixes().iter().copied()) {
        first.ask(&format!(r#"{{"do":"prepare","prefix":"{prefix}","sizes":{sizes}}}"#))?;
    }
    Ok(())
}

/// One kind of work by every client, one after another; who begins changes with the round.
fn one_cell(
    workers: &mut [Worker],
    cell: &Cell,
    settings: &Settings,
    round: usize,
    results: &mut Results,
) -> Result<()> {
    let count = workers.len();
    for turn in 0..count {
        let worker = &mut workers[(turn + round) % count];
        if worker.is_floor && !cell.has_floor() {
            continue;
        }
        let answer = worker.ask(&cell.command(&worker.prefix, settings))?;
        results.add(cell, &worker.name, &answer)?;
    }
    println!("{}", results.line(cell));
    Ok(())
}

/// Every client's records are read by the next one.
fn verify(workers: &mut [Worker]) -> Result<()> {
    let prefixes: Vec<String> =
        workers.iter().filter(|worker| !worker.is_floor).map(|worker| worker.prefix.clone()).collect();
    let readers = workers.iter_mut().filter(|worker| !worker.is_floor);
    for (reader, prefix) in readers.zip(prefixes.iter().cycle().skip(1)) {
        reader.ask(&format!(r#"{{"do":"verify","prefix":"{prefix}"}}"#))?;
    }
    Ok(())
}

/// Import, connect and first get, in processes of their own.
fn cold(clients: &[peers::Client], hosts: &str, settings: &Settings, results: &mut Results) -> Result<()> {
    step("cold starts");
    for _ in 0..settings.rounds * 3 {
        for client in clients.iter().filter(|client| !client.is_floor) {
            let answer = worker::cold(client, hosts)?;
            results.add(&Cell::cold(), &client.name, &answer)?;
        }
    }
    println!("{}", results.line(&Cell::cold()));
    Ok(())
}
