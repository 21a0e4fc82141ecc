//! Servers that are slow, die, return or talk nonsense.

use std::time::{Duration, Instant};

use aerospike_component_host::client::{Client, Version};
use aerospike_component_host::server::Server;
use aerospike_component_host::types::{ErrorKind, ReadPolicy, WritePolicy};

use crate::support::{bad, bin, bins, connect, good, integer, key, read_policy, run, write_policy};

async fn ready(version: Version) -> (Server, Client) {
    let server = Server::start(1).unwrap();
    let client = connect(version, &server).await;
    good(client.put(key("fault"), vec![bin("a", integer(1))], None, None).await);
    (server, client)
}

#[test]
fn no_reply_is_a_timeout_and_in_doubt_when_it_writes() {
    run(async {
        for version in Version::ALL {
            let (server, client) = ready(version).await;
            server.command(0, "test-fault:kind=swallow").unwrap();
            let start = Instant::now();
            let policy = ReadPolicy { total_timeout: Some(300), max_retries: Some(0), ..read_policy() };
            let error = bad(client.get(key("fault"), Some(policy)).await);
            let took = start.elapsed();
            assert_eq!((error.kind, error.result_code, error.in_doubt), (ErrorKind::Timeout, -1, false));
            assert!(took >= Duration::from_millis(290) && took < Duration::from_secs(5), "{took:?}");
            server.command(0, "test-fault:kind=swallow").unwrap();
            let policy = Some(WritePolicy { total_timeout: Some(300), ..write_policy() });
            let error = bad(client.put(key("fault"), vec![bin("a", integer(2))], None, policy).await);
            assert_eq!((error.kind, error.in_doubt), (ErrorKind::Timeout, true));
            // The write did happen, and the client is as good as before.
            assert_eq!(bins(&good(client.get(key("fault"), None).await)), [("a", &integer(2))]);
        }
    });
}

#[test]
fn a_reply_cut_short_ends_its_connection_only() {
    run(async {
        for version in Version::ALL {
            let (server, client) = ready(version).await;
            for kind in ["cut;bytes=11", "garbage", "drop"] {
                server.command(0, &format!("test-fault:kind={kind}")).unwrap();
                let error = bad(client.put(key("fault"), vec![bin("a", integer(1))], None, None).await);
                assert!(matches!(error.kind, ErrorKind::Connection | ErrorKind::BadReply), "{error:?}");
                assert!(error.in_doubt, "{kind}");
                good(client.put(key("fault"), vec![bin("a", integer(3))], None, None).await);
                assert_eq!(bins(&good(client.get(key("fault"), None).await)), [("a", &integer(3))]);
            }
        }
    });
}

#[test]
fn a_dead_server_is_an_error_and_a_returning_one_is_found_again() {
    run(async {
        for version in Version::ALL {
            let (server, client) = ready(version).await;
            let port = server.hosts[0].rsplit(':').next().unwrap().parse().unwrap();
            drop(server);
            let policy = Some(WritePolicy { total_timeout: Some(500), ..write_policy() });
            let error = bad(client.put(key("dead"), vec![bin("a", integer(1))], None, policy).await);
            assert!(
                matches!(error.kind, ErrorKind::Connection | ErrorKind::NodeUnavailable | ErrorKind::Timeout),
                "{error:?}"
            );
            let _server = Server::start_at(port, 1).unwrap();
            let until = Instant::now() + Duration::from_secs(30);
            loop {
                let outcome = client.put(key("back"), vec![bin("a", integer(1))], None, None).await.unwrap();
                match outcome {
                    Ok(()) => break,
                    Err(error) => assert!(Instant::now() < until, "{error:?}"),
                }
                tokio::time::sleep(Duration::from_millis(200)).await;
            }
            assert_eq!(bins(&good(client.get(key("back"), None).await)), [("a", &integer(1))]);
        }
    });
}

#[test]
fn a_pause_between_calls_loses_no_reply() {
    run(async {
        for version in Version::ALL {
            let (_server, client) = ready(version).await;
            let before = client.statistics().await.unwrap();
            // Longer than the time between two looks at the cluster, and than the longest wait for an answer to one.
            for _ in 0..3 {
                tokio::time::sleep(Duration::from_millis(2_500)).await;
                good(client.get(key("fault"), None).await);
            }
            let after = client.statistics().await.unwrap();
            let (before, after) = (&before.nodes[0], &after.nodes[0]);
            assert!(after.active);
            assert_eq!((after.timeouts, after.connection_errors, after.opened), (0, 0, before.opened));
        }
    });
}
