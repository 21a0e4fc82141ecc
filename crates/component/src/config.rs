//! The configuration of a client, checked.
//!
//! Imports the core's public API and the interface's types.

use alloc::format;
use alloc::string::{String, ToString};

use aerospike_wasi::endpoint;
use aerospike_wasm::{Auth, Config as CoreConfig};

use crate::fault::{Checked, Fault};
use crate::policy::Policies;
use crate::types::{AuthMode, Config, Error};

/// The settings of the core, and the default policies.
///
/// # Errors
/// A setting that is out of range, or an address that is none.
pub fn core_config(given: Config) -> Result<(CoreConfig, Policies), Error> {
    check(given).map_err(|fault| fault.within("config").into_error("connect"))
}

fn check(given: Config) -> Checked<(CoreConfig, Policies)> {
    let policies = Policies::new(given.policies).map_err(|fault| fault.within("policies"))?;
    if given.hosts.is_empty() {
        return Err(Fault::new("hosts", "the list is empty; one address is needed at least"));
    }
    let seed = |(index, host): (usize, &String)| {
        endpoint(host).ok_or_else(|| {
            Fault::new(
                format!("hosts[{index}]"),
                format!("'{host}' is not host, host:port or [address]:port"),
            )
        })
    };
    let seeds = given.hosts.iter().enumerate().map(seed).collect::<Checked<_>>()?;
    let auth = auth(given.user.as_deref(), given.password.as_deref(), given.auth_mode)?;
    let mut config = CoreConfig { seeds, auth, ..CoreConfig::default() };
    macro_rules! set {
        ($($from:ident => $to:ident),*) => {
            $(if let Some(value) = given.$from { config.$to = value; })*
        };
    }
    set!(cluster_name => cluster_name, application_id => application_id, timeout => connect_timeout_ms,
        tend_interval => tend_interval_ms, idle_timeout => idle_timeout_ms,
        max_conns_per_node => max_conns_per_node, min_conns_per_node => min_conns_per_node,
        use_services_alternate => use_services_alternate, pipeline_depth => pipeline_depth,
        pipeline_connections => pipeline_connections, merge_commands => merge_commands, max_error_rate => max_error_rate,
        error_rate_window => error_rate_window, max_concurrent_operations => max_concurrent_operations,
        operation_queue_timeout => operation_queue_timeout_ms);
    if let Some(bytes) = given.max_message_bytes {
        config.max_message_bytes = bytes as usize;
    }
    check_ranges(&config)?;
    Ok((config, policies))
}

/// Who the client says it is. No message holds the password.
fn auth(user: Option<&str>, password: Option<&str>, mode: Option<AuthMode>) -> Checked<Auth> {
    match (user, password, mode) {
        (_, _, Some(AuthMode::External | AuthMode::Pki)) => {
            Err(Fault::new("auth-mode", "needs TLS, which this client does not have"))
        }
        (None, None, None) => Ok(Auth::None),
        (None, ..) => Err(Fault::new("user", "is missing beside password or auth-mode")),
        (_, None, _) => Err(Fault::new("password", "is missing beside user")),
        (Some(user), Some(password), _) => Auth::internal(user, password.as_bytes())
            .map_err(|error| Fault::new(error.field(), error.to_string())),
    }
}

/// Settings of which zero, or more than the core's own limit, makes no sense.
fn check_ranges(config: &CoreConfig) -> Checked<()> {
    let positive = [
        ("timeout", config.connect_timeout_ms),
        ("tend-interval", config.tend_interval_ms),
        ("max-conns-per-node", config.max_conns_per_node),
        ("pipeline-depth", u32::from(config.pipeline_depth)),
        ("pipeline-connections", u32::from(config.pipeline_connections)),
        ("error-rate-window", config.error_rate_window),
    ];
    if let Some((field, _)) = positive.iter().find(|(_, value)| *value == 0) {
        return Err(Fault::new(*field, "0 is not allowed"));
    }
    if config.min_conns_per_node > config.max_conns_per_node {
        return Err(Fault::new("min-conns-per-node", "is over max-conns-per-node"));
    }
    let most = CoreConfig::default().max_message_bytes;
    if !(1_024..=most).contains(&config.max_message_bytes) {
        let bytes = config.max_message_bytes;
        return Err(Fault::new("max-message-bytes", format!("{bytes}, 1024 to {most} are allowed")));
    }
    Ok(())
}
