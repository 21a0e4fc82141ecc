//! Sizes of what is shipped, held against their limits.

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::{build, component};

/// Limits in bytes: the npm tarball, and the modules gzipped.
const TARBALL_LIMIT: usize = 300_000;
const MODULES: [(&str, &str, usize); 2] = [
    ("engine", "pkg/wasm/aerospike_js_bg.wasm", 130_000),
    ("test server", "pkg/wasm/aerospike_testserver_js_bg.wasm", 120_000),
];

/// `cargo xtask size`.
pub(crate) fn run(contents: bool) -> Result<()> {
    let tarball = build::package()?;
    component::package()?;
    report(&tarball)?;
    component::report()?;
    if contents { crate::contents::report() } else { Ok(()) }
}

/// How many bytes something has when it is gzipped.
pub(crate) fn gzipped(bytes: &[u8]) -> Result<usize> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?.len())
}

/// Prints the sizes; fails when one is over its limit.
pub(crate) fn report(tarball: &Path) -> Result<()> {
    let packed = usize::try_from(fs::metadata(tarball)?.len())?;
    println!("npm tarball            {packed:>8} bytes  (limit {TARBALL_LIMIT})");
    let mut is_good = packed <= TARBALL_LIMIT;
    for (name, file, limit) in MODULES {
        let module = fs::read(file)?;
        let gzipped = gzipped(&module)?;
        println!("{:<22} {:>8} bytes", format!("{name} module"), module.len());
        println!("{:<22} {gzipped:>8} bytes  (limit {limit})", "  gzipped");
        is_good &= gzipped <= limit;
    }
    if !is_good {
        bail!("over the limit");
    }
    Ok(())
}
