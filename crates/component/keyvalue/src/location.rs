//! Which namespace and set a bucket is.
//!
//! Imports the core's limits.

use aerospike_wasm::{MAX_NAMESPACE, MAX_SET};

/// The name by which applications ask for whatever is there.
const DEFAULT_BUCKET: &str = "default";

/// The namespace and the set of a bucket.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Location {
    pub(crate) namespace: String,
    /// Empty for none.
    pub(crate) set: String,
}

impl Location {
    /// Reads `namespace/set`, `namespace`, `/set`, or nothing. Without a namespace it is the default one; so it is with
    /// the name `default`, if there is a default. `None` if the identifier does not name a bucket.
    pub(crate) fn parse(identifier: &str, default_namespace: Option<&str>) -> Option<Self> {
        let (namespace, set) = match identifier.split_once('/') {
            Some((namespace, set)) => (namespace, Some(set)),
            None => (identifier, None),
        };
        let by_default =
            namespace.is_empty() || (identifier == DEFAULT_BUCKET && default_namespace.is_some());
        let namespace = if by_default { default_namespace? } else { namespace };
        let good_namespace = (1..=MAX_NAMESPACE).contains(&namespace.len()) && is_plain(namespace);
        let good_set = set.is_none_or(|set| (1..=MAX_SET).contains(&set.len()) && is_plain(set));
        (good_namespace && good_set)
            .then(|| Self { namespace: namespace.into(), set: set.unwrap_or_default().into() })
    }
}

/// Whether a name has none of the characters that separate names, here or in the server's info texts.
fn is_plain(name: &str) -> bool {
    !name.contains(|c: char| c.is_control() || "/:;".contains(c))
}

#[cfg(test)]
mod tests {
    use super::Location;

    fn parse(identifier: &str, default: Option<&str>) -> Option<(String, String)> {
        Location::parse(identifier, default).map(|location| (location.namespace, location.set))
    }

    #[test]
    fn names_of_buckets() {
        let pair = |namespace: &str, set: &str| Some((namespace.to_string(), set.to_string()));
        assert_eq!(parse("test/users", None), pair("test", "users"));
        assert_eq!(parse("test", None), pair("test", ""));
        assert_eq!(parse("/users", Some("bar")), pair("bar", "users"));
        assert_eq!(parse("", Some("bar")), pair("bar", ""));
        assert_eq!(parse("default", Some("bar")), pair("bar", ""));
        assert_eq!(parse("default", None), pair("default", ""));
        assert_eq!(parse("default/users", Some("bar")), pair("default", "users"));
        assert_eq!(
            parse(&format!("{}/{}", "n".repeat(31), "s".repeat(63)), None).map(|(n, s)| n.len() + s.len()),
            Some(94)
        );
    }

    #[test]
    fn what_names_no_bucket() {
        let long = [format!("{}/s", "n".repeat(32)), format!("n/{}", "s".repeat(64))];
        let odd = ["", "/users", "test/", "test/a/b", "test/a;b", "te:st", "test/\n"];
        for identifier in odd.into_iter().chain(long.iter().map(String::as_str)) {
            assert_eq!(parse(identifier, None), None, "{identifier}");
        }
        assert_eq!(parse("/", Some("bar")), None);
    }
}
