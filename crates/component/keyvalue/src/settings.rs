//! The configuration, from the environment.
//!
//! Imports the core's public API. Every variable begins with `AEROSPIKE_`; what is not set has a default.

use aerospike_wasi::endpoint;
use aerospike_wasm::data::Ttl;
use aerospike_wasm::{Auth, Config, MAX_BIN_NAME, Policy};

/// The bin that holds the value, if no other is named.
const DEFAULT_BIN: &str = "value";

/// What the environment says.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// For the core.
    pub(crate) config: Config,
    /// The namespace of buckets that name none.
    pub(crate) namespace: Option<String>,
    /// The bin that holds the value.
    pub(crate) bin: String,
    /// For commands that read.
    pub(crate) read: Policy,
    /// For commands that write.
    pub(crate) write: Policy,
}

impl Settings {
    /// Reads the environment through `variable`.
    ///
    /// # Errors
    /// Which variable is wrong, and what is wrong with it.
    pub(crate) fn read(variable: &dyn Fn(&str) -> Option<String>) -> Result<Self, String> {
        // Set but empty is as good as not set: that is how scripts unset a variable.
        let variable = &|name: &str| variable(name).filter(|value| !value.is_empty());
        let (mut read, mut write) = (Policy::read(), Policy::write());
        // Between two calls nothing moves here, so nobody would hear a late reply: the connection is given up.
        (read.timeout_delay_ms, write.timeout_delay_ms) = (0, 0);
        write.row.send_key = true;
        if let Some(milliseconds) = number(variable, "AEROSPIKE_TIMEOUT")? {
            (read.total_timeout_ms, write.total_timeout_ms) = (milliseconds, milliseconds);
        }
        if let Some(ttl) = variable("AEROSPIKE_TTL") {
            write.row.ttl = time_to_live(&ttl)?;
        }
        Ok(Self {
            config: config(variable)?,
            namespace: variable("AEROSPIKE_NAMESPACE"),
            bin: bin(variable("AEROSPIKE_BIN"))?,
            read,
            write,
        })
    }
}

fn config(variable: &dyn Fn(&str) -> Option<String>) -> Result<Config, String> {
    let hosts = variable("AEROSPIKE_HOSTS")
        .ok_or("AEROSPIKE_HOSTS is not set; it names the servers, such as 'h1:3000,h2:3000'")?;
    let seed = |host: &str| {
        endpoint(host.trim()).ok_or_else(|| {
            format!("AEROSPIKE_HOSTS: '{}' is not host, host:port or [address]:port", host.trim())
        })
    };
    let mut config = Config {
        seeds: hosts.split(',').map(seed).collect::<Result<_, _>>()?,
        cluster_name: variable("AEROSPIKE_CLUSTER_NAME").unwrap_or_default(),
        ..Config::default()
    };
    if let Some(user) = variable("AEROSPIKE_USER") {
        let password = variable("AEROSPIKE_PASSWORD").unwrap_or_default();
        config.auth = Auth::internal(&user, password.as_bytes())
            .map_err(|error| format!("AEROSPIKE_{}: {error}", error.field().to_uppercase()))?;
    }
    config.use_services_alternate = match variable("AEROSPIKE_USE_SERVICES_ALTERNATE").as_deref() {
        None | Some("false" | "0") => false,
        Some("true" | "1") => true,
        Some(other) => {
            return Err(format!("AEROSPIKE_USE_SERVICES_ALTERNATE: '{other}' is neither true nor false"));
        }
    };
    Ok(config)
}

fn bin(name: Option<String>) -> Result<String, String> {
    let name = name.unwrap_or_else(|| DEFAULT_BIN.into());
    match name.len() {
        1..=MAX_BIN_NAME => Ok(name),
        length => Err(format!("AEROSPIKE_BIN has {length} bytes, 1 to {MAX_BIN_NAME} are allowed")),
    }
}

