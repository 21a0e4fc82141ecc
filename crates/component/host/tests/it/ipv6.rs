//! Both components over IPv6, on machines that have it.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;

use aerospike_component_host::client::Version;
use aerospike_component_host::runtime::Permissions;
use aerospike_component_host::server::Server;

use crate::support::{bin, bins, config, good, integer, key, provider, run};

#[test]
fn nodes_that_announce_ipv6_addresses() {
    if let Err(error) = TcpListener::bind("[::1]:0") {
        println!("NOT CHECKED: IPv6, because this machine has no [::1] ({error})");
        return;
    }
    run(async {
        for nodes in [1, 3] {
            let server = Server::start_with(0, nodes, &["--ipv6"]).unwrap();
            assert!(server.hosts.iter().all(|host| host.starts_with("[::1]:")));
            for version in Version::ALL {
                // Nothing but IPv6 is allowed, and only one node is named.
                let permissions =
                    Permissions { address: Arc::new(|address| address.is_ipv6()), ..Permissions::default() };
                let provider = provider(version, &permissions).await;
                let client = good(provider.connect(config(&server.hosts[..1])).await);
                for at in 0..30 {
                    let key = key(&format!("ipv6 {at}"));
                    good(client.put(key.clone(), vec![bin("n", integer(at))], None, None).await);
                    assert_eq!(bins(&good(client.get(key, None).await)), [("n", &integer(at))]);
                }
                let statistics = client.statistics().await.unwrap();
                let ports: BTreeSet<u16> = statistics.nodes.iter().map(|node| node.port).collect();
                assert_eq!(ports.len(), nodes as usize);
                assert!(statistics.nodes.iter().all(|node| node.host == "::1" && node.answered > 0));
            }
        }
    });
}
