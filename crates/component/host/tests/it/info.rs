//! Info values through both components: of every node, of a random one, of nodes that die, from servers that do not
//! answer.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use aerospike_component_host::client::Version;
use aerospike_component_host::server::Server;
use aerospike_component_host::types::{AdminPolicy, Error, ErrorKind, InfoNodeResult};

use crate::relay::Relay;
use crate::support::{bad, config, connect, good, provider, run};

const fn within(milliseconds: u32) -> Option<AdminPolicy> {
    Some(AdminPolicy { timeout: Some(milliseconds) })
}

fn value(result: &InfoNodeResult) -> &str {
    match &result.response {
        Ok(text) => text,
        Err(error) => panic!("{error:?}"),
    }
}

fn error_of(result: &InfoNodeResult) -> &Error {
    match &result.response {
        Ok(text) => panic!("it answered '{text}'"),
        Err(error) => error,
    }
}

#[test]
fn every_node_and_a_random_one() {
    run(async {
        for nodes in [1, 3] {
            let server = Server::start(nodes).unwrap();
            for version in Version::ALL {
                let client = connect(version, &server).await;
                let names: BTreeSet<String> = client.node_names().await.unwrap().into_iter().collect();
                assert_eq!(names.len(), nodes as usize);
                let all = good(client.info_all("node".into(), None).await);
                let said: BTreeSet<String> = all.iter().map(|one| value(one).to_string()).collect();
                assert_eq!(said, names, "{version:?}");
                assert!(all.iter().all(|one| one.node_name == value(one)), "each under its own name");
                let mut random = BTreeSet::new();
                for _ in 0..40 {
                    random.insert(good(client.info_random_node("node".into(), None).await));
                }
                assert_eq!(random, names, "{version:?}");
                assert_eq!(good(client.info_random_node("namespaces".into(), None).await), "test;bar");
                assert_eq!(good(client.info_random_node("sets/test".into(), within(5_000)).await), "");
            }
        }
    });
}

#[test]
fn the_servers_errors_come_with_code_text_and_node() {
    run(async {
        let server = Server::start(3).unwrap();
        for version in Version::ALL {
            let client = connect(version, &server).await;
            let names = client.node_names().await.unwrap();
            let one = bad(client.info_random_node("no-such-thing".into(), None).await);
            assert_eq!((&one.kind, one.result_code, one.in_doubt), (&ErrorKind::Server, 4, false));
            let node = one.node.unwrap();
            assert_eq!(
                one.message,
                format!("info-random-node no-such-thing: unrecognized command (4) (node {node})")
            );
            assert!(names.contains(&node));
            let all = good(client.info_all("no-such-thing".into(), None).await);
            assert_eq!(all.len(), 3);
            for one in &all {
                let error = error_of(one);
                assert_eq!((&error.kind, error.result_code), (&ErrorKind::Server, 4));
                assert_eq!(error.node.as_ref(), Some(&one.node_name));
            }
        }
    });
}

#[test]
fn commands_that_would_break_the_request_are_refused() {
    run(async {
        let server = Server::start(1).unwrap();
        for version in Version::ALL {
            let client = connect(version, &server).await;
            for command in ["", "build\nnode", "build\t", "a\0b"] {
                let invalid = ErrorKind::InvalidArgument("command".into());
                assert_eq!(bad(client.info_all(command.into(), None).await).kind, invalid, "{command:?}");
                let error = bad(client.info_random_node(command.into(), None).await);
                assert_eq!((error.kind, error.result_code), (invalid, -2), "{command:?}");
            }
            good(client.info_all("build".into(), None).await);
            client.close().await.unwrap();
            assert_eq!(bad(client.info_random_node("build".into(), None).await).kind, ErrorKind::Closed);
        }
    });
}

#[test]
fn a_node_that_dies_fails_alone() {
    run(async {
        for version in Version::ALL {
            let server = Server::start(3).unwrap();
            let client = connect(version, &server).await;
            // The first node of the server is the first the client knows.
            let dead = good(client.info_all("node".into(), None).await).remove(1).node_name;
            server.command(0, &format!("test-node:name={dead};up=false")).unwrap();
            for one in good(client.info_all("node".into(), within(500)).await) {
                if one.node_name == dead {
                    let error = error_of(&one);
                    let gone = matches!(error.kind, ErrorKind::Connection | ErrorKind::Timeout);
                    assert!(gone && !error.in_doubt, "{error:?}");
                    assert_eq!(error.node.as_ref(), Some(&dead));
                } else {
                    assert_eq!(value(&one), one.node_name);
                }
            }
        }
    });
}

#[test]
fn a_node_that_does_not_answer_is_a_timeout() {
    run(async {
        for version in Version::ALL {
            let real = Server::start(1).unwrap();
            let relay = Relay::before(&real.hosts[0]);
            relay.keep(b"statistics\n");
            let provider = provider(version, &Default::default()).await;
            let client = good(provider.connect(config(std::slice::from_ref(&relay.host))).await);
            let start = Instant::now();
            let error = bad(client.info_random_node("statistics".into(), within(300)).await);
            let took = start.elapsed();
            assert_eq!((error.kind, error.result_code, error.in_doubt), (ErrorKind::Timeout, -1, false));
            assert!(took >= Duration::from_millis(290) && took < Duration::from_secs(5), "{took:?}");
            let all = good(client.info_all("statistics".into(), within(300)).await);
            assert_eq!((all.len(), &error_of(&all[0]).kind), (1, &ErrorKind::Timeout));
            good(client.info_random_node("build".into(), None).await);
        }
    });
}
