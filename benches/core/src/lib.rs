//! Operations of the core as cases that can be run over and over: by divan on this machine, and under a WebAssembly
//! interpreter that counts instructions.
//!
//! `core` has the cases on the core's public API, `tape` those on the tapes of `crates/js`, which exist only in a
//! wasm32 module. Imports the public APIs of both and the laboratory.
#![allow(clippy::expect_used, reason = "a benchmark whose operations fail stops")]

mod core;
#[cfg(target_arch = "wasm32")]
mod tape;

use std::cell::RefCell;

use aerospike_testkit::Counting;

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One operation, ready to be run.
pub struct Case {
    /// Its name in tables and in `benches/counts.txt`.
    pub name: &'static str,
    /// Runs it once.
    pub run: Box<dyn FnMut()>,
}

impl std::fmt::Debug for Case {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

type Prepare = fn() -> Box<dyn FnMut()>;

/// The names of all cases, and what prepares each.
fn all() -> Vec<(&'static str, Prepare)> {
    let cases = core::CASES.to_vec();
    #[cfg(target_arch = "wasm32")]
    let cases = [cases, tape::CASES.to_vec()].concat();
    cases
}

/// The names of all cases.
#[must_use]
pub fn names() -> Vec<&'static str> {
    all().into_iter().map(|(name, _)| name).collect()
}

/// A case by name, prepared.
#[must_use]
pub fn case(name: &str) -> Option<Case> {
    let (name, prepare) = all().into_iter().find(|(known, _)| *known == name)?;
    Some(Case { name, run: prepare() })
}

thread_local! {
    static CURRENT: RefCell<Option<Box<dyn FnMut()>>> = const { RefCell::new(None) };
}

/// How many cases there are; for the interpreter.
#[unsafe(no_mangle)]
pub extern "C" fn case_count() -> u32 {
    all().len() as u32
}

/// Address of a case's name; for the interpreter.
#[unsafe(no_mangle)]
pub extern "C" fn case_name(index: u32) -> *const u8 {
    all()[index as usize].0.as_ptr()
}

/// Length of a case's name; for the interpreter.
#[unsafe(no_mangle)]
pub extern "C" fn case_name_len(index: u32) -> u32 {
    all()[index as usize].0.len() as u32
}

/// Makes a case the one that [`case_run`] runs, and brings it into its steady state.
#[unsafe(no_mangle)]
pub extern "C" fn case_prepare(index: u32) {
    let mut run = all()[index as usize].1();
    (0..20).for_each(|_| run());
    CURRENT.set(Some(run));
}

/// Runs the prepared case `times` times; gives how often it allocated.
#[unsafe(no_mangle)]
pub extern "C" fn case_run(times: u32) -> u32 {
    let before = Counting::count();
    CURRENT.with_borrow_mut(|current| {
        if let Some(run) = current {
            (0..times).for_each(|_| run());
        }
    });
    (Counting::count() - before) as u32
}
