//! Running other programs, with their output shown and their test counts read.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};

/// Numbers of tests, as runners report them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
    pub(crate) skipped: u64,
}

impl Counts {
    pub(crate) const fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }
}

/// The root of the workspace.
pub(crate) fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_path_buf()
}

/// A line that says what takes long now.
pub(crate) fn step(text: &str) {
    println!("\n== {text}");
    std::io::stdout().flush().ok();
}

/// A command of the toolchain that runs xtask itself.
pub(crate) fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}

/// npm, which is a script on Windows.
pub(crate) fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Runs a command to its end.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("cannot start {}", describe(command)))?;
    if !status.success() {
        bail!("{} failed ({status})", describe(command));
    }
    Ok(())
}

/// Runs a command, shows its output and reads the test counts in it.
pub(crate) fn run_counting(command: &mut Command) -> Result<(bool, Counts)> {
    let mut child = command
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", describe(command)))?;
    let mut counts = Counts::default();
    if let Some(stdout) = child.stdout.take() {
        for line in BufReader::new(stdout).lines() {
            let line = line?;
            println!("{line}");
            counts.add(read_counts(&line));
        }
    }
    Ok((child.wait()?.success(), counts))
}

/// The counts in a line of a test runner: cargo test, node --test, or "N passed, N failed".
fn read_counts(line: &str) -> Counts {
    let number_before = |text: &str, word: &str| -> u64 {
        let Some(at) = text.find(word) else { return 0 };
        text[..at]
            .trim_end()
            .rsplit(|c: char| !c.is_ascii_digit())
            .next()
            .and_then(|n| n.parse().ok())
            .unwrap_or(0)
    };
    if let Some(rest) = line.strip_prefix("test result: ") {
        return Counts {
            passed: number_before(rest, " passed"),
            failed: number_before(rest, " failed"),
            skipped: number_before(rest, " ignored"),
        };
    }
    let node = |word: &str| -> Option<u64> {
        let rest = line.trim_start_matches(['#', 'ℹ', ' ']);
        rest.strip_prefix(word)?.trim().parse().ok().filter(|_| rest.len() < line.len())
    };
    if let Some(passed) = node("pass ") {
        return Counts { passed, ..Counts::default() };
    }
    if let Some(failed) = node("fail ") {
        return Counts { failed, ..Counts::default() };
    }
    if let Some(skipped) = node("skipped ") {
        return Counts { skipped, ..Counts::default() };
    }
    if line.contains(" passed, ") && line.ends_with(|c: char| c.is_ascii_alphabetic()) {
        return Counts {
            passed: number_before(line, " passed"),
            failed: number_before(line, " failed"),
            skipped: number_before(line, " skipped"),
        };
    }
    Counts::default()
}

fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_else(|| command.get_program());
    let arguments = command.get_args().map(|argument| argument.to_string_lossy().into_owned());
    std::iter::once(program.to_string_lossy().into_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}
