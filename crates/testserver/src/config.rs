//! What a server is made of: nodes, namespaces and their settings.
//!
//! Imports the names of roles and the core's password hash. Defaults follow the server's own (`cfg.c`, `namespace.c`) where they concern clients.

use aerospike_wasm::wire::password::hash_password;

/// One node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeConfig {
    /// Its id as clients see it: upper-case hex.
    pub name: String,
    /// The host that clients are told to connect to.
    pub host: String,
    /// The port that clients are told to connect to.
    pub port: u16,
    /// The host and port that clients outside the node's network are told to connect to, if any.
    pub alternate: Option<(String, u16)>,
    /// Its rack in every namespace; `None` answers as the Community Edition, which has no racks.
    pub rack: Option<u32>,
    /// Where clients are told to connect to by TLS. Whoever listens there has to take the TLS off: this server does not
    /// speak it.
    pub tls: Option<TlsAddress>,
}

/// Where a node is reached by TLS.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TlsAddress {
    /// The name in the certificate.
    pub name: String,
    /// The host that clients are told to connect to.
    pub host: String,
    /// The port that clients are told to connect to.
    pub port: u16,
}

/// What the server does about users.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum SecurityMode {
    /// The Community Edition: every admin message is answered with 51.
    #[default]
    NotSupported,
    /// The Enterprise Edition with security switched off: every admin message is answered with 52.
    Off,
    /// Nothing without a login.
    On(SecurityConfig),
}

/// Users and their sessions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SecurityConfig {
    /// The users.
    pub users: Vec<UserConfig>,
    /// How long a session lasts, seconds; 0 for ever.
    pub session_ttl_seconds: u32,
    /// The user of a login without a name, which is one by certificate.
    pub certificate_user: Option<String>,
}

/// One user.
#[derive(Clone, Eq, PartialEq)]
pub struct UserConfig {
    /// Its name.
    pub name: String,
    /// The hash of its password, which is what clients send.
    pub credential: String,
    /// Its password, as another service would know it: for external logins.
    pub password: String,
    /// Its roles, of those that every server has: `user-admin`, `sys-admin`, `data-admin`, `udf-admin`, `sindex-admin`,
    /// `read`, `read-write`, `read-write-udf`, `write`, `truncate`.
    pub roles: Vec<String>,
}

impl UserConfig {
    /// A user. Hashes the password, which takes some hundredths of a second.
    #[must_use]
    pub fn new(name: &str, password: &str, roles: &[&str]) -> Self {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        let credential = hash_password(password.as_bytes());
        Self { name: name.into(), credential, password: password.into(), roles }
    }

    /// Reads `name:password:role,role`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (name, rest) = text.split_once(':')?;
        let (password, roles) = rest.rsplit_once(':')?;
        let roles: Vec<&str> = roles.split(',').filter(|role| !role.is_empty()).collect();
        let is_whole = !name.is_empty() && !password.is_empty();
        (is_whole && roles.iter().all(|role| crate::security::Security::is_role(role)))
            .then(|| Self::new(name, password, &roles))
    }
}

impl core::fmt::Debug for UserConfig {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("UserConfig").field("name", &self.name).field("roles", &self.roles).finish()
    }
}

/// One namespace.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NamespaceConfig {
    /// Its name.
    pub name: String,
    /// TTL in seconds of a write that asks for the default; 0 for never.
    pub default_ttl: u32,
    /// Whether a write may ask for a finite TTL (`nsup-period` above 0, or `allow-ttl-without-nsup`).
    pub allow_ttl: bool,
    /// Percent of its TTL below which a read touches a record, when the read does not say; 0 for never.
    pub default_read_touch_percent: u8,
    /// The largest stored form of a record, in bytes.
    pub max_record_size: usize,
    /// Whether a write must name a set (`disallow-null-setname`).
    pub disallow_null_set: bool,
    /// Whether all writes of clients are refused (`reject-non-xdr-writes`).
    pub reject_writes: bool,
    /// Whether clients are told that it is strongly consistent (its partitions then have regimes), as in the Enterprise
    /// Edition. It works as any other.
    pub strong_consistency: bool,
}

