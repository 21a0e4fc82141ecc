//! Applications composed with the components, as a user composes them.

use aerospike_component_host::application::{application, run};
use aerospike_component_host::client::Version;
use aerospike_component_host::runtime;
use aerospike_component_host::server::Server;

async fn tour(version: Version, name: &str) {
    let server = Server::start(1).unwrap();
    let engine = runtime::engine().unwrap();
    let composed = application(&engine, name).unwrap();
    let hosts = server.hosts.join(",");
    // Twice: what the first run left behind does not matter to the second.
    for _ in 0..2 {
        run(&engine, version, &composed, &[("AEROSPIKE_HOSTS", &hosts)]).await.unwrap();
    }
    // An application without a server says so and fails; it does not trap.
    let error = run(&engine, version, &composed, &[("AEROSPIKE_HOSTS", "127.0.0.1:1")]).await.unwrap_err();
    assert!(error.to_string().contains("failed") || format!("{error:?}").contains("exit"), "{error:?}");
}

#[test]
fn the_tour_for_wasi_0_2() {
    crate::support::run(tour(Version::Sync, "tour.wasm"));
}

#[test]
fn the_tour_for_wasi_0_3() {
    crate::support::run(tour(Version::Async, "tour-async.wasm"));
}

#[test]
fn dropping_a_call_cancels_its_command() {
    crate::support::run(async {
        let server = Server::start(1).unwrap();
        server.command(0, "test-fault:kind=swallow").unwrap();
        let engine = runtime::engine().unwrap();
        let composed = application(&engine, "probe.wasm").unwrap();
        let hosts = server.hosts.join(",");
        run(&engine, Version::Async, &composed, &[("AEROSPIKE_HOSTS", &hosts)]).await.unwrap();
    });
}
