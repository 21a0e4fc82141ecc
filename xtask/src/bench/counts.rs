//! Instructions and allocations per operation, held against the committed file.
//!
//! The cases of `benches/core` run as a wasm32 module under an interpreter that takes fuel per instruction: the same
//! number on every machine, whatever else runs on it. It is not the number of a processor's instructions, but it moves
//! with it. A case that is one part of an exchange is arranged between its runs, which is not counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;

use anyhow::{Context, Result, bail};
use wasmi::{
    Caller, CompilationMode, Config, Engine, Error, Extern, Func, Instance, Linker, Module, Store, TypedFunc,
};

use crate::shell::{cargo, run, step};

const MODULE: &str = "target/wasm32-unknown-unknown/release/aerospike_bench.wasm";
const COMMITTED: &str = "benches/counts.txt";
/// A count may grow by this much before it fails.
const TOLERANCE: f64 = 0.05;
const TIMES: u32 = 10;

/// What one operation takes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Count {
    instructions: f64,
    allocations: f64,
}

/// `cargo xtask bench counts`: measures, and compares with the committed file or rewrites it.
pub(crate) fn run_counts(update: bool) -> Result<()> {
    let counts = measure()?;
    if update {
        fs::write(COMMITTED, render(&counts))?;
        println!("written: {COMMITTED}");
        return Ok(());
    }
    compare(&parse(&fs::read_to_string(COMMITTED)?)?, &counts)
}

fn compare(committed: &BTreeMap<String, Count>, counts: &[(String, Count)]) -> Result<()> {
    let (mut passed, mut failed) = (0, 0);
    for (name, count) in counts {
        let Some(before) = committed.get(name) else {
            failed += 1;
            println!("{name}: not in {COMMITTED}");
            continue;
        };
        let grown = |now: f64, before: f64| now > before * (1.0 + TOLERANCE) + 0.001;
        let bad =
            grown(count.instructions, before.instructions) || grown(count.allocations, before.allocations);
        *(if bad { &mut failed } else { &mut passed }) += 1;
        println!(
            "{name:32} {:>10.0} instructions ({:+.1} %), {:>8.2} allocations (was {:.2}){}",
            count.instructions,
            (count.instructions / before.instructions - 1.0) * 100.0,
            count.allocations,
            before.allocations,
            if bad { "  TOO MUCH" } else { "" }
        );
    }
    println!("{passed} passed, {failed} failed");
    if failed > 0 {
        bail!("the core does more per operation than before; if it must: cargo xtask bench counts --update");
    }
    Ok(())
}

fn render(counts: &[(String, Count)]) -> String {
    let mut text = String::from(
        "# Instructions (fuel of a WebAssembly interpreter) and allocations per operation.\n# Compared by cargo xtask test; written by cargo xtask bench counts --update.\n",
    );
    for (name, count) in counts {
        let _ = writeln!(text, "{name}; {:.0}; {:.2}", count.instructions, count.allocations);
    }
    text
}

fn parse(text: &str) -> Result<BTreeMap<String, Count>> {
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines
        .map(|line| {
            let mut parts = line.split("; ");
            let mut part = || parts.next().with_context(|| format!("{COMMITTED}: cannot read '{line}'"));
            let name = part()?.to_string();
            Ok((name, Count { instructions: part()?.parse()?, allocations: part()?.parse()? }))
        })
        .collect()
}

fn measure() -> Result<Vec<(String, Count)>> {
    step("counting instructions and allocations per operation");
    run(cargo().args([
        "build",
        "--release",
        "--package",
        "aerospike-bench",
        "--lib",
        "--target",
        "wasm32-unknown-unknown",
    ]))?;
    let mut guest = Guest::load(&fs::read(MODULE)?)?;
    (0..guest.case_count()?).map(|case| guest.count(case)).collect()
}

/// The module under the interpreter.
struct Guest {
    store: Store<()>,
    instance: Instance,
}

impl Guest {
    fn load(bytes: &[u8]) -> Result<Self> {
        let mut config = Config::default();
        config.consume_fuel(true);
        // Else the first call of a function would pay for its translation.
        config.compilation_mode(CompilationMode::Eager);
        let engine = Engine::new(&config);
        let module = Module::new(&engine, bytes)?;
        let mut store = Store::new(&engine, ());
        store.set_fuel(u64::MAX)?;
        let mut linker = Linker::new(&engine);
        // The bindings to JavaScript are there but must not be called.
        for import in module.imports() {
            let Some(kind) = import.ty().func() else { bail!("the module imports {}", import.name()) };
            let name = import.name().to_string();
            let refuse = Func::new(&mut store, kind.clone(), move |_: Caller<'_, ()>, _, _| {
                Err(Error::new(format!("{name} was called")))
            });
            linker.define(import.module(), import.name(), refuse)?;
        }
        let instance = linker.instantiate_and_start(&mut store, &module)?;
        Ok(Self { store, instance })
    }

    fn function<P: wasmi::WasmParams, R: wasmi::WasmResults>(&self, name: &str) -> Result<TypedFunc<P, R>> {
        Ok(self.instance.get_typed_func(&self.store, name)?)
    }

    fn case_count(&mut self) -> Result<u32> {
        Ok(self.function::<(), u32>("case_count")?.call(&mut self.store, ())?)
    }

    fn name(&mut self, case: u32) -> Result<String> {
        let at = self.function::<u32, u32>("case_name")?.call(&mut self.store, case)? as usize;
        let len = self.function::<u32, u32>("case_name_len")?.call(&mut self.store, case)? as usize;
        let Some(Extern::Memory(memory)) = self.instance.get_export(&self.store, "memory") else {
            bail!("the module has no memory")
        };
        let bytes = memory.data(&self.store).get(at..at + len).context("a name lies outside of memory")?;
        Ok(String::from_utf8(bytes.to_vec())?)
    }

    fn count(&mut self, case: u32) -> Result<(String, Count)> {
        let name = self.name(case)?;
        self.function::<u32, ()>("case_prepare")?
            .call(&mut self.store, case)
            .with_context(|| name.clone())?;
        let arrange = self.function::<(), ()>("case_arrange")?;
        let run = self.function::<(), u32>("case_run")?;
        let (mut fuel, mut allocations) = (0, 0);
        for _ in 0..TIMES {
            arrange.call(&mut self.store, ())?;
            let before = self.store.get_fuel()?;
            allocations += run.call(&mut self.store, ())?;
            fuel += before - self.store.get_fuel()?;
        }
        let per = |number: f64| number / f64::from(TIMES);
        Ok((name, Count { instructions: per(fuel as f64), allocations: per(f64::from(allocations)) }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_beyond_the_tolerance_fails() -> Result<()> {
        let committed = parse("# a comment\nget; 1000; 0.00\nput; 2000; 3.00\n")?;
        let count = |instructions, allocations| Count { instructions, allocations };
        let of = |get, put| vec![("get".to_string(), get), ("put".to_string(), put)];
        assert!(compare(&committed, &of(count(1049.0, 0.0), count(1000.0, 3.0))).is_ok());
        assert!(compare(&committed, &of(count(1051.0, 0.0), count(2000.0, 3.0))).is_err());
        assert!(compare(&committed, &of(count(1000.0, 0.02), count(2000.0, 3.0))).is_err());
        assert!(compare(&committed, &[("unknown".to_string(), count(1.0, 0.0))]).is_err());
        assert_eq!(parse(&render(&of(count(5.0, 0.5), count(7.0, 0.0))))?["get"], count(5.0, 0.5));
        Ok(())
    }
}
