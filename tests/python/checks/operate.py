"""Several operations on one record, in order and atomically."""

import aerospike
from aerospike.exception import BinIncompatibleType, InvalidRequest, RecordNotFound
from aerospike_helpers.operations import operations as op

from peer import PeerError


def check(run):
    """Answers per bin and in order, by Python and by Node, and what fails."""
    one_answer_per_bin(run)
    answers_in_order(run)
    node_operates(run)
    missing(run)
    whole_record(run)
    failures(run)
    policies(run)


def one_answer_per_bin(run):
    """`operate` keeps the last answer of a bin."""
    key = run.record({"a": 1, "s": "x"})
    operations = [op.read("a"), op.increment("a", 2), op.read("a"), op.append("s", "y"), op.read("s"), op.write("n", 9)]
    run.report.equal("operate", lambda: run.client.operate(key, operations)[2], {"a": 3, "s": "xy"})
    run.report.equal("operate wrote all", lambda: run.bins(key), {"a": 3, "s": "xy", "n": 9})
    run.report.equal("operate raised the generation once", lambda: run.meta(key)["gen"], 2)
    reads = [op.read("a"), op.read("nope")]
    run.report.equal("operate that only reads", lambda: run.client.operate(key, reads)[2], {"a": 3})
    run.report.equal("it left the generation", lambda: run.meta(key)["gen"], 2)
    only_write = run.client.operate(key, [op.write("a", 1)])
    run.report.equal("operate that only writes has no answers", lambda: only_write[2], {})
    run.report.equal("it answers the new generation", lambda: only_write[1]["gen"], 3)


def answers_in_order(run):
    """`operate_ordered`: every read sees what the operations before it did."""
    key = run.record({"a": 1, "s": "b"})
    operations = [
        op.read("a"), op.write("a", 5), op.read("a"), op.increment("a", 2), op.read("a"), op.prepend("s", "a"),
        op.append("s", "c"), op.read("s"),
    ]
    expected = [("a", 1), ("a", 5), ("a", 7), ("s", "abc")]
    run.report.equal("operate_ordered", lambda: run.client.operate_ordered(key, operations)[2], expected)
    run.report.equal("the record afterwards", lambda: run.bins(key), {"a": 7, "s": "abc"})
    backwards = [op.read("s"), op.read("a"), op.read("nope"), op.read("s")]
    expected = [("s", "abc"), ("a", 7), ("s", "abc")]
    run.report.equal("reads come in their own order", lambda: run.client.operate_ordered(key, backwards)[2], expected)


def node_operates(run):
    """The same by Node: Python wrote the record and reads what came of it."""
    key = run.record({"a": 1, "s": "b", "f": 0.5})
    operations = [
        ("read", "a", None), ("write", "a", 5), ("read", "a", None), ("incr", "a", 2), ("read", "a", None),
        ("prepend", "s", "a"), ("append", "s", "c"), ("incr", "f", 0.25), ("read", "s", None),
    ]
    expected = [["a", 1], ["a", 5], ["a", 5], ["a", 7], ["s", "abc"]]
    run.report.equal("operateOrdered by Node", lambda: run.peer.operate_ordered(key, operations), expected)
    run.report.equal("the record afterwards", lambda: run.bins(key), {"a": 7, "s": "abc", "f": 0.75})
    run.report.equal("it was one write", lambda: run.meta(key)["gen"], 2)
    run.report.equal("operate by Node", lambda: run.peer.operate(key, operations), {"a": 7, "s": "aabcc"})
    run.report.equal(
        "operate by Node that reads all bins",
        lambda: run.peer.operate(key, [("incr", "a", 1), ("read", None, None)]),
        {"a": 8, "s": "aabcc", "f": 1},
    )
    run.report.equal("a touch by Node", lambda: run.peer.operate(key, [("touch", None, None)]), {})
    run.report.equal("it raised the generation", lambda: run.meta(key)["gen"], 5)
    everything = [("delete", None, None), ("write", "only", True)]
    run.peer.operate(key, everything)
    run.report.equal("delete and write by Node", lambda: run.bins(key), {"only": True})


def missing(run):
    """Operations on no record."""
    nothing = run.key()
    run.report.raises("a read of no record", RecordNotFound, 2, lambda: run.client.operate(nothing, [op.read("a")]))
    run.report.raises("a touch of no record", RecordNotFound, 2, lambda: run.client.operate(nothing, [op.touch()]))
    run.report.equal(
        "a write and a read create a record",
        lambda: run.client.operate(nothing, [op.write("a", 1), op.read("a"), op.read("b")])[2],
        {"a": 1},
    )
    counter = run.key()
    operations = [op.increment("n", 1), op.read("n")]
    run.report.equal("an increment creates a record", lambda: run.client.operate(counter, operations)[2], {"n": 1})
    run.report.equal("the next one counts on", lambda: run.client.operate(counter, operations)[2], {"n": 2})


def whole_record(run):
    """Touch and delete."""
    key = run.record({"a": 1, "b": 2})
    run.report.equal(
        "touch with a read", lambda: run.client.operate(key, [op.touch(), op.read("a")])[2], {"a": 1}
    )
    run.report.equal("touch raised the generation", lambda: run.meta(key)["gen"], 2)
    run.report.equal(
        "read, delete, write",
        lambda: run.client.operate(key, [op.read("b"), op.delete(), op.write("c", 3)])[2],
        {"b": 2},
    )
    run.report.equal("only what came after is left", lambda: run.bins(key), {"c": 3})
    run.client.operate(key, [op.delete()])
    run.report.equal("delete", lambda: run.meta(key), None)


def failures(run):
    """The first failure undoes everything."""
    bins = {"a": 1, "s": "x"}
    key = run.record(bins)
    mixed = [op.write("a", 99), op.write("new", 1), op.increment("s", 1), op.read("a")]
    run.report.raises("an operation on the wrong type", BinIncompatibleType, 12, lambda: run.client.operate(key, mixed))
    run.report.equal("nothing was written", lambda: (run.bins(key), run.meta(key)["gen"]), (bins, 1))

    def by_node():
        try:
            return run.peer.operate(key, [("write", "a", 99), ("append", "a", "x")])
        except PeerError as error:
            return [error.name, error.code, error.in_doubt]

    run.report.equal("the same by Node", by_node, ["BinTypeError", 12, False])
    run.report.equal("nothing was written either", lambda: (run.bins(key), run.meta(key)["gen"]), (bins, 1))


def policies(run):
    """Exists and generation policies of operate."""
    key = run.record({"a": 1})
    eq = {"gen": aerospike.POLICY_GEN_EQ}
    write = [op.write("a", 2), op.read("a")]
    run.report.equal("operate with the generation", lambda: run.client.operate(key, write, {"gen": 1}, eq)[2], {"a": 2})
    run.report.raises(
        "operate with an old one",
        aerospike.exception.RecordGenerationError,
        3,
        lambda: run.client.operate(key, write, {"gen": 1}, eq),
    )
    create = {"exists": aerospike.POLICY_EXISTS_CREATE}
    run.report.raises(
        "operate that creates, on a record",
        aerospike.exception.RecordExistsError,
        5,
        lambda: run.client.operate(key, write, {}, create),
    )
    replace = {"exists": aerospike.POLICY_EXISTS_CREATE_OR_REPLACE}
    run.report.raises(
        "an increment in a replace",
        InvalidRequest,
        4,
        lambda: run.client.operate(key, [op.increment("a", 1)], {}, replace),
    )
