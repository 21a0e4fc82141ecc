//! Bad input: `invalid-argument` that names the place, and nothing is sent.

use aerospike_component_host::client::{Client, Version};
use aerospike_component_host::server::Server;
use aerospike_component_host::types::{
    BatchWriteRow, Error, ErrorKind, Key, Node, Number, Operation, Ttl, Value, WritePolicy,
};

use crate::support::{
    bad, bin, config, connect, good, integer, key, list, map, one, provider, run, text, write_policy,
};

fn field(error: &Error) -> &str {
    assert_eq!((error.result_code, error.in_doubt, error.attempts), (-2, false, 0), "{error:?}");
    match &error.kind {
        ErrorKind::InvalidArgument(field) => field,
        other => panic!("{other:?}"),
    }
}

async fn answered(client: &Client) -> u64 {
    client.statistics().await.unwrap().nodes.iter().map(|node| node.answered).sum()
}

/// Tables of nodes that are no value, and the node each is about.
fn tables() -> Vec<(&'static str, Value, &'static str)> {
    let deep = (1..=66).map(|child| list(vec![child])).chain([Node::Nil]).collect();
    vec![
        ("empty", Value { nodes: vec![] }, "nodes"),
        ("out of range", Value { nodes: vec![list(vec![9])] }, "nodes[0]"),
        ("far out of range", Value { nodes: vec![list(vec![u32::MAX])] }, "nodes[0]"),
        ("contains itself", Value { nodes: vec![list(vec![0])] }, "nodes[0]"),
        ("cycle of two", Value { nodes: vec![list(vec![1]), list(vec![0])] }, "nodes[1]"),
        ("used twice", Value { nodes: vec![list(vec![1, 1]), Node::Nil] }, "nodes[0]"),
        ("unused", Value { nodes: vec![list(vec![2]), Node::Nil, Node::Nil] }, "nodes[1]"),
        ("unused beside a scalar", Value { nodes: vec![Node::Nil, Node::Nil] }, "nodes[1]"),
        ("too deep", Value { nodes: deep }, "nodes[64]"),
        (
            "key that is none",
            Value { nodes: vec![map(vec![(1, 2)]), Node::Float(1.0), Node::Nil] },
            "nodes[1]",
        ),
        ("packed at the top", one(Node::Packed(vec![0xc0])), "nodes[0]"),
        ("packed that is none", Value { nodes: vec![list(vec![1]), Node::Packed(vec![0x91])] }, "nodes[1]"),
    ]
}

async fn refused(version: Version) {
    let server = Server::start(1).unwrap();
    let client = connect(version, &server).await;
    let (good_key, one_bin) = (key("bad input"), || vec![bin("a", integer(1))]);
    let before = answered(&client).await;
    for (name, value, node) in tables() {
        let bins = vec![bin("a", integer(1)), bin("b", value)];
        let error = bad(client.put(good_key.clone(), bins, None, None).await);
        assert_eq!(field(&error), format!("bins[1].value.{node}"), "{name}: {}", error.message);
    }
    let keys = [
        ("key.namespace", Key { namespace: String::new(), ..good_key.clone() }),
        ("key.namespace", Key { namespace: "n".repeat(32), ..good_key.clone() }),
        ("key.set-name", Key { set_name: "s".repeat(64), ..good_key.clone() }),
        ("key.digest", Key { digest: Some(vec![0; 19]), ..good_key.clone() }),
        ("key.user-key", Key { user_key: None, ..good_key.clone() }),
    ];
    for (place, key) in keys {
        assert_eq!(field(&bad(client.put(key.clone(), one_bin(), None, None).await)), place);
        assert_eq!(field(&bad(client.get(key, None).await)), place);
    }
    let long = vec![bin("sixteen bytes ok", integer(1))];
    assert_eq!(field(&bad(client.put(good_key.clone(), long, None, None).await)), "bins[0].name");
    assert_eq!(field(&bad(client.put(good_key.clone(), vec![], None, None).await)), "bins");
    assert_eq!(field(&bad(client.select(good_key.clone(), vec![], None).await)), "bins");
    assert_eq!(field(&bad(client.operate(good_key.clone(), vec![], None, None).await)), "ops");
    let ops = vec![Operation::Read("a".into()), Operation::Write(bin("", text("x")))];
    assert_eq!(field(&bad(client.operate(good_key.clone(), ops, None, None).await)), "ops[1].write.name");
    let nan = Number::Float(f64::NAN);
    let error = bad(client.increment(good_key.clone(), "n".into(), nan, None, None).await);
    assert_eq!(field(&error), "offset");
    let ttl = Some(Ttl::Seconds(400_000_000));
    assert_eq!(field(&bad(client.touch(good_key.clone(), ttl, None, None).await)), "ttl");
    let policy = Some(WritePolicy { filter_expression: Some(vec![]), ..write_policy() });
    let error = bad(client.put(good_key.clone(), one_bin(), None, policy).await);
    assert_eq!(field(&error), "policy.filter-expression");
    let row = |value| BatchWriteRow { key: good_key.clone(), bins: vec![bin("a", value)], meta: None };
    let rows = vec![row(integer(1)), row(Value { nodes: vec![list(vec![3])] })];
    let error = bad(client.batch_write(rows, None, None).await);
    assert_eq!(field(&error), "rows[1].bins[0].value.nodes[0]");
    assert_eq!(answered(&client).await, before, "something was sent");
    assert_eq!(good(client.exists(good_key, None).await), None);
}

#[test]
fn is_refused_by_the_sync_component() {
    run(refused(Version::Sync));
}

#[test]
fn is_refused_by_the_async_component() {
    run(refused(Version::Async));
}

#[test]
fn of_the_configuration_is_refused() {
    run(async {
        for version in Version::ALL {
            let provider = provider(version, &Default::default()).await;
            for host in ["", ":3000", "host:port", "host:0", "host:70000", "[::1", "[::1]3000", "a b"] {
                let outcome = provider.connect(config(&[host.into()])).await;
                assert_eq!(field(&bad(outcome)), "config.hosts[0]", "{host}");
            }
            let outcome = provider.connect(config(&[])).await;
            assert_eq!(field(&bad(outcome)), "config.hosts");
        }
    });
}
