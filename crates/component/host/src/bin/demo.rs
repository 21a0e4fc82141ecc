//! The demo: the applications of `examples/wasi/`, composed with the components, against a server.

use aerospike_component_host::client::Version;
use aerospike_component_host::{application, runtime};
use wasmtime::Result;

fn main() -> Result<()> {
    let hosts = std::env::var("AEROSPIKE_HOSTS").unwrap_or_else(|_| "127.0.0.1:3000".into());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let engine = runtime::engine()?;
    for (version, name, wasi) in
        [(Version::Sync, "tour.wasm", "WASI 0.2"), (Version::Async, "tour-async.wasm", "WASI 0.3")]
    {
        println!("\n{wasi}: {name}, composed with {}", version.file());
        let component = application::application(&engine, name)?;
        runtime.block_on(application::run(&engine, version, &component, &[("AEROSPIKE_HOSTS", &hosts)]))?;
    }
    Ok(())
}
