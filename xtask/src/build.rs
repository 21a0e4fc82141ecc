//! The npm package: the wasm module, its JavaScript glue, the compiled TypeScript, and the tarball.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::shell::{cargo, npm, run, step};

const MODULE: &str = "target/wasm32-unknown-unknown/release/aerospike_js.wasm";

/// Builds everything in `pkg/` and packs it; gives the path of the tarball.
pub(crate) fn package() -> Result<PathBuf> {
    module()?;
    install("pkg")?;
    optimize()?;
    step("compiling TypeScript");
    run(npm().args(["--prefix", "pkg", "run", "--silent", "compile"]))?;
    pack()
}

/// Compiles the engine and makes its JavaScript glue.
fn module() -> Result<()> {
    step("building the wasm module");
    run(cargo()
        .args(["build", "--release", "--package", "aerospike-js", "--target", "wasm32-unknown-unknown"])
        .env("CARGO_ENCODED_RUSTFLAGS", without_paths()))?;
    let out = Path::new("pkg/wasm");
    if out.exists() {
        fs::remove_dir_all(out)?;
    }
    Bindgen::new()
        .input_path(MODULE)
        .web(true)?
        .omit_default_module_path(true)
        .typescript(true)
        .generate(out)
        .context("wasm-bindgen failed")
}

/// Compiler flags that keep the folders of this machine out of the module.
fn without_paths() -> String {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let folders = [(home, "cargo"), (Some(crate::shell::root()), "aerospike-wasm")];
    let flags = folders.iter().filter_map(|(folder, name)| {
        folder.as_ref().map(|folder| format!("--remap-path-prefix={}={name}", folder.display()))
    });
    flags.collect::<Vec<_>>().join("\u{1f}")
}

/// Installs what the lock file in `folder` names, without any script of it, unless that was done already.
pub(crate) fn install(folder: &str) -> Result<()> {
    let folder = Path::new(folder);
    let (lock, stamp) = (folder.join("package-lock.json"), folder.join("node_modules/.package-lock.json"));
    let age = |path: &Path| fs::metadata(path).and_then(|meta| meta.modified()).ok();
    if age(&stamp).is_some() && age(&stamp) >= age(&lock) {
        return Ok(());
    }
    step(&format!("installing the tools of {}", folder.display()));
    run(npm().arg("--prefix").arg(folder).args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"]))
}

/// Lets binaryen shrink and speed up the module.
fn optimize() -> Result<()> {
    step("optimizing the wasm module");
    let module = "pkg/wasm/aerospike_js_bg.wasm";
    let tool = "pkg/node_modules/binaryen/bin/wasm-opt";
    run(std::process::Command::new("node").args([
        tool,
        module,
        "-o",
        module,
        "-O3",
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
    ]))
}

fn pack() -> Result<PathBuf> {
    step("packing the npm package");
    let out = Path::new("target/npm");
    fs::create_dir_all(out)?;
    fs::copy("LICENSE", "pkg/LICENSE")?;
    for entry in fs::read_dir(out)? {
        fs::remove_file(entry?.path())?;
    }
    run(npm()
        .args(["pack", "--silent", "--ignore-scripts", "--pack-destination", "../target/npm"])
        .current_dir("pkg"))?;
    let tarball = fs::read_dir(out)?.next().context("npm pack made no tarball")??.path();
    println!("{} ({} bytes)", tarball.display(), fs::metadata(&tarball)?.len());
    Ok(tarball)
}
