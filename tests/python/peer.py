"""The npm client, driven from Python: starts `peer.mjs` under Node and speaks JSON lines with it."""

import base64
import json
import subprocess
from pathlib import Path

from values import tagged, untagged


class PeerError(Exception):
    """An error that the npm client threw: the name of its class and its properties."""

    def __init__(self, error):
        super().__init__(f"{error['name']} ({error['code']}): {error['message']}")
        self.name = error["name"]
        self.code = error["code"]
        self.in_doubt = error["inDoubt"]


class Peer:
    """One npm client. `call` runs a method of it; keys are Python's key tuples, values are as Python has them."""

    def __init__(self, hosts, **config):
        script = Path(__file__).with_name("peer.mjs")
        self._process = subprocess.Popen(
            ["node", str(script)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
        )
        self.call("connect", [list(host) for host in hosts], config)

    def call(self, method, *arguments):
        """Calls a method; see `peer.mjs` for what each takes. Raises PeerError for what it threw."""
        self._process.stdin.write(json.dumps([method, *arguments]) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the Node companion ended")
        answer = json.loads(line)
        if "error" in answer:
            raise PeerError(answer["error"])
        return answer["value"]

    def put(self, key, bins, options=None):
        """Writes bins."""
        self.call("put", tagged(list(key)), tagged(bins), options)

    def get(self, key, options=None):
        """Reads all bins."""
        return untagged(self.call("get", tagged(list(key)), options)["bins"])

    def meta(self, key):
        """Generation and TTL of a record, `None` when there is none."""
        return self.call("exists", tagged(list(key)))

    def select(self, key, bins):
        """Reads some bins."""
        return untagged(self.call("select", tagged(list(key)), bins)["bins"])

    def remove(self, key, options=None):
        """Deletes a record."""
        self.call("remove", tagged(list(key)), options)

    def remove_bin(self, key, bins):
        """Removes bins."""
        self.call("removeBin", tagged(list(key)), bins)

    def touch(self, key, ttl=0):
        """Renews a record's life."""
        self.call("touch", tagged(list(key)), ttl)

    def modify(self, method, key, name, value, options=None):
        """`increment`, `append` or `prepend`."""
        self.call("modify", method, tagged(list(key)), name, tagged(value), options)

    def operate(self, key, operations, options=None):
        """The last answer per bin; operations are `(name, bin, value)`."""
        return untagged(self.call("operate", tagged(list(key)), _operations(operations), options)["bins"])

    def operate_ordered(self, key, operations):
        """The answers in order."""
        return untagged(self.call("operateOrdered", tagged(list(key)), _operations(operations))["bins"])

    def batch(self, method, rows, detail=None):
        """Rows of a batch: `{result, bins, node}`, bins `None` for a row that failed."""
        answer = self.call("batch", method, tagged(rows), detail)
        return [{**row, "bins": untagged(row["bins"])} for row in answer]

    def batch_operate(self, keys, operations):
        """Rows of `batchOperate`."""
        return self.batch("batchOperate", [list(key) for key in keys], _operations(operations))

    def stop(self):
        """Closes the client; the process ends with its standard input."""
        try:
            self.call("close")
            self._process.stdin.close()
            self._process.wait(timeout=10)
        finally:
            self._process.kill()
            self._process.wait()


def filter_option(client, expression):
    """Options that carry a compiled expression of the Python client."""
    packed = base64.b64decode(client.get_expression_base64(expression))
    return {"filter": packed.hex()}


def _operations(operations):
    return [[name, bin_name, tagged(value)] for name, bin_name, value in operations]
