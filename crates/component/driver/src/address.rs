//! Addresses as people write them.
//!
//! Imports the core's public API.

use alloc::string::String;

use aerospike_wasm::Endpoint;

/// The port of an address that names none.
const DEFAULT_PORT: u16 = 3000;

/// Reads `host`, `host:port`, an IPv6 address, or `[address]:port`; `None` if it is none of these.
#[must_use]
pub fn endpoint(text: &str) -> Option<Endpoint> {
    let (host, port) = if let Some(rest) = text.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        (
            host,
            rest.strip_prefix(':')
                .map_or(Some(DEFAULT_PORT), |port| port.parse().ok())
                .filter(|_| rest.is_empty() || rest.starts_with(':'))?,
        )
    } else {
        match text.split_once(':') {
            None => (text, DEFAULT_PORT),
            // More than one colon: an IPv6 address without brackets, which has no port.
            Some((_, rest)) if rest.contains(':') => (text, DEFAULT_PORT),
            Some((host, port)) => (host, port.parse().ok()?),
        }
    };
    let good = !host.is_empty() && port != 0 && !host.contains(char::is_whitespace);
    good.then(|| Endpoint { host: host.into(), port, tls_name: String::new() })
}

#[cfg(test)]
mod tests {
    use alloc::string::String;

    use super::endpoint;

    fn read(text: &str) -> Option<(String, u16)> {
        endpoint(text).map(|endpoint| (endpoint.host, endpoint.port))
    }

    #[test]
    fn addresses() {
        assert_eq!(read("db"), Some(("db".into(), 3000)));
        assert_eq!(read("db:3100"), Some(("db".into(), 3100)));
        assert_eq!(read("::1"), Some(("::1".into(), 3000)));
        assert_eq!(read("[::1]:3100"), Some(("::1".into(), 3100)));
        assert_eq!(read("[::1]"), Some(("::1".into(), 3000)));
    }

    #[test]
    fn what_is_no_address() {
        for text in ["", ":3000", "db:", "db:0", "db:65536", "db:x", "[::1", "[::1]3000", "a b"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
