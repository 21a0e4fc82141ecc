//! The targets of `rust-toolchain.toml`, which rustup installs only together with a toolchain, not into one that is there.
//!
//! Imports `shell` only.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::shell::{run, step};

/// Adds the targets that the toolchain in use lacks.
pub(crate) fn complete() -> Result<()> {
    let sysroot =
        Command::new("rustc").args(["--print", "sysroot"]).output().context("cannot start rustc")?;
    let sysroot = String::from_utf8(sysroot.stdout)?;
    let libraries = Path::new(sysroot.trim()).join("lib/rustlib");
    let missing: Vec<&str> =
        targets().filter(|target| !libraries.join(target).join("lib").is_dir()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    step(&format!("adding to the toolchain: {}", missing.join(", ")));
    run(Command::new("rustup").args(["target", "add"]).args(missing))
}

fn targets() -> impl Iterator<Item = &'static str> {
    let file = include_str!("../../rust-toolchain.toml");
    let line = file.lines().find(|line| line.starts_with("targets")).unwrap_or_default();
    line.split('"').skip(1).step_by(2)
}
