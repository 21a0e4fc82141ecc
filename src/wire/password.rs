//! What travels in place of a password: its bcrypt hash with a salt that all clients share.
//!
//! Imports `alloc`, `bcrypt`. Source: C client and server `as_password.c`: variant `2a`, cost 10. The shared salt makes
//! the hash a password of its own, which keeps the one a user may have chosen elsewhere from the wire, and no more.

use alloc::string::String;
use alloc::vec::Vec;

use base64::Engine as _;

/// The longest password in bytes: bcrypt looks at no more.
pub const MAX_PASSWORD: usize = 72;

const COST: u32 = 10;
const PREFIX: &str = "$2a$10$7EqJtq98hPqEX7fNZaFWoO";
/// The salt of `PREFIX`, decoded.
const SALT: [u8; 16] =
    [0xf4, 0x6b, 0x0b, 0xbe, 0xcf, 0xfe, 0x8d, 0x1b, 0x06, 0x67, 0xd8, 0x4f, 0x6d, 0xc1, 0xd8, 0xa9];
/// How much of bcrypt's 24 bytes its text keeps.
const KEPT: usize = 23;

/// The 60 characters that stand for a password. Takes some hundredths of a second, on purpose. Of a password over
/// [`MAX_PASSWORD`] bytes the rest is not looked at.
#[must_use]
pub fn hash_password(password: &[u8]) -> String {
    let mut key: Vec<u8> = password.iter().copied().take(MAX_PASSWORD).collect();
    if key.len() < MAX_PASSWORD {
        key.push(0);
    }
    let hash = bcrypt::bcrypt(COST, SALT, &key);
    let mut text = String::from(PREFIX);
    bcrypt::BASE_64.encode_string(&hash[..KEPT], &mut text);
    text
}

#[cfg(test)]
mod tests {
    use super::hash_password;

    #[test]
    fn the_hashes_of_official_clients() {
        for (password, hash) in [
            ("admin", "$2a$10$7EqJtq98hPqEX7fNZaFWoO1mVO/4MLpGzsqojz6E9Gef6iXDjXdDa"),
            ("pw", "$2a$10$7EqJtq98hPqEX7fNZaFWoOlrb4wZ3oZ6Djw9VVBeTqr60b2/Jm5zC"),
        ] {
            assert_eq!(hash_password(password.as_bytes()), hash);
        }
    }

    #[test]
    fn the_72nd_byte_counts_and_the_73rd_does_not() {
        let of = |len: usize| hash_password(&[b'x'; 73][..len]);
        assert_ne!(of(71), of(72));
        assert_eq!(of(72), of(73));
    }
}
