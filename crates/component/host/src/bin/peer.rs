//! A component under measurement. The conversation and the work are those of `benches/clients/lib.mjs`.
//!
//! An operation that fails ends the process with its error. All on one thread: the host, the component, and its calls.

#![expect(clippy::disallowed_types, reason = "it measures time")]

use std::cell::Cell;
use std::io::BufRead;
use std::rc::Rc;
use std::time::{Duration, Instant};

use aerospike_component_host::client::{Client, Outcome, Outside, Place, Provider, Version};
use aerospike_component_host::runtime::{self, Permissions};
use aerospike_component_host::types::{
    BatchWriteRow, Bin, Config, IncrOperation, Key, Node, Number, Operation, UserKey, Value,
};
use futures::future::try_join_all;
use wasmtime::{Error, Result, bail};

const KEYS: usize = 10_000;
const LARGE_KEYS: usize = 200;

fn bins(i: usize) -> Vec<Bin> {
    let bin = |name: &str, node| Bin { name: name.into(), value: Value { nodes: vec![node] } };
    vec![
        bin("name", Node::Text(format!("user-{i}"))),
        bin("age", Node::Integer(i as i64)),
        bin("score", Node::Float(i as f64 + 0.5)),
        bin("note", Node::Text("a note of twenty-four ch".into())),
    ]
}

fn key(name: String) -> Key {
    Key {
        namespace: "test".into(),
        set_name: "bench".into(),
        user_key: Some(UserKey::Text(name)),
        digest: None,
    }
}

/// What a lane does over and over.
struct Turn<'a, P = Outside> {
    client: &'a Client<P>,
    kind: &'a str,
    size: usize,
    prefix: &'a str,
}

impl<'a, P: Place> Turn<'a, P> {
    fn new(client: &'a Client<P>, work: &'a str, prefix: &'a str) -> Self {
        let (kind, size) = work.split_once(':').unwrap_or((work, "0"));
        Self { client, kind, size: size.parse().unwrap_or(0), prefix }
    }

    async fn step(&self, n: usize) -> Result<()> {
        let i = n % KEYS;
        match (self.kind, self.size) {
            ("put", 0) => self.put(i).await,
            ("get", 0) => self.get(i).await,
            ("mix", _) if n.is_multiple_of(2) => self.get(i).await,
            ("mix", _) => self.put(i).await,
            ("put", size) => {
                let bins = vec![Bin {
                    name: "blob".into(),
                    value: Value { nodes: vec![Node::Blob(vec![b'a'; size])] },
                }];
                done(self.client.put(self.large(n), bins, None, None).await)
            }
            ("get", _) => done(self.client.get(self.large(n), None).await).map(drop),
            _ => self.batch(n).await,
        }
    }

    fn key(&self, i: usize) -> Key {
        key(format!("{}-{i}", self.prefix))
    }

    fn large(&self, n: usize) -> Key {
        key(format!("{}-{}-{}", self.prefix, self.size, n % LARGE_KEYS))
    }

    async fn put(&self, i: usize) -> Result<()> {
        done(self.client.put(self.key(i), bins(i), None, None).await)
    }

    async fn get(&self, i: usize) -> Result<()> {
        done(self.client.get(self.key(i), None).await).map(|record| drop(std::hint::black_box(record)))
    }

    async fn batch(&self, n: usize) -> Result<()> {
        let first = (n % (KEYS / self.size)) * self.size;
        let range = first..first + self.size;
        let rows = match self.kind {
            "batch-read" => {
                let keys = range.map(|i| self.key(i)).collect();
                done(self.client.batch_read(keys, None, None).await)?
            }
            "batch-write" => {
                let rows =
                    range.map(|i| BatchWriteRow { key: self.key(i), bins: bins(i), meta: None }).collect();
                done(self.client.batch_write(rows, None, None).await)?
            }
            "batch-operate" => {
                let count = || String::from("count");
                let add = IncrOperation { bin: count(), offset: Number::Integer(1) };
                let keys = range.map(|i| key(format!("{0}-count{0}-{i}", self.prefix))).collect();
                let ops = vec![Operation::Incr(add), Operation::Read(count())];
                done(self.client.batch_operate(keys, ops, None, None).await)?
            }
            other => bail!("unknown work {other}"),
        };
        match rows.iter().find(|row| row.result != 0) {
            Some(row) => bail!("a row failed with {}", row.result),
            None => Ok(()),
        }
    }
}

fn done<T>(outcome: Result<Outcome<T>>) -> Result<T> {
    outcome?.map_err(|error| Error::msg(error.message))
}

/// Keeps `concurrency` steps in flight for `millis`; gives the latencies in microseconds, and the seconds it took.
async fn drive<P: Place>(turn: &Turn<'_, P>, concurrency: usize, millis: u64) -> Result<(Vec<f64>, f64)> {
    let start = Instant::now();
    let end = start + Duration::from_millis(millis);
    let counter = Rc::new(Cell::new(0));
    let lanes = (0..concurrency).map(|_| {
        let counter = Rc::clone(&counter);
        async move {
            let mut latencies = Vec::new();
            loop {
                let from = Instant::now();
                if from >= end {
                    return Ok::<_, Error>(latencies);
                }
                turn.step(counter.replace(counter.get() + 1)).await?;
                latencies.push(from.elapsed().as_secs_f64() * 1e6);
            }
        }
    });
    let all = try_join_all(lanes).await?.concat();
    Ok((all, start.elapsed().as_secs_f64()))
}

