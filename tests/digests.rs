//! Digests and partitions, against values computed by other implementations.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test stops where it fails")]

use aerospike_wasm::data::{Digest, Key, PartitionId, UserKey};

fn check(set: &str, key: impl Into<UserKey>, hex: &str, partition: u16) {
    let key = Key::new("test", set, key);
    assert_eq!(format!("{:?}", key.digest), hex, "{key:?}");
    assert_eq!(key.digest.partition(), PartitionId(partition), "{key:?}");
}

#[test]
fn integer_keys() {
    check("demo", 1, "b7f4b83889e2da67de683e1df6919a1eacc446c8", 1207);
    check("demo", 0, "ceded27492b392e0232514bb54a8ec2076acef37", 3790);
    check("demo", -1, "e9d49a24c3debdc5a6d551d3e7087999a263bb97", 1257);
    check("", 1, "a443f05d05d962202b59abb402afae1737dbf66a", 932);
    check("set", 1, "82d7213b469812947c109a6d341e3b5b1dedec1f", 1922);
    check("set", -1, "22116d253745e29fc63fdf760b6e26f7e197e01d", 290);
}

#[test]
fn string_keys() {
    check("demo", "k1", "b747f5854d0b33259928d0cfab7fad81d6abfbf6", 1975);
    check("demo", "k2", "a933ee0e8f82c106697150d15e504f08b2b2e01d", 937);
    check("demo", "", "6253653507ba82c3f57c87af2f86d39033149e0c", 866);
    check("", "k1", "50149955959c2fef0a83613ae80c78bb9c96b269", 1104);
    check("set", "haha", "36eb02a807dbade8cd784e7800d76308b4e89212", 2870);
}

#[test]
fn blob_keys() {
    check("demo", &[1u8, 2, 3][..], "ff31c926fbef445648ce63ca72a698a5473425c1", 511);
    check("set", &b"s"[..], "ca2d96dc9a184d15a7fa2927565e844e9254e001", 3530);
}

#[test]
fn the_partition_is_twelve_bits_of_the_first_two_bytes() {
    let mut digest = Digest([0; 20]);
    digest.0[..4].copy_from_slice(&[0xff, 0xff, 0xff, 0xff]);
    assert_eq!(digest.partition(), PartitionId(4095));
    digest.0[..4].copy_from_slice(&[0x00, 0x10, 0xff, 0xff]);
    assert_eq!(digest.partition(), PartitionId(0));
}
