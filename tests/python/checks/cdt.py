"""List and map operations by Python; Node reads what they left."""

import aerospike
from aerospike import KeyOrderedDict
from aerospike.exception import (
    BinIncompatibleType, ElementExistsError, ElementNotFoundError, InvalidRequest, OpNotApplicable
)
from aerospike_helpers import cdt_ctx
from aerospike_helpers.operations import bitwise_operations as bits
from aerospike_helpers.operations import hll_operations as hll
from aerospike_helpers.operations import list_operations as lists
from aerospike_helpers.operations import map_operations as maps
from aerospike_helpers.operations import operations as op

VALUE = aerospike.LIST_RETURN_VALUE
COUNT = aerospike.LIST_RETURN_COUNT
INDEX = aerospike.LIST_RETURN_INDEX
RANK = aerospike.LIST_RETURN_RANK
MAP_KEY = aerospike.MAP_RETURN_KEY
MAP_VALUE = aerospike.MAP_RETURN_VALUE
MAP_PAIRS = aerospike.MAP_RETURN_KEY_VALUE
NONE = aerospike.LIST_RETURN_NONE

LIST = [5, 1, 4, 1, 3]
MAP = {"a": 3, "b": 1, "c": 2}

# Operation on LIST, its answer, the list afterwards.
LIST_CHANGES = {
    "append": (lists.list_append("v", 9), 6, [5, 1, 4, 1, 3, 9]),
    "append_items": (lists.list_append_items("v", [8, 9]), 7, [5, 1, 4, 1, 3, 8, 9]),
    "insert": (lists.list_insert("v", 1, "x"), 6, [5, "x", 1, 4, 1, 3]),
    "insert_items": (lists.list_insert_items("v", 0, [7, 8]), 7, [7, 8, 5, 1, 4, 1, 3]),
    "increment": (lists.list_increment("v", 2, 10), 14, [5, 1, 14, 1, 3]),
    "pop": (lists.list_pop("v", -1), 3, [5, 1, 4, 1]),
    "pop_range": (lists.list_pop_range("v", 1, 2), [1, 4], [5, 1, 3]),
    "remove": (lists.list_remove("v", 0), 1, [1, 4, 1, 3]),
    "remove_range": (lists.list_remove_range("v", 0, 3), 3, [1, 3]),
    "clear": (lists.list_clear("v"), None, []),
    "set": (lists.list_set("v", 0, None), None, [None, 1, 4, 1, 3]),
    "trim": (lists.list_trim("v", 1, 3), 2, [1, 4, 1]),
    "sort": (lists.list_sort("v"), None, [1, 1, 3, 4, 5]),
    "sort without duplicates": (lists.list_sort("v", aerospike.LIST_SORT_DROP_DUPLICATES), None, [1, 3, 4, 5]),
    "set_order": (lists.list_set_order("v", aerospike.LIST_ORDERED), None, [1, 1, 3, 4, 5]),
    "remove_by_index": (lists.list_remove_by_index("v", 1, VALUE), 1, [5, 4, 1, 3]),
    "remove_by_rank": (lists.list_remove_by_rank("v", -1, VALUE), 5, [1, 4, 1, 3]),
    "remove_by_value": (lists.list_remove_by_value("v", 1, COUNT), 2, [5, 4, 3]),
    "remove_by_value_list": (lists.list_remove_by_value_list("v", [5, 3], COUNT), 2, [1, 4, 1]),
    "remove_by_value_range": (lists.list_remove_by_value_range("v", COUNT, 3, 5), 2, [5, 1, 1]),
    "remove_by_index_range": (lists.list_remove_by_index_range("v", 3, VALUE), [1, 3], [5, 1, 4]),
    "remove_by_rank_range": (lists.list_remove_by_rank_range("v", 0, COUNT, 2), 2, [5, 4, 3]),
    "remove all but": (lists.list_remove_by_value("v", 1, COUNT, inverted=True), 3, [1, 1]),
}

