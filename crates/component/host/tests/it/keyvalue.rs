//! The provider of `wasi:keyvalue` under wasmtime, against the test server over TCP.

use std::sync::OnceLock;

use aerospike_component_host::keyvalue::{Bucket, Error, KeyValue, Swapped};
use aerospike_component_host::runtime::{self, Permissions};
use aerospike_component_host::server::Server;
use aerospike_testkit::tcp::Driver;
use aerospike_wasm::data::{KeyRef, UserKeyRef, Value, ValueRef};
use aerospike_wasm::wire::ResultCode;
use aerospike_wasm::{Action, Bins, Command, Config, Endpoint, ErrorKind, Operation, Policy, RowPolicy};
use wasmtime::Engine;
use wasmtime::component::Component;

/// Compiled once for all tests.
fn compiled() -> &'static (Engine, Component) {
    static COMPILED: OnceLock<(Engine, Component)> = OnceLock::new();
    COMPILED.get_or_init(|| {
        let engine = runtime::engine().unwrap();
        let component = runtime::component(&engine, "aerospike-keyvalue.wasm").unwrap();
        (engine, component)
    })
}

async fn instance(env: &[(&str, &str)]) -> KeyValue {
    let (engine, component) = compiled();
    KeyValue::instantiate(engine, component, &Permissions::default(), env).await.unwrap()
}

/// A server, and a bucket on it.
async fn opened() -> (Server, KeyValue, Bucket) {
    let server = Server::start(1).unwrap();
    let mut store = instance(&[("AEROSPIKE_HOSTS", &server.hosts.join(","))]).await;
    let bucket = store.open("test/users").await.unwrap().unwrap();
    (server, store, bucket)
}

/// Another client of the same server.
fn native(server: &Server) -> Driver {
    let seed = |host: &String| {
        let (host, port) = host.split_once(':').unwrap();
        Endpoint { host: host.into(), port: port.parse().unwrap(), tls_name: String::new() }
    };
    let seeds = server.hosts.iter().map(seed).collect();
    Driver::connect(Config { seeds, ..Config::default() }, 7).unwrap()
}

fn key<'a>(set: &'a str, key: &'a str) -> KeyRef<'a> {
    KeyRef::new("test", set, UserKeyRef::String(key))
}

/// Writes a bin as another client would.
fn put(client: &mut Driver, at: KeyRef<'_>, bin: &str, value: ValueRef<'_>) {
    let ops = [Operation::write(bin, value)];
    let command =
        Command { action: Action::Operate { key: at, ops: &ops }, policy: &Policy::write(), filter: None };
    client.call(&command).unwrap();
}

/// Reads all bins as another client would.
fn bins(client: &mut Driver, at: KeyRef<'_>) -> Vec<(String, Value)> {
    let command =
        Command { action: Action::Read { key: at, bins: Bins::All }, policy: &Policy::read(), filter: None };
    let answers = client.call(&command).unwrap().answers;
    answers.into_iter().map(|(_, bin, value)| (bin, value)).collect()
}

