//! Info commands about the node and its cluster: what clients tend by.
//!
//! Imports the cluster. Source: server `thr_info.c`, `service_list.c`, `partition.c`.

use super::{Command, ENTERPRISE, Session};
use crate::base64;
use crate::server::Core;

const EDITION: &str = "Aerospike Community Edition";
const FEATURES: &str = "batch-any;batch-index;blob-bits;cdt-index;cdt-list;cdt-map;cluster-stable;float;geo;\
    sindex-exists;peers;pipelining;pquery;pscans;query-show;relaxed-sc;replicas;replicas-all;replicas-master;\
    replicas-max;truncate-namespace;udf";
/// User agents of this many base64 characters are refused.
const MAX_AGENT: usize = 88;

pub(super) fn answer(
    name: &str,
    command: &Command<'_>,
    core: &Core,
    session: &mut Session,
) -> Option<String> {
    let (cluster, node) = (&core.cluster, session.node);
    let build = core.config.build.as_str();
    Some(match name {
        "node" => cluster.config(node)?.name.clone(),
        "build" => build.into(),
        "edition" => EDITION.into(),
        "version" => format!("{EDITION} build {build}"),
        "release" => format!("edition={EDITION};version={build};os=debian12;arch=x86_64;sha={:040}", 0),
        "features" => FEATURES.into(),
        "status" => "ok".into(),
        "cluster-name" => core.config.cluster_name.clone(),
        "partition-generation" => cluster
            .partition_generation(node)
            .map_or_else(|| "-1".into(), |generation| generation.to_string()),
        "peers-generation" => cluster.peers_generation(node).to_string(),
        "rebalance-generation" => cluster.rebalance_generation(node).to_string(),
        "cluster-stable" => cluster_stable(command, core, node),
        "service" | "service-clear-std" => cluster.address(node),
        "services" => services(core, node),
        "service-clear-alt" => cluster.alternate_address(node),
        "services-alumni" | "services-alternate" | "health-outliers" => String::new(),
        "peers-clear-std" => cluster.peers(node, command.number("generation")),
        "peers-clear-alt" => cluster.alternate_peers(node, command.number("generation")),
        "peers-tls-std" if cluster.tls_address(node).is_some() => {
            cluster.tls_peers(node, command.number("generation"))
        }
        "service-tls-std" if cluster.tls_address(node).is_some() => cluster.tls_address(node)?,
        "replicas" => replicas(command, core, node),
        "replicas-all" => legacy_replicas(core, node, usize::MAX),
        "replicas-master" => legacy_replicas(core, node, 1),
        "partitions" => "4096".into(),
        "rack-ids" => rack_ids(core, node),
        "user-agent-set" => user_agent(command, session),
        "service-tls-std" | "service-tls-alt" | "peers-tls-std" | "peers-tls-alt" | "quiesce"
        | "quiesce-undo" | "racks" | "roster" | "roster-set" | "revive" => ENTERPRISE.into(),
        _ => return None,
    })
}

fn services(core: &Core, node: usize) -> String {
    let others = (0..core.cluster.len()).filter(|other| *other != node && core.cluster.is_up(*other));
    others.map(|other| core.cluster.address(other)).collect::<Vec<_>>().join(";")
}

fn cluster_stable(command: &Command<'_>, core: &Core, node: usize) -> String {
    if let Some(name) = command.param("namespace").or_else(|| command.param("ns"))
        && !core.has_namespace(name)
    {
        return "ERROR:20:namespace not found on node".into();
    }
    if command.param("ignore-migrations").is_some() && command.flag("ignore-migrations").is_none() {
        return "ERROR:4:bad ignore migrations".into();
    }
    if core.cluster.partition_generation(node).is_none() {
        return "ERROR:7:unstable cluster".into();
    }
    if command.param("size").is_some() && command.number("size") != Some(core.cluster.size() as u64) {
        return "ERROR:7:cluster not specified size".into();
    }
    core.cluster.key()
}

fn replicas(command: &Command<'_>, core: &Core, node: usize) -> String {
    let max = match (command.param("max"), command.number("max")) {
        (Some(_), None) => return "ERROR:4:bad max".into(),
        (_, None | Some(0)) => usize::MAX,
        (_, Some(max)) => usize::try_from(max).unwrap_or(usize::MAX),
    };
    let mut entries = Vec::new();
    for (index, namespace) in core.config.namespaces.iter().enumerate() {
        let bitmaps = core.cluster.bitmaps(node, index);
        let shown = &bitmaps[..bitmaps.len().min(max)];
        // The regime of a real server counts the rebalances it was part of.
        let regime = if namespace.strong_consistency { core.cluster.regime() } else { 0 };
        entries.push(format!("{}:{regime},{},{}", namespace.name, shown.len(), shown.join(",")));
    }
    entries.join(";")
}

fn rack_ids(core: &Core, node: usize) -> String {
    let Some(rack) = core.cluster.config(node).and_then(|config| config.rack) else {
        return ENTERPRISE.into();
    };
    let entries = core.config.namespaces.iter().map(|namespace| format!("{}:{rack}", namespace.name));
    entries.collect::<Vec<_>>().join(";")
}

fn legacy_replicas(core: &Core, node: usize, max: usize) -> String {
    let mut entries = Vec::new();
    for (index, namespace) in core.config.namespaces.iter().enumerate() {
        let bitmaps = core.cluster.bitmaps(node, index);
        let count = if max == 1 { String::new() } else { format!("{},", bitmaps.len()) };
        let shown = &bitmaps[..bitmaps.len().min(max)];
        entries.push(format!("{}:{count}{}", namespace.name, shown.join(",")));
    }
    entries.join(";")
}

fn user_agent(command: &Command<'_>, session: &mut Session) -> String {
    let Some(value) = command.param("value") else { return "ERROR:4:missing 'value'".into() };
    if value.len() >= MAX_AGENT {
        return "ERROR:4:'value' value too long".into();
    }
    if value.is_empty() || !base64::is_valid(value) {
        return "ERROR:4:'value' invalid base64".into();
    }
    if core::mem::replace(&mut session.has_agent, true) {
        return "ERROR:4:already set".into();
    }
    "ok".into()
}
