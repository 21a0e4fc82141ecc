//! The package as it is shipped: the modules behind each entry joined into few files, because loading forty small ones
//! takes longer than everything else between `import` and the first answer.
//!
//! Declarations stay as the compiler wrote them, one per module.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::shell::{run, step};

const STAGE: &str = "target/stage";
const FILES: [&str; 3] = ["package.json", "README.md", "LICENSE"];
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
    collect(&manifest["exports"], &mut entries);
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

/// The JavaScript files that the manifest exports.
fn collect(exports: &Value, entries: &mut BTreeSet<String>) {
    match exports {
        Value::Object(conditions) => conditions.values().for_each(|value| collect(value, entries)),
        Value::String(path) if path.ends_with(".js") => {
            entries.insert(format!("pkg/{}", path.trim_start_matches("./")));
        }
        _ => {}
    }
}
