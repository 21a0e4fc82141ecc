//! Instances that end in the middle of a command: by a trap, or because their store is dropped. Their connections end with
//! them, a request that was half written does nothing, and the next instance works.

use std::time::{Duration, Instant};

use aerospike_component_host::client::{Client, Outcome, Provider, Version};
use aerospike_component_host::runtime::{self, Permissions};
use aerospike_component_host::server::Server;
use aerospike_component_host::types::{BatchPolicy, BatchRecord, BatchWriteRow, Key, Node};
use wasmtime::Engine;

use crate::relay::{Relay, Seen};
use crate::support::{batch_policy, bin, bins, config, connect, good, integer, key, one, run};

const ROWS: usize = 32;
const VALUE: usize = 1_000_000;
/// Far less than the request, far more than anything before it.
const HALF: usize = 2_000_000;

/// How an instance ends.
#[derive(Clone, Copy, Debug)]
enum End {
    /// The host moves the epoch on, and the instance traps where it is.
    Interrupted,
    /// The host drops its store.
    Dropped,
}

type Call = tokio::task::JoinHandle<wasmtime::Result<Outcome<Vec<BatchRecord>>>>;

fn keys(version: Version, end: End) -> Vec<Key> {
    (0..ROWS).map(|at| key(&format!("half {version:?} {end:?} {at}"))).collect()
}

async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let end = Instant::now() + Duration::from_secs(30);
    while !is_so() {
        assert!(Instant::now() < end, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// A client behind the relay, in an instance of its own.
async fn client(engine: &Engine, version: Version, relay: &Relay) -> Client {
    let provider = Provider::instantiate(engine, version, &Permissions::default()).await.unwrap();
    good(provider.connect(config(std::slice::from_ref(&relay.host))).await)
}

/// Begins to write a batch that is larger than what the system keeps for a reader that does not read, and waits until it
/// stands still half way.
async fn stuck(client: Client, relay: &Relay, keys: &[Key]) -> Call {
    let value = |at: usize| one(Node::Blob(vec![at as u8; VALUE]));
    let row = |(at, key): (usize, &Key)| BatchWriteRow {
        key: key.clone(),
        bins: vec![bin("v", value(at))],
        meta: None,
    };
    let rows = keys.iter().enumerate().map(row).collect();
    relay.stall_at(HALF);
    let policy = Some(BatchPolicy { total_timeout: Some(60_000), ..batch_policy() });
    let call = tokio::task::spawn_local(async move { client.batch_write(rows, None, policy).await });
    until("half a request", || relay.seen().iter().any(|conn| conn.sent.len() >= HALF)).await;
    // What the system still takes, it takes at once.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!call.is_finished());
    call
}

/// The connections ended, and the request that was half written is not complete.
async fn assert_ended(relay: &Relay) {
    until("the end of all connections", || relay.seen().iter().all(|conn| conn.ended)).await;
    let written: Vec<Seen> = relay.seen().into_iter().filter(|conn| conn.sent.len() >= HALF).collect();
    assert_eq!(written.len(), 1);
    assert!(written[0].sent.len() < ROWS * VALUE, "the request was not cut");
}

async fn assert_nothing_happened(version: Version, server: &Server, keys: Vec<Key>) {
    let fresh = connect(version, server).await;
    let rows = good(fresh.batch_read(keys.clone(), None, None).await);
    assert!(rows.iter().all(|row| row.result == 2), "a row was written");
    good(fresh.put(keys[0].clone(), vec![bin("n", integer(1))], None, None).await);
    assert_eq!(bins(&good(fresh.get(keys[0].clone(), None).await)), [("n", &integer(1))]);
    fresh.close().await.unwrap();
    drop(fresh);
    // Whoever asks is a connection, too.
    let count = || server.statistic(0, "client_connections").unwrap();
    until("the server has closed them all", || count() == "1").await;
}

async fn end_in_the_middle(version: Version, end: End) {
    let server = Server::start(1).unwrap();
    let relay = Relay::before(&server.hosts[0]);
    let engine = runtime::interruptible_engine().unwrap();
    let keys = keys(version, end);
    let client = client(&engine, version, &relay).await;
    let call = stuck(client.clone(), &relay, &keys).await;
    match end {
        End::Interrupted => {
            engine.increment_epoch();
            // Now the instance would go on writing.
            relay.release();
            let trap = call.await.unwrap().expect_err("it trapped");
            let text = format!("{trap:?}");
            assert!(text.contains("interrupt") || text.contains("has ended"), "{text}");
            // A trapped instance takes no calls.
            assert!(client.is_connected().await.is_err());
            drop(client);
        }
        End::Dropped => {
            drop(client);
            call.abort();
            assert!(call.await.unwrap_err().is_cancelled());
            relay.release();
        }
    }
    assert_ended(&relay).await;
    assert_nothing_happened(version, &server, keys).await;
}

#[test]
fn a_trap_in_the_middle_of_a_request() {
    run(async {
        for version in Version::ALL {
            end_in_the_middle(version, End::Interrupted).await;
        }
    });
}

#[test]
fn a_store_dropped_in_the_middle_of_a_request() {
    run(async {
        for version in Version::ALL {
            end_in_the_middle(version, End::Dropped).await;
        }
    });
}

#[test]
fn a_trap_while_a_reply_is_waited_for() {
    run(async {
        for version in Version::ALL {
            let server = Server::start(1).unwrap();
            let relay = Relay::before(&server.hosts[0]);
            let engine = runtime::interruptible_engine().unwrap();
            let client = client(&engine, version, &relay).await;
            relay.keep(b"swallow me");
            let call = {
                let client = client.clone();
                let put = async move {
                    client.put(key("swallow me"), vec![bin("swallow me", integer(1))], None, None).await
                };
                tokio::task::spawn_local(put)
            };
            let is_sent = |conn: &Seen| conn.sent.windows(10).any(|window| window == b"swallow me");
            until("the request", || relay.seen().iter().any(is_sent)).await;
            engine.increment_epoch();
            // The next look at the cluster, or the timeout of the call, wakes it.
            assert!(call.await.unwrap().is_err(), "{version:?}");
            drop(client);
            until("the end of all connections", || relay.seen().iter().all(|conn| conn.ended)).await;
            let fresh = connect(version, &server).await;
            assert_eq!(good(fresh.exists(key("swallow me"), None).await), None);
            good(fresh.put(key("swallow me"), vec![bin("n", integer(2))], None, None).await);
        }
    });
}
