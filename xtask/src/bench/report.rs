//! From samples to tables, a JSON file, a chart and BENCHMARKS.md.
//!
//! Ratios are formed per round, between samples taken one after another, so that what disturbs the machine for longer
//! than a round falls out of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::peers::{Client, OURS, output};
use super::plan::{Cell, Settings};
use super::{FOLDER, chart};

const DOCUMENT: &str = "BENCHMARKS.md";
const CHART: &str = "benches/chart.svg";
const BEGIN: &str = "<!-- figures: written by cargo xtask bench --record -->";
const END: &str = "<!-- end of figures -->";

/// One measurement.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample {
    /// Operations per second; keys per second for batches.
    pub(crate) rate: f64,
    /// Processor time per operation or key, all threads, µs. Of a cold start: all of it.
    pub(crate) cpu: f64,
    /// Latencies, µs. Of a cold start: its time.
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// Peak resident memory, KB.
    pub(crate) rss: f64,
}

/// Median, least and greatest of some numbers.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Spread {
    pub(crate) median: f64,
    pub(crate) least: f64,
    pub(crate) most: f64,
}

impl Spread {
    fn of(mut numbers: Vec<f64>) -> Self {
        numbers.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (numbers.first(), numbers.last()) else { return Self::default() };
        let middle = numbers.len() / 2;
        let median = if numbers.len() % 2 == 1 {
            numbers[middle]
        } else {
            f64::midpoint(numbers[middle - 1], numbers[middle])
        };
        Self { median, least: *least, most: *most }
    }
}

/// Everything measured in one run.
#[derive(Debug)]
pub(crate) struct Results {
    server: String,
    settings: Settings,
    clients: Vec<Client>,
    cells: Vec<Cell>,
    samples: BTreeMap<(usize, String), Vec<Sample>>,
}

type Metric = fn(&Sample) -> f64;

impl Results {
    pub(crate) fn new(hosts: &str, embedded: bool, settings: &Settings, clients: &[Client]) -> Self {
        let build = super::worker::server_build(hosts);
        let server = if embedded { "the embedded test server".into() } else { build };
        Self {
            server,
            settings: settings.clone(),
            clients: clients.to_vec(),
            cells: Vec::new(),
            samples: BTreeMap::new(),
        }
    }

    /// Takes in the answer of a client.
    pub(crate) fn add(&mut self, cell: &Cell, client: &str, answer: &Value) -> Result<()> {
        let number =
            |name: &str| answer[name].as_f64().with_context(|| format!("{client} gave no {name}: {answer}"));
        let sample = if let Some(millis) = answer["millis"].as_f64() {
            let micros = millis * 1000.0;
            Sample {
                rate: 1000.0 / millis,
                cpu: number("cpu")?,
                p50: micros,
                p99: micros,
                rss: number("rss")?,
            }
        } else {
            let records = number("ops")? * cell.records();
            Sample {
                rate: records / number("seconds")?,
                cpu: number("cpu")? / records,
                p50: number("p50")?,
                p99: number("p99")?,
                rss: number("rss")?,
            }
        };
        let index = self.cells.iter().position(|known| known == cell).unwrap_or_else(|| {
            self.cells.push(cell.clone());
            self.cells.len() - 1
        });
        self.samples.entry((index, client.into())).or_default().push(sample);
        Ok(())
    }

