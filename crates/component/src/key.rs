//! Keys of the interface as the core takes them.
//!
//! Imports the core's public API and the interface's types.

use alloc::format;
use alloc::string::String;
use core::fmt::Write;

use aerospike_wasm::data::{Digest, KeyRef, UserKeyRef};
use aerospike_wasm::{MAX_NAMESPACE, MAX_SET};

use crate::fault::{Checked, Fault};
use crate::types::{Key, UserKey};

/// How many bytes of a key a message shows.
const SHOWN: usize = 32;

/// A key, checked.
pub(crate) fn key_ref(key: &Key) -> Checked<KeyRef<'_>> {
    let (namespace, set) = (key.namespace.as_str(), key.set_name.as_str());
    if !(1..=MAX_NAMESPACE).contains(&namespace.len()) {
        let length = namespace.len();
        return Err(Fault::new("namespace", format!("{length} bytes, 1 to {MAX_NAMESPACE} are allowed")));
    }
    if set.len() > MAX_SET {
        return Err(Fault::new("set-name", format!("{} bytes, at most {MAX_SET} are allowed", set.len())));
    }
    let user_key = key.user_key.as_ref().map(|user_key| match user_key {
        UserKey::Integer(integer) => UserKeyRef::Integer(*integer),
        UserKey::Text(text) => UserKeyRef::String(text),
        UserKey::Blob(bytes) => UserKeyRef::Blob(bytes),
    });
    match (user_key, &key.digest) {
        (Some(user_key), None) => Ok(KeyRef::new(namespace, set, user_key)),
        (user_key, Some(digest)) => {
            let Ok(digest) = <[u8; 20]>::try_from(digest.as_slice()) else {
                return Err(Fault::new("digest", format!("{} bytes, a digest has 20", digest.len())));
            };
            Ok(KeyRef { user_key, ..KeyRef::with_digest(namespace, set, Digest(digest)) })
        }
        (None, None) => Err(Fault::new("user-key", "neither a user key nor a digest is given")),
    }
}

/// `namespace/set/user-key` for messages.
pub(crate) fn describe(key: &Key) -> String {
    let mut text = format!("{}/{}/", key.namespace, key.set_name);
    match (&key.user_key, &key.digest) {
        (Some(UserKey::Integer(integer)), _) => drop(write!(text, "{integer}")),
        (Some(UserKey::Text(name)), _) => {
            text.extend(name.chars().take(SHOWN));
            if name.chars().nth(SHOWN).is_some() {
                text.push_str("...");
            }
        }
        (Some(UserKey::Blob(bytes)), _) => write_hex(&mut text, "0x", bytes),
        (None, Some(digest)) => write_hex(&mut text, "digest ", digest),
        (None, None) => text.push('?'),
    }
    text
}

fn write_hex(text: &mut String, lead: &str, bytes: &[u8]) {
    text.push_str(lead);
    for byte in bytes.iter().take(SHOWN) {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    if bytes.len() > SHOWN {
        text.push_str("...");
    }
}
