"""Values of every type, written by one client and read by either."""

import aerospike
from aerospike import GeoJSON, KeyOrderedDict

POINT = GeoJSON({"type": "Point", "coordinates": [-122.5, 37.25]})

# What Python writes and reads back unchanged.
VALUES = {
    "a small integer": 7,
    "zero": 0,
    "the largest integer": 2**63 - 1,
    "the smallest integer": -(2**63),
    "an integer beyond 2^53": 2**53 + 1,
    "a float": 1.5,
    "a float that is integral": 2.0,
    "NaN": float("nan"),
    "infinity": float("inf"),
    "minus zero": -0.0,
    "the smallest float": 5e-324,
    "an empty string": "",
    "a string": "Alice",
    "a string of every plane": "é漢\U0001f600\n\tend",
    "a long string": "xyz" * 100_000,
    "empty bytes": b"",
    "bytes": bytes(range(256)),
    "true": True,
    "false": False,
    "an empty list": [],
    "a list of every type": [1, -1, 2.0, "s", b"b", True, False, None, [], {}],
    "a nested list": [[[[["deep"]]]], [1, [2, [3]]]],
    "a long list": list(range(70_000)),
    "an empty map": {},
    "a map with string keys": {"a": 1, "b": None, "c": [1, {"d": 2.0}]},
    "a map with integer keys": {1: "one", -5: "minus five", 2**40: "big"},
    "a map with keys of every type": {1: "int", "s": "string", b"b": "bytes"},
    "a map of maps": {"x": {"y": {"z": {1: [True, None]}}}},
    "a point": POINT,
    "a region": GeoJSON({"type": "AeroCircle", "coordinates": [[-122.0, 37.5], 3000.0]}),
}

# An ordered map is read back as such by Python; Node has one type of map.
ORDERED = {
    "an ordered map": KeyOrderedDict({"b": 1, "a": 2, "c": [3]}),
    "an ordered map with integer keys": KeyOrderedDict({3: "c", 1: "a"}),
    "an ordered map in a list": [KeyOrderedDict({"b": 1, "a": 2})],
}

# What Node has another type for: JavaScript cannot tell 2.0 from 2.
AS_NODE_READS = {
    "a float that is integral": 2,
    "a list of every type": [1, -1, 2, "s", b"b", True, False, None, [], {}],
    "a map with string keys": {"a": 1, "b": None, "c": [1, {"d": 2}]},
    "an ordered map": {"b": 1, "a": 2, "c": [3]},
    "an ordered map with integer keys": {3: "c", 1: "a"},
    "an ordered map in a list": [{"b": 1, "a": 2}],
}


def check(run):
    """Every value in its own bin, in each direction."""
    for name, value in {**VALUES, **ORDERED}.items():
        python_to_both(run, name, value)
    for name, value in VALUES.items():
        node_to_both(run, name, value)
    many_bins(run)
    refused_values(run)


def python_to_both(run, name, value):
    """Python writes; Python and Node read."""
    key = run.record({"v": value})
    run.report.equal(f"Python writes and reads {name}", lambda: run.bins(key), {"v": value})
    expected = AS_NODE_READS.get(name, value)
    run.report.equal(f"Python writes and Node reads {name}", lambda: run.peer.get(key), {"v": expected})


def node_to_both(run, name, value):
    """Node writes; Python and Node read."""
    key = run.key()
    run.peer.put(key, {"v": value})
    run.report.equal(f"Node writes and Python reads {name}", lambda: run.bins(key), {"v": value})
    expected = AS_NODE_READS.get(name, value)
    run.report.equal(f"Node writes and reads {name}", lambda: run.peer.get(key), {"v": expected})


def many_bins(run):
    """A record of many bins, and what the others leave when one is written."""
    bins = {f"bin{number}": number for number in range(500)}
    key = run.record(bins)
    run.report.equal("Python reads a record of 500 bins", lambda: run.bins(key), bins)
    run.report.equal("Node reads a record of 500 bins", lambda: run.peer.get(key), bins)
    run.client.put(key, {"bin7": "changed", "bin8": None})
    changed = {**bins, "bin7": "changed"}
    del changed["bin8"]
    run.report.equal("a put merges bins; None removes one", lambda: run.bins(key), changed)
    run.peer.put(key, {"bin9": None, "bin10": aerospike.INTEGER})
    del changed["bin9"]
    changed["bin10"] = aerospike.INTEGER
    run.report.equal("a put by Node merges bins; null removes one", lambda: run.bins(key), changed)


def refused_values(run):
    """What the server refuses to store."""
    geojson_error = aerospike.exception.InvalidGeoJSON
    bad = GeoJSON({"type": "Nope"})
    run.report.raises(
        "the server refuses bad GeoJSON", geojson_error, 160, lambda: run.client.put(run.key(), {"g": bad})
    )
