"""Exists policies and generation policies of single writes."""

import aerospike
from aerospike.exception import InvalidRequest, RecordExistsError, RecordGenerationError, RecordNotFound

OLD = {"old": 1, "both": 1}
NEW = {"new": 2, "both": 2}
MERGED = {"old": 1, "new": 2, "both": 2}

# Policy, what it makes of a record that exists, and of one that does not; None for an error.
EXISTS_POLICIES = {
    "IGNORE": (aerospike.POLICY_EXISTS_IGNORE, MERGED, NEW),
    "CREATE": (aerospike.POLICY_EXISTS_CREATE, None, NEW),
    "UPDATE": (aerospike.POLICY_EXISTS_UPDATE, MERGED, None),
    "REPLACE": (aerospike.POLICY_EXISTS_REPLACE, NEW, None),
    "CREATE_OR_REPLACE": (aerospike.POLICY_EXISTS_CREATE_OR_REPLACE, NEW, NEW),
}


def check(run):
    """All five exists policies, then all three generation policies."""
    for name, (policy, on_record, on_nothing) in EXISTS_POLICIES.items():
        write_over(run, name, policy, on_record)
        write_anew(run, name, policy, on_nothing)
    replace_and_remove(run)
    generation_eq(run)
    generation_gt(run)
    generation_ignored(run)
    writes_in_turn(run)


def write_over(run, name, policy, expected):
    """The policy on a record that exists."""
    key = run.record(OLD)

    def write():
        run.client.put(key, NEW, {}, {"exists": policy})
        return run.bins(key)

    if expected is None:
        run.report.raises(f"{name} on a record", RecordExistsError, 5, write)
        run.report.equal(f"{name} left the record", lambda: run.bins(key), OLD)
    else:
        run.report.equal(f"{name} on a record", write, expected)
        run.report.equal(f"{name} raised the generation", lambda: run.meta(key)["gen"], 2)


def write_anew(run, name, policy, expected):
    """The policy without a record."""
    key = run.key()

    def write():
        run.client.put(key, NEW, {}, {"exists": policy})
        return run.bins(key)

    if expected is None:
        run.report.raises(f"{name} without a record", RecordNotFound, 2, write)
        run.report.equal(f"{name} created no record", lambda: run.meta(key), None)
    else:
        run.report.equal(f"{name} without a record", write, expected)


def replace_and_remove(run):
    """A replace cannot remove a bin."""
    key = run.record(OLD)
    policy = {"exists": aerospike.POLICY_EXISTS_REPLACE}
    run.report.raises(
        "a replace with a null bin", InvalidRequest, 4, lambda: run.client.put(key, {"a": 1, "old": None}, {}, policy)
    )


def put_expecting(run, key, generation, policy):
    """A put that expects a generation."""
    return run.client.put(key, {"n": generation}, {"gen": generation}, {"gen": policy})


def generation_eq(run):
    """EQ: only the generation that was read."""
    key, eq = run.record({"n": 0}), aerospike.POLICY_GEN_EQ
    run.report.equal("EQ with the generation", lambda: put_expecting(run, key, 1, eq), 0)
    run.report.raises("EQ with an older one", RecordGenerationError, 3, lambda: put_expecting(run, key, 1, eq))
    run.report.raises("EQ with a newer one", RecordGenerationError, 3, lambda: put_expecting(run, key, 3, eq))
    run.report.equal("only the first was written", lambda: (run.bins(key), run.meta(key)["gen"]), ({"n": 1}, 2))
    run.report.raises(
        "EQ with a generation, no record", RecordGenerationError, 3, lambda: put_expecting(run, run.key(), 1, eq)
    )
    run.report.equal("EQ with generation 0, no record", lambda: put_expecting(run, run.key(), 0, eq), 0)


def generation_gt(run):
    """GT: only a generation greater than the record's."""
    key, gt = run.record({"n": 0}), aerospike.POLICY_GEN_GT
    run.report.raises("GT with the generation", RecordGenerationError, 3, lambda: put_expecting(run, key, 1, gt))
    run.report.equal("GT with a greater one", lambda: put_expecting(run, key, 9, gt), 0)
    run.report.equal("the record counts by itself", lambda: run.meta(key)["gen"], 2)
    run.report.raises("GT with a smaller one", RecordGenerationError, 3, lambda: put_expecting(run, key, 1, gt))


def generation_ignored(run):
    """IGNORE: the generation in meta is not compared."""
    key = run.record({"n": 0})
    ignore = aerospike.POLICY_GEN_IGNORE
    run.report.equal("IGNORE with any generation", lambda: put_expecting(run, key, 77, ignore), 0)


def writes_in_turn(run):
    """A write by each client in turn: each expects what the other left."""
    key = run.record({"n": 0})
    for turn in range(1, 6):
        run.peer.put(key, {"n": turn}, {"meta": {"gen": 2 * turn - 1}, "policy": {"gen": 1}})
        put_expecting(run, key, 2 * turn, aerospike.POLICY_GEN_EQ)
    run.report.equal("both clients write in turn by generation", lambda: run.meta(key)["gen"], 11)
    run.report.equal("the last of them was Python", lambda: run.bins(key), {"n": 10})