LIST_READS = {
    "get": (lists.list_get("v", 2), 4),
    "get from the end": (lists.list_get("v", -1), 3),
    "get_range": (lists.list_get_range("v", 1, 3), [1, 4, 1]),
    "size": (lists.list_size("v"), 5),
    "get_by_index": (lists.list_get_by_index("v", 0, RANK), 4),
    "get_by_index_range": (lists.list_get_by_index_range("v", 3, VALUE), [1, 3]),
    "get_by_rank": (lists.list_get_by_rank("v", 0, VALUE), 1),
    "get_by_rank_range": (lists.list_get_by_rank_range("v", -2, INDEX, 2), [0, 2]),
    "get_by_value": (lists.list_get_by_value("v", 1, INDEX), [1, 3]),
    "get_by_value_list": (lists.list_get_by_value_list("v", [4, 99], COUNT), 1),
    "get_by_value_range": (lists.list_get_by_value_range("v", COUNT, 1, 4), 3),
    "get_by_value inverted": (lists.list_get_by_value("v", 1, COUNT, inverted=True), 3),
    "exists": (lists.list_get_by_value("v", 4, aerospike.LIST_RETURN_EXISTS), True),
    "all but some indexes, from the end": (
        lists.list_get_by_index_range("v", 1, aerospike.LIST_RETURN_REVERSE_INDEX, 2, inverted=True), [4, 0, 1]
    ),
    "all but some ranks, from the end": (
        lists.list_get_by_rank_range("v", 1, aerospike.LIST_RETURN_REVERSE_RANK, 2, inverted=True), [4, 0, 1]
    ),
    "ranks of all": (lists.list_get_by_index_range("v", 0, RANK, 5), [0, 1, 2, 3, 4]),
    "relative rank": (lists.list_get_by_value_rank_range_relative("v", 3, 0, VALUE, 2), [3, 4]),
}

# Operation on MAP, its answer, the map afterwards.
MAP_CHANGES = {
    "put": (maps.map_put("v", "d", 4), 4, {**MAP, "d": 4}),
    "put over": (maps.map_put("v", "a", [1]), 3, {**MAP, "a": [1]}),
    "put_items": (maps.map_put_items("v", {"d": 4, "a": 0}), 4, {"a": 0, "b": 1, "c": 2, "d": 4}),
    "increment": (maps.map_increment("v", "a", 10), 13, {**MAP, "a": 13}),
    "increment of a new key": (maps.map_increment("v", "n", 7), 7, {**MAP, "n": 7}),
    "decrement": (maps.map_decrement("v", "a", 1), 2, {**MAP, "a": 2}),
    "clear": (maps.map_clear("v"), None, {}),
    "remove_by_key": (maps.map_remove_by_key("v", "a", MAP_VALUE), 3, {"b": 1, "c": 2}),
    "remove_by_key_list": (maps.map_remove_by_key_list("v", ["a", "x"], COUNT), 1, {"b": 1, "c": 2}),
    "remove_by_key_range": (maps.map_remove_by_key_range("v", "a", "c", COUNT), 2, {"c": 2}),
    "remove_by_value": (maps.map_remove_by_value("v", 1, MAP_KEY), ["b"], {"a": 3, "c": 2}),
    "remove_by_value_list": (maps.map_remove_by_value_list("v", [1, 2], COUNT), 2, {"a": 3}),
    "remove_by_value_range": (maps.map_remove_by_value_range("v", 2, 4, COUNT), 2, {"b": 1}),
    "remove_by_index": (maps.map_remove_by_index("v", 0, MAP_KEY), "a", {"b": 1, "c": 2}),
    "remove_by_index_range": (maps.map_remove_by_index_range("v", 1, 2, COUNT), 2, {"a": 3}),
    "remove_by_rank": (maps.map_remove_by_rank("v", 0, MAP_KEY), "b", {"a": 3, "c": 2}),
    "remove_by_rank_range": (maps.map_remove_by_rank_range("v", 1, 2, COUNT), 2, {"b": 1}),
    "remove all but": (maps.map_remove_by_key_list("v", ["a"], COUNT, inverted=True), 2, {"a": 3}),
}

MAP_READS = {
    "size": (maps.map_size("v"), 3),
    "get_by_key": (maps.map_get_by_key("v", "b", MAP_VALUE), 1),
    "get_by_key, missing": (maps.map_get_by_key("v", "x", MAP_VALUE), None),
    "get_by_key_range": (maps.map_get_by_key_range("v", "a", "c", MAP_KEY), ["a", "b"]),
    "get_by_key_list": (maps.map_get_by_key_list("v", ["c", "a"], COUNT), 2),
    "get_by_value": (maps.map_get_by_value("v", 2, MAP_KEY), ["c"]),
    "get_by_value_range": (maps.map_get_by_value_range("v", 1, 3, COUNT), 2),
    "get_by_value_list": (maps.map_get_by_value_list("v", [3, 9], MAP_KEY), ["a"]),
    "get_by_index": (maps.map_get_by_index("v", 1, MAP_KEY), "b"),
    "get_by_index_range": (maps.map_get_by_index_range("v", 0, 2, MAP_VALUE), [3, 1]),
    "get_by_rank": (maps.map_get_by_rank("v", -1, MAP_KEY), "a"),
    "get_by_rank_range": (maps.map_get_by_rank_range("v", 0, 1, MAP_PAIRS), ["b", 1]),
    "all but a rank between": (maps.map_get_by_rank_range("v", 1, 1, MAP_KEY, inverted=True), ["a", "b"]),
    "all but the lowest rank": (maps.map_get_by_rank_range("v", 0, 1, MAP_KEY, inverted=True), ["c", "a"]),
    "relative index": (maps.map_get_by_key_index_range_relative("v", "b", 0, MAP_KEY, 2), ["b", "c"]),
    "relative rank": (maps.map_get_by_value_rank_range_relative("v", 2, 0, MAP_KEY, 1), ["c"]),
}


