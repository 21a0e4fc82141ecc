//! The npm package: the wasm module, its JavaScript glue, the compiled TypeScript, and the tarball.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use wasm_bindgen_cli_support::Bindgen;

use crate::shell::{cargo, npm, run, step};

/// A crate that becomes a module of the package.
struct Module {
    package: &'static str,
    /// The file's name before `.wasm`.
    name: &'static str,
    profile: &'static str,
    /// How binaryen is to optimize it.
    passes: &'static [&'static str],
}

/// What makes a module smallest. Code that was taken apart and put together again is a hundredth smaller when gzipped.
pub(crate) const SMALLEST: [&str; 8] = [
    "--merge-similar-functions",
    "--dae-optimizing",
    "--flatten",
    "--rereloop",
    "-Oz",
    "--low-memory-unused",
    "-Oz",
    "--strip-producers",
];

/// The engine is to be fast, the test server small. In the engine a function with one caller is not put into it, because a
/// runtime compiles a function when it is first called: the first poll would have half of the module compiled.
const MODULES: [Module; 2] = [
    Module {
        package: "aerospike-js",
        name: "aerospike_js",
        profile: "release",
        passes: &[
            "-O3",
            "--one-caller-inline-max-function-size=200",
            "--low-memory-unused",
            "--converge",
            "--strip-producers",
        ],
    },
    Module {
        package: "aerospike-testserver-js",
        name: "aerospike_testserver_js",
        profile: "small",
        passes: &SMALLEST,
    },
];
const MODULES_FOLDER: &str = "pkg/wasm";

/// Builds everything in `pkg/` and packs it; gives the path of the tarball.
pub(crate) fn package() -> Result<PathBuf> {
    install("pkg")?;
    if Path::new(MODULES_FOLDER).exists() {
        fs::remove_dir_all(MODULES_FOLDER)?;
    }
    for module in &MODULES {
        bind(module)?;
        step(&format!("optimizing the wasm module of {}", module.package));
        optimize(Path::new(&format!("{MODULES_FOLDER}/{}_bg.wasm", module.name)), module.passes)?;
    }
    step("compiling TypeScript");
    run(npm().args(["--prefix", "pkg", "run", "--silent", "compile"]))?;
    pack()
}

/// Compiles a module and makes its JavaScript glue.
fn bind(module: &Module) -> Result<()> {
    let Module { package, name, profile, .. } = module;
    step(&format!("building the wasm module of {package}"));
    run(cargo()
        .args(["build", "--profile", profile, "--package", package, "--target", "wasm32-unknown-unknown"])
        .env("CARGO_ENCODED_RUSTFLAGS", without_paths()))?;
    Bindgen::new()
        .input_path(format!("target/wasm32-unknown-unknown/{profile}/{name}.wasm"))
        .web(true)?
        .omit_default_module_path(true)
        .typescript(true)
        .generate(MODULES_FOLDER)
        .context("wasm-bindgen failed")
}

/// Compiler flags that keep the folders of this machine out of the module.
pub(crate) fn without_paths() -> String {
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

/// Lets binaryen shrink and speed up a module; its tools are those of `pkg`.
pub(crate) fn optimize(file: &Path, passes: &[&str]) -> Result<()> {
    let tool = "pkg/node_modules/binaryen/bin/wasm-opt";
    let mut command = std::process::Command::new("node");
    run(command.arg(tool).arg(file).arg("-o").arg(file).args(passes).args([
        "--enable-bulk-memory",
        "--enable-nontrapping-float-to-int",
        "--enable-sign-ext",
        "--enable-mutable-globals",
        "--enable-reference-types",
        "--enable-multivalue",
    ]))
}

fn pack() -> Result<PathBuf> {
    fs::copy("LICENSE", "pkg/LICENSE")?;
    let stage = crate::bundle::stage()?;
    step("packing the npm package");
    let out = Path::new("target/npm");
    fs::create_dir_all(out)?;
    for entry in fs::read_dir(out)? {
        fs::remove_file(entry?.path())?;
    }
    run(npm()
        .args(["pack", "--silent", "--ignore-scripts", "--pack-destination", "../npm"])
        .current_dir(stage))?;
    let tarball = fs::read_dir(out)?.next().context("npm pack made no tarball")??.path();
    println!("{} ({} bytes)", tarball.display(), fs::metadata(&tarball)?.len());
    Ok(tarball)
}
