//! A test application for WASI 0.3: drops a call in flight and sees what becomes of it.
//!
//! Imports the interface. The server at `AEROSPIKE_HOSTS` leaves the first command without a reply.
#![cfg_attr(not(target_family = "wasm"), allow(dead_code, reason = "nothing is exported elsewhere"))]

use std::pin::pin;

use bindings::aerospike::client::client::Client;
use bindings::aerospike::client::types::{Bin, Config, Key, Node, ReadPolicy, UserKey, Value};
use futures::future::{Either, select};
use wasip3::clocks::monotonic_clock::wait_for;

mod bindings {
    #![allow(missing_docs, unreachable_pub, clippy::all, reason = "generated")]
    wit_bindgen::generate!({
        path: "../../../wit/0.3",
        world: "imports",
    });
}

#[cfg(target_family = "wasm")]
wasip3::cli::command::export!(Application);

struct Application;

impl wasip3::exports::cli::run::Guest for Application {
    async fn run() -> Result<(), ()> {
        run().await.map_err(|problem| eprintln!("{problem}"))
    }
}

async fn run() -> Result<(), String> {
    let hosts = std::env::var("AEROSPIKE_HOSTS").map_err(|error| error.to_string())?;
    let client = Client::connect(config(&hosts)).await.map_err(|error| error.message)?;
    let get = client.get(key(), Some(patient()));
    if let Either::Left((answer, _)) = select(pin!(get), pin!(wait_for(200_000_000))).await {
        return Err(format!("the call ended by itself: {answer:?}"));
    }
    // The call is dropped here. Its command is told to end once the client's tasks have run.
    wait_for(50_000_000).await;
    let statistics = client.statistics();
    if statistics.in_flight != 0 {
        return Err(format!("{} commands in flight after the call was dropped", statistics.in_flight));
    }
    let bins = vec![Bin { name: "a".into(), value: Value { nodes: vec![Node::Integer(7)] } }];
    client.put(key(), bins, None, None).await.map_err(|error| error.message)?;
    let record = client.get(key(), None).await.map_err(|error| error.message)?;
    match record.bins.first().and_then(|bin| bin.value.nodes.first()) {
        Some(Node::Integer(7)) => {
            println!("cancelled, and the client is as good as before");
            Ok(())
        }
        other => Err(format!("read {other:?}")),
    }
}

fn key() -> Key {
    let user_key = Some(UserKey::Text("probe".into()));
    Key { namespace: "test".into(), set_name: "wasi".into(), user_key, digest: None }
}

/// No timeout, no retry: only dropping the call ends it.
const fn patient() -> ReadPolicy {
    ReadPolicy {
        total_timeout: Some(0),
        socket_timeout: Some(0),
        timeout_delay: None,
        max_retries: Some(0),
        sleep_between_retries: None,
        filter_expression: None,
        replica: None,
        read_mode_ap: None,
        read_mode_sc: None,
        read_touch_ttl_percent: None,
    }
}

fn config(hosts: &str) -> Config {
    Config {
        hosts: hosts.split(',').map(String::from).collect(),
        application_id: Some("tour".into()),
        cluster_name: None,
        user: None,
        password: None,
        auth_mode: None,
        timeout: None,
        tend_interval: None,
        idle_timeout: None,
        max_conns_per_node: None,
        min_conns_per_node: None,
        use_services_alternate: None,
        pipeline_depth: None,
        pipeline_connections: None,
        merge_commands: None,
        max_error_rate: None,
        error_rate_window: None,
        max_concurrent_operations: None,
        operation_queue_timeout: None,
        max_message_bytes: None,
        policies: None,
    }
}
