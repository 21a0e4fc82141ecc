//! The package as it is shipped: the modules behind each entry joined into few files, because loading forty small ones
//! takes longer than everything else between `import` and the first answer.
//!
//! Declarations stay as the compiler wrote them, one per module, as far as an entry's declarations lead to them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::{run, step};

const STAGE: &str = "target/stage";
const FILES: [&str; 3] = ["package.json", "README.md", "LICENSE"];
const DECLARATION: &str = ".d.ts";
const FOLDERS: [&str; 2] = ["dist", "wasm"];

/// Makes the folder that is packed, from what was compiled in `pkg/`.
pub(crate) fn stage() -> Result<PathBuf> {
    step("joining modules");
    let stage = PathBuf::from(STAGE);
    if stage.exists() {
        fs::remove_dir_all(&stage)?;
    }
    for folder in FOLDERS {
        copy(&Path::new("pkg").join(folder), &stage.join(folder))?;
    }
    for file in FILES {
        fs::copy(Path::new("pkg").join(file), stage.join(file)).with_context(|| file.to_string())?;
    }
    join(&stage)?;
    prune(&stage)?;
    Ok(stage)
}

/// Copies a folder without its JavaScript, which the joined files replace.
fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else if path.extension().is_none_or(|extension| extension != "js") {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// Joins what each entry imports; what several share goes into a file of its own beside them. Modules of WebAssembly and
/// of the runtimes stay imports.
fn join(stage: &Path) -> Result<()> {
    let manifest: Value = serde_json::from_slice(&fs::read("pkg/package.json")?)?;
    let mut entries = BTreeSet::new();
    collect(&manifest["exports"], ".js", &mut entries);
    let entries = entries.iter().map(|path| format!("pkg/{path}"));
    run(Command::new("node")
        .arg("pkg/node_modules/esbuild/bin/esbuild")
        .args(entries)
        .args(["--bundle", "--splitting", "--format=esm", "--platform=neutral", "--target=es2022"])
        .args(["--external:node:*", "--external:cloudflare:*", "--external:*.wasm"])
        // Short lines: a runtime prints the line that an uncaught error comes from.
        .args(["--minify-whitespace", "--line-limit=120"])
        .args(["--log-level=warning", "--legal-comments=none"])
        .arg(format!("--outdir={}", stage.join("dist/entry").display())))
}

/// The files of a kind that the manifest exports.
fn collect(exports: &Value, kind: &str, entries: &mut BTreeSet<String>) {
    match exports {
        Value::Object(conditions) => conditions.values().for_each(|value| collect(value, kind, entries)),
        Value::String(path) if path.ends_with(kind) => {
            entries.insert(path.trim_start_matches("./").into());
        }
        _ => {}
    }
}

/// Removes the declarations that no exported one leads to.
fn prune(stage: &Path) -> Result<()> {
    let manifest: Value = serde_json::from_slice(&fs::read("pkg/package.json")?)?;
    let mut entries = BTreeSet::new();
    collect(&manifest["exports"], DECLARATION, &mut entries);
    let mut open: Vec<PathBuf> = entries.iter().map(|path| stage.join(path)).collect();
    let mut kept = BTreeSet::new();
    while let Some(file) = open.pop() {
        let text = fs::read_to_string(&file).with_context(|| file.display().to_string())?;
        let file = file.canonicalize()?;
        let folder = file.parent().unwrap_or(stage).to_path_buf();
        if kept.insert(file) {
            let names = text.split(['\'', '"']).filter(|name| name.starts_with('.'));
            let modules = names.filter_map(|name| name.strip_suffix(".js"));
            open.extend(
                modules.map(|name| folder.join(format!("{name}{DECLARATION}"))).filter(|path| path.exists()),
            );
        }
    }
    remove_others(&stage.join("dist"), &kept)
}

fn remove_others(folder: &Path, kept: &BTreeSet<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(&path, kept)?;
        } else if path.to_string_lossy().ends_with(DECLARATION) && !kept.contains(&path.canonicalize()?) {
            fs::remove_file(path)?;
        }
    }
    Ok(())
}
