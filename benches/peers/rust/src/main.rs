//! The native Rust client under measurement. The conversation and the work are those of `benches/clients/lib.mjs`.
//!
//! An operation that fails ends the process with its error.

use std::fs;
use std::io::BufRead;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use aerospike::operations::scalar;
use aerospike::{
    BatchOperation, BatchPolicy, BatchReadPolicy, BatchWritePolicy, Bin, Bins, Client, ClientPolicy, Key, ReadPolicy, Value,
    WritePolicy, as_bin, as_key,
};
use serde_json::{Value as Json, json};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const KEYS: usize = 10_000;
const LARGE_KEYS: usize = 200;
const NOTE: &str = "a note of twenty-four ch";

fn bins(i: usize) -> [Bin; 4] {
    [
        as_bin!("name", format!("user-{i}")),
        as_bin!("age", i as i64),
        as_bin!("score", i as f64 + 0.5),
        as_bin!("note", NOTE),
    ]
}

fn key(name: &str) -> Key {
    as_key!("test", "bench", name)
}

/// What a lane does over and over.
#[derive(Clone)]
struct Turn {
    client: Arc<Client>,
    kind: String,
    size: usize,
    prefix: String,
    blob: Vec<u8>,
    read: ReadPolicy,
    write: WritePolicy,
}

impl Turn {
    fn new(client: &Arc<Client>, work: &str, prefix: &str) -> Self {
        let (kind, size) = work.split_once(':').unwrap_or((work, "0"));
        let size: usize = size.parse().unwrap_or(0);
        Self {
            client: client.clone(),
            kind: kind.into(),
            size,
            prefix: prefix.into(),
            blob: if kind == "put" { vec![b'a'; size] } else { Vec::new() },
            read: ReadPolicy::default(),
            write: WritePolicy::default(),
        }
    }

    async fn step(&self, n: usize) -> Result<(), Failure> {
        let i = n % KEYS;
        match (self.kind.as_str(), self.size) {
            ("put", 0) => self.put(i).await,
            ("get", 0) => self.get(i).await,
            ("mix", _) if n % 2 == 0 => self.get(i).await,
            ("mix", _) => self.put(i).await,
            ("put", size) => {
                let key = key(&format!("{}-{size}-{}", self.prefix, n % LARGE_KEYS));
                let bin = Bin::new("blob", Value::Blob(self.blob.clone()));
                Ok(self.client.put(&self.write, &key, &[bin]).await?)
            }
            ("get", size) => {
                let key = key(&format!("{}-{size}-{}", self.prefix, n % LARGE_KEYS));
                std::hint::black_box(self.client.get(&self.read, &key, Bins::All).await?);
                Ok(())
            }
            _ => self.batch(n).await,
        }
    }

    async fn put(&self, i: usize) -> Result<(), Failure> {
        Ok(self.client.put(&self.write, &key(&format!("{}-{i}", self.prefix)), &bins(i)).await?)
    }

    async fn get(&self, i: usize) -> Result<(), Failure> {
        let key = key(&format!("{}-{i}", self.prefix));
        std::hint::black_box(self.client.get(&self.read, &key, Bins::All).await?);
        Ok(())
    }

    async fn batch(&self, n: usize) -> Result<(), Failure> {
        let first = (n % (KEYS / self.size)) * self.size;
        let (read, write) = (BatchReadPolicy::default(), BatchWritePolicy::default());
        let mut policy = BatchPolicy::write_default();
        let mut rows: Vec<BatchOperation> = Vec::with_capacity(self.size);
        for i in first..first + self.size {
            rows.push(match self.kind.as_str() {
                "batch-read" => BatchOperation::read(&read, key(&format!("{}-{i}", self.prefix)), Bins::All),
                "batch-write" => {
                    let ops: Vec<_> = bins(i).iter().map(scalar::put).collect();
                    BatchOperation::write(&write, key(&format!("{}-{i}", self.prefix)), ops)
                }
                "batch-operate" => {
                    let ops = vec![scalar::add(&as_bin!("count", 1)), scalar::get_bin("count")];
                    let name = format!("{0}-count{0}-{i}", self.prefix);
                    BatchOperation::write(&write, key(&name), ops)
                }
                other => return Err(format!("unknown work {other}").into()),
            });
        }
        if self.kind == "batch-read" {
            policy = BatchPolicy::default();
        }
        self.client.batch(&policy, &mut rows).await?;
        match rows.iter().find(|row| row.record().is_none()) {
            Some(row) => Err(format!("a row failed with {:?}", row.result_code()).into()),
            None => Ok(()),
        }
    }
}

