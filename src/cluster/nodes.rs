//! Nodes, and what a server says of itself when it is first asked.
//!
//! Imports `wire::info`, `config`, `ids`.

use alloc::collections::VecDeque;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::peers::{Peers, parse_addresses, parse_peers};
use super::session::Session;
use crate::config::{Config, Endpoint};
use crate::ids::{CommandId, ConnId, NodeId};
use crate::statistics::Counters;
use crate::time::Timestamp;
use crate::wire::{ResultCode, info};

/// One server process, known by name. Kept when it leaves, so that its id means the same when it returns.
#[derive(Debug)]
pub(crate) struct Node {
    pub(crate) name: String,
    pub(crate) endpoint: Endpoint,
    /// Whether it is part of the cluster now.
    pub(crate) active: bool,
    pub(crate) peers_generation: i64,
    pub(crate) partition_generation: i64,
    pub(crate) rebalance_generation: i64,
    /// Its rack in each namespace, by the namespace's index in the partition map.
    pub(crate) racks: Vec<Option<u32>>,
    /// Names of the nodes it knows of.
    pub(crate) peers: Vec<String>,
    /// Tends in a row without an answer.
    pub(crate) failures: u32,
    /// What came of logging in there.
    pub(crate) session: Session,
    /// Connection of its tend, and what was asked on it.
    pub(crate) tend: Option<ConnId>,
    /// Connections for commands: those with room, the most recently used last.
    pub(crate) available: Vec<ConnId>,
    /// Connections for commands that are open.
    pub(crate) open: usize,
    /// Connections for commands that are being made.
    pub(crate) connecting: usize,
    /// What is counted for it.
    pub(crate) counters: Counters,
    /// Failed attempts in the window of the error rate.
    pub(crate) recent_errors: u32,
    /// When commands may be merged for it: later after it refused a batch, never if it is too old.
    pub(crate) merges_from: Timestamp,
    /// Attempts that wait for a connection, in order.
    pub(crate) waiting: VecDeque<Waiting>,
    /// Attempts that wait for a connection to themselves, in order.
    pub(crate) waiting_whole: VecDeque<Waiting>,
}

/// An attempt that waits for a connection.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Waiting {
    pub(crate) id: CommandId,
    /// Group of a batch; `u32::MAX` for a command on one record.
    pub(crate) group: u32,
    pub(crate) attempt: u16,
    /// Whether it wants a connection to itself.
    pub(crate) whole: bool,
    /// The node, if it is one of several, whose acknowledgement it waits for beside that of the one it is sent to.
    pub(crate) replica: Option<NodeId>,
}

impl Node {
    pub(crate) fn new(name: &str, endpoint: Endpoint) -> Self {
        Self {
            name: name.to_string(),
            endpoint,
            active: true,
            peers_generation: -1,
            partition_generation: -1,
            rebalance_generation: -1,
            racks: Vec::new(),
            peers: Vec::new(),
            failures: 0,
            session: Session::None,
            tend: None,
            available: Vec::new(),
            open: 0,
            connecting: 0,
            counters: Counters::default(),
            recent_errors: 0,
            merges_from: Timestamp::ZERO,
            waiting: VecDeque::new(),
            waiting_whole: VecDeque::new(),
        }
    }

    /// Its rack in a namespace, if it is known.
    pub(crate) fn rack(&self, namespace: usize) -> Option<u32> {
        *self.racks.get(namespace)?
    }
}

/// Why a server was not taken into the cluster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Refusal {
    /// The reply has no such value.
    Missing(&'static str),
    /// The server answered with an error.
    Server { text: String, code: ResultCode },
    /// Another node answers at the address.
    OtherName(String),
    /// Another cluster than the one asked for answers at the address.
    OtherCluster { name: String, wanted: String },
    /// The server is still starting.
    NotReady,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(what) => write!(f, "server did not answer {what}"),
            Self::Server { text, code } => write!(f, "server answered: {text} ({})", code.0),
            Self::OtherName(name) => write!(f, "another node ({name}) answered at this address"),
            Self::OtherCluster { name, wanted } => {
                write!(f, "server belongs to cluster '{name}', not to '{wanted}'")
            }
            Self::NotReady => f.write_str("server is still starting"),
        }
    }
}

