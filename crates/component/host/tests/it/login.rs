//! Logging in through both components, and through the provider of `wasi:keyvalue`: to servers that want it.

use aerospike_component_host::client::Version;
use aerospike_component_host::keyvalue::KeyValue;
use aerospike_component_host::runtime::{self, Permissions};
use aerospike_component_host::server::Server;
use aerospike_component_host::types::{AuthMode, Config, Error, ErrorKind};

use crate::support::{bad, bin, bins, config, good, integer, key, provider, run};

const PASSWORD: &str = "correct horse battery";
const USERS: [&str; 2] = ["alice:correct horse battery:read-write", "bob:correct horse battery:read"];

fn login(server: &Server, user: &str, password: &str) -> Config {
    Config { user: Some(user.into()), password: Some(password.into()), ..config(&server.hosts) }
}

async fn refused(version: Version, config: Config) -> Error {
    let error = bad(provider(version, &Permissions::default()).await.connect(config).await);
    let shown = format!("{error:?}");
    assert!(!shown.contains("horse"), "{shown}");
    error
}

#[test]
fn the_right_password() {
    run(async {
        for nodes in [1, 3] {
            let server = Server::start_secured(nodes, &USERS).unwrap();
            for version in Version::ALL {
                let provider = provider(version, &Permissions::default()).await;
                let client = good(provider.connect(login(&server, "alice", PASSWORD)).await);
                for at in 0..20 {
                    let key = key(&format!("login {at}"));
                    good(client.put(key.clone(), vec![bin("n", integer(at))], None, None).await);
                    assert_eq!(bins(&good(client.get(key, None).await)), [("n", &integer(at))]);
                }
                assert_eq!(good(client.info_all("build".into(), None).await).len(), nodes as usize);
                let shown = format!("{:?}", client.statistics().await.unwrap());
                assert!(!shown.contains("horse"), "{shown}");
            }
        }
    });
}

#[test]
fn a_user_may_do_what_his_roles_say() {
    run(async {
        let server = Server::start_secured(1, &USERS).unwrap();
        for version in Version::ALL {
            let provider = provider(version, &Permissions::default()).await;
            let mode = Some(AuthMode::Internal);
            let given = Config { auth_mode: mode, ..login(&server, "bob", PASSWORD) };
            let client = good(provider.connect(given).await);
            let error = bad(client.put(key("bob"), vec![bin("n", integer(1))], None, None).await);
            assert_eq!((error.kind, error.result_code, error.in_doubt), (ErrorKind::Server, 81, false));
            assert_eq!(bad(client.get(key("bob"), None).await).kind, ErrorKind::RecordNotFound);
        }
    });
}

#[test]
fn the_wrong_password_and_users_that_do_not_exist() {
    run(async {
        let server = Server::start_secured(1, &USERS).unwrap();
        for version in Version::ALL {
            let error = refused(version, login(&server, "alice", "correct horse")).await;
            assert_eq!((error.kind, error.result_code), (ErrorKind::Server, 65), "{}", error.message);
            assert!(error.message.contains(&server.hosts[0]), "{}", error.message);
            let error = refused(version, login(&server, "carol", PASSWORD)).await;
            assert_eq!((error.kind, error.result_code), (ErrorKind::Server, 60), "{}", error.message);
            let error = refused(version, config(&server.hosts)).await;
            assert_eq!((error.kind, error.result_code), (ErrorKind::Server, 80), "{}", error.message);
        }
    });
}

#[test]
fn a_server_without_security_refuses_a_login() {
    run(async {
        let server = Server::start(1).unwrap();
        for version in Version::ALL {
            let error = refused(version, login(&server, "alice", PASSWORD)).await;
            assert_eq!((error.kind, error.result_code), (ErrorKind::Server, 51), "{}", error.message);
        }
    });
}

#[test]
fn settings_that_no_server_can_have() {
    run(async {
        let long = "horse".repeat(15);
        let plain = || config(&["127.0.0.1:1".into()]);
        let both = |user: &str, password: &str| Config {
            user: Some(user.into()),
            password: Some(password.into()),
            ..plain()
        };
        let mistakes = [
            ("user", both("", PASSWORD)),
            ("user", both(&"u".repeat(64), PASSWORD)),
            ("user", Config { password: Some(PASSWORD.into()), ..plain() }),
            ("user", Config { auth_mode: Some(AuthMode::Internal), ..plain() }),
            ("password", both("alice", "")),
            ("password", both("alice", &long)),
            ("password", both("alice", "horse\0")),
            ("password", Config { user: Some("alice".into()), ..plain() }),
            ("auth-mode", Config { auth_mode: Some(AuthMode::External), ..both("alice", PASSWORD) }),
            ("auth-mode", Config { auth_mode: Some(AuthMode::Pki), ..plain() }),
        ];
        for version in Version::ALL {
            for (field, given) in mistakes.clone() {
                let error = refused(version, given).await;
                assert_eq!(error.kind, ErrorKind::InvalidArgument(format!("config.{field}")), "{error:?}");
            }
        }
    });
}

#[tokio::test]
async fn the_provider_of_the_standard_interface() {
    let server = Server::start_secured(3, &USERS).unwrap();
    let engine = runtime::engine().unwrap();
    let component = runtime::component(&engine, "aerospike-keyvalue.wasm").unwrap();
    let (permissions, hosts) = (Permissions::default(), server.hosts.join(","));
    let open = async |env: &[(&str, &str)]| {
        let env = [&[("AEROSPIKE_HOSTS", hosts.as_str())], env].concat();
        let mut store = KeyValue::instantiate(&engine, &component, &permissions, &env).await.unwrap();
        let opened = store.open("test/users").await.unwrap();
        (store, opened)
    };
    let (user, password) = (("AEROSPIKE_USER", "alice"), ("AEROSPIKE_PASSWORD", PASSWORD));
    let (mut store, bucket) = open(&[user, password]).await;
    let bucket = bucket.unwrap();
    store.set(bucket, "a", b"one").await.unwrap().unwrap();
    assert_eq!(store.get(bucket, "a").await.unwrap().unwrap().as_deref(), Some(b"one".as_slice()));
    let refusals: [(&[(&str, &str)], &str); 3] = [
        (&[user, ("AEROSPIKE_PASSWORD", "wrong horse")], "(65)"),
        (&[("AEROSPIKE_USER", "carol"), password], "(60)"),
        (&[], "(80)"),
    ];
    for (env, code) in refusals {
        let error = format!("{:?}", open(env).await.1.unwrap_err());
        assert!(error.contains(code) && !error.contains("horse"), "{error}");
    }
    // Bob may look, and not write.
    let (mut store, bucket) = open(&[("AEROSPIKE_USER", "bob"), password]).await;
    let bucket = bucket.unwrap();
    assert!(store.exists(bucket, "a").await.unwrap().unwrap());
    let denied = store.set(bucket, "a", b"two").await.unwrap().unwrap_err();
    assert_eq!(denied, aerospike_component_host::keyvalue::Error::AccessDenied);
}
