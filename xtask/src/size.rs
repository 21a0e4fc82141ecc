//! Sizes of what is shipped, held against their limits.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::build;

/// Limits in bytes: the npm tarball, and the module gzipped.
const TARBALL_LIMIT: usize = 300_000;
const MODULE_LIMIT: usize = 130_000;

/// `cargo xtask size`.
pub(crate) fn run() -> Result<()> {
    let tarball = build::package()?;
    report(&tarball)
}

/// Prints the sizes; fails when one is over its limit.
pub(crate) fn report(tarball: &Path) -> Result<()> {
    let module = fs::read("pkg/wasm/aerospike_js_bg.wasm")?;
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&module)?;
    let gzipped = encoder.finish()?.len();
    let packed = usize::try_from(fs::metadata(tarball)?.len())?;
    println!("npm tarball       {packed:>8} bytes  (limit {TARBALL_LIMIT})");
    println!("module            {:>8} bytes", module.len());
    println!("module, gzipped   {gzipped:>8} bytes  (limit {MODULE_LIMIT})");
    if packed > TARBALL_LIMIT || gzipped > MODULE_LIMIT {
        bail!("over the limit");
    }
    Ok(())
}
