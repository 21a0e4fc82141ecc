//! Composed applications, run as commands.
//!
//! Imports wasmtime. `cargo xtask build` composes them.

use wasmtime::component::Component;
use wasmtime::{Engine, Error, Result};

use crate::client::Version;
use crate::runtime::{Permissions, components, linker, store};

/// Reads and compiles a composed application of `target/components/composed/`.
///
/// # Errors
/// It is not built.
pub fn application(engine: &Engine, name: &str) -> Result<Component> {
    Component::from_file(engine, components().join("composed").join(name))
}

/// Runs the `main` of a composed application with some environment.
///
/// # Errors
/// It trapped, or says that it failed.
pub async fn run(
    engine: &Engine,
    version: Version,
    component: &Component,
    env: &[(&str, &str)],
) -> Result<()> {
    let mut store = store(engine, &Permissions::default(), env);
    let linker = linker(engine)?;
    let ended = match version {
        Version::Sync => {
            let command =
                wasmtime_wasi::p2::bindings::Command::instantiate_async(&mut store, component, &linker)
                    .await?;
            command.wasi_cli_run().call_run(&mut store).await?
        }
        Version::Async => {
            let command =
                wasmtime_wasi::p3::bindings::Command::instantiate_async(&mut store, component, &linker)
                    .await?;
            store.run_concurrent(async |accessor| command.wasi_cli_run().call_run(accessor).await).await??
        }
    };
    ended.map_err(|()| Error::msg("the application failed"))
}
