//! A sandbox that denies the network, the lookup of names, or one address: a typed error that says so, never a trap.

use std::sync::Arc;

use aerospike_component_host::client::Version;
use aerospike_component_host::runtime::Permissions;
use aerospike_component_host::server::Server;
use aerospike_component_host::types::{Error, ErrorKind};

use crate::support::{bad, bin, config, good, integer, key, provider, run};

async fn denied(version: Version, permissions: Permissions, hosts: &[String]) -> Error {
    let provider = provider(version, &permissions).await;
    let error = bad(provider.connect(config(hosts)).await);
    assert_eq!((&error.kind, error.result_code), (&ErrorKind::Connection, -10), "{error:?}");
    // The instance is still good for an answer.
    assert_eq!(bad(provider.connect(config(hosts)).await).kind, ErrorKind::Connection);
    error
}

#[test]
fn without_tcp() {
    run(async {
        let server = Server::start(1).unwrap();
        for version in Version::ALL {
            let permissions = Permissions { tcp: false, ..Permissions::default() };
            let error = denied(version, permissions, &server.hosts).await;
            assert!(error.message.contains("may not make TCP connections"), "{}", error.message);
            assert!(error.message.contains(&server.hosts[0]), "{}", error.message);
        }
    });
}

#[test]
fn without_lookup_of_names() {
    run(async {
        let server = Server::start(1).unwrap();
        let port = server.hosts[0].rsplit(':').next().unwrap();
        let by_name = [format!("localhost:{port}")];
        for version in Version::ALL {
            let permissions = Permissions { lookup: false, ..Permissions::default() };
            let error = denied(version, permissions.clone(), &by_name).await;
            assert!(error.message.contains("may not look up names"), "{}", error.message);
            // Addresses need no lookup.
            good(provider(version, &permissions).await.connect(config(&server.hosts)).await);
            // And with the permission, names work.
            let allowed = provider(version, &Permissions::default()).await;
            let client = good(allowed.connect(config(&by_name)).await);
            good(client.put(key("by name"), vec![bin("a", integer(1))], None, None).await);
        }
    });
}

#[test]
fn without_that_address() {
    run(async {
        let server = Server::start(1).unwrap();
        for version in Version::ALL {
            let address = Arc::new(|_| false);
            let permissions = Permissions { address, ..Permissions::default() };
            let error = denied(version, permissions, &server.hosts).await;
            assert!(error.message.contains("may not connect to that address"), "{}", error.message);
        }
    });
}

#[test]
fn without_the_address_of_one_node() {
    run(async {
        let server = Server::start(2).unwrap();
        let forbidden: std::net::SocketAddr = server.hosts[1].parse().unwrap();
        for version in Version::ALL {
            let address = Arc::new(move |address| address != forbidden);
            let permissions = Permissions { address, ..Permissions::default() };
            let client = good(provider(version, &permissions).await.connect(config(&server.hosts)).await);
            // Keys of the node that can be reached work; the others fail, each by itself.
            let mut worked = 0;
            for at in 0..20 {
                let key = key(&format!("one node {at}"));
                match client.put(key, vec![bin("a", integer(1))], None, None).await.unwrap() {
                    Ok(()) => worked += 1,
                    Err(error) => assert!(
                        matches!(
                            error.kind,
                            ErrorKind::Connection | ErrorKind::NodeUnavailable | ErrorKind::Timeout
                        ),
                        "{error:?}"
                    ),
                }
            }
            assert!(worked > 0, "{version:?}");
        }
    });
}

#[test]
fn nobody_listens() {
    run(async {
        for version in Version::ALL {
            let hosts = ["127.0.0.1:1".into(), "[::1]:1".into(), "no-such-host.invalid:3000".into()];
            let error = denied(version, Permissions::default(), &hosts).await;
            for host in ["127.0.0.1:1", "::1:1", "no-such-host.invalid:3000"] {
                assert!(error.message.contains(host), "{}", error.message);
            }
        }
    });
}
