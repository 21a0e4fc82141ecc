//! Which nodes are up, which partitions they hold, and the counters that tell clients of changes.
//!
//! Imports the configuration. Source: server `partition_balance.c`, `service_list.c`, `exchange.c`. Each
//! partition ranks all nodes in its own fixed order; its replicas are the first of them that are up. So a node
//! that leaves or returns moves only its own partitions. A returning node starts its counters anew, as a restarted
//! process does.

use aerospike_wasm::data::PARTITIONS;

use crate::base64;
use crate::config::{Config, NodeConfig, TlsAddress};

/// The default port that peers lists name, wherever the nodes listen.
const DEFAULT_PORT: u16 = 3000;

/// One node's state.
#[derive(Debug)]
struct Node {
    config: NodeConfig,
    is_up: bool,
    /// Whether it has a partition map.
    is_balanced: bool,
    partition_generation: u64,
    peers_generation: u64,
    rebalance_generation: u64,
    /// At which of this node's peers generations each other node last changed.
    peer_changes: Vec<u64>,
}

/// All nodes.
#[derive(Debug)]
pub(crate) struct Cluster {
    nodes: Vec<Node>,
    replication_factor: usize,
    changes: u64,
}

impl Cluster {
    pub(crate) fn new(config: &Config) -> Self {
        let count = config.nodes.len();
        let node = |(index, config): (usize, &NodeConfig)| Node {
            config: config.clone(),
            is_up: true,
            is_balanced: true,
            partition_generation: 0,
            peers_generation: 0,
            rebalance_generation: 0,
            peer_changes: vec![0; count.max(index)],
        };
        let nodes = config.nodes.iter().enumerate().map(node).collect();
        let mut cluster = Self { nodes, replication_factor: config.replication_factor.max(1), changes: 0 };
        (0..count).for_each(|index| cluster.start(index));
        cluster
    }

    /// How many nodes are configured.
    pub(crate) const fn len(&self) -> usize {
        self.nodes.len()
    }

    /// How many nodes are up.
    pub(crate) fn size(&self) -> usize {
        self.nodes.iter().filter(|node| node.is_up).count()
    }

    pub(crate) fn is_up(&self, index: usize) -> bool {
        self.nodes.get(index).is_some_and(|node| node.is_up)
    }

    pub(crate) fn config(&self, index: usize) -> Option<&NodeConfig> {
        self.nodes.get(index).map(|node| &node.config)
    }

