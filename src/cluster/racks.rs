//! The text of the `rack-ids` info value: `namespace ":" rack { ";" namespace ":" rack }`.
//!
//! Imports nothing. Enterprise servers answer it; Community ones with an error, which reads as no rack at all.

use alloc::vec::Vec;

/// Most namespaces that are read; a server has at most 32.
const MAX_NAMESPACES: usize = 64;

/// The rack of each namespace; entries that do not follow the form are left out.
pub(crate) fn parse_rack_ids(value: &str) -> Vec<(&str, u32)> {
    let entries = value.split(';').filter_map(|entry| {
        let (namespace, rack) = entry.rsplit_once(':')?;
        Some((namespace, rack.parse().ok()?))
    });
    entries.take(MAX_NAMESPACES).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn racks_by_namespace() {
        assert_eq!(parse_rack_ids("test:1;bar:0"), [("test", 1), ("bar", 0)]);
        assert_eq!(parse_rack_ids("test:1;"), [("test", 1)]);
        for nothing in ["", ";", "test", "test:", "test:x", "test:-1", "test:4294967296"] {
            assert!(parse_rack_ids(nothing).is_empty(), "{nothing}");
        }
        assert_eq!(parse_rack_ids(&"n:1;".repeat(1_000)).len(), MAX_NAMESPACES);
    }
}
