//! Runs the simulator: `sim [--runs N] [--seed S] [--threads T]`, or one seed with its trace: `sim --seed S --lines L`.
//!
//! Prints figures and ends with 0, or prints the first run that broke a rule and ends with 1.

use std::process::ExitCode;
use std::thread;

use aerospike_testkit::Counting;
use aerospike_testkit::sim::{Run, Totals, replay, run_many};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// What the command line says.
struct Arguments {
    runs: u64,
    seed: u64,
    threads: u64,
    lines: usize,
}

fn main() -> ExitCode {
    let Some(arguments) = parse() else {
        eprintln!("usage: sim [--runs N] [--seed S] [--threads T] [--lines L]");
        return ExitCode::from(2);
    };
    if arguments.lines > 0 {
        print!("{}", replay(arguments.seed, arguments.lines));
        return ExitCode::SUCCESS;
    }
    match run(&arguments) {
        Ok(totals) => {
            print!("{totals}");
            println!("violations          {:>12}", 0);
            ExitCode::SUCCESS
        }
        Err(run) => {
            print!("{run}");
            ExitCode::FAILURE
        }
    }
}

fn parse() -> Option<Arguments> {
    let cores = thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let mut arguments = Arguments { runs: 1_000, seed: 1, threads: cores, lines: 0 };
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        let number: u64 = words.next()?.parse().ok()?;
        match word.as_str() {
            "--runs" => arguments.runs = number,
            "--seed" => arguments.seed = number,
            "--threads" => arguments.threads = number,
            "--lines" => arguments.lines = usize::try_from(number).ok()?,
            _ => return None,
        }
    }
    Some(arguments)
}

/// Spreads the seeds over threads.
fn run(arguments: &Arguments) -> Result<Totals, Box<Run>> {
    let threads = arguments.threads.clamp(1, arguments.runs.max(1));
    let share = |thread: u64| (arguments.runs + threads - 1 - thread) / threads;
    thread::scope(|scope| {
        let started: Vec<_> = (0..threads)
            .map(|thread| {
                let (first, count) = (arguments.seed + thread, share(thread));
                scope.spawn(move || run_many(first, threads, count))
            })
            .collect();
        let mut totals = Totals::default();
        for thread in started {
            match thread.join() {
                Ok(result) => totals.add(&result?),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        Ok(totals)
    })
}
