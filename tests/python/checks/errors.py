"""Result codes and the exceptions that the Python client makes of them."""

from aerospike import exception
from aerospike.exception import BinNameError, NamespaceNotFound, RecordTooBig

from peer import PeerError

MEGABYTE = 1 << 20

# What the Python client raises for a code that the server answers. It has no class of its own for 25.
CLASSES = {
    1: exception.ServerError,
    2: exception.RecordNotFound,
    3: exception.RecordGenerationError,
    4: exception.InvalidRequest,
    5: exception.RecordExistsError,
    6: exception.BinExistsError,
    8: exception.ServerFull,
    9: exception.TimeoutError,
    10: exception.AlwaysForbidden,
    11: exception.ClusterError,
    12: exception.BinIncompatibleType,
    13: exception.RecordTooBig,
    14: exception.RecordBusy,
    16: exception.UnsupportedFeature,
    17: exception.BinNotFound,
    18: exception.DeviceOverload,
    19: exception.RecordKeyMismatch,
    20: exception.NamespaceNotFound,
    21: exception.BinNameError,
    22: exception.ForbiddenError,
    23: exception.ElementNotFoundError,
    24: exception.ElementExistsError,
    25: exception.AerospikeError,
    26: exception.OpNotApplicable,
    27: exception.FilteredOut,
    28: exception.LostConflict,
    80: exception.NotAuthenticated,
    81: exception.RoleViolation,
}

# What the npm client throws for them, where it is not ServerError.
NODE_CLASSES = {
    2: "RecordNotFound",
    3: "RecordGenerationError",
    5: "RecordExistsError",
    6: "BinExistsError",
    9: "AerospikeTimeoutError",
    12: "BinTypeError",
    13: "RecordTooBig",
    17: "BinNotFound",
    21: "BinNameError",
    23: "RecordError",
    24: "RecordError",
    27: "FilteredOut",
    80: "AdminError",
    81: "AdminError",
}


# A server that answers a timeout may have sent the write on to another node.
DOUBTFUL = {9}


def check(run):
    """Errors that commands cause; then every code on demand, and faults of the connection."""
    too_big(run)
    names(run)
    enterprise_only(run)
    ttl_out_of_range(run)
    if run.server.is_real:
        run.report.skip("every result code as an exception", "a real server answers no code on demand")
        run.report.skip("timeouts and lost connections", "a real server loses no answer on demand")
        return
    for code, error_class in CLASSES.items():
        answered(run, code, error_class)
    timeout(run)
    lost_connection(run)
    run.tell("test-fault:kind=clear")


def node_error(call):
    """Class, code and doubt of what the npm client throws."""
    try:
        return call()
    except PeerError as error:
        return [error.name, error.code, error.in_doubt]


def python_doubt(call):
    """What the Python client says of a write that fails."""
    try:
        return call()
    except exception.AerospikeError as error:
        return error.in_doubt


