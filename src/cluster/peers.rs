//! The text of `peers-…` and `service-…` info values.
//!
//! Grammar (server `service_list.c`): `generation "," default-port ",[" [ peer { "," peer } ] "]"`,
//! `peer := "[" node-id "," [tls-name] ",[" [ address { "," address } ] "]]"`,
//! `address := host | host ":" port | "[" ipv6 "]" | "[" ipv6 "]:" port`.

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::config::Endpoint;

/// A node that another one names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Peer {
    pub(crate) name: String,
    pub(crate) addresses: Vec<Endpoint>,
}

/// A `peers-…` value.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Peers {
    pub(crate) generation: i64,
    pub(crate) peers: Vec<Peer>,
}

/// Reads a `peers-…` value of a node that was reached by `tls_name`; `None` if it does not follow the grammar.
///
/// Peers are reached as the node was: in clear, or by TLS under the name they give or else under that of the node.
pub(crate) fn parse_peers(value: &str, tls_name: &str) -> Option<Peers> {
    let (generation, rest) = value.split_once(',')?;
    let (port, rest) = rest.split_once(',')?;
    let port = if port.is_empty() { 3000 } else { port.parse().ok()? };
    let mut list = rest.strip_prefix('[')?.strip_suffix(']')?;
    let mut peers = Vec::new();
    while !list.is_empty() {
        let (peer, rest) = parse_peer(list, port, tls_name)?;
        peers.push(peer);
        list = rest.strip_prefix(',').unwrap_or(rest);
    }
    Some(Peers { generation: generation.parse().ok()?, peers })
}

/// Reads a list of addresses; those that do not follow the grammar are left out.
pub(crate) fn parse_addresses(list: &str, default_port: u16, tls_name: &str) -> Vec<Endpoint> {
    let addresses = list.split(',').filter(|address| !address.is_empty());
    addresses.filter_map(|address| parse_address(address, default_port, tls_name)).collect()
}

fn parse_peer<'a>(list: &'a str, default_port: u16, own_tls_name: &str) -> Option<(Peer, &'a str)> {
    let inner = list.strip_prefix('[')?;
    let (name, inner) = inner.split_once(',')?;
    let (tls_name, inner) = inner.split_once(',')?;
    // A node that left is listed without addresses: `[ID,,]`.
    if let Some(rest) = inner.strip_prefix(']') {
        return Some((Peer { name: name.to_string(), addresses: Vec::new() }, rest));
    }
    let inner = inner.strip_prefix('[')?;
    let end = closing_bracket(inner)?;
    let tls_name = if tls_name.is_empty() || own_tls_name.is_empty() { own_tls_name } else { tls_name };
    let addresses = parse_addresses(inner.get(..end)?, default_port, tls_name);
    let rest = inner.get(end + 1..)?.strip_prefix(']')?;
    Some((Peer { name: name.to_string(), addresses }, rest))
}

/// Where the bracket closes that was open before `text`; IPv6 addresses bring brackets of their own.
fn closing_bracket(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'[' => depth += 1,
            b']' if depth == 0 => return Some(at),
            b']' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn parse_address(address: &str, default_port: u16, tls_name: &str) -> Option<Endpoint> {
    let (host, port) = match address.strip_prefix('[') {
        Some(rest) => {
            let (host, after) = rest.split_once(']')?;
            (host, after.strip_prefix(':'))
        }
        None => match address.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (address, None),
        },
    };
    let port = port.map_or(Some(default_port), |port| port.parse().ok())?;
    (!host.is_empty()).then(|| Endpoint { host: host.to_string(), port, tls_name: tls_name.to_string() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn peers_with_names_ports_and_ipv6() {
        let value = "2,3000,[[BB9030011AC4202,,[10.0.0.2]],[BB9040011AC4202,tls1,[[2001:db8::4]:4333,10.0.0.4:4333]]]";
        let read = parse_peers(value, "own").unwrap();
        let shown: Vec<_> = read
            .peers
            .iter()
            .flat_map(|peer| {
                peer.addresses
                    .iter()
                    .map(|a| (peer.name.as_str(), a.host.as_str(), a.port, a.tls_name.as_str()))
            })
            .collect();
        let expected = [
            ("BB9030011AC4202", "10.0.0.2", 3000, "own"),
            ("BB9040011AC4202", "2001:db8::4", 4333, "tls1"),
            ("BB9040011AC4202", "10.0.0.4", 4333, "tls1"),
        ];
        assert_eq!((read.generation, shown), (2, expected.to_vec()));
        let clear = parse_peers(value, "").unwrap();
        assert!(clear.peers.iter().flat_map(|peer| &peer.addresses).all(|one| one.tls_name.is_empty()));
    }

    #[test]
    fn a_lone_node_and_one_that_left() {
        assert_eq!(parse_peers("0,3000,[]", ""), Some(Peers::default()));
        assert!(parse_peers("0,,[]", "").is_some(), "no default port");
        let read = parse_peers("7,3000,[[A1,,],[A2,,[h:1]]]", "").unwrap();
        assert_eq!((read.peers[0].addresses.len(), read.peers[1].addresses.len()), (0, 1));
    }

    #[test]
    fn values_that_lie_are_refused() {
        for value in [
            "",
            "x",
            "1",
            "1,3000",
            "1,3000,",
            "1,3000,[",
            "x,3000,[]",
            "1,99999,[]",
            "1,3000,[[A1]]",
            "1,3000,[[A1,,[h]]",
            "1,3000,[A1,,[h]]",
        ] {
            assert_eq!(parse_peers(value, ""), None, "{value}");
        }
        assert!(parse_addresses("h:x,[::1,:1,[]:", 3000, "").is_empty());
    }
}