def check(run):
    """Lists, maps, nesting, failures; then bits and HyperLogLog."""
    for name, change in LIST_CHANGES.items():
        changes(run, f"list {name}", LIST, *change)
    reads(run, "list", LIST, LIST_READS)
    for name, change in MAP_CHANGES.items():
        changes(run, f"map {name}", MAP, *change)
    reads(run, "map", MAP, MAP_READS)
    created_bins(run)
    ordered(run)
    nested(run)
    list_failures(run)
    map_failures(run)
    bit_operations(run)
    hyperloglog(run)


def changes(run, name, before, operation, answer, after):
    """One operation: its answer, and what both clients read afterwards."""
    key = run.record({"v": before})
    run.report.equal(f"{name}: answer", lambda: run.client.operate(key, [operation])[2].get("v"), answer)
    run.report.equal(f"{name}: result", lambda: run.bins(key), {"v": after})
    run.report.equal(f"{name}: Node reads it", lambda: run.peer.get(key), {"v": after})


def reads(run, kind, value, operations):
    """All reads alone, then all of them in one command, in order."""
    key = run.record({"v": value})
    for name, (operation, answer) in operations.items():
        run.report.equal(
            f"{kind} {name}", lambda operation=operation: run.client.operate(key, [operation])[2].get("v"), answer
        )
    together = [operation for operation, _ in operations.values()]
    run.report.equal(
        f"all {kind} reads at once",
        lambda: [value for _, value in run.client.operate_ordered(key, together)[2]],
        [answer for _, answer in operations.values()],
    )
    run.report.equal(f"{kind} reads leave the generation", lambda: run.meta(key)["gen"], 1)


def created_bins(run):
    """Operations that create bin and record."""
    key = run.key()
    operations = [lists.list_append("l", 1), maps.map_put("m", "k", "v"), lists.list_append("l", 2), op.read("l")]
    run.report.equal(
        "operations create their bins",
        lambda: run.client.operate_ordered(key, operations)[2],
        [("l", 1), ("m", 1), ("l", 2), ("l", [1, 2])],
    )
    run.report.equal("Node reads them", lambda: run.peer.get(key), {"l": [1, 2], "m": {"k": "v"}})


def ordered(run):
    """Orders that the server keeps."""
    key = run.key()
    policy = {"list_order": aerospike.LIST_ORDERED, "write_flags": aerospike.LIST_WRITE_ADD_UNIQUE}
    for value in (3, 1, 2):
        run.client.operate(key, [lists.list_append("l", value, policy)])
    run.report.equal("an ordered list sorts", lambda: run.bins(key)["l"], [1, 2, 3])
    run.report.raises(
        "a unique list refuses what it has",
        ElementExistsError,
        24,
        lambda: run.client.operate(key, [lists.list_append("l", 2, policy)]),
    )
    map_policy = {"map_order": aerospike.MAP_KEY_ORDERED}
    run.client.operate(key, [maps.map_put_items("m", {"z": 1, "a": 2}, map_policy)])
    run.report.equal("an ordered map", lambda: run.bins(key)["m"], KeyOrderedDict({"a": 2, "z": 1}))
    run.report.equal("its keys are in order", lambda: list(run.bins(key)["m"]), ["a", "z"])
    run.report.equal("Node reads it", lambda: run.peer.get(key)["m"], {"a": 2, "z": 1})


def nested(run):
    """Contexts."""
    key = run.record({"v": {"list": [1, [2, 3]], "map": {"k": {"x": 1}}}})
    inner = [cdt_ctx.cdt_ctx_map_key("list"), cdt_ctx.cdt_ctx_list_index(-1)]
    deep = [cdt_ctx.cdt_ctx_map_key("map"), cdt_ctx.cdt_ctx_map_key("k")]
    new = [cdt_ctx.cdt_ctx_map_key_create("made", aerospike.MAP_KEY_ORDERED)]
    operations = [
        lists.list_append("v", 4, ctx=inner), maps.map_put("v", "y", 2, ctx=deep), maps.map_put("v", "n", 0, ctx=new)
    ]
    run.report.equal(
        "operations in a context",
        lambda: run.client.operate_ordered(key, operations)[2],
        [("v", 3), ("v", 2), ("v", 1)],
    )
    expected = {"list": [1, [2, 3, 4]], "map": {"k": {"x": 1, "y": 2}}, "made": {"n": 0}}
    run.report.equal("Node reads what they left", lambda: run.peer.get(key), {"v": expected})


