//! The engine, and what a component is allowed to do.
//!
//! Imports wasmtime.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use wasmtime::component::{Component, Linker, ResourceTable};
use wasmtime::{Config, Engine, Result, Store, StoreLimits, StoreLimitsBuilder};
use wasmtime_wasi::{FsPerms, WasiCtx, WasiCtxBuilder, WasiCtxView, WasiView};

/// What a store of this host holds.
#[expect(missing_debug_implementations, reason = "its parts have none")]
pub struct State {
    table: ResourceTable,
    wasi: WasiCtx,
    limits: StoreLimits,
}

impl WasiView for State {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

/// What the sandbox lets a component do.
#[derive(Clone)]
#[expect(missing_debug_implementations, reason = "holds a closure")]
pub struct Permissions {
    /// Make TCP connections.
    pub tcp: bool,
    /// Look up names.
    pub lookup: bool,
    /// Whether an address may be connected to.
    pub address: Arc<dyn Fn(SocketAddr) -> bool + Send + Sync>,
    /// Most bytes that a memory may grow to; one that wants more traps.
    pub memory: usize,
}

impl Default for Permissions {
    fn default() -> Self {
        Self { tcp: true, lookup: true, address: Arc::new(|_| true), memory: usize::MAX }
    }
}

/// An engine for components of WASI 0.2 and 0.3.
///
/// # Errors
/// wasmtime does not support this machine.
pub fn engine() -> Result<Engine> {
    Engine::new(&config())
}

fn config() -> Config {
    let mut config = Config::new();
    config.wasm_component_model(true);
    config.wasm_component_model_async(true);
    config
}

/// An engine whose instances trap when its epoch is moved on, as hosts do with guests that run for too long.
///
/// # Errors
/// wasmtime does not support this machine.
pub fn interruptible_engine() -> Result<Engine> {
    let mut config = config();
    config.epoch_interruption(true);
    Engine::new(&config)
}

/// A linker with WASI 0.2 and 0.3.
///
/// # Errors
/// A name is defined twice.
pub fn linker(engine: &Engine) -> Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    wasmtime_wasi::p2::add_to_linker_async(&mut linker)?;
    wasmtime_wasi::p3::add_to_linker(&mut linker)?;
    Ok(linker)
}

/// A store whose component may do what `permissions` say. What it prints is seen.
#[must_use]
pub fn store(engine: &Engine, permissions: &Permissions, env: &[(&str, &str)]) -> Store<State> {
    let mut context = context(permissions, env);
    let mut store = store_of(engine, context.inherit_stdout().inherit_stderr().build());
    store.data_mut().limits =
        StoreLimitsBuilder::new().memory_size(permissions.memory).trap_on_grow_failure(true).build();
    store
}

/// A store for a component with that context.
#[must_use]
pub fn store_of(engine: &Engine, wasi: WasiCtx) -> Store<State> {
    let mut store =
        Store::new(engine, State { table: ResourceTable::new(), wasi, limits: StoreLimits::default() });
    store.limiter(|state| &mut state.limits);
    // Of no effect unless the engine is an interruptible one.
    store.set_epoch_deadline(1);
    store
}

/// What `permissions` mean to WASI.
#[must_use]
pub fn context(permissions: &Permissions, env: &[(&str, &str)]) -> WasiCtxBuilder {
    let address = Arc::clone(&permissions.address);
    let mut context = WasiCtx::builder();
    context
        .envs(env)
        .socket_addr_check(move |socket, _| {
            // A bind to the unspecified address comes before every connect.
            let allowed = (socket.ip().is_unspecified() && socket.port() == 0) || address(socket);
            Box::pin(async move { allowed })
        })
        .allow_tcp(permissions.tcp)
        .allow_ip_name_lookup(permissions.lookup);
    context
}

/// A store for a program with these arguments, which may read files and print.
///
/// # Errors
/// The file system cannot be opened.
pub fn program(engine: &Engine, arguments: &[String]) -> Result<Store<State>> {
    let wasi = WasiCtx::builder()
        .inherit_stdio()
        .inherit_env()
        .args(arguments)
        .preopened_dir("/", "/", FsPerms::ReadOnly)?
        .build();
    Ok(Store::new(engine, State { table: ResourceTable::new(), wasi, limits: StoreLimits::default() }))
}

/// Reads and compiles a component from the folder that `cargo xtask build` fills.
///
/// # Errors
/// There is no such file, or it is no component.
pub fn component(engine: &Engine, name: &str) -> Result<Component> {
    Component::from_file(engine, components().join(name))
}

/// The folder with the components: `AEROSPIKE_COMPONENTS`, or where `cargo xtask build` puts them.
#[must_use]
pub fn components() -> PathBuf {
    std::env::var_os("AEROSPIKE_COMPONENTS").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/components")),
        PathBuf::from,
    )
}
