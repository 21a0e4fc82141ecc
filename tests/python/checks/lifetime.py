"""Time to live: set, renewed, kept, and run out when the server's clock moves.

Moving the clock is not undone, so this group comes last. The clients compute a record's TTL from its void time and
their own clock: once the server is `ahead` seconds ahead, a record written with a TTL of 100 reads 100 + ahead.
"""

import time

import aerospike
from aerospike.exception import InvalidRequest, RecordNotFound
from aerospike_helpers.batch.records import BatchRecords, Write
from aerospike_helpers.operations import operations as op

NEVER = 4294967295


def check(run):
    """What a write asks for; then what becomes of it."""
    set_by_writes(run)
    kept_and_renewed(run)
    set_by_other_commands(run)
    set_by_node(run)
    if run.server.is_real:
        run.report.skip("expiry within minutes", "a real server's clock cannot be moved")
    else:
        expiry(run)
    expired(run)


def about(seconds, ahead=0):
    """A TTL that was set at most two seconds ago."""
    return [seconds + ahead - late for late in range(3)]


def ttl(run, key):
    """The TTL as Python reads it."""
    return run.meta(key)["ttl"]


def set_by_writes(run):
    """Each kind of TTL on a new record."""
    for seconds in (1000, 315_360_000):
        key = run.record({"a": 1}, policy={"ttl": seconds})
        run.report.among(f"a TTL of {seconds}", lambda key=key: ttl(run, key), about(seconds))
        run.report.among(f"Node reads the TTL of {seconds}", lambda key=key: run.peer.meta(key)["ttl"], about(seconds))
    for name in ("TTL_NEVER_EXPIRE", "TTL_NAMESPACE_DEFAULT", "TTL_DONT_UPDATE"):
        key = run.record({"a": 1}, policy={"ttl": getattr(aerospike, name)})
        run.report.equal(f"{name} on a new record", lambda key=key: ttl(run, key), NEVER)
        run.report.equal(f"Node reads {name}", lambda key=key: run.peer.meta(key)["ttl"], NEVER)


def kept_and_renewed(run):
    """What later writes do to a TTL."""
    key = run.record({"a": 1}, policy={"ttl": 1000})
    run.client.put(key, {"a": 2}, {}, {"ttl": aerospike.TTL_DONT_UPDATE})
    run.report.among("a write that does not update the TTL", lambda: ttl(run, key), about(1000))
    run.client.touch(key, 5000)
    run.report.among("touch sets the TTL", lambda: ttl(run, key), about(5000))
    run.client.put(key, {"a": 3})
    run.report.equal("a write that asks for the default", lambda: ttl(run, key), NEVER)
    run.client.touch(key, 300)
    run.client.put(key, {"a": 4}, {}, {"ttl": aerospike.TTL_NEVER_EXPIRE})
    run.report.equal("a write that asks never to expire", lambda: ttl(run, key), NEVER)
    run.report.equal("the generation counted all of them", lambda: run.meta(key)["gen"], 6)


def set_by_other_commands(run):
    """Increment, append, operate and batches carry a TTL, too."""
    key = run.record({"n": 1, "s": ""})
    run.client.increment(key, "n", 1, {}, {"ttl": 1000})
    run.report.among("increment with a TTL", lambda: ttl(run, key), about(1000))
    run.client.append(key, "s", "x", {}, {"ttl": 2000})
    run.report.among("append with a TTL", lambda: ttl(run, key), about(2000))
    run.client.operate(key, [op.increment("n", 1)], {}, {"ttl": 3000})
    run.report.among("operate with a TTL", lambda: ttl(run, key), about(3000))
    run.client.operate(key, [op.touch(4000)], {"ttl": 4000})
    run.report.among("operate that touches", lambda: ttl(run, key), about(4000))
    run.client.batch_write(BatchRecords([Write(key, [op.increment("n", 1)], policy={"ttl": 6000})]))
    run.report.among("a batch row with a TTL", lambda: ttl(run, key), about(6000))
    run.report.raises(
        "a TTL that is too long leaves it", InvalidRequest, 4, lambda: run.client.touch(key, 315_360_001)
    )
    run.report.among("it was left", lambda: ttl(run, key), about(6000))


def set_by_node(run):
    """The same by Node."""
    key = run.key()
    run.peer.put(key, {"a": 1}, {"meta": {"ttl": 1000}})
    run.report.among("Node puts with a TTL", lambda: ttl(run, key), about(1000))
    run.peer.put(key, {"a": 2}, {"meta": {"ttl": -2}})
    run.report.among("Node does not update the TTL", lambda: ttl(run, key), about(1000))
    run.peer.touch(key, 5000)
    run.report.among("Node touches", lambda: ttl(run, key), about(5000))
    run.peer.operate(key, [("incr", "a", 1)], {"meta": {"ttl": 7000}})
    run.report.among("Node operates with a TTL", lambda: ttl(run, key), about(7000))
    run.peer.operate(key, [("touch", None, 8000)])
    run.report.among("Node operates a touch", lambda: ttl(run, key), about(8000))
    run.peer.batch("batchWrite", [[list(key), {"a": 1}, {"ttl": 9000}]])
    run.report.among("Node writes a batch with a TTL", lambda: ttl(run, key), about(9000))
    run.peer.put(key, {"a": 2}, {"meta": {"ttl": -1}})
    run.report.equal("Node writes for ever", lambda: ttl(run, key), NEVER)


