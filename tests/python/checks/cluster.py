"""Finding the cluster's nodes and keeping up with them; info commands."""

import base64
import time

import aerospike
from aerospike.exception import ClientError, ClusterError

from run import NAMESPACE, connect

KEYS = 90
PARTITIONS = 4096


def check(run):
    """Nodes, info, spread of the records, a single seed, a node that leaves and comes back."""
    nodes(run)
    info(run)
    spread(run)
    one_seed(run)
    cluster_name(run)
    if run.server.is_real:
        run.report.skip("a node that leaves", "a real server does not leave on demand")
    elif run.server.nodes > 1:
        leave_and_return(run)


def node_names(client):
    """Names of the nodes that a Python client knows."""
    return sorted(node["node_name"] for node in client.get_node_names())


def nodes(run):
    """Both clients know the same nodes."""
    run.report.equal("the Python client is connected", run.client.is_connected, True)
    run.report.equal("it knows every node", lambda: len(run.client.get_nodes()), run.server.nodes)
    run.report.equal("their addresses", lambda: sorted(run.client.get_nodes()), sorted(run.server.hosts))
    run.report.equal("Node knows them by the same names", lambda: run.peer.call("nodeNames"), node_names(run.client))
    if not run.server.is_real:
        expected = ["A2"] if run.server.nodes == 1 else [f"A{number}" for number in range(1, run.server.nodes + 1)]
        run.report.equal("the names", lambda: node_names(run.client), expected)


def info(run):
    """Info commands to all nodes, to one, to any."""
    names = node_names(run.client)
    run.report.equal("every node tells its name", lambda: run.info("node"), {name: name for name in names})
    run.report.equal(
        "every node has the namespace",
        lambda: [NAMESPACE in value.split(";") for value in run.info("namespaces").values()],
        [True] * len(names),
    )
    run.report.equal(
        "info of one node", lambda: run.client.info_single_node("node", names[-1]), f"node\t{names[-1]}\n"
    )
    run.report.equal("info of any node", lambda: run.client.info_random_node("node")[5:-1] in names, True)
    run.report.equal(
        "all nodes have one partition generation that is a number",
        lambda: all(int(value) >= 0 for value in run.info("partition-generation").values()),
        True,
    )
    run.report.equal(
        "the cluster's size",
        lambda: [statistic(text, "cluster_size") for text in run.info("statistics").values()],
        [str(run.server.nodes)] * len(names),
    )
    run.report.equal(
        "two commands at once",
        lambda: run.client.info_single_node("node\nstatus", names[0]),
        f"node\t{names[0]}\nstatus\tok\n",
    )


def statistic(text, name):
    """One value out of `name=value;name=value`."""
    return dict(pair.split("=", 1) for pair in text.split(";"))[name]


def spread(run):
    """Records are on every node, and each client asks the one that has them."""
    keys = [run.record({"n": number}) for number in range(KEYS)]
    owners = masters(run)
    run.report.equal("every partition has one master", lambda: {len(names) for names in owners}, {1})
    run.report.equal(
        "every node is the master of some of the records",
        lambda: sorted({owners[run.client.get_key_partition_id(*key)][0] for key in keys}),
        node_names(run.client),
    )
    rows = run.peer.batch("batchRead", [list(key) for key in keys])
    run.report.equal("Node reads all of them", lambda: [row["bins"] for row in rows], [{"n": n} for n in range(KEYS)])
    run.report.equal(
        "Python reads all of them", lambda: [run.bins(key)["n"] for key in keys], list(range(KEYS))
    )


def masters(run):
    """The nodes that say they are the master, by partition, from the bitmaps they tell their clients."""
    owners = [[] for _ in range(PARTITIONS)]
    for name, value in run.info("replicas").items():
        maps = dict(entry.split(":", 1) for entry in value.split(";"))
        bitmap = base64.b64decode(maps[NAMESPACE].split(",")[2])
        for partition in range(PARTITIONS):
            if bitmap[partition >> 3] & 0x80 >> (partition & 7):
                owners[partition].append(name)
    return owners


def one_seed(run):
    """One address is enough to find all nodes."""
    seed = run.server.hosts[-1]
    client = aerospike.client({"hosts": [seed]}).connect()
    run.report.equal("one seed finds every node", lambda: node_names(client), node_names(run.client))
    client.close()
    run.report.equal("a closed client is not connected", client.is_connected, False)
    run.report.raises("a closed client refuses", ClusterError, 11, lambda: client.get(run.key()))


def cluster_name(run):
    """A client that asks for another cluster does not connect."""
    config = {"cluster_name": "another", "policies": {"login_timeout_ms": 500}}
    run.report.raises("another cluster's name", ClientError, -1, lambda: connect(run.server, **config))


def leave_and_return(run):
    """The clients notice within a few tends; every record is still there."""
    keys = [run.record({"n": number}) for number in range(KEYS)]
    names = node_names(run.client)
    rest = names[:-1]
    run.tell(f"test-node:name={names[-1]};up=false")
    run.report.equal("Python sees a node leave", lambda: wait_for(lambda: node_names(run.client), rest), rest)
    run.report.equal("Node sees it leave", lambda: wait_for(lambda: run.peer.call("nodeNames"), rest), rest)
    expected = list(range(KEYS))
    run.report.equal("Python reads all records", lambda: [run.bins(key)["n"] for key in keys], expected)
    run.report.equal("Node reads all records", lambda: [run.peer.get(key)["n"] for key in keys], expected)
    run.client.put(keys[0], {"n": 1000})
    run.tell(f"test-node:name={names[-1]};up=true")
    run.report.equal("Python sees it return", lambda: wait_for(lambda: node_names(run.client), names), names)
    run.report.equal("Node sees it return", lambda: wait_for(lambda: run.peer.call("nodeNames"), names), names)
    run.report.equal("Python reads what changed meanwhile", lambda: run.bins(keys[0]), {"n": 1000})
    run.report.equal("Node reads all records again", lambda: [run.peer.get(key)["n"] for key in keys[1:]], expected[1:])


def wait_for(look, expected, seconds=10):
    """What `look()` returns once it is as expected, or in the end."""
    deadline = time.monotonic() + seconds
    while look() != expected and time.monotonic() < deadline:
        time.sleep(0.1)
    return look()