/// A host that makes many calls makes them in the store's event loop, if it has one.
async fn measure(client: &Client, command: String) -> Result<String> {
    match client.version() {
        Version::Sync => measure_from(client, &command).await,
        Version::Async => client.inside(async move |client| measure_from(&client, &command).await).await?,
    }
}

async fn measure_from<P: Place>(client: &Client<P>, command: &str) -> Result<String> {
    let number = |name: &str| text(command, name).parse().unwrap_or(0);
    let turn = Turn::new(client, text(command, "work"), text(command, "prefix"));
    let concurrency = number("concurrency") as usize;
    drive(&turn, concurrency, number("warmup")).await?;
    std::fs::write("/proc/self/clear_refs", "5").ok();
    let before = cpu();
    let (mut latencies, seconds) = drive(&turn, concurrency, number("millis")).await?;
    let used = cpu() - before;
    latencies.sort_by(f64::total_cmp);
    let last = latencies.len().saturating_sub(1);
    let at =
        |q: f64| latencies.get(((latencies.len() as f64 * q) as usize).min(last)).copied().unwrap_or(0.0);
    let (ops, p50, p99, rss) = (latencies.len(), at(0.5), at(0.99), peak());
    Ok(format!(r#"{{"ops":{ops},"seconds":{seconds},"cpu":{used},"p50":{p50},"p99":{p99},"rss":{rss}}}"#))
}

async fn verify(client: &Client, prefix: &str) -> Result<String> {
    let mut count = 0;
    for i in (0..KEYS).step_by(97) {
        let mut found = done(client.get(key(format!("{prefix}-{i}")), None).await)?.bins;
        let mut wanted = bins(i);
        found.sort_by(|a, b| a.name.cmp(&b.name));
        wanted.sort_by(|a, b| a.name.cmp(&b.name));
        if found != wanted {
            bail!("record {i} is {found:?}, not {wanted:?}");
        }
        count += 1;
    }
    Ok(format!(r#"{{"verified":{count}}}"#))
}

async fn prepare(client: &Client, command: &str) -> Result<String> {
    let prefix = text(command, "prefix");
    let turn = Turn::new(client, "put", prefix);
    for i in 0..KEYS {
        turn.step(i).await?;
    }
    for size in numbers(command, "sizes") {
        let work = format!("put:{size}");
        let turn = Turn::new(client, &work, prefix);
        for i in 0..LARGE_KEYS {
            turn.step(i).await?;
        }
    }
    Ok(format!(r#"{{"prepared":{KEYS}}}"#))
}

/// The value of a field of a command. Commands are flat, and hold no text that needs escapes.
fn text<'a>(command: &'a str, name: &str) -> &'a str {
    let lead = format!("\"{name}\":");
    let Some((_, rest)) = command.split_once(&lead) else { return "" };
    match rest.strip_prefix('"') {
        Some(rest) => rest.split('"').next().unwrap_or_default(),
        None => rest.split([',', '}']).next().unwrap_or_default(),
    }
}

/// The list of numbers of a field.
fn numbers(command: &str, name: &str) -> Vec<u32> {
    let lead = format!("\"{name}\":[");
    let list = command.split_once(&lead).and_then(|(_, rest)| rest.split_once(']'));
    list.map_or("", |(list, _)| list).split(',').filter_map(|number| number.trim().parse().ok()).collect()
}

/// Processor time of this process so far, user and system, in microseconds; Linux counts in hundredths of a second.
fn cpu() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10_000
}

/// Most resident memory since the reset, in kilobytes.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

async fn open(version: Version, hosts: &str) -> Result<Client> {
    let provider = Provider::instantiate(&runtime::engine()?, version, &Permissions::default()).await?;
    let hosts = hosts.split(',').map(String::from).collect();
    done(provider.connect(Config { hosts, ..aerospike_component_host::plain_config() }).await)
}

async fn run() -> Result<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let version = match arguments.get(1).map(String::as_str) {
        Some("sync") => Version::Sync,
        Some("async") => Version::Async,
        _ => bail!("say sync or async"),
    };
    let hosts = arguments.get(2).ok_or_else(|| Error::msg("hosts are missing"))?;
    if arguments.get(3).is_some_and(|argument| argument == "cold") {
        let (before, start) = (cpu(), Instant::now());
        let client = open(version, hosts).await?;
        done(client.get(key("shared-1".into()), None).await)?;
        let millis = start.elapsed().as_secs_f64() * 1e3;
        println!(r#"{{"millis":{millis},"cpu":{},"rss":{}}}"#, cpu() - before, peak());
        return Ok(());
    }
    let client = open(version, hosts).await?;
    println!(r#"{{"ready":true}}"#);
    for line in std::io::stdin().lock().lines() {
        let command = line?;
        let answer = match text(&command, "do") {
            "measure" => measure(&client, command).await?,
            "verify" => verify(&client, text(&command, "prefix")).await?,
            "prepare" => prepare(&client, &command).await?,
            other => bail!("unknown command {other}"),
        };
        println!("{answer}");
    }
    client.close().await
}

fn main() -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, run())
}