def expiry(run):
    """Moves the clock past some records' lives, not past others'."""
    short = run.record({"a": 1}, policy={"ttl": 100})
    long = run.record({"a": 1}, policy={"ttl": 1000})
    forever = run.record({"a": 1}, policy={"ttl": aerospike.TTL_NEVER_EXPIRE})
    touched = run.record({"a": 1}, policy={"ttl": 100})
    kept = run.record({"a": 1}, policy={"ttl": 100})
    keys = [short, long, forever, touched, kept]
    run.report.equal("the clock moves", lambda: run.tell("test-clock:advance=60"), "ok")
    run.report.equal("nothing has expired", lambda: results(run, keys), [0] * 5)
    run.client.touch(touched, 100)
    run.client.put(kept, {"b": 2}, {}, {"ttl": aerospike.TTL_DONT_UPDATE})
    run.report.among("a TTL counts from the server's clock", lambda: ttl(run, touched), about(100, ahead=60))
    run.report.among("one that was kept counts from before", lambda: ttl(run, kept), about(100))
    run.tell("test-clock:advance=60")
    run.report.equal("what has expired by now", lambda: results(run, keys), [2, 0, 0, 0, 2])
    run.report.equal(
        "Node sees the same",
        lambda: [row["result"] for row in run.peer.batch("batchRead", [list(key) for key in keys])],
        [2, 0, 0, 0, 2],
    )
    run.tell("test-clock:advance=1000")
    run.report.equal("what is left in the end", lambda: results(run, [long, forever, touched]), [2, 0, 2])


def results(run, keys):
    """Result codes of a batch that reads them."""
    return [row.result for row in run.client.batch_read(keys).batch_records]


def expired(run):
    """An expired record is as none, but that it can still be removed; on a real server it takes real seconds."""
    keys = [run.record({"old": 1}, policy={"ttl": 1}) for _ in range(7)]
    if run.server.is_real:
        time.sleep(2.5)
    else:
        run.tell("test-clock:advance=2")
    client, report = run.client, run.report
    report.raises("get of an expired record", RecordNotFound, 2, lambda: client.get(keys[0]))
    report.equal("exists of an expired record", lambda: run.meta(keys[0]), None)
    report.equal("exists of an expired record by Node", lambda: run.peer.meta(keys[0]), None)
    report.equal("batch_read of an expired record", lambda: results(run, keys[:1]), [2])
    report.raises("touch of an expired record", RecordNotFound, 2, lambda: client.touch(keys[0], 10))
    report.raises("operate on an expired record", RecordNotFound, 2, lambda: client.operate(keys[0], [op.read("old")]))
    update = {"exists": aerospike.POLICY_EXISTS_UPDATE}
    report.raises(
        "an update of an expired record", RecordNotFound, 2, lambda: client.put(keys[0], {"a": 1}, {}, update)
    )
    report.equal("remove of an expired record", lambda: client.remove(keys[0]), 0)
    report.raises("remove of it again", RecordNotFound, 2, lambda: client.remove(keys[0]))
    create = {"exists": aerospike.POLICY_EXISTS_CREATE}
    report.equal("an expired record can be created", lambda: client.put(keys[1], {"new": 1}, {}, create), 0)
    report.equal("it is a new record", lambda: (run.bins(keys[1]), run.meta(keys[1])["gen"]), ({"new": 1}, 1))
    client.increment(keys[2], "n", 5)
    report.equal(
        "an increment starts a new record", lambda: (run.bins(keys[2]), run.meta(keys[2])["gen"]), ({"n": 5}, 1)
    )
    run.peer.put(keys[3], {"b": 1})
    report.equal("a put by Node starts a new record", lambda: run.bins(keys[3]), {"b": 1})
    rows = client.batch_operate(keys[4:6], [op.write("c", 1), op.read("old")])
    report.equal("a batch starts new records", lambda: [row.result for row in rows.batch_records], [0, 0])
    report.equal("they have nothing of the old ones", lambda: [run.bins(key) for key in keys[4:6]], [{"c": 1}] * 2)
    kept = {"ttl": aerospike.TTL_DONT_UPDATE}
    client.put(keys[6], {"d": 1}, {}, kept)
    report.equal("a TTL that ran out is not kept", lambda: run.meta(keys[6]), {"gen": 1, "ttl": NEVER})
