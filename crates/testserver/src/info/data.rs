//! Info commands about namespaces, sets and what is stored: statistics, truncation, configuration; and those about
//! indexes, functions and queries as a server answers them that has none.
//!
//! Imports the store. Source: server `thr_info.c`, `namespace.c`, `truncate.c`, `sindex_manager.c`, `udf_cask.c`.

use super::Command;
use crate::config::NamespaceConfig;
use crate::server::Core;
use crate::store::Namespace;

/// The memory of one entry in the primary index.
const INDEX_ENTRY: usize = 64;
/// Truncation times before this many nanoseconds after 1970 (the start of 2010) count as none.
const FIRST_LUT: u64 = 1_262_304_000_000_000_000;

pub(super) fn answer(name: &str, command: &Command<'_>, core: &mut Core) -> Option<String> {
    Some(match name {
        "namespaces" => core.config.namespaces.iter().map(|one| &*one.name).collect::<Vec<_>>().join(";"),
        "namespace" => namespace(command, core),
        "statistics" => statistics(core),
        "sets" => sets(command, core),
        "truncate" => truncate(command, core, true),
        "truncate-namespace" => truncate(command, core, false),
        "set-config" => set_config(command, core),
        "get-config" => get_config(command, core),
        "sindex-list" | "sindex" => sindex_list(command, core),
        "sindex-exists" => sindex_exists(command, core),
        "sindex-stat" => "ERROR:201:no index".into(),
        "sindex-delete" | "udf-remove" => "ok".into(),
        "udf-list" => String::new(),
        "udf-get" => "error=not_found".into(),
        "query-show" if command.params.is_empty() => String::new(),
        "query-show" => "ERROR:2:job not found".into(),
        "query-abort" => query_abort(command).into(),
        "query-abort-all" => "number-of-queries-killed:0".into(),
        "latencies" => latencies(command),
        _ => return None,
    })
}

fn namespace(command: &Command<'_>, core: &Core) -> String {
    let found = core.store.namespaces.iter().find(|one| one.config.name.as_bytes() == command.params);
    found.map_or_else(|| "type=unknown".into(), |one| namespace_values(one, core))
}

fn namespace_values(namespace: &Namespace, core: &Core) -> String {
    let (objects, factor) = (namespace.records().count(), core.cluster.effective_factor());
    let used: usize = namespace.records().map(crate::record::Record::stored_size).sum();
    let immortal = namespace.records().filter(|record| record.void_time == 0).count();
    let time = core.store.clock.seconds();
    format!(
        "ns_cluster_size={};effective_replication_factor={factor};objects={objects};tombstones=0;\
         master_objects={objects};master_tombstones=0;prole_objects=0;prole_tombstones=0;non_replica_objects=0;\
         dead_partitions=0;unavailable_partitions=0;clock_skew_stop_writes=false;stop_writes=false;\
         hwm_breached=false;current_time={time};non_expirable_objects={immortal};expired_objects=0;\
         evicted_objects=0;truncating=false;index_used_bytes={};data_used_bytes={used};\
         migrate_tx_partitions_remaining=0;migrate_rx_partitions_remaining=0;{}",
        core.cluster.size(),
        objects * INDEX_ENTRY,
        namespace_config(&namespace.config, core),
    )
}

fn namespace_config(config: &NamespaceConfig, core: &Core) -> String {
    format!(
        "allow-ttl-without-nsup={};default-read-touch-ttl-pct={};default-ttl={};max-record-size={};nsup-period=0;\
         replication-factor={};storage-engine=memory;strong-consistency=false",
        config.allow_ttl,
        config.default_read_touch_percent,
        config.default_ttl,
        config.max_record_size,
        core.config.replication_factor,
    )
}

fn statistics(core: &Core) -> String {
    let objects: usize = core.store.namespaces.iter().map(|one| one.records().count()).sum();
    let cluster = &core.cluster;
    format!(
        "failed_best_practices=false;cluster_size={};cluster_key={};cluster_integrity=true;cluster_is_member=true;\
         objects={objects};tombstones=0;client_connections={}",
        cluster.size(),
        cluster.key(),
        core.open_connections,
    )
}

fn sets(command: &Command<'_>, core: &Core) -> String {
    let mut path = command.params.splitn(2, |byte| *byte == b'/');
    let (name, set) = (path.next().unwrap_or_default(), path.next());
    let mut value = String::new();
    let mut is_known = name.is_empty();
    for one in &core.store.namespaces {
        let namespace = &one.config.name;
        if !name.is_empty() && namespace.as_bytes() != name {
            continue;
        }
        is_known = true;
        for (found, (objects, used)) in one.sets() {
            if set.is_none_or(<[u8]>::is_empty) {
                let shown = String::from_utf8_lossy(found);
                value += &format!("ns={namespace}:set={shown}:{}", set_values(objects, used));
            } else if set == Some(found) {
                value += &set_values(objects, used);
            }
        }
    }
    if is_known { value } else { "ns_type=unknown".into() }
}

