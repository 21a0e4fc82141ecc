"""Filter expressions, compiled by the Python client and used by both."""

from aerospike.exception import FilteredOut, InvalidRequest, RecordNotFound
from aerospike_helpers import expressions as exp
from aerospike_helpers.operations import expression_operations as expression_op
from aerospike_helpers.operations import operations as op

from peer import PeerError, filter_option

BINS = {"i": 5, "f": 2.5, "s": "hello", "b": b"\x01\x02", "l": [1, 2, 3], "m": {"a": 1, "b": 2}, "t": True}

TRUE = {
    "an integer is equal": exp.Eq(exp.IntBin("i"), 5),
    "an integer is not equal": exp.NE(exp.IntBin("i"), 6),
    "an integer is greater": exp.GT(exp.IntBin("i"), 4),
    "an integer is at most": exp.LE(exp.IntBin("i"), 5),
    "a float is less": exp.LT(exp.FloatBin("f"), 2.75),
    "a string is equal": exp.Eq(exp.StrBin("s"), "hello"),
    "bytes are equal": exp.Eq(exp.BlobBin("b"), b"\x01\x02"),
    "a boolean bin": exp.BoolBin("t"),
    "and": exp.And(exp.Eq(exp.IntBin("i"), 5), exp.Eq(exp.StrBin("s"), "hello")),
    "or": exp.Or(exp.Eq(exp.IntBin("i"), 6), exp.Eq(exp.StrBin("s"), "hello")),
    "not": exp.Not(exp.Eq(exp.IntBin("i"), 6)),
    "a bin exists": exp.BinExists("i"),
    "a bin's type": exp.Eq(exp.BinType("s"), 3),
    "arithmetic": exp.Eq(exp.Add(exp.IntBin("i"), 10, 1), 16),
    "a regular expression": exp.CmpRegex(0, "^h.*o$", exp.StrBin("s")),
    "a set's name": exp.Eq(exp.SetName(), "official"),
    "the time to live": exp.Eq(exp.TTL(), -1),
    "a list's size": exp.Eq(exp.ListSize(None, exp.ListBin("l")), 3),
    "a map's size": exp.Eq(exp.MapSize(None, exp.MapBin("m")), 2),
    "a list is equal": exp.Eq(exp.ListBin("l"), [1, 2, 3]),
}

FALSE = {
    "an integer is not greater": exp.GT(exp.IntBin("i"), 5),
    "a string differs": exp.Eq(exp.StrBin("s"), "Hello"),
    "a missing bin": exp.Eq(exp.IntBin("nope"), 5),
    "a bin of another type": exp.Eq(exp.IntBin("s"), 5),
    "a bin that does not exist": exp.BinExists("nope"),
    "an unmatched regular expression": exp.CmpRegex(0, "^x", exp.StrBin("s")),
}


def check(run):
    """Filters of reads, writes, batches; expressions as operations."""
    key = run.record(BINS)
    for name, expression in TRUE.items():
        matches(run, key, name, expression.compile())
    for name, expression in FALSE.items():
        does_not_match(run, key, name, expression.compile())
    commands(run)
    batches(run)
    expression_operations(run)


def matches(run, key, name, packed):
    """The record passes for both clients."""
    policy = {"expressions": packed}
    run.report.equal(f"filter: {name}", lambda: run.client.get(key, policy)[2], BINS)
    option = filter_option(run.client, packed)
    run.report.equal(f"filter by Node: {name}", lambda: run.peer.get(key, option), BINS)


def does_not_match(run, key, name, packed):
    """Both clients get 27."""
    policy = {"expressions": packed}
    run.report.raises(f"filter: {name}", FilteredOut, 27, lambda: run.client.get(key, policy))
    option = filter_option(run.client, packed)

    def by_node():
        try:
            return run.peer.get(key, option)
        except PeerError as error:
            return [error.name, error.code]

    run.report.equal(f"filter by Node: {name}", by_node, ["FilteredOut", 27])


def commands(run):
    """A filter on each kind of single command."""
    key, missing = run.record({"i": 1}), run.key()
    yes = {"expressions": exp.Eq(exp.IntBin("i"), 1).compile()}
    no = {"expressions": exp.Eq(exp.IntBin("i"), 2).compile()}
    client = run.client
    calls = {
        "put": lambda policy: client.put(key, {"i": 1}, {}, policy),
        "select": lambda policy: client.select(key, ["i"], policy)[2],
        "exists": lambda policy: client.exists(key, policy)[1]["ttl"],
        "operate": lambda policy: client.operate(key, [op.read("i"), op.touch()], {}, policy)[2],
        "touch": lambda policy: client.touch(key, 0, {}, policy),
        "remove": lambda policy: client.remove(key, {}, policy),
    }
    answers = {"put": 0, "select": {"i": 1}, "exists": 4294967295, "operate": {"i": 1}, "touch": 0, "remove": 0}
    for name, call in calls.items():
        run.report.raises(f"filter of {name}: false", FilteredOut, 27, lambda call=call: call(no))
        run.report.equal(f"filter of {name}: true", lambda call=call: call(yes), answers[name])
    run.report.equal(
        "a filter does not keep a record from being created", lambda: client.put(missing, {"i": 1}, {}, no), 0
    )
    run.report.raises("a filter of no record", RecordNotFound, 2, lambda: client.get(run.key(), no))
    bad = {"expressions": exp.Eq(exp.IntBin("i"), "text").compile()}
    run.report.raises("a filter that compares types that differ", InvalidRequest, 4, lambda: client.get(missing, bad))


def batches(run):
    """A filter of a batch holds for each row."""
    keys = [run.record({"i": number}) for number in range(4)] + [run.key()]
    policy = {"expressions": exp.GE(exp.IntBin("i"), 2).compile()}
    run.report.equal(
        "filter of batch_read",
        lambda: [row.result for row in run.client.batch_read(keys, None, policy).batch_records],
        [27, 27, 0, 0, 2],
    )
    run.report.equal(
        "filter of batch_operate",
        lambda: [row.result for row in run.client.batch_operate(keys[:4], [op.write("x", 1)], policy).batch_records],
        [27, 27, 0, 0],
    )
    run.report.equal(
        "it wrote only where it is true", lambda: ["x" in run.bins(k) for k in keys[:4]], [False, False, True, True]
    )


def expression_operations(run):
    """Expressions that read and write."""
    key = run.record({"i": 5, "s": "x"})
    total = exp.Add(exp.IntBin("i"), 10).compile()
    run.report.equal(
        "an expression that reads",
        lambda: run.client.operate(key, [expression_op.expression_read("sum", total)])[2],
        {"sum": 15},
    )
    operations = [expression_op.expression_write("w", total), op.read("w")]
    run.report.equal("an expression that writes", lambda: run.client.operate(key, operations)[2], {"w": 15})
    run.report.equal("what it wrote", lambda: run.bins(key), {"i": 5, "s": "x", "w": 15})
    run.report.equal("Node reads it", lambda: run.peer.get(key), {"i": 5, "s": "x", "w": 15})
