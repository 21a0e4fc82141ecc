//! Runs a program for WASI 0.2 with arguments, and keeps what it prints.
//!
//! Imports wasmtime.

use wasmtime::component::Component;
use wasmtime::{Engine, Result};
use wasmtime_wasi::I32Exit;
use wasmtime_wasi::p2::bindings::Command;
use wasmtime_wasi::p2::pipe::MemoryOutputPipe;

use crate::runtime::{Permissions, context, linker, store_of};

/// Most bytes of output that are kept.
const OUTPUT: usize = 1 << 20;

/// How a program ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ended {
    /// Its exit code.
    pub code: i32,
    /// What it printed.
    pub stdout: String,
    /// What it complained about.
    pub stderr: String,
}

/// Runs a program with arguments, of which the first is its name.
///
/// # Errors
/// It does not fit this host, or traps.
pub async fn run(
    engine: &Engine,
    component: &Component,
    permissions: &Permissions,
    env: &[(&str, &str)],
    arguments: &[&str],
) -> Result<Ended> {
    let (stdout, stderr) = (MemoryOutputPipe::new(OUTPUT), MemoryOutputPipe::new(OUTPUT));
    let mut context = context(permissions, env);
    context.args(arguments).stdout(stdout.clone()).stderr(stderr.clone());
    let mut store = store_of(engine, context.build());
    let program = Command::instantiate_async(&mut store, component, &linker(engine)?).await?;
    let code = match program.wasi_cli_run().call_run(&mut store).await {
        Ok(Ok(())) => 0,
        Ok(Err(())) => 1,
        Err(error) => error.downcast::<I32Exit>()?.0,
    };
    let text = |pipe: &MemoryOutputPipe| String::from_utf8_lossy(&pipe.contents()).into_owned();
    Ok(Ended { code, stdout: text(&stdout), stderr: text(&stderr) })
}
