//! The interface for WASI 0.3, made from the one for 0.2: what can fail is asynchronous there.
//!
//! `wit/0.2` is the source. A function that gives a `result` reaches the server or refuses to, so in 0.3 it is an
//! `async func`; everything else is the same. A test holds the two against each other.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

const FILES: [&str; 3] = ["types.wit", "client.wit", "world.wit"];

/// `cargo xtask wit`.
pub(crate) fn run() -> Result<()> {
    for name in FILES {
        fs::write(Path::new("wit/0.3").join(name), asynchronous(&source(name)?))?;
    }
    println!("wit/0.3 is made from wit/0.2");
    Ok(())
}

fn source(name: &str) -> Result<String> {
    let path = crate::shell::root().join("wit/0.2").join(name);
    fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))
}

/// A file of the interface for 0.2 as it is for 0.3.
fn asynchronous(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let waits = line.contains(" func(") && line.contains("-> result<");
        let line = if waits { line.replacen(" func(", " async func(", 1) } else { line.into() };
        let line = line
            .replace("aerospike:client@0.2.", "aerospike:client@0.3.")
            .replace(
                "for WASI 0.2. Calls are synchronous.",
                "for WASI 0.3. Calls that can fail are asynchronous.",
            )
            .replace("`aerospike.wasm`", "`aerospike-async.wasm`");
        out.push_str(&line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_versions_are_in_step() {
        for name in FILES {
            let kept = fs::read_to_string(crate::shell::root().join("wit/0.3").join(name)).unwrap();
            let made = asynchronous(&source(name).unwrap());
            assert!(kept == made, "wit/0.3/{name} differs from wit/0.2/{name}: run `cargo xtask wit`");
        }
    }

    #[test]
    fn what_can_fail_is_asynchronous() {
        assert_eq!(
            asynchronous("  put: func() -> result<_, error>;"),
            "  put: async func() -> result<_, error>;\n"
        );
        assert_eq!(
            asynchronous("  a: static func() -> result<b>;"),
            "  a: static async func() -> result<b>;\n"
        );
        assert_eq!(asynchronous("  close: func();"), "  close: func();\n");
    }
}