/// What a server says of itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Introduction {
    pub(crate) name: String,
    pub(crate) partition_generation: i64,
    pub(crate) peers: Peers,
    pub(crate) replicas: String,
    /// Addresses it announces for itself.
    pub(crate) services: Vec<Endpoint>,
    /// Whether it takes writes in batches.
    pub(crate) has_batch_writes: bool,
}

/// The first release that takes writes in batches.
const FIRST_WITH_BATCH_WRITES: u32 = 6;

/// The first number of a build, 0 if there is none.
fn release(build: &str) -> u32 {
    let digits = build.bytes().take_while(u8::is_ascii_digit);
    digits.fold(0, |number, digit| number.saturating_mul(10).saturating_add(u32::from(digit - b'0')))
}

/// The info commands that ask a server for its introduction.
pub(crate) fn introduction_commands(config: &Config, tls: bool) -> Vec<String> {
    let (peers, services) = list_commands(config, tls);
    let mut commands: Vec<String> =
        ["node", "build", "partition-generation", "cluster-name", peers, services, "replicas"]
            .map(String::from)
            .into();
    if !config.rack_ids.is_empty() {
        commands.extend(RACK_COMMANDS.map(String::from));
    }
    // Servers before 8.1 answer an error to this one, which nobody reads.
    let app = config.application_id.as_str();
    let agent = format!("1,aerospike-wasm-{},{app}", env!("CARGO_PKG_VERSION"));
    commands.push(format!("user-agent-set:value={}", STANDARD.encode(agent)));
    commands
}

/// The commands that ask a node for its racks, and for the counter that tells when they changed.
pub(crate) const RACK_COMMANDS: [&str; 2] = ["rebalance-generation", "rack-ids"];

/// The commands that list peers and own addresses.
pub(crate) const fn list_commands(config: &Config, tls: bool) -> (&'static str, &'static str) {
    match (tls, config.use_services_alternate) {
        (false, false) => ("peers-clear-std", "service-clear-std"),
        (false, true) => ("peers-clear-alt", "service-clear-alt"),
        (true, false) => ("peers-tls-std", "service-tls-std"),
        (true, true) => ("peers-tls-alt", "service-tls-alt"),
    }
}

impl Introduction {
    /// Reads the reply to [`introduction_commands`] and checks it against what is expected of the server, which was
    /// reached by `tls_name` (empty in clear).
    pub(crate) fn read(
        body: &[u8],
        config: &Config,
        expected: Option<&str>,
        tls_name: &str,
    ) -> Result<Self, Refusal> {
        let (peers, services) = list_commands(config, !tls_name.is_empty());
        let ask = |what: &'static str| {
            info::value(body, what).map_err(|error| match error {
                Some(error) => Refusal::Server { text: error.text.to_string(), code: error.code },
                None => Refusal::Missing(what),
            })
        };
        let name = ask("node")?;
        if expected.is_some_and(|expected| expected != name) {
            return Err(Refusal::OtherName(name.to_string()));
        }
        if !config.cluster_name.is_empty() {
            let cluster = ask("cluster-name")?;
            if cluster != config.cluster_name {
                let (name, wanted) = (cluster.to_string(), config.cluster_name.clone());
                return Err(Refusal::OtherCluster { name, wanted });
            }
        }
        let generation = ask("partition-generation")?.parse().unwrap_or(-1);
        if generation < 0 {
            return Err(Refusal::NotReady);
        }
        Ok(Self {
            name: name.to_string(),
            has_batch_writes: info::value(body, "build")
                .is_ok_and(|build| release(build) >= FIRST_WITH_BATCH_WRITES),
            partition_generation: generation,
            peers: parse_peers(ask(peers)?, tls_name).ok_or(Refusal::Missing(peers))?,
            replicas: ask("replicas")?.to_string(),
            services: info::value(body, services)
                .map_or_else(|_| Vec::new(), |list| parse_addresses(list, 3000, tls_name)),
        })
    }
}
