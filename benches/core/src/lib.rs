//! Operations of the core as cases that can be run over and over: by divan on this machine, and under a WebAssembly
//! interpreter that counts instructions.
//!
//! `operation` says what a case is, `core` has those on the core's public API, `tape` those on the tapes of `crates/js`,
//! which exist only in a wasm32 module. Imports the public APIs of both and the laboratory.
#![allow(clippy::expect_used, reason = "a benchmark whose operations fail stops")]

mod core;
mod operation;
#[cfg(target_arch = "wasm32")]
mod tape;

use std::cell::RefCell;

use aerospike_testkit::Counting;

use operation::{Named, Operation};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// One operation, ready to be run: for each run, [`Case::arrange`] and then [`Case::run`].
pub struct Case {
    name: &'static str,
    operation: Box<dyn Operation>,
}

impl Case {
    /// Makes ready for the next run; what that takes is no part of the operation.
    pub fn arrange(&mut self) {
        self.operation.arrange();
    }

    /// Runs it once.
    pub fn run(&mut self) {
        self.operation.run();
    }
}

impl std::fmt::Debug for Case {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.name)
    }
}

/// All cases.
fn all() -> Vec<Named> {
    let cases = core::cases();
    #[cfg(target_arch = "wasm32")]
    let cases = [cases, tape::cases()].concat();
    cases
}

/// The names of the cases that need no arrangement.
pub fn wholes() -> impl Iterator<Item = &'static str> {
    all().into_iter().filter(|case| !case.is_part).map(|case| case.name)
}

/// The names of the cases that are parts of others.
pub fn parts() -> impl Iterator<Item = &'static str> {
    all().into_iter().filter(|case| case.is_part).map(|case| case.name)
}

/// A case by name, prepared.
#[must_use]
pub fn case(name: &str) -> Option<Case> {
    let Named { name, prepare, .. } = all().into_iter().find(|case| case.name == name)?;
    Some(Case { name, operation: prepare() })
}

thread_local! {
    static CURRENT: RefCell<Option<Box<dyn Operation>>> = const { RefCell::new(None) };
}

fn with_current(then: impl FnOnce(&mut dyn Operation)) {
    CURRENT.with_borrow_mut(|current| {
        if let Some(current) = current {
            then(current.as_mut());
        }
    });
}

/// How many cases there are; for the interpreter.
#[unsafe(no_mangle)]
pub extern "C" fn case_count() -> u32 {
    all().len() as u32
}

/// Address of a case's name; for the interpreter.
#[unsafe(no_mangle)]
pub extern "C" fn case_name(index: u32) -> *const u8 {
    all()[index as usize].name.as_ptr()
}

/// Length of a case's name; for the interpreter.
#[unsafe(no_mangle)]
pub extern "C" fn case_name_len(index: u32) -> u32 {
    all()[index as usize].name.len() as u32
}

/// Makes a case the one that is run, and brings it into its steady state.
#[unsafe(no_mangle)]
pub extern "C" fn case_prepare(index: u32) {
    let mut operation = (all()[index as usize].prepare)();
    for _ in 0..10 {
        operation.arrange();
        operation.run();
    }
    CURRENT.set(Some(operation));
}

/// Makes the prepared case ready for [`case_run`].
#[unsafe(no_mangle)]
pub extern "C" fn case_arrange() {
    with_current(|current| current.arrange());
}

/// Runs the prepared case once; gives how often it allocated.
#[unsafe(no_mangle)]
pub extern "C" fn case_run() -> u32 {
    let before = Counting::count();
    with_current(|current| current.run());
    (Counting::count() - before) as u32
}