    /// Changes where clients are told to find a node.
    pub(crate) fn set_address(&mut self, index: usize, host: &str, port: u16) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.config.host = host.into();
            node.config.port = port;
        }
    }

    /// Changes where clients outside the network are told to find a node.
    pub(crate) fn set_alternate(&mut self, index: usize, host: &str, port: u16) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.config.alternate = Some((host.into(), port));
        }
    }

    /// Changes a node's rack, which rebalances the cluster.
    pub(crate) fn set_rack(&mut self, index: usize, rack: Option<u32>) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.config.rack = rack;
            self.nodes.iter_mut().for_each(|node| node.rebalance_generation += 1);
        }
    }

    /// The node of that name.
    pub(crate) fn find(&self, name: &[u8]) -> Option<usize> {
        self.nodes.iter().position(|node| node.config.name.as_bytes() == name)
    }

    /// Takes a node out of the cluster or back into it; nothing happens if it is there already.
    pub(crate) fn set_up(&mut self, index: usize, is_up: bool) {
        if index >= self.nodes.len() || self.is_up(index) == is_up {
            return;
        }
        self.changes += 1;
        self.nodes[index].is_up = is_up;
        if is_up {
            self.start(index);
        }
        for (other, node) in self.nodes.iter_mut().enumerate() {
            if other != index && node.is_up {
                node.partition_generation += 1;
                node.rebalance_generation += 1;
                node.peers_generation += 1;
                node.peer_changes[index] = node.peers_generation;
            }
        }
    }

    /// The counters of a node whose process has just joined.
    fn start(&mut self, index: usize) {
        let others = self.nodes.iter().enumerate().filter(|(other, node)| *other != index && node.is_up);
        let others: Vec<usize> = others.map(|(other, _)| other).collect();
        let Some(node) = self.nodes.get_mut(index) else { return };
        node.partition_generation = 0;
        node.rebalance_generation = 1;
        node.peers_generation = others.len() as u64;
        for (at, other) in others.into_iter().enumerate() {
            node.peer_changes[other] = at as u64 + 1;
        }
    }

    /// Takes a node's partition map away, as if it had not joined yet, or gives it back.
    pub(crate) fn set_balanced(&mut self, index: usize, is_balanced: bool) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.is_balanced = is_balanced;
        }
    }

    pub(crate) fn is_balanced(&self, index: usize) -> bool {
        self.nodes.get(index).is_some_and(|node| node.is_balanced)
    }

    /// `None` for a node without a partition map.
    pub(crate) fn partition_generation(&self, index: usize) -> Option<u64> {
        self.nodes.get(index).filter(|node| node.is_balanced).map(|node| node.partition_generation)
    }

    pub(crate) fn peers_generation(&self, index: usize) -> u64 {
        self.nodes.get(index).map_or(0, |node| node.peers_generation)
    }

    pub(crate) fn rebalance_generation(&self, index: usize) -> u64 {
        self.nodes.get(index).map_or(0, |node| node.rebalance_generation)
    }

    /// Names this membership of the cluster: 12 hex digits.
    pub(crate) fn key(&self) -> String {
        let up = self.nodes.iter().map(|node| u64::from(node.is_up));
        let key = up.fold(self.changes + 1, |key, bit| mix(key ^ bit));
        format!("{:012X}", key & 0xffff_ffff_ffff)
    }

    /// The regime of partitions in strongly consistent namespaces: one more with each change.
    pub(crate) const fn regime(&self) -> u64 {
        self.changes + 1
    }

    /// How many nodes hold each partition now.
    pub(crate) fn effective_factor(&self) -> usize {
        self.replication_factor.min(self.size()).max(1)
    }

    /// One bitmap per replica: which partitions of a namespace a node holds in that place.
    pub(crate) fn bitmaps(&self, index: usize, namespace: usize) -> Vec<String> {
        let factor = if self.is_balanced(index) { self.effective_factor() } else { 1 };
        let mut bitmaps = vec![[0_u8; PARTITIONS / 8]; factor];
        for partition in (0..PARTITIONS).filter(|_| self.is_balanced(index)) {
            let place = self.place(namespace, partition, index);
            if let Some(place) = place.filter(|place| *place < factor) {
                bitmaps[place][partition >> 3] |= 0x80 >> (partition & 7);
            }
        }
        let text = |bitmap: &[u8; PARTITIONS / 8]| {
            let mut text = String::new();
            base64::encode(bitmap, &mut text);
            text
        };
        bitmaps.iter().map(text).collect()
    }

    /// How many nodes that are up go before a node for one partition; `None` if it is down itself.
    fn place(&self, namespace: usize, partition: usize, node: usize) -> Option<usize> {
        let seed = mix((namespace as u64) << 32 | partition as u64);
        let rank = |index: usize| (mix(seed ^ mix(index as u64 + 1)), index);
        let own = self.is_up(node).then(|| rank(node))?;
        let others = self.nodes.iter().enumerate().filter(|(_, other)| other.is_up);
        Some(others.filter(|(index, _)| rank(*index) < own).count())
    }

    /// Changes where clients are told to find a node by TLS.
    pub(crate) fn set_tls(&mut self, index: usize, tls: TlsAddress) {
        if let Some(node) = self.nodes.get_mut(index) {
            node.config.tls = Some(tls);
        }
    }

    /// Where a node is reached by TLS: `host:port`; `None` if it is not.
    pub(crate) fn tls_address(&self, index: usize) -> Option<String> {
        let tls = self.config(index)?.tls.as_ref()?;
        Some(format!("{}:{}", bracketed(&tls.host), tls.port))
    }

    /// Where a node is reached: `host:port`.
    pub(crate) fn address(&self, index: usize) -> String {
        self.config(index).map(|node| format!("{}:{}", bracketed(&node.host), node.port)).unwrap_or_default()
    }

    /// Where clients outside the network reach a node; empty if that is nowhere else.
    pub(crate) fn alternate_address(&self, index: usize) -> String {
        let alternate = self.config(index).and_then(|node| node.alternate.as_ref());
        alternate.map(|(host, port)| format!("{}:{port}", bracketed(host))).unwrap_or_default()
    }

    /// A peers list; with `since`, only what changed after that generation.
    pub(crate) fn peers(&self, index: usize, since: Option<u64>) -> String {
        self.peers_at(index, since, |node| Some((String::new(), peer_address(&node.host, node.port))))
    }

    /// A peers list with the addresses for clients outside the network; nodes without one are left out.
    pub(crate) fn alternate_peers(&self, index: usize, since: Option<u64>) -> String {
        self.peers_at(index, since, |node| {
            node.alternate.as_ref().map(|(host, port)| (String::new(), peer_address(host, *port)))
        })
    }

    /// A peers list with the addresses for TLS; nodes without one are left out.
    pub(crate) fn tls_peers(&self, index: usize, since: Option<u64>) -> String {
        self.peers_at(index, since, |node| {
            node.tls.as_ref().map(|tls| (tls.name.clone(), peer_address(&tls.host, tls.port)))
        })
    }

    /// A peers list with the TLS name and the address that `place` gives for a node.
    fn peers_at(
        &self,
        index: usize,
        since: Option<u64>,
        place: impl Fn(&NodeConfig) -> Option<(String, String)>,
    ) -> String {
        let Some(node) = self.nodes.get(index) else { return String::new() };
        let since = since.filter(|since| *since <= node.peers_generation);
        let mut peers = Vec::new();
        for (other, peer) in self.nodes.iter().enumerate() {
            let is_news = since.is_none_or(|since| node.peer_changes[other] > since);
            if other == index || !is_news {
                continue;
            }
            let name = &peer.config.name;
            if peer.is_up {
                peers.extend(
                    place(&peer.config).map(|(tls_name, address)| format!("[{name},{tls_name},[{address}]]")),
                );
            } else if since.is_some() {
                peers.push(format!("[{name},,]"));
            }
        }
        format!("{},{DEFAULT_PORT},[{}]", node.peers_generation, peers.join(","))
    }
}

fn peer_address(host: &str, port: u16) -> String {
    let host = bracketed(host);
    if port == DEFAULT_PORT { host } else { format!("{host}:{port}") }
}

fn bracketed(host: &str) -> String {
    if host.contains(':') { format!("[{host}]") } else { host.into() }
}

/// Spreads the bits of a number (the finalizer of SplitMix64).
pub(crate) const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