def list_failures(run):
    """Indexes that do not exist, types that do not fit."""
    bins = {"v": [1, "s"], "i": 1}
    key = run.record(bins)
    fails = {
        "set beyond the end with a bound": (
            lists.list_insert("v", 9, 1, {"write_flags": aerospike.LIST_WRITE_INSERT_BOUNDED}), OpNotApplicable, 26
        ),
        "get beyond the end": (lists.list_get("v", 9), OpNotApplicable, 26),
        "pop beyond the end": (lists.list_pop("v", 9), OpNotApplicable, 26),
        "increment of a string": (lists.list_increment("v", 1, 1), InvalidRequest, 4),
        "a list operation on an integer": (lists.list_append("i", 1), BinIncompatibleType, 12),
        "a list read of an integer": (lists.list_size("i"), BinIncompatibleType, 12),
        "a context that does not exist": (
            lists.list_append("v", 1, ctx=[cdt_ctx.cdt_ctx_list_index(7)]), OpNotApplicable, 26
        ),
    }
    refused(run, key, bins, "list", fails)


def map_failures(run):
    """Write modes and types."""
    bins = {"v": {"a": 1, "s": "x"}, "i": 1}
    key = run.record(bins)
    create = {"map_write_flags": aerospike.MAP_WRITE_FLAGS_CREATE_ONLY}
    update = {"map_write_flags": aerospike.MAP_WRITE_FLAGS_UPDATE_ONLY}
    fails = {
        "create-only put of a key it has": (maps.map_put("v", "a", 2, create), ElementExistsError, 24),
        "update-only put of a new key": (maps.map_put("v", "n", 2, update), ElementNotFoundError, 23),
        "increment of a string": (maps.map_increment("v", "s", 1), InvalidRequest, 4),
        "a map operation on an integer": (maps.map_put("i", "a", 1), BinIncompatibleType, 12),
        "get by an index beyond the end": (maps.map_get_by_index("v", 9, MAP_VALUE), OpNotApplicable, 26),
    }
    refused(run, key, bins, "map", fails)


def refused(run, key, bins, kind, fails):
    """Each operation fails and leaves the record."""
    for name, (operation, error_class, code) in fails.items():
        run.report.raises(
            f"{kind}: {name}", error_class, code, lambda operation=operation: run.client.operate(key, [operation])
        )
    run.report.equal(f"the failed {kind} operations changed nothing", lambda: run.bins(key), bins)


def bit_operations(run):
    """A few of each kind."""
    key = run.record({"b": bytes([0b1010_0000, 0xFF])})
    operations = [
        bits.bit_set("b", 0, 4, 1, bytearray([0x50])),
        bits.bit_get("b", 0, 8),
        bits.bit_count("b", 0, 16),
        bits.bit_resize("b", 3),
        bits.bit_not("b", 16, 8),
        bits.bit_get_int("b", 8, 16, False),
    ]
    expected = [("b", None), ("b", b"\x50"), ("b", 10), ("b", None), ("b", None), ("b", 0xFFFF)]
    run.report.equal("bit operations", lambda: run.client.operate_ordered(key, operations)[2], expected)
    run.report.equal("Node reads the bytes they left", lambda: run.peer.get(key), {"b": b"\x50\xff\xff"})
    beyond = bits.bit_get("b", 999, 8)
    run.report.raises("bits beyond the end", OpNotApplicable, 26, lambda: run.client.operate(key, [beyond]))


def hyperloglog(run):
    """A sketch that the server made goes through both clients unchanged."""
    key, copy = run.key(), run.key()
    operations = [hll.hll_add("h", ["a", "b", "c", "a"], 8), hll.hll_get_count("h"), hll.hll_describe("h")]
    run.report.equal(
        "HyperLogLog operations", lambda: run.client.operate_ordered(key, operations)[2],
        [("h", 3), ("h", 3), ("h", [8, 0])],
    )
    sketch = run.bins(key)["h"]
    run.report.equal("Node reads the sketch that Python reads", lambda: run.peer.get(key), {"h": sketch})
    run.peer.put(copy, {"h": sketch})
    run.report.equal(
        "a sketch that Node wrote still counts", lambda: run.client.operate(copy, [hll.hll_get_count("h")])[2], {"h": 3}
    )