def too_big(run):
    """The limit of a record is one megabyte."""
    key = run.record({"a": 1})
    run.report.raises("a record over a megabyte", RecordTooBig, 13, lambda: run.client.put(key, {"b": "x" * MEGABYTE}))
    run.report.equal("it left the record", lambda: run.bins(key), {"a": 1})
    run.report.equal(
        "the same by Node",
        lambda: node_error(lambda: run.peer.put(key, {"b": "x" * MEGABYTE})),
        ["RecordTooBig", 13, False],
    )
    large = "x" * (MEGABYTE - 2000)
    run.report.equal("a record just under a megabyte", lambda: run.client.put(key, {"b": large}), 0)
    run.report.equal("Node reads it", lambda: run.peer.get(key), {"a": 1, "b": large})
    half = b"y" * (MEGABYTE // 2)
    growing = run.record({"v": half})
    run.client.append(growing, "v", half[: MEGABYTE // 4])
    run.report.raises("an append over the limit", RecordTooBig, 13, lambda: run.client.append(growing, "v", half))
    run.report.equal("it left the bin", lambda: len(run.bins(growing)["v"]), MEGABYTE // 4 * 3)


def names(run):
    """Bin names, sets and namespaces."""
    key = run.key()
    longest = "b" * 15
    run.report.equal("a bin name of 15 bytes", lambda: run.client.put(key, {longest: 1}), 0)
    run.report.equal("Node reads it", lambda: run.peer.get(key), {longest: 1})
    run.report.raises("a bin name of 16 bytes", BinNameError, 21, lambda: run.client.put(key, {"b" * 16: 1}))
    run.report.equal(
        "the same by Node", lambda: node_error(lambda: run.peer.put(key, {"b" * 16: 1}))[0], "InvalidArgError"
    )
    nowhere = ("nowhere", "s", 1)
    run.report.raises("an unknown namespace", NamespaceNotFound, 20, lambda: run.client.put(nowhere, {"a": 1}))
    run.report.equal(
        "the same by Node", lambda: node_error(lambda: run.peer.put(nowhere, {"a": 1}))[1:], [20, False]
    )


def enterprise_only(run):
    """Durable deletes need the Enterprise Edition."""
    key = run.record({"a": 1})
    durable = {"durable_delete": True}
    run.report.raises("a durable delete", exception.AerospikeError, 25, lambda: run.client.remove(key, {}, durable))
    run.report.equal(
        "the same by Node",
        lambda: node_error(lambda: run.peer.remove(key, {"policy": {"durableDelete": True}})),
        ["ServerError", 25, False],
    )
    run.report.equal("the record is still there", lambda: run.bins(key), {"a": 1})


def ttl_out_of_range(run):
    """Ten years at most."""
    key = run.record({"a": 1})
    too_long = {"ttl": 315_360_001}
    run.report.raises(
        "a TTL over ten years", exception.InvalidRequest, 4, lambda: run.client.put(key, {"a": 2}, {}, too_long)
    )
    run.report.equal("it left the record", lambda: run.bins(key), {"a": 1})


def answered(run, code, error_class):
    """The next command is answered with this code."""
    key = run.key()
    run.tell(f"test-fault:kind=answer;code={code}")
    policy = {"max_retries": 0}
    run.report.raises(f"code {code} for a put", error_class, code, lambda: run.client.put(key, {"a": 1}, {}, policy))
    run.tell(f"test-fault:kind=answer;code={code}")
    run.report.equal(
        f"whether code {code} for a put is in doubt",
        lambda: python_doubt(lambda: run.client.put(key, {"a": 1}, {}, policy)),
        code in DOUBTFUL,
    )
    run.tell(f"test-fault:kind=answer;code={code}")
    run.report.equal(
        f"code {code} for a put by Node",
        lambda: node_error(lambda: run.peer.put(key, {"a": 1})),
        [NODE_CLASSES.get(code, "ServerError"), code, code in DOUBTFUL],
    )


def timeout(run):
    """An answer that never comes."""
    key = run.key()
    policy = {"max_retries": 0, "total_timeout": 200}
    run.tell("test-fault:kind=swallow")
    run.report.raises(
        "a put without an answer", exception.TimeoutError, 9, lambda: run.client.put(key, {"a": 1}, {}, policy)
    )
    run.report.equal("it was written all the same", lambda: run.bins(key), {"a": 1})
    run.tell("test-fault:kind=swallow")
    run.report.equal(
        "a put without an answer by Node is in doubt",
        lambda: node_error(lambda: run.peer.put(key, {"a": 2}, {"policy": {"totalTimeout": 200}})),
        ["AerospikeTimeoutError", 9, True],
    )
    run.report.equal("it was written, too", lambda: run.bins(key), {"a": 2})


def lost_connection(run):
    """A connection that ends in the middle of a read: both clients try again."""
    key = run.record({"a": 1})
    for fault in ("kind=drop", "kind=cut;bytes=10"):
        run.tell(f"test-fault:{fault}")
        run.report.equal(f"a read with {fault}", lambda: run.client.get(key, {"max_retries": 2})[2], {"a": 1})
        run.tell(f"test-fault:{fault}")
        run.report.equal(f"a read by Node with {fault}", lambda: run.peer.get(key), {"a": 1})
    run.tell("test-fault:kind=drop")
    run.report.equal(
        "a put by Node whose connection is lost is in doubt",
        lambda: node_error(lambda: run.peer.put(key, {"a": 2}))[2],
        True,
    )
    run.report.equal("it was not written", lambda: run.bins(key), {"a": 1})
    run.report.equal("the Python client is still connected", run.client.is_connected, True)


