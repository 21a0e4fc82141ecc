"""Batches: one row per key, in the order of the keys; a row that fails does not fail the others."""

import aerospike
from aerospike_helpers.batch.records import BatchRecords, Read, Remove, Write
from aerospike_helpers.operations import operations as op

BATCH_FAILED = -16


def check(run):
    """Each kind of batch with mixed outcomes, by both clients on the same records."""
    read(run)
    operate(run)
    write(run)
    remove(run)
    node_reads(run)
    node_writes(run)
    node_operates(run)
    node_removes(run)
    large(run)


def rows_of(batch):
    """Result and bins of every row; bins are None for a row that failed."""
    return [(row.result, row.record[2] if row.record and len(row.record) > 2 else None) for row in batch.batch_records]


def node_rows(rows):
    """The same of the npm client's answer."""
    return [(row["result"], row["bins"]) for row in rows]


def read(run):
    """All bins, some bins, no bins, missing keys, a key twice."""
    first, second, missing = run.record({"a": 1, "b": 1}), run.record({"a": 2}), run.key()
    keys = [second, missing, first, second]
    run.report.equal(
        "batch_read",
        lambda: rows_of(run.client.batch_read(keys)),
        [(0, {"a": 2}), (2, None), (0, {"a": 1, "b": 1}), (0, {"a": 2})],
    )
    run.report.equal(
        "batch_read of some bins",
        lambda: rows_of(run.client.batch_read(keys, ["b"])),
        [(0, {}), (2, None), (0, {"b": 1}), (0, {})],
    )
    run.report.equal(
        "batch_read of no bins tells who exists",
        lambda: [row.result for row in run.client.batch_read(keys, []).batch_records],
        [0, 2, 0, 0],
    )
    run.report.equal(
        "rows carry generations",
        lambda: [row.record[1]["gen"] for row in run.client.batch_read([first, second]).batch_records],
        [1, 1],
    )
    run.report.equal("a missing record does not fail the batch", lambda: run.client.batch_read(keys).result, 0)


def operate(run):
    """The same operations on every key: one row has the wrong type, one is created."""
    number, text, missing = run.record({"n": 1}), run.record({"n": "x"}), run.key()
    keys = [number, text, missing]
    batch = run.client.batch_operate(keys, [op.increment("n", 5), op.read("n")])
    run.report.equal("batch_operate", lambda: [row.result for row in batch.batch_records], [0, 12, 0])
    run.report.equal(
        "it answers what it read", lambda: [row.record and row.record[2] for row in batch.batch_records],
        [{"n": 6}, None, {"n": 5}],
    )
    run.report.equal("a failed row fails the batch", lambda: batch.result, BATCH_FAILED)
    run.report.equal("no row is in doubt", lambda: [row.in_doubt for row in batch.batch_records], [False] * 3)
    run.report.equal(
        "the records afterwards", lambda: [run.bins(key) for key in keys], [{"n": 6}, {"n": "x"}, {"n": 5}]
    )
    reads = [op.read("n"), op.read("nope")]
    run.report.equal(
        "batch_operate that reads",
        lambda: rows_of(run.client.batch_operate([number, run.key()], reads)),
        [(0, {"n": 6}), (2, None)],
    )


def write(run):
    """`batch_write`: a command of its own for each key."""
    existing, other, created, doomed = run.record({"a": 1}), run.record({"a": "s"}), run.key(), run.record({"z": 1})
    create = {"exists": aerospike.POLICY_EXISTS_CREATE}
    eq = {"gen": aerospike.POLICY_GEN_EQ}
    rows = BatchRecords([
        Write(existing, [op.write("b", 2), op.increment("a", 1), op.read("a")]),
        Write(other, [op.increment("a", 1)]),
        Write(created, [op.write("a", [1, {"k": None}])], policy=create),
        Write(existing, [op.write("b", 3)], policy=create),
        Write(existing, [op.write("b", 4)], meta={"gen": 9}, policy=eq),
        Read(existing, [op.read("a")]),
        Read(run.key(), [op.read("a")]),
        Remove(doomed),
        Remove(run.key()),
        Read(created, None, read_all_bins=True),
    ])
    run.client.batch_write(rows)
    run.report.equal(
        "batch_write with mixed rows",
        lambda: [row.result for row in rows.batch_records],
        [0, 12, 0, 5, 3, 0, 2, 0, 2, 0],
    )
    run.report.equal("its read row", lambda: rows.batch_records[5].record[2], {"a": 2})
    run.report.equal("its row that reads all", lambda: rows.batch_records[9].record[2], {"a": [1, {"k": None}]})
    run.report.equal("the record of the first row", lambda: run.bins(existing), {"a": 2, "b": 2})
    run.report.equal("the removed record", lambda: run.meta(doomed), None)


