"""Increment, append, prepend, touch, remove_bin, select, exists, remove: one command for one change."""

import aerospike
from aerospike.exception import BinIncompatibleType, InvalidRequest, RecordGenerationError, RecordNotFound


def check(run):
    """Each command on what exists, on what does not, and on the wrong type."""
    increment(run)
    append_and_prepend(run)
    wrong_types(run)
    select_and_exists(run)
    remove_bin(run)
    touch(run)
    remove(run)


def increment(run):
    """Sums, and what a missing bin or record makes of them."""
    key = run.record({"i": 40, "f": 1.5})
    run.client.increment(key, "i", 2)
    run.client.increment(key, "f", 0.25)
    run.client.increment(key, "new", -3)
    run.report.equal("increment", lambda: run.bins(key), {"i": 42, "f": 1.75, "new": -3})
    run.peer.modify("increment", key, "i", -50)
    run.peer.modify("increment", key, "f", 1.0)
    run.report.equal("increment by Node", lambda: run.bins(key), {"i": -8, "f": 2.75, "new": -3})
    run.client.put(key, {"i": 2**63 - 1})
    run.client.increment(key, "i", 1)
    run.report.equal("an integer wraps around", lambda: run.bins(key)["i"], -(2**63))
    missing = run.key()
    run.client.increment(missing, "n", 5)
    run.report.equal("increment creates the record", lambda: run.bins(missing), {"n": 5})
    run.report.equal("every increment raised the generation", lambda: run.meta(key)["gen"], 8)


def append_and_prepend(run):
    """Strings and bytes."""
    key = run.record({"s": "middle", "b": b"\x02"})
    run.client.append(key, "s", " end")
    run.client.prepend(key, "s", "start ")
    run.client.append(key, "b", bytearray(b"\x03"))
    run.client.prepend(key, "b", bytearray(b"\x01"))
    run.report.equal("append and prepend", lambda: run.bins(key), {"s": "start middle end", "b": b"\x01\x02\x03"})
    run.peer.modify("append", key, "s", "!é")
    run.peer.modify("prepend", key, "b", b"\x00")
    expected = {"s": "start middle end!é", "b": b"\x00\x01\x02\x03"}
    run.report.equal("append and prepend by Node", lambda: run.bins(key), expected)
    missing = run.key()
    run.client.append(missing, "s", "first")
    run.report.equal("append creates the record", lambda: run.bins(missing), {"s": "first"})
    run.client.prepend(missing, "t", "other")
    run.report.equal("prepend creates the bin", lambda: run.bins(missing), {"s": "first", "t": "other"})


def wrong_types(run):
    """Each modification on a bin of every other type fails and changes nothing."""
    bins = {"i": 1, "f": 1.5, "s": "x", "b": b"x", "l": [1], "m": {"a": 1}, "t": True}
    key = run.record(bins)
    client = run.client
    for name in "sblmt":
        refused(run, f"increment of bin {name}", lambda name=name: client.increment(key, name, 1))
    refused(run, "an integer added to a float", lambda: client.increment(key, "f", 1))
    refused(run, "a float added to an integer", lambda: client.increment(key, "i", 0.5))
    for name in "ifblmt":
        refused(run, f"append of a string to bin {name}", lambda name=name: client.append(key, name, "x"))
    refused(run, "append of bytes to a string", lambda: client.append(key, "s", bytearray(b"x")))
    refused(run, "prepend of bytes to a string", lambda: client.prepend(key, "s", bytearray(b"x")))
    run.report.equal("the failed commands changed nothing", lambda: run.bins(key), bins)
    run.report.equal("nor the generation", lambda: run.meta(key)["gen"], 1)


def refused(run, name, call):
    """The call fails with 12."""
    run.report.raises(name, BinIncompatibleType, 12, call)


def select_and_exists(run):
    """Some bins, no bins."""
    key, missing = run.record({"a": 1, "b": 2, "c": 3}), run.key()
    run.report.equal("select", lambda: run.client.select(key, ["a", "c"])[2], {"a": 1, "c": 3})
    run.report.equal("select by Node", lambda: run.peer.select(key, ["a", "c"]), {"a": 1, "c": 3})
    run.report.equal("select leaves missing bins out", lambda: run.client.select(key, ["a", "nope"])[2], {"a": 1})
    run.report.equal("select of missing bins only", lambda: run.client.select(key, ["nope"])[2], {})
    run.report.raises("select of no record", RecordNotFound, 2, lambda: run.client.select(missing, ["a"]))
    run.report.equal("exists", lambda: run.meta(key), {"gen": 1, "ttl": 4294967295})
    run.report.equal("exists by Node", lambda: run.peer.meta(key), {"gen": 1, "ttl": 4294967295})
    run.report.equal("exists of no record", lambda: run.meta(missing), None)
    run.report.equal("exists of no record by Node", lambda: run.peer.meta(missing), None)
    run.report.raises("get of no record", RecordNotFound, 2, lambda: run.client.get(missing))
    run.report.raises("put of no bins", InvalidRequest, 4, lambda: run.client.put(key, {}))


def remove_bin(run):
    """One bin, several, all of them, none."""
    key = run.record({"a": 1, "b": 2, "c": 3, "d": 4})
    run.client.remove_bin(key, ["a"])
    run.report.equal("remove_bin of one bin", lambda: run.bins(key), {"b": 2, "c": 3, "d": 4})
    run.peer.remove_bin(key, ["b", "nope"])
    run.report.equal("removeBin by Node, one bin missing", lambda: run.bins(key), {"c": 3, "d": 4})
    run.report.equal("removing bins raised the generation", lambda: run.meta(key)["gen"], 3)
    run.client.remove_bin(key, ["c", "d"])
    run.report.equal("a record without bins is gone", lambda: run.meta(key), None)
    run.report.raises(
        "remove_bin of no record", RecordNotFound, 2, lambda: run.client.remove_bin(run.key(), ["a"])
    )


def touch(run):
    """Generation only; what it does to the TTL is in lifetime.py."""
    key = run.record({"a": 1})
    run.client.touch(key)
    run.report.equal("touch raises the generation", lambda: run.meta(key)["gen"], 2)
    run.peer.touch(key)
    run.report.equal("touch by Node raises the generation", lambda: run.meta(key)["gen"], 3)
    run.report.equal("touch leaves the bins", lambda: run.bins(key), {"a": 1})
    run.report.raises("touch of no record", RecordNotFound, 2, lambda: run.client.touch(run.key()))


def remove(run):
    """With and without an expected generation."""
    key = run.record({"a": 1})
    only = {"gen": aerospike.POLICY_GEN_EQ}
    run.report.raises(
        "remove with another generation", RecordGenerationError, 3, lambda: run.client.remove(key, {"gen": 2}, only)
    )
    run.report.equal("the record is still there", lambda: run.bins(key), {"a": 1})
    run.report.equal("remove with the right generation", lambda: run.client.remove(key, {"gen": 1}, only), 0)
    run.report.raises("remove of no record", RecordNotFound, 2, lambda: run.client.remove(key))
    run.client.put(key, {"b": 2})
    run.report.equal(
        "a record that is written again is new", lambda: (run.bins(key), run.meta(key)["gen"]), ({"b": 2}, 1)
    )
