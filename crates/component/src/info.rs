//! Info values: of a random node, or of every node.
//!
//! Imports the core's public API and the interface's types.

use alloc::string::String;
use alloc::vec::Vec;

use aerospike_wasm::{Action, Client, CommandId, NodeId};

use crate::answer::{Expect, Pending, Subject};
use crate::calls::{Calls, Submitted};
use crate::fault::no_node;
use crate::policy::Settings;
use crate::types::{AdminPolicy, Error};

/// The nodes of the cluster, with their names.
#[must_use]
pub fn nodes(client: &Client) -> Vec<(NodeId, String)> {
    client.node_ids().map(|id| (id, client.node_name(id).into())).collect()
}

/// What is asked of one node.
#[derive(Debug)]
pub struct Asked {
    /// Its name.
    pub name: String,
    /// What to wait for, or why nothing was sent.
    pub submitted: Result<(CommandId, Pending), Error>,
}

#[expect(clippy::missing_errors_doc, reason = "documented in wit/0.2/client.wit")]
impl Calls<'_> {
    /// Asks all of some nodes, which come with their names.
    pub fn info_all(
        &mut self,
        nodes: Vec<(NodeId, String)>,
        command: &str,
        policy: Option<AdminPolicy>,
    ) -> Result<Vec<Asked>, Error> {
        const NAME: &str = "info-all";
        let settings = Settings::info(policy);
        let mut all = Vec::with_capacity(nodes.len());
        for (node, name) in nodes {
            let submitted = self.ask(NAME, Some(node), command, &settings);
            match submitted {
                // What is wrong with the first is wrong with all.
                Err(error) if all.is_empty() => return Err(error),
                submitted => all.push(Asked { name, submitted }),
            }
        }
        if all.is_empty() { Err(no_node(NAME)) } else { Ok(all) }
    }

    /// Asks a random node.
    pub fn info_random_node(
        &mut self,
        command: &str,
        policy: Option<AdminPolicy>,
    ) -> Result<Submitted, Error> {
        let (id, pending) = self.ask("info-random-node", None, command, &Settings::info(policy))?;
        Ok(Submitted::Command(id, pending))
    }

    fn ask(
        &mut self,
        name: &'static str,
        node: Option<NodeId>,
        command: &str,
        settings: &Settings,
    ) -> Result<(CommandId, Pending), Error> {
        let id = self.send(name, settings, Action::Info { node, names: &[command] })?;
        Ok((id, Pending::new(name, Subject::Info(command.into()), Expect::Info)))
    }
}