def remove(run):
    """`batch_remove` with a missing key and with a generation."""
    keys = [run.record({"a": 1}), run.key(), run.record({"a": 2})]
    run.report.equal(
        "batch_remove", lambda: [row.result for row in run.client.batch_remove(keys).batch_records], [0, 2, 0]
    )
    run.report.equal("the records are gone", lambda: [run.meta(key) for key in keys], [None] * 3)
    survivor = run.record({"a": 1})
    policy = {"gen": aerospike.POLICY_GEN_EQ, "generation": 7}
    batch = run.client.batch_remove([survivor], {}, policy)
    run.report.equal("batch_remove with another generation", lambda: [r.result for r in batch.batch_records], [3])
    run.report.equal("it left the record", lambda: run.bins(survivor), {"a": 1})


def node_reads(run):
    """`batchRead` by Node of what Python wrote."""
    keys = [run.record({"a": 1, "b": [1.5]}), run.key(), run.record({"a": 2})]
    rows = [list(key) for key in keys]
    run.report.equal(
        "batchRead by Node",
        lambda: node_rows(run.peer.batch("batchRead", rows)),
        [(0, {"a": 1, "b": [1.5]}), (2, None), (0, {"a": 2})],
    )
    run.report.equal(
        "batchRead of some bins by Node",
        lambda: node_rows(run.peer.batch("batchRead", rows, ["b"])),
        [(0, {"b": [1.5]}), (2, None), (0, {})],
    )


def node_writes(run):
    """`batchWrite` by Node, read by Python."""
    keys = [run.key(), run.record({"old": 1}), run.record({"old": 1})]
    values = [{"a": 1}, {"b": b"\x00"}, {"c": {"m": [None]}}]
    rows = [[list(keys[0]), values[0]], [list(keys[1]), values[1]], [list(keys[2]), values[2], {"gen": 5}]]
    run.report.equal(
        "batchWrite by Node, one row with another generation",
        lambda: [row["result"] for row in run.peer.batch("batchWrite", rows)],
        [0, 0, 3],
    )
    run.report.equal(
        "Python reads what it wrote",
        lambda: rows_of(run.client.batch_read(keys)),
        [(0, {"a": 1}), (0, {"old": 1, "b": b"\x00"}), (0, {"old": 1})],
    )


def node_operates(run):
    """`batchOperate` by Node."""
    keys = [run.record({"n": 1}), run.record({"n": "x"}), run.key()]
    operations = [("incr", "n", 5), ("read", "n", None)]
    run.report.equal(
        "batchOperate by Node",
        lambda: node_rows(run.peer.batch_operate(keys, operations)),
        [(0, {"n": 6}), (12, None), (0, {"n": 5})],
    )
    run.report.equal(
        "Python reads what it left",
        lambda: rows_of(run.client.batch_read(keys)),
        [(0, {"n": 6}), (0, {"n": "x"}), (0, {"n": 5})],
    )


def node_removes(run):
    """`batchRemove` by Node."""
    keys = [run.record({"a": 1}), run.key(), run.record({"a": 1})]
    rows = [list(keys[0]), list(keys[1]), [list(keys[2]), {"gen": 7}]]
    run.report.equal(
        "batchRemove by Node", lambda: [row["result"] for row in run.peer.batch("batchRemove", rows)], [0, 2, 3]
    )
    run.report.equal("what it left", lambda: [run.meta(key) is None for key in keys], [True, True, False])


def large(run):
    """More rows than one buffer of the server holds."""
    keys = [run.key() for _ in range(1000)]
    text = "v" * 500
    rows = [[list(key), {"n": number, "s": text}] for number, key in enumerate(keys)]
    run.report.equal(
        "batchWrite of 1000 rows by Node",
        lambda: {row["result"] for row in run.peer.batch("batchWrite", rows)} == {0},
        True,
    )
    expected = [(0, {"n": number, "s": text}) for number in range(1000)]
    run.report.equal("batch_read of 1000 rows by Python", lambda: rows_of(run.client.batch_read(keys)), expected)
    run.report.equal(
        "batchRead of 1000 rows by Node",
        lambda: node_rows(run.peer.batch("batchRead", [list(key) for key in keys])),
        expected,
    )
