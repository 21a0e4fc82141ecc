//! What is known of the cluster: its nodes, who owns which partition, and how info replies tell of both.
//!
//! Imports `wire`, `data`, `ids`, `config`, `auth`, `time`. No connections and no clock: the client feeds it replies.

mod nodes;
mod partition_map;
mod partition_set;
mod peers;
mod racks;
mod session;

pub(crate) use nodes::{
    Introduction, Node, RACK_COMMANDS, Refusal, Waiting, introduction_commands, list_commands,
};
pub(crate) use partition_map::PartitionMap;
pub(crate) use partition_set::PartitionSet;
pub(crate) use peers::{Peers, parse_peers};
pub(crate) use racks::parse_rack_ids;
pub(crate) use session::{LoginReply, Open, Session};
