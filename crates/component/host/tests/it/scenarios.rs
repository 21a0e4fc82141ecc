//! The scenarios that the npm package has too, through both components.

use std::pin::Pin;

use aerospike_component_host::client::Version;
use aerospike_component_host::server::Server;
use aerospike_component_host::types::{
    BatchRemoveRow, BatchWriteRow, ErrorKind, IncrOperation, Key, ListNode, MapNode, MapOrder, Node, Number,
    Operation, PolicyExists, PolicyGen, PolicyKey, TextOperation, TextOrBlob, Ttl, UnknownNode, UserKey,
    Value, WriteMeta, WritePolicy,
};

use crate::support::{
    World, bad, bin, bins, connect, good, integer, list, map, one, run, text, write_policy,
};

type Scenario = fn(&World) -> Pin<Box<dyn Future<Output = ()> + '_>>;

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        const SCENARIOS: &[(&str, Scenario)] =
            &[$((stringify!($name), |world| Box::pin($name(world)) as Pin<Box<dyn Future<Output = ()> + '_>>)),*];
    };
}

scenarios!(
    put_get_select_exists,
    every_type_of_value,
    policies_of_existence,
    generations,
    times_to_live,
    modifications,
    removals,
    operate_gives_the_last_answer,
    operate_ordered_keeps_the_order,
    keys_of_every_kind,
    stored_keys_are_compared,
    batch_read_rows,
    batch_write_rows,
    batch_operate_rows,
    batch_remove_rows,
    batches_of_thousands,
    large_values,
    looks,
);

fn run_all(version: Version, nodes: u32) {
    run(async {
        let server = Server::start(nodes).unwrap();
        let client = connect(version, &server).await;
        for (name, scenario) in SCENARIOS {
            println!("{version:?}, {nodes} node(s): {name}");
            scenario(&World::new(client.clone(), version, name)).await;
        }
        client.close().await.unwrap();
        assert_eq!(bad(client.get(crate::support::key("x"), None).await).kind, ErrorKind::Closed);
    });
}

#[test]
fn through_the_sync_component() {
    run_all(Version::Sync, 1);
}

#[test]
fn through_the_async_component() {
    run_all(Version::Async, 1);
}

#[test]
fn through_the_sync_component_on_three_nodes() {
    run_all(Version::Sync, 3);
}

#[test]
fn through_the_async_component_on_three_nodes() {
    run_all(Version::Async, 3);
}

async fn put_get_select_exists(world: &World) {
    let (client, key) = (&world.client, world.key());
    assert_eq!(good(client.exists(key.clone(), None).await), None);
    let missing = bad(client.get(key.clone(), None).await);
    assert_eq!((missing.kind, missing.result_code), (ErrorKind::RecordNotFound, 2));
    assert!(
        missing.message.contains("put_get_select_exists") && missing.node.is_some(),
        "{}",
        missing.message
    );
    good(client.put(key.clone(), vec![bin("a", integer(1)), bin("b", text("x"))], None, None).await);
    let record = good(client.get(key.clone(), None).await);
    assert_eq!(bins(&record), [("a", &integer(1)), ("b", &text("x"))]);
    assert_eq!((record.meta.generation, record.meta.ttl), (1, None));
    let some = good(client.select(key.clone(), vec!["b".into(), "none".into()], None).await);
    assert_eq!(bins(&some), [("b", &text("x"))]);
    assert_eq!(good(client.exists(key.clone(), None).await).map(|meta| meta.generation), Some(1));
    good(client.put(key.clone(), vec![bin("a", one(Node::Nil))], None, None).await);
    assert_eq!(bins(&good(client.get(key, None).await)), [("b", &text("x"))]);
}

async fn every_type_of_value(world: &World) {
    let (client, key) = (&world.client, world.key());
    let nested = Value {
        nodes: vec![
            list(vec![1, 2, 5]),
            Node::Integer(-1),
            list(vec![3, 4]),
            Node::Nil,
            Node::Boolean(true),
            map(vec![(6, 7), (8, 9)]),
            Node::Text("k".into()),
            Node::Float(0.5),
            Node::Blob(vec![1]),
            Node::Text("안녕".into()),
        ],
    };
    let sorted = Value {
        nodes: vec![
            Node::Map(MapNode { entries: vec![(1, 2), (3, 4)], order: MapOrder::KeyOrdered }),
            Node::Integer(1),
            Node::Text("one".into()),
            Node::Integer(2),
            Node::List(ListNode { items: vec![5], ordered: true }),
            Node::Integer(3),
        ],
    };
    let values = [
        ("b", one(Node::Boolean(false))),
        ("f", one(Node::Float(-0.0))),
        ("g", one(Node::GeoJson(r#"{"type":"Point","coordinates":[1.5,2.5]}"#.into()))),
        ("h", one(Node::List(ListNode { items: vec![], ordered: false }))),
        ("i", integer(i64::MIN)),
        ("n", nested),
        ("o", sorted),
        ("s", text("")),
        ("u", one(Node::Unknown(UnknownNode { particle_type: 9, data: vec![1, 2, 3] }))),
        ("y", one(Node::Blob(vec![0, 255]))),
    ];
    let given = values.iter().map(|(name, value)| bin(name, value.clone())).collect();
    good(client.put(key.clone(), given, None, None).await);
    let record = good(client.get(key, None).await);
    for ((name, value), (expected_name, expected)) in bins(&record).into_iter().zip(&values) {
        assert_eq!((name, value), (*expected_name, expected));
    }
    assert_eq!(record.bins.len(), values.len());
}

async fn policies_of_existence(world: &World) {
    let (client, key) = (&world.client, world.key());
    let with = |exists| Some(WritePolicy { exists: Some(exists), ..write_policy() });
    let put = async |exists, name: &str| {
        client.put(key.clone(), vec![bin(name, integer(1))], None, with(exists)).await
    };
    assert_eq!(bad(put(PolicyExists::UpdateOnly, "a").await).kind, ErrorKind::RecordNotFound);
    good(put(PolicyExists::CreateOnly, "a").await);
    let error = bad(put(PolicyExists::CreateOnly, "a").await);
    assert_eq!((error.kind, error.result_code, error.in_doubt), (ErrorKind::RecordExists, 5, false));
    good(put(PolicyExists::Replace, "b").await);
    assert_eq!(bins(&good(client.get(key.clone(), None).await)), [("b", &integer(1))]);
    good(put(PolicyExists::ReplaceOnly, "c").await);
    assert_eq!(bins(&good(client.get(key.clone(), None).await)), [("c", &integer(1))]);
}

async fn generations(world: &World) {
    let (client, key) = (&world.client, world.key());
    let put = async |generation, policy: Option<PolicyGen>| {
        let meta = Some(WriteMeta { generation: Some(generation), ..write_meta() });
        let policy = policy.map(|generation| WritePolicy { generation: Some(generation), ..write_policy() });
        client.put(key.clone(), vec![bin("a", integer(1))], meta, policy).await
    };
    good(client.put(key.clone(), vec![bin("a", integer(0))], None, None).await);
    good(put(1, None).await);
    assert_eq!(bad(put(1, None).await).kind, ErrorKind::RecordGeneration);
    assert_eq!(bad(put(2, Some(PolicyGen::Gt)).await).kind, ErrorKind::RecordGeneration);
    good(put(7, Some(PolicyGen::Gt)).await);
    good(put(1, Some(PolicyGen::Ignore)).await);
    assert_eq!(good(client.exists(key.clone(), None).await).unwrap().generation, 4);
}

async fn times_to_live(world: &World) {
    let (client, key) = (&world.client, world.key());
    let meta = |ttl| Some(WriteMeta { ttl: Some(ttl), ..write_meta() });
    let ttl = async || good(client.exists(key.clone(), None).await).unwrap().ttl;
    good(client.put(key.clone(), vec![bin("a", integer(1))], meta(Ttl::Seconds(300)), None).await);
    assert!((290..=300).contains(&ttl().await.unwrap()));
    good(client.put(key.clone(), vec![bin("a", integer(2))], meta(Ttl::DontUpdate), None).await);
    assert!(ttl().await.is_some());
    good(client.touch(key.clone(), Some(Ttl::Seconds(1_000)), None, None).await);
    assert!((990..=1_000).contains(&ttl().await.unwrap()));
    good(client.touch(key.clone(), Some(Ttl::NeverExpire), None, None).await);
    assert_eq!(ttl().await, None);
    assert_eq!(bad(client.touch(world.key(), None, None, None).await).kind, ErrorKind::RecordNotFound);
}

async fn modifications(world: &World) {
    let (client, key) = (&world.client, world.key());
    let (text_of, blob_of) = (|text: &str| TextOrBlob::Text(text.into()), |blob| TextOrBlob::Blob(blob));
    good(client.increment(key.clone(), "n".into(), Number::Integer(5), None, None).await);
    good(client.increment(key.clone(), "n".into(), Number::Integer(-7), None, None).await);
    good(client.increment(key.clone(), "f".into(), Number::Float(0.5), None, None).await);
    good(client.append(key.clone(), "s".into(), text_of("b"), None, None).await);
    good(client.prepend(key.clone(), "s".into(), text_of("a"), None, None).await);
    good(client.append(key.clone(), "y".into(), blob_of(vec![1]), None, None).await);
    let record = good(client.get(key.clone(), None).await);
    let (float, blob) = (one(Node::Float(0.5)), one(Node::Blob(vec![1])));
    assert_eq!(bins(&record), [("f", &float), ("n", &integer(-2)), ("s", &text("ab")), ("y", &blob)]);
    let error = bad(client.increment(key.clone(), "s".into(), Number::Integer(1), None, None).await);
    assert_eq!((error.kind, error.result_code), (ErrorKind::BinType, 12));
    assert_eq!(bad(client.append(key, "n".into(), text_of("x"), None, None).await).kind, ErrorKind::BinType);
}

async fn removals(world: &World) {
    let (client, key) = (&world.client, world.key());
    good(client.put(key.clone(), vec![bin("a", integer(1)), bin("b", integer(2))], None, None).await);
    good(client.remove_bin(key.clone(), vec!["a".into()], None, None).await);
    assert_eq!(bins(&good(client.get(key.clone(), None).await)), [("b", &integer(2))]);
    let meta = Some(WriteMeta { generation: Some(9), ..write_meta() });
    assert_eq!(bad(client.remove(key.clone(), meta, None).await).kind, ErrorKind::RecordGeneration);
    good(client.remove(key.clone(), None, None).await);
    assert_eq!(bad(client.remove(key.clone(), None, None).await).kind, ErrorKind::RecordNotFound);
    assert_eq!(good(client.exists(key, None).await), None);
}

async fn operate_gives_the_last_answer(world: &World) {
    let (client, key) = (&world.client, world.key());
    let ops =
        vec![write("name", text("Bob")), incr("n", 1), read("n"), incr("n", 2), read("n"), read("none")];
    let record = good(client.operate(key.clone(), ops, None, None).await);
    assert_eq!(record.bins.iter().find(|bin| bin.name == "n").map(|bin| &bin.value), Some(&integer(3)));
    assert_eq!(record.bins.iter().filter(|bin| bin.name == "n").count(), 1);
    let all = good(client.operate(key.clone(), vec![Operation::ReadAll], None, None).await);
    assert_eq!(bins(&all), [("n", &integer(3)), ("name", &text("Bob"))]);
    let absent = bad(client.operate(world.key(), vec![read("a")], None, None).await);
    assert_eq!(absent.kind, ErrorKind::RecordNotFound);
    let touched = vec![Operation::Touch(Some(Ttl::Seconds(500))), read("n")];
    good(client.operate(key.clone(), touched, None, None).await);
    assert!(good(client.exists(key.clone(), None).await).unwrap().ttl.is_some());
    good(client.operate(key.clone(), vec![read("n"), Operation::Delete], None, None).await);
    assert_eq!(good(client.exists(key, None).await), None);
}

async fn operate_ordered_keeps_the_order(world: &World) {
    let (client, key) = (&world.client, world.key());
    good(client.put(key.clone(), vec![bin("old", integer(0))], None, None).await);
    let append = Operation::Append(TextOperation { bin: "s".into(), val: TextOrBlob::Text("b".into()) });
    let ops = vec![
        write("s", text("a")),
        Operation::Touch(None),
        incr("n", 5),
        read("n"),
        append,
        read("s"),
        read("none"),
    ];
    let record = good(client.operate_ordered(key.clone(), ops, None, None).await);
    let nil = one(Node::Nil);
    let expected = [bin("s", text("a")), bin("n", integer(5)), bin("s", text("ab")), bin("none", nil)];
    assert_eq!(record.bins, expected);
    let ops = vec![write("s", text("c")), Operation::ReadAll];
    let record = good(client.operate_ordered(key, ops, None, None).await);
    assert_eq!(record.bins[0], bin("s", text("c")));
    let mut rest = record.bins[1..].to_vec();
    rest.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(rest, [bin("n", integer(5)), bin("old", integer(0)), bin("s", text("c"))]);
}

async fn keys_of_every_kind(world: &World) {
    let client = &world.client;
    let tag = if world.version == Version::Sync { 1 } else { 2 };
    let named = |user_key| Key { user_key: Some(user_key), ..world.key() };
    let digest = Key { user_key: None, digest: Some(vec![tag; 20]), ..world.key() };
    let no_set = Key { set_name: String::new(), ..world.key() };
    let other = Key { namespace: "bar".into(), ..world.key() };
    let kinds = [
        named(UserKey::Integer(i64::MIN + i64::from(tag))),
        named(UserKey::Text(format!("long {tag}").repeat(300))),
        named(UserKey::Blob(vec![tag, 0, 255])),
        digest,
        no_set,
        other,
    ];
    for (index, key) in (0..).zip(&kinds) {
        good(client.put(key.clone(), vec![bin("i", integer(index))], None, None).await);
    }
    for (index, key) in (0..).zip(&kinds) {
        assert_eq!(bins(&good(client.get(key.clone(), None).await)), [("i", &integer(index))]);
    }
    // The digest of ["test", "demo", 1], as any Aerospike client computes it.
    let known = "b7f4b83889e2da67de683e1df6919a1eacc446c8";
    let digest = (0..20).map(|at| u8::from_str_radix(&known[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let by_key = Key { set_name: "demo".into(), user_key: Some(UserKey::Integer(1)), ..world.key() };
    good(client.put(by_key.clone(), vec![bin("known", integer(1))], None, None).await);
    let by_digest = Key { user_key: None, digest: Some(digest), ..by_key };
    assert_eq!(bins(&good(client.get(by_digest, None).await)), [("known", &integer(1))]);
}

async fn stored_keys_are_compared(world: &World) {
    let client = &world.client;
    let tag = if world.version == Version::Sync { 3 } else { 4 };
    let key = Key { digest: Some(vec![tag; 20]), ..world.key() };
    let send = || Some(WritePolicy { key: Some(PolicyKey::Send), ..write_policy() });
    let put = async |key: Key| client.put(key, vec![bin("a", integer(1))], None, send()).await;
    good(put(key.clone()).await);
    good(put(key.clone()).await);
    let other = Key { user_key: Some(UserKey::Text("another".into())), ..key };
    let error = bad(put(other).await);
    assert_eq!((error.kind, error.result_code), (ErrorKind::Server, 19));
}

async fn batch_read_rows(world: &World) {
    let (client, keys) = (&world.client, world.keys(5));
    for at in [0, 3] {
        let given = vec![bin("a", integer(at as i64)), bin("b", text("x"))];
        good(client.put(keys[at].clone(), given, None, None).await);
    }
    let rows = good(client.batch_read(keys.clone(), None, None).await);
    assert_eq!(rows.iter().map(|row| row.result).collect::<Vec<_>>(), [0, 2, 2, 0, 2]);
    assert_eq!(bins(rows[3].record.as_ref().unwrap()), [("a", &integer(3)), ("b", &text("x"))]);
    assert!(rows[1].record.is_none() && rows[1].node.is_some() && !rows[1].in_doubt);
    let some = good(client.batch_read(keys.clone(), Some(vec!["b".into()]), None).await);
    assert_eq!(bins(some[0].record.as_ref().unwrap()), [("b", &text("x"))]);
    let none = good(client.batch_read(keys, Some(vec![]), None).await);
    assert!(none[0].record.as_ref().unwrap().bins.is_empty() && none[1].result == 2);
    assert!(good(client.batch_read(vec![], None, None).await).is_empty());
}

async fn batch_write_rows(world: &World) {
    let (client, keys) = (&world.client, world.keys(4));
    good(client.put(keys[3].clone(), vec![bin("old", integer(1))], None, None).await);
    let row = |at: usize, meta: Option<WriteMeta>| BatchWriteRow {
        key: keys[at].clone(),
        bins: vec![bin("a", integer(at as i64))],
        meta,
    };
    let exists = |exists| Some(WriteMeta { exists: Some(exists), ..write_meta() });
    let rows = vec![
        row(0, None),
        row(1, Some(WriteMeta { ttl: Some(Ttl::Seconds(300)), ..write_meta() })),
        row(2, exists(PolicyExists::UpdateOnly)),
        row(3, exists(PolicyExists::Replace)),
    ];
    let answers = good(client.batch_write(rows, None, None).await);
    assert_eq!(answers.iter().map(|row| row.result).collect::<Vec<_>>(), [0, 0, 2, 0]);
    let read = good(client.batch_read(keys, None, None).await);
    let found = |at: usize| bins(read[at].record.as_ref().unwrap());
    assert_eq!((found(0), found(3)), (vec![("a", &integer(0))], vec![("a", &integer(3))]));
    assert!(read[1].record.as_ref().unwrap().meta.ttl.is_some() && read[2].record.is_none());
}

async fn batch_operate_rows(world: &World) {
    let (client, keys) = (&world.client, world.keys(3));
    good(client.put(keys[1].clone(), vec![bin("n", text("text"))], None, None).await);
    good(client.put(keys[2].clone(), vec![bin("n", integer(10))], None, None).await);
    let rows = good(client.batch_operate(keys, vec![incr("n", 5), read("n")], None, None).await);
    assert_eq!(rows.iter().map(|row| row.result).collect::<Vec<_>>(), [0, 12, 0]);
    assert_eq!(bins(rows[2].record.as_ref().unwrap()), [("n", &integer(15))]);
    assert_eq!(rows[2].results, [bin("n", one(Node::Nil)), bin("n", integer(15))]);
    assert!(rows[1].record.is_none() && rows[1].results.is_empty());
}

async fn batch_remove_rows(world: &World) {
    let (client, keys) = (&world.client, world.keys(3));
    for key in &keys[..2] {
        good(client.put(key.clone(), vec![bin("a", integer(1))], None, None).await);
    }
    let row = |at: usize, meta| BatchRemoveRow { key: keys[at].clone(), meta };
    let wrong = Some(WriteMeta { generation: Some(9), ..write_meta() });
    let rows = vec![row(0, None), row(1, wrong), row(2, None)];
    let answers = good(client.batch_remove(rows, None, None).await);
    assert_eq!(answers.iter().map(|row| row.result).collect::<Vec<_>>(), [0, 3, 2]);
    assert_eq!(good(client.exists(keys[0].clone(), None).await), None);
    assert!(good(client.exists(keys[1].clone(), None).await).is_some());
}

async fn batches_of_thousands(world: &World) {
    let (client, keys) = (&world.client, world.keys(2_000));
    let row = |(at, key): (i64, &Key)| BatchWriteRow {
        key: key.clone(),
        bins: vec![bin("i", integer(at))],
        meta: None,
    };
    let rows = (0..).zip(&keys).map(row).collect();
    assert!(good(client.batch_write(rows, None, None).await).iter().all(|row| row.result == 0));
    let read = good(client.batch_read(keys, None, None).await);
    for (at, row) in (0..).zip(&read) {
        assert_eq!(bins(row.record.as_ref().unwrap()), [("i", &integer(at))]);
    }
    assert_eq!(read.len(), 2_000);
}

async fn large_values(world: &World) {
    let (client, keys) = (&world.client, world.keys(20));
    let value = |at: usize| one(Node::Blob(vec![at as u8; 200_000]));
    let row =
        |at: usize| BatchWriteRow { key: keys[at].clone(), bins: vec![bin("v", value(at))], meta: None };
    let written = good(client.batch_write((0..20).map(row).collect(), None, None).await);
    assert!(written.iter().all(|row| row.result == 0), "{:?}", written[0]);
    let read = good(client.batch_read(keys.clone(), None, None).await);
    for (at, row) in read.iter().enumerate() {
        assert!(row.record.as_ref().unwrap().bins[0].value == value(at), "row {at}");
    }
}

async fn looks(world: &World) {
    let client = &world.client;
    assert!(client.is_connected().await.unwrap());
    let names = client.node_names().await.unwrap();
    let statistics = client.statistics().await.unwrap();
    assert_eq!(statistics.nodes.len(), names.len());
    assert_eq!(statistics.in_flight, 0);
    let answered: u64 = statistics.nodes.iter().map(|node| node.answered).sum();
    assert!(answered > 0 && statistics.nodes.iter().all(|node| node.active && node.opened >= node.closed));
}

fn read(bin: &str) -> Operation {
    Operation::Read(bin.into())
}

fn write(name: &str, value: Value) -> Operation {
    Operation::Write(bin(name, value))
}

fn incr(bin: &str, offset: i64) -> Operation {
    Operation::Incr(IncrOperation { bin: bin.into(), offset: Number::Integer(offset) })
}

const fn write_meta() -> WriteMeta {
    WriteMeta {
        generation: None,
        ttl: None,
        key: None,
        exists: None,
        commit_level: None,
        durable_delete: None,
    }
}
