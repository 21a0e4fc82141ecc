//! What a module is made of: bytes of code by crate and by function, from its name section.
//!
//! Reads the module as the compiler left it, before names are stripped and binaryen shrinks it, so the parts matter more
//! than the sum.

use std::collections::BTreeMap;
use std::fs;

use anyhow::Result;
use wasmparser::{KnownCustom, Name, Parser, Payload};

const MODULE: &str = "target/wasm32-unknown-unknown/release/aerospike_js.wasm";
const FUNCTIONS: usize = 25;

/// `cargo xtask size --contents`, after a build.
pub(crate) fn report() -> Result<()> {
    let bytes = fs::read(MODULE)?;
    let functions = functions(&bytes)?;
    let code: usize = functions.iter().map(|(_, size)| size).sum();
    let mut crates: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (name, size) in &functions {
        let entry = crates.entry(crate_of(name)).or_default();
        *entry = (entry.0 + size, entry.1 + 1);
    }
    println!("\n{MODULE}: {} bytes, of which code {code} in {} functions", bytes.len(), functions.len());
    let mut crates: Vec<_> = crates.into_iter().collect();
    crates.sort_by_key(|(_, (size, _))| std::cmp::Reverse(*size));
    for (name, (size, count)) in crates {
        println!("{size:>8} {:>5.1} %  {name} ({count} functions)", percent(size, code));
    }
    println!("\nlargest functions");
    for (name, size) in functions.iter().take(FUNCTIONS) {
        println!("{size:>8} {:>5.1} %  {name}", percent(*size, code));
    }
    Ok(())
}

fn percent(part: usize, whole: usize) -> f64 {
    part as f64 * 100.0 / whole.max(1) as f64
}

/// The module's own functions and the bytes of their bodies, largest first.
fn functions(bytes: &[u8]) -> Result<Vec<(String, usize)>> {
    let mut imported = 0;
    let mut sizes = Vec::new();
    let mut names = BTreeMap::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            // Modules for JavaScript import functions only.
            Payload::ImportSection(section) => imported = section.count() as usize,
            Payload::CodeSectionEntry(body) => sizes.push(body.range().len()),
            Payload::CustomSection(section) => {
                let KnownCustom::Name(parts) = section.as_known() else { continue };
                for part in parts {
                    let Name::Function(map) = part? else { continue };
                    for name in map {
                        let name = name?;
                        names.insert(
                            name.index as usize,
                            format!("{:#}", rustc_demangle::demangle(name.name)),
                        );
                    }
                }
            }
            _ => {}
        }
    }
    let name = |index: usize| names.get(&(imported + index)).cloned().unwrap_or_else(|| "(no name)".into());
    let mut functions: Vec<_> =
        sizes.into_iter().enumerate().map(|(index, size)| (name(index), size)).collect();
    functions.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
    Ok(functions)
}

/// The crate that a function's path begins with; of `<A as B>::f` the crate of A, and of B where A is of the language.
fn crate_of(name: &str) -> &str {
    let (of_type, of_trait) =
        name.strip_prefix('<').and_then(|path| path.split_once(" as ")).unwrap_or((name, ""));
    first_part(of_type).or_else(|| first_part(of_trait)).unwrap_or("(others)")
}

fn first_part(path: &str) -> Option<&str> {
    let path = path.trim_start_matches(['<', '&', '[', '(']);
    let path = path.strip_prefix("mut ").or_else(|| path.strip_prefix("dyn ")).unwrap_or(path);
    path.split_once("::").map(|(first, _)| first)
}

#[cfg(test)]
mod tests {
    use super::crate_of;

    #[test]
    fn functions_belong_to_the_crate_of_their_type() {
        assert_eq!(crate_of("aerospike_wasm::client::Client::submit"), "aerospike_wasm");
        assert_eq!(crate_of("<alloc::string::String as core::fmt::Write>::write_str"), "alloc");
        assert_eq!(crate_of("<&mut core::fmt::Formatter as core::fmt::Write>::write_str"), "core");
        assert_eq!(crate_of("<u32 as core::fmt::Display>::fmt"), "core");
        assert_eq!(crate_of("memcpy"), "(others)");
    }
}
