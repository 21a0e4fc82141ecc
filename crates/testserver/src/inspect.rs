//! What tests ask a server beside the protocol: what it holds and who is connected; and forgetting it all.
//!
//! Imports the machine.

use crate::server::Server;
use crate::store::Namespace;

impl Server {
    /// How many records there are that have not expired: in a namespace and set, or in all of them.
    #[must_use]
    pub fn record_count(&self, namespace: Option<&str>, set: Option<&str>) -> usize {
        let now = self.core.store.clock.seconds();
        let is_wanted = |one: &&Namespace| namespace.is_none_or(|name| one.config.name == name);
        let namespaces = self.core.store.namespaces.iter().filter(is_wanted);
        let records = namespaces.flat_map(Namespace::records).filter(|record| !record.is_expired(now));
        records.filter(|record| set.is_none_or(|set| *record.set == *set.as_bytes())).count()
    }

    /// Removes the records of a namespace and set, or of all of them, whenever they were written.
    pub fn clear(&mut self, namespace: Option<&str>, set: Option<&str>) {
        let is_wanted = |one: &&mut Namespace| namespace.is_none_or(|name| one.config.name == name);
        let namespaces = self.core.store.namespaces.iter_mut().filter(is_wanted);
        namespaces.for_each(|one| one.truncate(set.map(str::as_bytes), u64::MAX));
    }

    /// How many connections a node has.
    #[must_use]
    pub fn connection_count(&self, node: usize) -> usize {
        self.connections.iter().filter(|(_, one)| one.session.node == node).count()
    }

    /// The name that clients know a node by; `None` if there is no such node.
    #[must_use]
    pub fn node_name(&self, node: usize) -> Option<&str> {
        self.core.cluster.config(node).map(|config| &*config.name)
    }

    /// Whether a node is part of the cluster.
    #[must_use]
    pub fn is_node_up(&self, node: usize) -> bool {
        self.core.cluster.is_up(node)
    }
}
