//! Settings of a client, with the reason for every default.
//!
//! Imports `auth`.

use alloc::string::String;
use alloc::vec::Vec;

use crate::auth::{Auth, ConfigError};

/// Where a server listens. Names are resolved by the host.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Endpoint {
    /// Host name or address; IPv6 without brackets.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// Name in the server's certificate; empty without TLS.
    pub tls_name: String,
}

/// Settings of a client.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Config {
    /// Addresses to start from.
    pub seeds: Vec<Endpoint>,
    /// Nodes that say another cluster name are refused; empty accepts any.
    pub cluster_name: String,
    /// Name of the application, shown in the server's statistics of clients.
    pub application_id: String,
    /// Who the client says it is.
    pub auth: Auth,
    /// Longest time to make a connection and hear from a node, ms. 1,000 as in the C client.
    pub connect_timeout_ms: u32,
    /// Longest time to wait for the answer to a login, ms. 5,000 as in the C client: the server may have to ask another
    /// service.
    pub login_timeout_ms: u32,
    /// Time between two looks at the cluster, ms. 1,000 as in the C client.
    pub tend_interval_ms: u32,
    /// Connections unused for longer are closed, ms. 55,000: below the 60 s after which older servers close them.
    pub idle_timeout_ms: u32,
    /// Most connections to one node. 100 as in the C client.
    pub max_conns_per_node: u32,
    /// Connections kept open to every node. 0: opened when needed.
    pub min_conns_per_node: u32,
    /// Most connections being made to one node at a time; 0: as many as commands wait for. A node that restarts is then not
    /// met by all callers at once.
    pub opening_connection_threshold: u32,
    /// Racks this client is close to, the closest first, for [`crate::Replica::PreferRack`]. Empty: nodes are not asked
    /// for their racks.
    pub rack_ids: Vec<u32>,
    /// Failed attempts on one node, within `error_rate_window` tends, after which it is left alone until the window ends;
    /// 0 never. 100 as in the C client. Connection failures, timeouts and the server's 18 (device overload) count.
    pub max_error_rate: u32,
    /// Tends after which failed attempts are forgotten. 1 as in the C client.
    pub error_rate_window: u32,
    /// Most commands at work at a time; more wait their turn. 0: no limit.
    pub max_concurrent_operations: u32,
    /// Longest time a command may wait its turn, ms; 0: as long as it takes. Its own timeouts begin with its turn.
    pub operation_queue_timeout_ms: u32,
    /// Use the alternate addresses that nodes announce (for clients outside their network).
    pub use_services_alternate: bool,
    /// Most commands in flight on one connection; 1: the next is sent when the last is answered. The server answers in
    /// order, so more of them save system calls on both sides. Endpoints with TLS always work as with 1.
    pub pipeline_depth: u16,
    /// Connections per node over which commands are spread before they are put behind each other in earnest. The
    /// server works on one command of a connection at a time, so a few give it something to do in parallel.
    pub pipeline_connections: u16,
    /// Commands on records that leave together for one node travel as the rows of one batch request, if there are at least eight
    /// of them: to the server a row costs less than half of what a request does. It counts them as rows of batches then.
    pub merge_commands: bool,
    /// Largest message sent or accepted, bytes. The server's own limit is 128 MiB.
    pub max_message_bytes: usize,
}

impl Config {
    /// Whether the settings fit each other; a client whose settings do not connects to nothing.
    ///
    /// # Errors
    /// What does not fit.
    pub fn check(&self) -> Result<(), ConfigError> {
        let clear = self.seeds.iter().find(|seed| seed.tls_name.is_empty());
        match (self.auth.needs_tls(), clear) {
            (Some(mode), Some(seed)) => Err(ConfigError::NeedsTls { mode, host: seed.host.clone() }),
            _ => Ok(()),
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            seeds: Vec::new(),
            cluster_name: String::new(),
            application_id: String::new(),
            auth: Auth::None,
            connect_timeout_ms: 1_000,
            login_timeout_ms: 5_000,
            tend_interval_ms: 1_000,
            idle_timeout_ms: 55_000,
            max_conns_per_node: 100,
            min_conns_per_node: 0,
            opening_connection_threshold: 0,
            rack_ids: Vec::new(),
            max_error_rate: 100,
            error_rate_window: 1,
            max_concurrent_operations: 0,
            operation_queue_timeout_ms: 0,
            use_services_alternate: false,
            pipeline_depth: 64,
            pipeline_connections: 2,
            merge_commands: true,
            max_message_bytes: crate::wire::frame::MAX_BODY,
        }
    }
}
