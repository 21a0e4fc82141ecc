//! The examples that are programs, under wasmtime: what they print is what their documentation says.

use aerospike_component_host::command::{self, Ended};
use aerospike_component_host::runtime::{self, Permissions};
use aerospike_component_host::server::Server;

const TOUR: &str = "\
before:    nothing
set:       'engineer'
any bytes: [00, 9f, 92, 96, ff]
no bytes:  ''
exists:    true
deleted:   false
visits:    +1 gives 1
visits:    +1 gives 2
visits:    +40 gives 42
visits:    -50 gives -8
as value:  '-8'
set, +1:   101
swap:      Bob was too late and tries again
guests:    'Ann Bob'
get-many:  tour:a = 'one', nothing, tour:c = 'three'
deleted:   true
";

const EMBEDDED: &str = "\
connected to 3 node(s)
put: name: String(\"Alice\"), age: Integer(30), tags: List(List { items: [String(\"new\"), String(\"friendly\")], order: 0 })
operate: age: Integer(31), name: String(\"Alice Smith\")
batch: 100 written, the last one is square: Integer(9801)
removed: record not found (2)
";

fn good(stdout: &str) -> Ended {
    Ended { code: 0, stdout: stdout.into(), stderr: String::new() }
}

fn bad(stderr: &str) -> Ended {
    Ended { code: 1, stdout: String::new(), stderr: stderr.into() }
}

#[tokio::test]
async fn an_application_for_the_standard_interface() {
    let engine = runtime::engine().unwrap();
    let component = runtime::component(&engine, "composed/keyvalue-app.wasm").unwrap();
    let permissions = Permissions::default();
    let server = Server::start(3).unwrap();
    let hosts = server.hosts.join(",");
    let run = async |hosts: &str, arguments: &[&str]| {
        let arguments = [&["keyvalue-app"], arguments].concat();
        command::run(&engine, &component, &permissions, &[("AEROSPIKE_HOSTS", hosts)], &arguments)
            .await
            .unwrap()
    };
    assert_eq!(run(&hosts, &["test/users", "tour"]).await, good(TOUR));
    assert_eq!(run(&hosts, &["test/users", "get", "alice"]).await, good("(no such key)\n"));
    assert_eq!(run(&hosts, &["test/users", "set", "alice", "hello"]).await, good(""));
    assert_eq!(run(&hosts, &["test/users", "get", "alice"]).await, good("hello\n"));
    assert_eq!(run(&hosts, &["test/other", "get", "alice"]).await, good("(no such key)\n"));
    assert_eq!(run(&hosts, &["test/users", "count", "visits", "2"]).await, good("2\n"));
    assert_eq!(run(&hosts, &["test/users", "count", "visits"]).await, good("3\n"));
    assert_eq!(run(&hosts, &["test/users", "delete", "alice"]).await, good(""));
    assert_eq!(run(&hosts, &["test/users", "get", "alice"]).await, good("(no such key)\n"));
    assert_eq!(
        run(&hosts, &["test/users", "keys"]).await,
        bad("list-keys: not supported: this provider does not scan\n")
    );
    assert_eq!(run(&hosts, &["nowhere/users", "tour"]).await, bad("there is no such bucket\n"));
    assert_eq!(run(&hosts, &["test/a/b", "tour"]).await, bad("there is no such bucket\n"));
    drop(server);
    let ended = run(&hosts, &["test/users", "tour"]).await;
    assert!(ended.code == 1 && ended.stderr.starts_with("open: no server could be reached: "), "{ended:?}");
}

#[tokio::test]
async fn a_program_with_the_client_linked_in() {
    let engine = runtime::engine().unwrap();
    let component = runtime::component(&engine, "examples/embedded-client.wasm").unwrap();
    let server = Server::start(3).unwrap();
    let hosts = server.hosts.join(",");
    let env = [("AEROSPIKE_HOSTS", hosts.as_str())];
    let ended =
        command::run(&engine, &component, &Permissions::default(), &env, &["embedded-client"]).await.unwrap();
    assert_eq!(ended, good(EMBEDDED));
}
