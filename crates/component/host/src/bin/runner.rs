//! Runs a test program that was compiled for WASI 0.2: what cargo calls with the program and its arguments.
//!
//! The program sees the file system to read from, because tests read vectors.

use aerospike_component_host::runtime;
use wasmtime::component::Component;
use wasmtime::{Error, Result};

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let program = arguments.next().ok_or_else(|| Error::msg("the program is missing"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let ended = runtime.block_on(async {
        let engine = runtime::engine()?;
        let component = Component::from_file(&engine, &program)?;
        let mut store =
            runtime::program(&engine, &[program.clone()].into_iter().chain(arguments).collect::<Vec<_>>())?;
        let linker = runtime::linker(&engine)?;
        let command =
            wasmtime_wasi::p2::bindings::Command::instantiate_async(&mut store, &component, &linker).await?;
        command.wasi_cli_run().call_run(&mut store).await
    });
    match ended {
        Ok(Ok(())) => Ok(()),
        Ok(Err(())) => std::process::exit(1),
        Err(error) => match error.downcast_ref::<wasmtime_wasi::I32Exit>() {
            Some(exit) => std::process::exit(exit.0),
            None => Err(error),
        },
    }
}
