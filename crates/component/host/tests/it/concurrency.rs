//! Many calls at a time into one instance of the asynchronous component.

use aerospike_component_host::client::Version;
use aerospike_component_host::runtime::Permissions;
use aerospike_component_host::server::Server;
use futures::future::join_all;

use crate::support::{bin, bins, connect, good, integer, key, run};

#[test]
fn sixty_four_calls_share_a_few_connections() {
    run(async {
        let server = Server::start(1).unwrap();
        let client = connect(Version::Async, &server).await;
        for round in 0..5 {
            let calls = (0..64).map(|at| {
                let client = client.clone();
                async move {
                    let key = key(&format!("concurrent {at}"));
                    good(client.put(key.clone(), vec![bin("n", integer(at * round))], None, None).await);
                    let record = good(client.get(key, None).await);
                    assert_eq!(bins(&record), [("n", &integer(at * round))]);
                }
            });
            join_all(calls).await;
        }
        let statistics = client.statistics().await.unwrap();
        assert_eq!((statistics.in_flight, statistics.nodes[0].server_errors), (0, 0));
        assert_eq!(statistics.nodes[0].answered, 5 * 64 * 2);
        assert!(statistics.nodes[0].opened <= 2, "{} connections", statistics.nodes[0].opened);
    });
}

#[test]
fn two_clients_of_one_instance_do_not_disturb_each_other() {
    run(async {
        let server = Server::start(1).unwrap();
        let provider = crate::support::provider(Version::Async, &Default::default()).await;
        let one = good(provider.connect(crate::support::config(&server.hosts)).await);
        let other = good(provider.connect(crate::support::config(&server.hosts)).await);
        let key = key("two clients");
        good(one.put(key.clone(), vec![bin("a", integer(1))], None, None).await);
        one.close().await.unwrap();
        assert_eq!(bins(&good(other.get(key, None).await)), [("a", &integer(1))]);
        assert!(!one.is_connected().await.unwrap() && other.is_connected().await.unwrap());
    });
}

#[test]
fn calls_leave_nothing_behind_in_memory() {
    // What a call is handed takes 144 bytes: 30,000 of them would not fit.
    const CALLS: i64 = 30_000;
    const MEMORY: usize = 4 << 20;
    for version in Version::ALL {
        run(async {
            let server = Server::start(1).unwrap();
            let permissions = Permissions { memory: MEMORY, ..Permissions::default() };
            let provider = crate::support::provider(version, &permissions).await;
            let client = good(provider.connect(crate::support::config(&server.hosts)).await);
            let key = key("over and over");
            good(client.put(key.clone(), vec![bin("n", integer(1))], None, None).await);
            for _ in 0..CALLS / 60 {
                let calls = (0..60).map(|_| {
                    let (client, key) = (client.clone(), key.clone());
                    async move { good(client.get(key, None).await) }
                });
                join_all(calls).await;
            }
        });
    }
}