    fn samples(&self, cell: &Cell, client: &str) -> &[Sample] {
        let index = self.cells.iter().position(|known| known == cell).unwrap_or(usize::MAX);
        self.samples.get(&(index, client.to_string())).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn spread(&self, cell: &Cell, client: &str, metric: Metric) -> Spread {
        Spread::of(self.samples(cell, client).iter().map(metric).collect())
    }

    /// Ours divided by the client's, round by round.
    pub(crate) fn ratio(&self, cell: &Cell, client: &str, metric: Metric) -> Spread {
        let pairs = self.samples(cell, OURS).iter().zip(self.samples(cell, client));
        Spread::of(pairs.map(|(ours, theirs)| metric(ours) / metric(theirs)).collect())
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.cells
    }

    /// The clients that did a kind of work.
    pub(crate) fn clients_of(&self, cell: &Cell) -> impl Iterator<Item = &Client> {
        self.clients.iter().filter(move |client| !self.samples(cell, &client.name).is_empty())
    }

    /// One line of progress: the last sample of every client.
    pub(crate) fn line(&self, cell: &Cell) -> String {
        let mut line = format!("{:34}", cell.title());
        for client in self.clients_of(cell) {
            if let Some(last) = self.samples(cell, &client.name).last() {
                let _ = write!(line, " | {} {:.0}/s {:.1} µs", client.name, last.rate, last.cpu);
            }
        }
        line
    }

    fn json(&self) -> Value {
        let cells: Vec<Value> = self
            .cells
            .iter()
            .map(|cell| {
                let clients: BTreeMap<&str, Value> = self
                    .clients_of(cell)
                    .map(|client| {
                        (
                            client.name.as_str(),
                            json!(self.samples(cell, &client.name).iter().map(sample).collect::<Vec<_>>()),
                        )
                    })
                    .collect();
                json!({ "work": cell.work, "concurrency": cell.concurrency, "samples": clients })
            })
            .collect();
        let versions: BTreeMap<&str, &str> =
            self.clients.iter().map(|client| (client.name.as_str(), client.version.as_str())).collect();
        json!({ "machine": machine(), "server": self.server, "rounds": self.settings.rounds, "clients": versions, "cells": cells })
    }

    /// The tables, in Markdown.
    fn tables(&self) -> String {
        let mut text = format!(
            "Machine: {}. Server: {}. {} rounds of {} ms per client and kind of work, in turn.\n\n",
            machine(),
            self.server,
            self.settings.rounds,
            self.settings.millis
        );
        for client in &self.clients {
            let _ = writeln!(text, "* {}: {}", client.name, client.version);
        }
        text.push_str(
            "\nRatios are ours divided by theirs, per round: median (least–most). Batches count keys.\n",
        );
        for cell in &self.cells {
            let _ = write!(
                text,
                "\n**{}**\n\n| client | per s | CPU µs | p50 µs | p99 µs | peak MB | rate, ours ÷ | CPU, ours ÷ | p50, ours ÷ |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
                cell.title()
            );
            for client in self.clients_of(cell) {
                text.push_str(&self.row(cell, &client.name));
            }
        }
        text
    }

    fn row(&self, cell: &Cell, client: &str) -> String {
        let of = |metric: Metric| self.spread(cell, client, metric).median;
        let ratio = |metric: Metric| {
            let Spread { median, least, most } = self.ratio(cell, client, metric);
            if client == OURS { String::new() } else { format!("{median:.2} ({least:.2}–{most:.2})") }
        };
        format!(
            "| {client} | {:.0} | {:.2} | {:.0} | {:.0} | {:.0} | {} | {} | {} |\n",
            of(|s| s.rate),
            of(|s| s.cpu),
            of(|s| s.p50),
            of(|s| s.p99),
            of(|s| s.rss) / 1024.0,
            ratio(|s| s.rate),
            ratio(|s| s.cpu),
            ratio(|s| s.p50)
        )
    }
}

fn sample(sample: &Sample) -> Value {
    json!({ "rate": sample.rate, "cpu": sample.cpu, "p50": sample.p50, "p99": sample.p99, "rss": sample.rss })
}

/// Prints the tables and writes the JSON file and the chart; with `record` also BENCHMARKS.md.
pub(crate) fn publish(results: &Results, record: bool) -> Result<()> {
    let tables = results.tables();
    println!("\n{tables}");
    fs::write(format!("{FOLDER}/results.json"), serde_json::to_string_pretty(&results.json())?)?;
    fs::write(format!("{FOLDER}/chart.svg"), chart::draw(results))?;
    println!("written: {FOLDER}/results.json, {FOLDER}/chart.svg");
    if record {
        fs::write(CHART, chart::draw(results))?;
        let document = fs::read_to_string(DOCUMENT)?;
        let (before, rest) =
            document.split_once(BEGIN).with_context(|| format!("{DOCUMENT} has no place for figures"))?;
        let (_, after) = rest.split_once(END).with_context(|| format!("{DOCUMENT} has no end of figures"))?;
        fs::write(DOCUMENT, format!("{before}{BEGIN}\n\n{tables}\n{END}{after}"))?;
        println!("written: {DOCUMENT}, {CHART}");
    }
    Ok(())
}

/// Processor, cores and system.
fn machine() -> String {
    let model = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = model
        .lines()
        .find_map(|line| line.strip_prefix("model name")?.split_once(": "))
        .map_or("unknown", |(_, name)| name);
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    format!(
        "{model}, {cores} cores, {}",
        output("uname", &["-sr"]).unwrap_or_else(|_| std::env::consts::OS.into())
    )
}
