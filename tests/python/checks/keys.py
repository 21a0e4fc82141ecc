"""Keys: both clients compute the same digest, and partitions go by it; user keys that are stored are compared."""

import aerospike
from aerospike.exception import RecordNotFound

from peer import PeerError
from run import NAMESPACE, SET

KEYS = {
    "an integer": 12345,
    "zero": 0,
    "a negative integer": -1,
    "the largest integer": 2**63 - 1,
    "the smallest integer": -(2**63),
    "a string": "user1",
    "an empty string": "",
    "a string of every plane": "é漢\U0001f600",
    "a long string": "k" * 1000,
    "bytes": bytearray(b"\x00\x01\xff"),
    "one byte": bytearray(b"1"),
}


def check(run):
    """Digests, then stored user keys."""
    for name, user_key in KEYS.items():
        same_digest(run, name, user_key)
    types_of_keys_differ(run)
    sets_differ(run)
    partition_ids(run)
    stored_user_key(run)
    key_mismatch(run)


def same_digest(run, name, user_key):
    """A record that Node wrote is where Python's digest says, and the other way round."""
    key = run.key(user_key)
    digest = aerospike.calc_digest(*key)
    by_digest = (NAMESPACE, SET, None, digest)
    run.peer.put(key, {"by": "node"})
    run.report.equal(
        f"key of {name}: Python finds Node's record by digest", lambda: run.bins(by_digest), {"by": "node"}
    )
    run.report.equal(f"key of {name}: Python finds Node's record by key", lambda: run.bins(key), {"by": "node"})
    run.client.remove(key)
    run.client.put(by_digest, {"by": "python"})
    run.report.equal(
        f"key of {name}: Node finds by key what Python wrote by digest", lambda: run.peer.get(key), {"by": "python"}
    )
    run.report.equal(
        f"key of {name}: Node finds Python's record by digest", lambda: run.peer.get(by_digest), {"by": "python"}
    )


def types_of_keys_differ(run):
    """The same characters in three types of key are three records."""
    keys = [run.key(1), run.key("1"), run.key(bytearray(b"1"))]
    for number, key in enumerate(keys):
        run.client.put(key, {"n": number})
    run.report.equal("1, '1' and b'1' are three keys in Python", lambda: [run.bins(k)["n"] for k in keys], [0, 1, 2])
    run.report.equal(
        "1, '1' and b'1' are three keys in Node", lambda: [run.peer.get(k)["n"] for k in keys], [0, 1, 2]
    )


def sets_differ(run):
    """The set is part of the digest; no set is a set of its own."""
    keys = [(NAMESPACE, SET, "same"), (NAMESPACE, "official2", "same"), (NAMESPACE, None, "official-same")]
    for number, key in enumerate(keys):
        run.client.put(key, {"n": number})
    run.report.equal(
        "the same user key in two sets and in none", lambda: [run.peer.get(k)["n"] for k in keys], [0, 1, 2]
    )
    for key in keys:
        run.client.remove(key)
    run.report.raises("a removed record is gone", RecordNotFound, 2, lambda: run.client.get(keys[2]))


def partition_ids(run):
    """The low twelve bits of the digest, little-endian."""
    digest = aerospike.calc_digest(NAMESPACE, SET, 12345)
    expected = (digest[0] | digest[1] << 8) & 0xFFF
    run.report.equal(
        "the partition is in the digest", lambda: run.client.get_key_partition_id(NAMESPACE, SET, 12345), expected
    )
    run.report.equal(
        "a known digest",
        lambda: aerospike.calc_digest("test", "demo", "k1").hex(),
        "b747f5854d0b33259928d0cfab7fad81d6abfbf6",
    )


def stored_user_key(run):
    """A user key that was sent is stored, and comes back from a query."""
    key = run.record({"a": 1}, policy={"key": aerospike.POLICY_KEY_SEND})
    again = {"key": aerospike.POLICY_KEY_SEND}
    run.report.equal("a write that sends the stored key", lambda: run.client.put(key, {"b": 2}, {}, again), 0)
    run.report.equal("a read that sends the stored key", lambda: run.client.get(key, again)[2], {"a": 1, "b": 2})
    run.report.equal(
        "Node writes a record whose key is stored",
        lambda: run.peer.put(key, {"c": 3}, {"policy": {"key": 1}}),
        None,
    )
    run.report.equal("all three writes are in one record", lambda: run.meta(key)["gen"], 3)


def key_mismatch(run):
    """Another user key with the same digest: only the npm client can send such a pair."""
    key = run.record({"a": 1}, policy={"key": aerospike.POLICY_KEY_SEND})
    other = (NAMESPACE, SET, "another", aerospike.calc_digest(*key))

    def outcome(call):
        try:
            return call()
        except PeerError as error:
            return [error.name, error.code]

    run.report.equal(
        "a write that sends another key than the stored one",
        lambda: outcome(lambda: run.peer.put(other, {"a": 2}, {"policy": {"key": 1}})),
        ["ServerError", 19],
    )
    run.report.equal("it left the record as it was", lambda: run.bins(key), {"a": 1})
    run.report.equal(
        "a write that sends no key", lambda: outcome(lambda: run.peer.put(other, {"a": 3})), None
    )
    run.report.equal("it changed the record", lambda: run.bins(key), {"a": 3})