/// Keeps `concurrency` steps in flight for `millis`; gives the latencies in microseconds, and the seconds it took.
async fn drive(turn: &Turn, concurrency: usize, millis: u64) -> Result<(Vec<f64>, f64), Failure> {
    let start = Instant::now();
    let end = start + Duration::from_millis(millis);
    let counter = Arc::new(AtomicUsize::new(0));
    let lanes = (0..concurrency).map(|_| {
        let (turn, counter) = (turn.clone(), counter.clone());
        tokio::spawn(async move {
            let mut latencies = Vec::new();
            loop {
                let from = Instant::now();
                if from >= end {
                    return Ok::<_, Failure>(latencies);
                }
                turn.step(counter.fetch_add(1, Ordering::Relaxed)).await?;
                latencies.push(from.elapsed().as_secs_f64() * 1e6);
            }
        })
    });
    let mut all = Vec::new();
    for lane in lanes.collect::<Vec<_>>() {
        all.extend(lane.await??);
    }
    Ok((all, start.elapsed().as_secs_f64()))
}

async fn measure(client: &Arc<Client>, command: &Json) -> Result<Json, Failure> {
    let number = |name: &str| command[name].as_u64().unwrap_or(0);
    let turn = Turn::new(client, text(command, "work"), text(command, "prefix"));
    let concurrency = number("concurrency") as usize;
    drive(&turn, concurrency, number("warmup")).await?;
    fs::write("/proc/self/clear_refs", "5").ok();
    let before = cpu();
    let (mut latencies, seconds) = drive(&turn, concurrency, number("millis")).await?;
    let used = cpu() - before;
    latencies.sort_by(f64::total_cmp);
    let at = |q: f64| {
        latencies.get(((latencies.len() as f64 * q) as usize).min(latencies.len().saturating_sub(1))).copied().unwrap_or(0.0)
    };
    Ok(json!({
        "ops": latencies.len(), "seconds": seconds, "cpu": used, "p50": at(0.5), "p99": at(0.99), "rss": peak(),
    }))
}

async fn verify(client: &Arc<Client>, prefix: &str) -> Result<Json, Failure> {
    let mut count = 0;
    for i in (0..KEYS).step_by(97) {
        let record = client.get(&ReadPolicy::default(), &key(&format!("{prefix}-{i}")), Bins::All).await?;
        for bin in bins(i) {
            let found = record.bins.get(&*bin.name);
            if found != Some(&bin.value) {
                return Err(format!("record {i}: bin {} is {found:?}, not {:?}", bin.name, bin.value).into());
            }
        }
        count += 1;
    }
    Ok(json!({ "verified": count }))
}

async fn prepare(client: &Arc<Client>, command: &Json) -> Result<Json, Failure> {
    let prefix = text(command, "prefix");
    let turn = Turn::new(client, "put", prefix);
    for i in 0..KEYS {
        turn.step(i).await?;
    }
    for size in command["sizes"].as_array().into_iter().flatten() {
        let turn = Turn::new(client, &format!("put:{size}"), prefix);
        for i in 0..LARGE_KEYS {
            turn.step(i).await?;
        }
    }
    Ok(json!({ "prepared": KEYS }))
}

fn text<'a>(command: &'a Json, name: &str) -> &'a str {
    command[name].as_str().unwrap_or_default()
}

/// Processor time of this process so far, user and system, in microseconds.
fn cpu() -> f64 {
    let mut usage = std::mem::MaybeUninit::<libc::rusage>::zeroed();
    // SAFETY: getrusage fills the struct it is given.
    let usage = unsafe {
        libc::getrusage(libc::RUSAGE_SELF, usage.as_mut_ptr());
        usage.assume_init()
    };
    let micros = |time: libc::timeval| time.tv_sec as f64 * 1e6 + time.tv_usec as f64;
    micros(usage.ru_utime) + micros(usage.ru_stime)
}

/// Most resident memory since the reset, in kilobytes.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().split(' ').next()?.parse().ok()).unwrap_or(0)
}

async fn open(hosts: &str) -> Result<Arc<Client>, Failure> {
    Ok(Arc::new(Client::new(&ClientPolicy::default(), &hosts.to_string()).await?))
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().collect();
    let hosts = arguments.get(1).ok_or("hosts are missing")?;
    if arguments.get(2).is_some_and(|argument| argument == "cold") {
        let (before, start) = (cpu(), Instant::now());
        let client = open(hosts).await?;
        client.get(&ReadPolicy::default(), &key("shared-1"), Bins::All).await?;
        let millis = start.elapsed().as_secs_f64() * 1e3;
        println!("{}", json!({ "millis": millis, "cpu": cpu() - before, "rss": peak() }));
        return Ok(());
    }
    let client = open(hosts).await?;
    println!("{}", json!({ "ready": true }));
    for line in std::io::stdin().lock().lines() {
        let command: Json = serde_json::from_str(&line?)?;
        let answer = match text(&command, "do") {
            "measure" => measure(&client, &command).await?,
            "verify" => verify(&client, text(&command, "prefix")).await?,
            "prepare" => prepare(&client, &command).await?,
            other => return Err(format!("unknown command {other}").into()),
        };
        println!("{answer}");
    }
    client.close().await?;
    Ok(())
}
