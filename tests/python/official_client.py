"""The official C-based Python client, unmodified, against the test server and against the npm client.

Every check is one named assertion about exact values: what Python writes and reads, what Python writes and the npm
client reads under Node (and the other way round), generations, times to live, errors, batches, filters, lists and maps,
on one node and on three. A check that fails prints what was expected and what came; the last line counts them.

    AEROSPIKE_TESTSERVER=PROGRAM python3 official_client.py    starts that test server, on 1 node and on 3
    AEROSPIKE_HOSTS=HOST:PORT,... python3 official_client.py   uses a real server; what needs the test server is skipped

Needs the package `aerospike` from PyPI, Node, and the built npm package in pkg/.
"""

import os
import sys
import warnings

import checks
from checks import security
from report import Report
from run import Run
from server import RealServer, TestServer

NODES = (1, 3)


def main():
    # The client deprecates `meta`, which is the only way to send a generation, and some names of operations.
    warnings.simplefilter("ignore", DeprecationWarning)
    report = Report()
    hosts = os.environ.get("AEROSPIKE_HOSTS")
    if hosts:
        check_all(RealServer(hosts), report)
    elif os.environ.get("AEROSPIKE_TESTSERVER"):
        for nodes in NODES:
            check_all(TestServer(nodes), report)
        security.check_server(report)
    else:
        sys.exit("set AEROSPIKE_TESTSERVER to the test server's program, or AEROSPIKE_HOSTS to a server's address")
    print(report.summary())
    return 1 if report.failed else 0


def check_all(server, report):
    """Every group of checks against one server, which is stopped afterwards."""
    report.label = server.label
    before = report.passed + report.failed
    try:
        run = Run(server, report)
        try:
            for group in checks.GROUPS:
                report.group(group, run)
            report.equal("all records can be removed again", run.clean_up, 0)
        finally:
            run.stop()
    finally:
        server.stop()
    print(f"{server.label}: {report.passed + report.failed - before} checks made")


if __name__ == "__main__":
    sys.exit(main())