fn set_values(objects: usize, used: usize) -> String {
    format!(
        "objects={objects}:tombstones=0:data_used_bytes={used}:truncate_lut=0:sindexes=0:index_populating=false:\
         truncating=false:default-read-touch-ttl-pct=0:default-ttl=0:disable-eviction=false:enable-index=false:\
         stop-writes-count=0:stop-writes-size=0;"
    )
}

fn truncate(command: &Command<'_>, core: &mut Core, with_set: bool) -> String {
    let Some(name) = command.param("namespace") else { return "ERROR:20:missing 'namespace'".into() };
    let set = command.param("set");
    if with_set && set.is_none() {
        return "ERROR:4:missing 'set'".into();
    }
    let now = core.store.clock.0;
    let until = match command.param("lut") {
        None => now,
        Some(_) => match command.number("lut") {
            Some(lut) if lut / 1_000_000 > now => return "ERROR:4:would truncate in the future".into(),
            Some(lut) if lut >= FIRST_LUT => lut / 1_000_000,
            _ => return "ERROR:4:would truncate to 0".into(),
        },
    };
    if let Some(namespace) = core.store.namespace(name) {
        namespace.truncate(set.filter(|_| with_set), until);
    }
    "ok".into()
}

/// Settings that tests change while the server runs.
fn set_config(command: &Command<'_>, core: &mut Core) -> String {
    let done = match command.param("context") {
        Some(b"namespace") => set_namespace_config(command, core),
        Some(b"service") => set_service_config(command, core),
        _ => None,
    };
    done.map_or("ERROR:4:bad parameter", |()| "ok").into()
}

fn set_namespace_config(command: &Command<'_>, core: &mut Core) -> Option<()> {
    let name = command.param("namespace").or_else(|| command.param("id"))?;
    let namespace = core.store.namespace(name)?;
    let config = &mut namespace.config;
    let small = |key| command.number(key).and_then(|number| u32::try_from(number).ok());
    if let Some(set) = command.param("set") {
        let limit = small("stop-writes-count")? as usize;
        namespace.limit(set, limit);
    } else if let Some(size) = small("max-record-size") {
        config.max_record_size = size as usize;
    } else if let Some(ttl) = small("default-ttl") {
        config.default_ttl = ttl;
    } else if let Some(percent) = small("default-read-touch-ttl-pct").filter(|percent| *percent <= 100) {
        config.default_read_touch_percent = percent as u8;
    } else if let Some(flag) = command.flag("allow-ttl-without-nsup") {
        config.allow_ttl = flag;
    } else if let Some(flag) = command.flag("disallow-null-setname") {
        config.disallow_null_set = flag;
    } else {
        config.reject_writes = command.flag("reject-non-xdr-writes")?;
    }
    Some(())
}

fn set_service_config(command: &Command<'_>, core: &mut Core) -> Option<()> {
    let small = |key| command.number(key).and_then(|number| u32::try_from(number).ok());
    if let Some(max_requests) = small("batch-max-requests") {
        core.config.batch_max_requests = max_requests;
    } else {
        core.config.batch_index_threads = small("batch-index-threads")?;
    }
    Some(())
}

fn get_config(command: &Command<'_>, core: &Core) -> String {
    let wanted = command.param("namespace").or_else(|| command.param("id")).unwrap_or_default();
    let found = core.store.namespaces.iter().find(|one| one.config.name.as_bytes() == wanted);
    match command.param("context") {
        Some(b"namespace") => {
            found.map_or_else(|| "ERROR:4:bad parameter".into(), |one| namespace_config(&one.config, core))
        }
        _ => String::new(),
    }
}

fn sindex_list(command: &Command<'_>, core: &Core) -> String {
    let name = command.param("namespace").or_else(|| command.param("ns"));
    match name {
        Some(name) if !core.has_namespace(name) => "ERROR:20:namespace not found".into(),
        _ => String::new(),
    }
}

fn sindex_exists(command: &Command<'_>, core: &Core) -> String {
    let name = command.param("namespace").or_else(|| command.param("ns")).unwrap_or_default();
    if core.has_namespace(name) { "false".into() } else { "ERROR:20:namespace not found".into() }
}

fn query_abort(command: &Command<'_>) -> &'static str {
    let id = command.param("id").or_else(|| command.param("trid"));
    let is_number = command.number("id").or_else(|| command.number("trid")).is_some();
    match (id, is_number) {
        (None, _) => "ERROR:4:missing 'id'",
        (_, false) => "ERROR:4:bad id",
        _ => "ERROR:2:id not active",
    }
}

fn latencies(command: &Command<'_>) -> String {
    if command.param("hist").is_some() { "ERROR:4:bad hist name".into() } else { String::new() }
}