/// Seconds, `never`, or `default` for the namespace's own.
fn time_to_live(text: &str) -> Result<u32, String> {
    match text {
        "default" => return Ok(Ttl::NAMESPACE_DEFAULT.0),
        "never" => return Ok(Ttl::NEVER_EXPIRE.0),
        _ => {}
    }
    let most = Ttl::MAX_SECONDS;
    text.parse()
        .ok()
        .filter(|seconds| (1..=most).contains(seconds))
        .ok_or_else(|| format!("AEROSPIKE_TTL: '{text}' is not 1 to {most} seconds, 'never' or 'default'"))
}

fn number(variable: &dyn Fn(&str) -> Option<String>, name: &str) -> Result<Option<u32>, String> {
    let Some(text) = variable(name) else { return Ok(None) };
    let milliseconds = text.parse().ok().filter(|number| *number > 0);
    milliseconds.map(Some).ok_or_else(|| format!("{name}: '{text}' is not a number of milliseconds over 0"))
}

#[cfg(test)]
mod tests {
    use super::Settings;
    use aerospike_wasm::Auth;

    fn read(pairs: &[(&str, &str)]) -> Result<Settings, String> {
        Settings::read(&|name| {
            let pair = pairs.iter().find(|(key, _)| *key == name);
            pair.map(|(_, value)| (*value).to_string())
        })
    }

    #[test]
    fn defaults() {
        let settings = read(&[("AEROSPIKE_HOSTS", "a, b:3100"), ("AEROSPIKE_NAMESPACE", "")]).unwrap();
        let seeds: Vec<_> =
            settings.config.seeds.iter().map(|seed| (seed.host.as_str(), seed.port)).collect();
        assert_eq!(seeds, [("a", 3000), ("b", 3100)]);
        assert_eq!((settings.bin.as_str(), settings.namespace), ("value", None));
        assert!(settings.write.row.send_key);
        assert_eq!((settings.read.total_timeout_ms, settings.write.row.ttl), (1_000, 0));
    }

    #[test]
    fn everything_set() {
        let settings = read(&[
            ("AEROSPIKE_HOSTS", "a"),
            ("AEROSPIKE_NAMESPACE", "test"),
            ("AEROSPIKE_BIN", "v"),
            ("AEROSPIKE_TIMEOUT", "250"),
            ("AEROSPIKE_TTL", "never"),
            ("AEROSPIKE_CLUSTER_NAME", "east"),
            ("AEROSPIKE_USE_SERVICES_ALTERNATE", "true"),
        ])
        .unwrap();
        assert_eq!((settings.bin.as_str(), settings.namespace.as_deref()), ("v", Some("test")));
        assert_eq!((settings.read.total_timeout_ms, settings.write.total_timeout_ms), (250, 250));
        assert_eq!(settings.write.row.ttl, u32::MAX);
        assert_eq!(settings.config.cluster_name, "east");
        assert!(settings.config.use_services_alternate);
    }

    #[test]
    fn who_the_client_says_it_is() {
        let hosts = ("AEROSPIKE_HOSTS", "a");
        assert_eq!(read(&[hosts]).unwrap().config.auth, Auth::None);
        let user = ("AEROSPIKE_USER", "alice");
        let settings = read(&[hosts, user, ("AEROSPIKE_PASSWORD", "secret")]).unwrap();
        assert_eq!(settings.config.auth, Auth::internal("alice", b"secret").unwrap());
        assert!(read(&[hosts, user]).unwrap_err().starts_with("AEROSPIKE_PASSWORD: "));
    }

    #[test]
    fn mistakes_name_their_variable() {
        let mistakes = [
            ("AEROSPIKE_HOSTS", "a:b"),
            ("AEROSPIKE_BIN", "a_name_that_is_too_long"),
            ("AEROSPIKE_TIMEOUT", "0"),
            ("AEROSPIKE_TTL", "-1"),
            ("AEROSPIKE_TTL", "315360001"),
            ("AEROSPIKE_USE_SERVICES_ALTERNATE", "maybe"),
        ];
        for (name, value) in mistakes {
            let problem = read(&[(name, value), ("AEROSPIKE_HOSTS", "a")]).unwrap_err();
            assert!(problem.starts_with(name), "{problem}");
        }
        assert!(read(&[]).unwrap_err().starts_with("AEROSPIKE_HOSTS is not set"));
    }
}