fn text(outcome: Error) -> String {
    match outcome {
        Error::Other(text) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn set_get_overwrite_delete() {
    let (_server, mut store, bucket) = opened().await;
    assert_eq!(store.get(bucket, "a").await.unwrap().unwrap(), None);
    assert!(!store.exists(bucket, "a").await.unwrap().unwrap());
    for value in [b"one".as_slice(), b"two", b""] {
        store.set(bucket, "a", value).await.unwrap().unwrap();
        assert_eq!(store.get(bucket, "a").await.unwrap().unwrap().as_deref(), Some(value));
        assert!(store.exists(bucket, "a").await.unwrap().unwrap());
    }
    for _ in 0..2 {
        store.delete(bucket, "a").await.unwrap().unwrap();
        assert_eq!(store.get(bucket, "a").await.unwrap().unwrap(), None);
        assert!(!store.exists(bucket, "a").await.unwrap().unwrap());
    }
}

#[tokio::test]
async fn any_bytes_and_any_key() {
    let (_server, mut store, bucket) = opened().await;
    let all: Vec<u8> = (0..=255).collect();
    let long = "k".repeat(2_000);
    for key in ["", " ", "한국어", "a/b:c;d\n\0", &long] {
        store.set(bucket, key, &all).await.unwrap().unwrap();
        assert_eq!(store.get(bucket, key).await.unwrap().unwrap().as_ref(), Some(&all), "{key}");
    }
}

#[tokio::test]
async fn a_value_over_the_limit_of_a_record_is_refused_by_the_server() {
    let (_server, mut store, bucket) = opened().await;
    let fits = vec![7; 1_000_000];
    store.set(bucket, "big", &fits).await.unwrap().unwrap();
    assert_eq!(store.get(bucket, "big").await.unwrap().unwrap().as_ref(), Some(&fits));
    let error = text(store.set(bucket, "big", &vec![8; 1 << 20]).await.unwrap().unwrap_err());
    assert!(error.starts_with("set test/users 'big': ") && error.contains("(13)"), "{error}");
    assert_eq!(store.get(bucket, "big").await.unwrap().unwrap().as_ref(), Some(&fits));
}

#[tokio::test]
async fn increment_makes_and_changes_an_integer() {
    let (server, mut store, bucket) = opened().await;
    for (delta, sum) in [(5, 5), (-7, -2), (0, -2), (44, 42)] {
        assert_eq!(store.increment(bucket, "n", delta).await.unwrap().unwrap(), sum);
    }
    assert_eq!(store.get(bucket, "n").await.unwrap().unwrap().unwrap(), b"42");
    let mut native = native(&server);
    assert_eq!(bins(&mut native, key("users", "n")), [("value".to_string(), Value::Integer(42))]);
    assert_eq!(store.increment(bucket, "low", i64::MIN).await.unwrap().unwrap(), i64::MIN);
}

#[tokio::test]
async fn increment_takes_digits_that_were_set() {
    let (server, mut store, bucket) = opened().await;
    store.set(bucket, "n", b"-10").await.unwrap().unwrap();
    assert_eq!(store.increment(bucket, "n", 4).await.unwrap().unwrap(), -6);
    assert_eq!(bins(&mut native(&server), key("users", "n")), [("value".to_string(), Value::Integer(-6))]);
    assert_eq!(store.increment(bucket, "n", 1).await.unwrap().unwrap(), -5);

    for (value, says) in
        [(b"ten".as_slice(), "decimal digits"), (b"", "decimal digits"), (b"9223372036854775807", "64 bits")]
    {
        store.set(bucket, "n", value).await.unwrap().unwrap();
        let error = text(store.increment(bucket, "n", 1).await.unwrap().unwrap_err());
        assert!(error.starts_with("increment test/users 'n': ") && error.contains(says), "{error}");
        assert_eq!(store.get(bucket, "n").await.unwrap().unwrap().as_deref(), Some(value));
    }
}

#[tokio::test]
async fn of_two_writers_one_swaps_and_the_other_gets_what_is_there() {
    let (_server, mut store, bucket) = opened().await;
    store.set(bucket, "a", b"0").await.unwrap().unwrap();
    let first = store.cas(bucket, "a").await.unwrap().unwrap();
    let second = store.cas(bucket, "a").await.unwrap().unwrap();
    assert_eq!(store.current(&first).await.unwrap().unwrap().unwrap(), b"0");
    assert!(matches!(store.swap(second, b"second").await.unwrap().unwrap(), Swapped::Yes));
    assert_eq!(store.current(&first).await.unwrap().unwrap().unwrap(), b"0");
    let Swapped::No(fresh) = store.swap(first, b"first").await.unwrap().unwrap() else { panic!("swapped") };
    assert_eq!(store.get(bucket, "a").await.unwrap().unwrap().unwrap(), b"second");
    assert_eq!(store.current(&fresh).await.unwrap().unwrap().unwrap(), b"second");
    assert!(matches!(store.swap(fresh, b"first").await.unwrap().unwrap(), Swapped::Yes));
    assert_eq!(store.get(bucket, "a").await.unwrap().unwrap().unwrap(), b"first");
}

#[tokio::test]
async fn a_swap_minds_that_a_key_came_or_went() {
    let (_server, mut store, bucket) = opened().await;
    let absent = store.cas(bucket, "a").await.unwrap().unwrap();
    assert_eq!(store.current(&absent).await.unwrap().unwrap(), None);
    store.set(bucket, "a", b"came").await.unwrap().unwrap();
    let Swapped::No(present) = store.swap(absent, b"x").await.unwrap().unwrap() else { panic!("swapped") };
    assert_eq!(store.current(&present).await.unwrap().unwrap().unwrap(), b"came");

    store.delete(bucket, "a").await.unwrap().unwrap();
    let Swapped::No(absent) = store.swap(present, b"x").await.unwrap().unwrap() else { panic!("swapped") };
    assert_eq!(store.current(&absent).await.unwrap().unwrap(), None);
    assert!(matches!(store.swap(absent, b"new").await.unwrap().unwrap(), Swapped::Yes));
    assert_eq!(store.get(bucket, "a").await.unwrap().unwrap().unwrap(), b"new");
}

#[tokio::test]
async fn another_instance_counts_as_another_writer() {
    let (server, mut store, bucket) = opened().await;
    let mut other = instance(&[("AEROSPIKE_HOSTS", &server.hosts[0])]).await;
    let others = other.open("test/users").await.unwrap().unwrap();
    let cas = store.cas(bucket, "a").await.unwrap().unwrap();
    assert_eq!(other.increment(others, "a", 3).await.unwrap().unwrap(), 3);
    let Swapped::No(fresh) = store.swap(cas, b"x").await.unwrap().unwrap() else { panic!("swapped") };
    assert_eq!(store.current(&fresh).await.unwrap().unwrap().unwrap(), b"3");
    assert!(matches!(store.swap(fresh, b"x").await.unwrap().unwrap(), Swapped::Yes));
    assert_eq!(other.get(others, "a").await.unwrap().unwrap().unwrap(), b"x");
}

#[tokio::test]
async fn many_keys_on_three_nodes() {
    let server = Server::start(3).unwrap();
    let mut store = instance(&[("AEROSPIKE_HOSTS", &server.hosts[0])]).await;
    let bucket = store.open("test/many").await.unwrap().unwrap();
    let keys: Vec<String> = (0..300).map(|number| format!("k{number}")).collect();
    let pairs: Vec<_> = keys.iter().step_by(2).map(|key| (key.clone(), key.as_bytes().to_vec())).collect();
    store.set_many(bucket, &pairs).await.unwrap().unwrap();
    let found = store.get_many(bucket, &keys).await.unwrap().unwrap();
    assert_eq!(found.len(), keys.len());
    for (number, (key, pair)) in keys.iter().zip(&found).enumerate() {
        let expected = (number % 2 == 0).then(|| (key.clone(), key.as_bytes().to_vec()));
        assert_eq!(pair, &expected);
    }
    store.delete_many(bucket, &keys).await.unwrap().unwrap();
    assert!(store.get_many(bucket, &keys).await.unwrap().unwrap().iter().all(Option::is_none));
}

#[tokio::test]
async fn many_keys_none_twice_and_wrong() {
    let (server, mut store, bucket) = opened().await;
    assert_eq!(store.get_many(bucket, &[]).await.unwrap().unwrap(), []);
    store.set_many(bucket, &[]).await.unwrap().unwrap();
    store.delete_many(bucket, &[]).await.unwrap().unwrap();

    store.set(bucket, "a", b"1").await.unwrap().unwrap();
    let twice = ["a", "b", "a"].map(String::from);
    let one = Some(("a".to_string(), b"1".to_vec()));
    assert_eq!(store.get_many(bucket, &twice).await.unwrap().unwrap(), [one.clone(), None, one]);

    put(&mut native(&server), key("users", "odd"), "value", ValueRef::Bool(true));
    let error = text(store.get_many(bucket, &["a", "odd"].map(String::from)).await.unwrap().unwrap_err());
    assert!(error.starts_with("get-many test/users 'odd': bin 'value' holds"), "{error}");

    let pairs = [("fits", 10), ("big", 1 << 20)].map(|(key, length)| (key.to_string(), vec![0; length]));
    let error = text(store.set_many(bucket, &pairs).await.unwrap().unwrap_err());
    assert!(error.starts_with("set-many test/users 'big': ") && error.contains("(13)"), "{error}");
    assert!(store.exists(bucket, "fits").await.unwrap().unwrap());
}

#[tokio::test]
async fn other_clients_see_a_blob_under_a_string_key() {
    let (server, mut store, bucket) = opened().await;
    store.set(bucket, "a", &[0, 255, 1]).await.unwrap().unwrap();
    store.set_many(bucket, &[("b".into(), vec![9])]).await.unwrap().unwrap();
    let mut native = native(&server);
    assert_eq!(bins(&mut native, key("users", "a")), [("value".to_string(), Value::Blob(vec![0, 255, 1]))]);
    assert_eq!(bins(&mut native, key("users", "b")), [("value".to_string(), Value::Blob(vec![9]))]);
    // The user key is stored with the record: the server compares it with another one of the same digest.
    let policy = Policy { row: RowPolicy { send_key: true, ..RowPolicy::default() }, ..Policy::read() };
    for name in ["a", "b"] {
        let at = KeyRef { user_key: Some(UserKeyRef::String("other")), ..key("users", name) };
        let command =
            Command { action: Action::Read { key: at, bins: Bins::All }, policy: &policy, filter: None };
        let error = native.call(&command).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Server(ResultCode::KEY_MISMATCH));
    }
}

#[tokio::test]
async fn what_other_clients_wrote() {
    let (server, mut store, bucket) = opened().await;
    let mut native = native(&server);
    for (bin, value, read) in [
        ("value", ValueRef::String("text"), Some(b"text".to_vec())),
        ("value", ValueRef::Integer(-3), Some(b"-3".to_vec())),
        ("value", ValueRef::Blob(b"\0"), Some(b"\0".to_vec())),
    ] {
        put(&mut native, key("users", "a"), bin, value);
        assert_eq!(store.get(bucket, "a").await.unwrap().unwrap(), read);
    }
    put(&mut native, key("users", "other"), "name", ValueRef::String("Alice"));
    assert_eq!(store.get(bucket, "other").await.unwrap().unwrap(), None);
    assert!(store.exists(bucket, "other").await.unwrap().unwrap());
    store.set(bucket, "other", b"v").await.unwrap().unwrap();
    let mut both = bins(&mut native, key("users", "other"));
    both.sort_by(|one, two| one.0.cmp(&two.0));
    let kept = ("name".to_string(), Value::String("Alice".into()));
    assert_eq!(both, [kept, ("value".to_string(), Value::Blob(b"v".to_vec()))]);

    put(&mut native, key("users", "float"), "value", ValueRef::Float(1.5));
    let error = text(store.get(bucket, "float").await.unwrap().unwrap_err());
    assert!(error.starts_with("get test/users 'float': bin 'value' holds"), "{error}");
}

#[tokio::test]
async fn settings_from_the_environment() {
    let server = Server::start(1).unwrap();
    let mut store = instance(&[
        ("AEROSPIKE_HOSTS", &server.hosts[0]),
        ("AEROSPIKE_NAMESPACE", "test"),
        ("AEROSPIKE_BIN", "v"),
    ])
    .await;
    let mut native = native(&server);
    for (identifier, set) in [("", ""), ("default", ""), ("/users", "users"), ("test/users", "users")] {
        let bucket = store.open(identifier).await.unwrap().unwrap();
        store.set(bucket, identifier, b"x").await.unwrap().unwrap();
        let found = bins(&mut native, key(set, identifier));
        assert_eq!(found, [("v".to_string(), Value::Blob(b"x".to_vec()))], "{identifier}");
    }
}

#[tokio::test]
async fn a_bucket_that_cannot_be() {
    let (_server, mut store, _) = opened().await;
    let long = format!("{}/users", "n".repeat(32));
    for identifier in ["", "/users", "nowhere", "nowhere/users", "test/", "test/a/b", &long] {
        assert_eq!(store.open(identifier).await.unwrap().unwrap_err(), Error::NoSuchStore, "{identifier}");
    }
}

#[tokio::test]
async fn list_keys_says_that_it_cannot() {
    let (_server, mut store, bucket) = opened().await;
    let error = text(store.list_keys(bucket).await.unwrap().unwrap_err());
    assert_eq!(error, "list-keys: not supported: this provider does not scan");
}

#[tokio::test]
async fn a_mistake_in_the_environment_is_named() {
    let mut store = instance(&[]).await;
    let error = text(store.open("test").await.unwrap().unwrap_err());
    assert!(error.starts_with("open: AEROSPIKE_HOSTS is not set"), "{error}");
    let mut store = instance(&[("AEROSPIKE_HOSTS", "h"), ("AEROSPIKE_TTL", "soon")]).await;
    let error = text(store.open("test").await.unwrap().unwrap_err());
    assert!(error.starts_with("open: AEROSPIKE_TTL: 'soon'"), "{error}");
}

#[tokio::test]
async fn a_sandbox_without_network_is_named() {
    let (engine, component) = compiled();
    let permissions = Permissions { tcp: false, ..Permissions::default() };
    let env = [("AEROSPIKE_HOSTS", "127.0.0.1:3000")];
    let mut store = KeyValue::instantiate(engine, component, &permissions, &env).await.unwrap();
    let error = text(store.open("test").await.unwrap().unwrap_err());
    assert!(error.contains("may not make TCP connections"), "{error}");
}

#[tokio::test]
async fn a_server_that_is_down_and_comes_back() {
    let (server, mut store, bucket) = opened().await;
    let port: u16 = server.hosts[0].rsplit(':').next().unwrap().parse().unwrap();
    let host = server.hosts[0].clone();
    store.set(bucket, "a", b"1").await.unwrap().unwrap();
    drop(server);

    text(store.get(bucket, "a").await.unwrap().unwrap_err());
    text(store.set(bucket, "a", b"2").await.unwrap().unwrap_err());
    text(store.get_many(bucket, &["a".into()]).await.unwrap().unwrap_err());
    let mut late = instance(&[("AEROSPIKE_HOSTS", &host)]).await;
    let error = text(late.open("test/users").await.unwrap().unwrap_err());
    assert!(error.starts_with("open: no server could be reached: "), "{error}");

    let _server = Server::start_at(port, 1).unwrap();
    // The one that never connected tries again, the other finds its node again by itself.
    let bucket_of_late = late.open("test/users").await.unwrap().unwrap();
    late.set(bucket_of_late, "a", b"3").await.unwrap().unwrap();
    let mut last = store.get(bucket, "a").await.unwrap();
    for _ in 0..50 {
        if last.is_ok() {
            break;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        last = store.get(bucket, "a").await.unwrap();
    }
    assert_eq!(last.unwrap().unwrap(), b"3");
}