impl NamespaceConfig {
    /// A namespace with the server's defaults, and expiry allowed.
    #[must_use]
    pub fn new(name: &str) -> Self {
        Self {
            name: name.into(),
            default_ttl: 0,
            allow_ttl: true,
            default_read_touch_percent: 0,
            max_record_size: 1 << 20,
            disallow_null_set: false,
            reject_writes: false,
            strong_consistency: false,
        }
    }
}

/// A whole server: one node or a cluster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// Name of the cluster.
    pub cluster_name: String,
    /// The release it says it is; what it does is what 8.1.2 does.
    pub build: String,
    /// The nodes; at least one.
    pub nodes: Vec<NodeConfig>,
    /// The namespaces, in the order in which info commands list them.
    pub namespaces: Vec<NamespaceConfig>,
    /// How many nodes hold each partition; cut down to the number of nodes that are up.
    pub replication_factor: usize,
    /// `batch-max-requests`: the most rows of one batch; 0 for no limit.
    pub batch_max_requests: u32,
    /// `batch-index-threads`: 0 switches batches off; any other number changes nothing here.
    pub batch_index_threads: u32,
    /// What the server does about users.
    pub security: SecurityMode,
    /// Whether these info commands exist, which no real server has. They answer `ok`, and need no login.
    ///
    /// | command | effect |
    /// |---|---|
    /// | `test-fault:kind=K;count=N;node=NAME` | adds a [`crate::Fault`]: K is `answer` (with `code=C`), `swallow`, `cut` (with `bytes=B`), `garbage` or `drop`; count 1 and any node unless said |
    /// | `test-fault:kind=clear` | forgets all faults that wait |
    /// | `test-node:name=NAME;up=true` (or `false`) | a node joins or leaves |
    /// | `test-node:name=NAME;balanced=false` (or `true`) | a node has no partition map yet, or has one |
    /// | `test-node:name=NAME;rack=N` | a node is in another rack |
    /// | `test-clock:advance=SECONDS` | moves the server's clock ahead |
    /// | `test-tls:name=NODE;tls-name=NAME;host=HOST;port=N` | clients are told to find a node there by TLS |
    /// | `test-user:name=NAME;code=C` | every login of a user is answered with C; 0 ends that |
    /// | `test-sessions:forget=NODE` | a node forgets its sessions |
    pub test_commands: bool,
    /// The wall clock at the start, in Unix milliseconds.
    pub unix_millis: u64,
}

impl Config {
    /// One node `A2`, or nodes `A1`, `A2`, … on ports 3000, 3100, …; namespaces `test` and `bar`.
    #[must_use]
    pub fn with_nodes(count: usize) -> Self {
        let count = count.max(1);
        let node = |index: usize| NodeConfig {
            name: format!("A{:X}", if count == 1 { 2 } else { index + 1 }),
            host: "127.0.0.1".into(),
            port: u16::try_from(3000 + 100 * index).unwrap_or(3000),
            alternate: None,
            rack: None,
            tls: None,
        };
        Self {
            cluster_name: "testserver".into(),
            build: "8.1.2.0".into(),
            nodes: (0..count).map(node).collect(),
            namespaces: vec![NamespaceConfig::new("test"), NamespaceConfig::new("bar")],
            replication_factor: count.min(2),
            batch_max_requests: 0,
            batch_index_threads: 1,
            security: SecurityMode::NotSupported,
            test_commands: false,
            unix_millis: DEFAULT_CLOCK,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::with_nodes(1)
    }
}

/// 2026-01-01T00:00:00Z: where the clock stands until it is set.
const DEFAULT_CLOCK: u64 = 1_767_225_600_000;
