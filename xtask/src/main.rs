//! The one entry point for building, testing and showing the project: `cargo xtask COMMAND`.
//!
//! Needs cargo, node and npm; installs or builds everything else itself.

mod bench;
mod build;
mod bundle;
mod component;
mod contents;
mod demo;
mod docs;
mod live;
mod runtimes;
mod server;
mod shell;
mod sim;
mod size;
mod test;
mod testing;
mod toolchain;
mod wit;

use std::process::ExitCode;

use anyhow::{Result, bail};
use lexopt::prelude::*;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  demo [--hosts HOST:PORT]   run the write-operations tour in Node, against an embedded server or a real one;
                             with --wasi as composed components under wasmtime
  test                       everything that CI runs
  build                      build the npm package into pkg/ and pack it into target/npm/; the WASI components into
                             target/components/, packed into target/npm-component/
  docs                       make the API reference in target/docs/api/ and run the code of the guides
  live --hosts HOST:PORT     run the scenarios against a real server; with OUTAGE_DOWN and OUTAGE_UP (shell commands
                             that end a node and start it again) also an outage under load
  runtimes                   the part of the tests that runs the npm package in every runtime
  bench [--hosts HOST:PORT]  the package beside the official clients, in turn, against the embedded server or a real one;
                             --quick; --clients NAMES and --only WORK to choose; --rounds N; --record for BENCHMARKS.md
  bench depth                the package with its default pipeline depth beside itself with a depth of 1
  bench wasi                 the WASI components beside the native Rust client
  bench counts [--update]    instructions and allocations per operation of the core, against benches/counts.txt
  bench memory               what long lives and large commands take
  bench cluster              how the client's work grows with the cluster
  sim [--runs N] [--seed S]  simulated runs, by default 1,000 from seed 1; with --lines L the trace of one seed
  size [--contents]          sizes of the npm packages, their modules and the components, with their limits; what the
                             engine is made of
  wasi                       the part of the tests that runs the components under wasmtime
  wit                        make the interface for WASI 0.3 from the one for 0.2
";

/// What the command line says.
struct Arguments {
    command: String,
    /// What the command is about, where it needs to be told.
    topic: String,
    hosts: Option<String>,
    /// The demo is to run under wasmtime.
    wasi: bool,
    /// Options of the simulator.
    sim: Vec<String>,
    bench: bench::Options,
    /// Whether `size` says what the module is made of.
    contents: bool,
}

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<()> {
    let Some(arguments) = parse()? else {
        print!("{USAGE}");
        return Ok(());
    };
    std::env::set_current_dir(shell::root())?;
    toolchain::complete()?;
    match arguments.command.as_str() {
        "bench" => bench::run_topic(&arguments.topic, arguments.hosts.as_deref(), &arguments.bench),
        "build" => build::package().and_then(|_| component::package()).map(drop),
        "demo" if arguments.wasi => component::demo(arguments.hosts.as_deref()),
        "demo" => demo::run(arguments.hosts.as_deref()),
        "docs" => docs::run_alone(),
        "live" => live::run(arguments.hosts.as_deref()),
        "runtimes" => runtimes::run_alone(),
        "sim" => sim::run_seeds(&arguments.sim),
        "size" => size::run(arguments.contents),
        "test" => test::run(),
        "wasi" => component::test_alone(),
        "wit" => wit::run(),
        other => bail!("unknown command '{other}'\n\n{USAGE}"),
    }
}

fn parse() -> Result<Option<Arguments>> {
    let mut parser = lexopt::Parser::from_env();
    let mut arguments = Arguments {
        command: String::new(),
        topic: String::new(),
        hosts: std::env::var("AEROSPIKE_HOSTS").ok(),
        wasi: false,
        sim: Vec::new(),
        bench: bench::Options::default(),
        contents: false,
    };
    while let Some(argument) = parser.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(None),
            Long("hosts") => arguments.hosts = Some(parser.value()?.string()?),
            Long("wasi") => arguments.wasi = true,
            Long(option @ ("runs" | "seed" | "lines" | "threads")) => {
                let option = format!("--{option}");
                arguments.sim.extend([option, parser.value()?.string()?]);
            }
            Long("quick") => arguments.bench.quick = true,
            Long("contents") => arguments.contents = true,
            Long("update") => arguments.bench.update = true,
            Long("record") => arguments.bench.record = true,
            Long("clients") => arguments.bench.clients = parser.value()?.string()?,
            Long("only") => arguments.bench.only = parser.value()?.string()?,
            Long("rounds") => arguments.bench.rounds = parser.value()?.parse()?,
            Value(command) if arguments.command.is_empty() => arguments.command = command.string()?,
            Value(topic) if arguments.topic.is_empty() => arguments.topic = topic.string()?,
            other => return Err(other.unexpected().into()),
        }
    }
    Ok((!arguments.command.is_empty()).then_some(arguments))
}
