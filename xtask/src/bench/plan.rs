//! What is measured, and for how long.

use super::Options;

/// One kind of work at one concurrency.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Cell {
    /// As the clients understand it: `put`, `get:1024`, `batch-read:1000`.
    pub(crate) work: String,
    pub(crate) concurrency: u32,
}

impl Cell {
    fn new(work: &str, concurrency: u32) -> Self {
        Self { work: work.into(), concurrency }
    }

    /// Import, connect and first get.
    pub(crate) fn cold() -> Self {
        Self::new("cold", 1)
    }

    /// How many records one operation touches.
    pub(crate) fn records(&self) -> f64 {
        match self.work.split_once(':') {
            Some((kind, size)) if kind.starts_with("batch") => size.parse().unwrap_or(1.0),
            _ => 1.0,
        }
    }

    /// Whether bare sockets do this work too.
    pub(crate) fn has_floor(&self) -> bool {
        matches!(self.work.as_str(), "put" | "get" | "mix")
    }

    /// As people read it.
    pub(crate) fn title(&self) -> String {
        let (kind, size) = self.work.split_once(':').unwrap_or((&self.work, ""));
        match (kind, size) {
            ("cold", _) => "import + connect + first get".into(),
            ("mix", _) => format!("50:50 get and put, {} at a time", self.concurrency),
            (kind @ ("put" | "get"), "") => format!("{kind}, {} at a time", self.concurrency),
            (kind @ ("put" | "get"), size) => {
                let kib = size.parse::<u32>().unwrap_or(0) / 1024;
                format!("{kind} of {kib} KB, {} at a time", self.concurrency)
            }
            (kind, size) => format!("{} of {size} keys", kind.replace('-', " ")),
        }
    }

    /// The command for a client.
    pub(crate) fn command(&self, prefix: &str, settings: &Settings) -> String {
        format!(
            r#"{{"do":"measure","work":"{}","prefix":"{prefix}","concurrency":{},"millis":{},"warmup":{}}}"#,
            self.work, self.concurrency, settings.millis, settings.warmup
        )
    }
}

/// How thorough a run is.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) rounds: usize,
    pub(crate) millis: u32,
    pub(crate) warmup: u32,
    /// Whether records of 1 KB and 100 KB are worked on.
    pub(crate) large: bool,
    /// Whether cold starts are measured.
    pub(crate) cold: bool,
    pub(crate) cells: Vec<Cell>,
}

impl Settings {
    pub(crate) fn new(options: &Options) -> Self {
        let mut cells = if options.quick { quick() } else { full() };
        let wanted: Vec<&str> = options.only.split(',').filter(|name| !name.is_empty()).collect();
        cells.retain(|cell| wanted.is_empty() || wanted.iter().any(|name| matches(cell, name)));
        let cold = wanted.is_empty() || wanted.contains(&"cold");
        let (rounds, millis, warmup) = if options.quick { (3, 700, 300) } else { (5, 1_200, 300) };
        let rounds = if options.rounds > 0 { options.rounds } else { rounds };
        let large = cells.iter().any(|cell| cell.work.contains("t:"));
        Self { rounds, millis, warmup, large, cold, cells }
    }
}

/// `put` is every put, `put@64` the one of that concurrency.
fn matches(cell: &Cell, name: &str) -> bool {
    match name.split_once('@') {
        Some((work, concurrency)) => cell.work == work && concurrency.parse() == Ok(cell.concurrency),
        None => cell.work == name || cell.work.starts_with(&format!("{name}:")),
    }
}

fn quick() -> Vec<Cell> {
    vec![
        Cell::new("get", 1),
        Cell::new("put", 64),
        Cell::new("get", 64),
        Cell::new("batch-read:1000", 2),
        Cell::new("batch-write:1000", 2),
        Cell::new("batch-operate:1000", 2),
    ]
}

fn full() -> Vec<Cell> {
    let mut cells = Vec::new();
    for concurrency in [1, 16, 64, 256] {
        for work in ["put", "get", "mix"] {
            cells.push(Cell::new(work, concurrency));
        }
    }
    for (work, concurrency) in [("put:1024", 64), ("get:1024", 64), ("put:102400", 16), ("get:102400", 16)] {
        cells.push(Cell::new(work, concurrency));
    }
    for size in [100, 1_000] {
        for kind in ["read", "write", "operate"] {
            cells.push(Cell::new(&format!("batch-{kind}:{size}"), if size == 100 { 4 } else { 2 }));
        }
    }
    cells
}
