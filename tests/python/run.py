"""What a group of checks works with: both clients, the server and the report."""

import os

import aerospike

from peer import Peer
from server import tell

NAMESPACE = "test"
SET = "official"


class Run:
    """One pass over all checks against one server."""

    def __init__(self, server, report):
        self.server = server
        self.report = report
        self.client = connect(server)
        self.peer = Peer(server.hosts)
        self._prefix = f"{os.getpid()}-{server.nodes}"
        self._used = []

    def key(self, user_key=None):
        """A key without a record, of a user key that no check has used or of this one; it is cleaned up in the end."""
        if user_key is None:
            key = (NAMESPACE, SET, f"{self._prefix}-{len(self._used)}")
        else:
            key = (NAMESPACE, SET, user_key)
            self.client.batch_remove([key])
        self._used.append(key)
        return key

    def record(self, bins, user_key=None, meta=None, policy=None):
        """The key of a new record with these bins."""
        key = self.key(user_key)
        self.client.put(key, bins, meta or {}, policy or {})
        return key

    def bins(self, key):
        """All bins of a record, as Python reads them."""
        return self.client.get(key)[2]

    def meta(self, key):
        """Generation and TTL as Python reads them; None when there is no record."""
        return self.client.exists(key)[1]

    def info(self, command):
        """The value that each node answers, by node name."""
        answers = self.client.info_all(command)
        return {name: text.removeprefix(f"{command}\t").rstrip("\n") for name, (_, text) in answers.items()}

    def tell(self, command):
        """Sends a command of the test server's own to one node of it, without the client."""
        return tell(self.server.hosts[0], command)

    def clean_up(self):
        """Removes every record of this run."""
        by_digest = {bytes(aerospike.calc_digest(*key)): key for key in self._used}
        return self.client.batch_remove(list(by_digest.values())).result

    def stop(self):
        """Closes both clients."""
        self.client.close()
        self.peer.stop()


def connect(server, **config):
    """A Python client."""
    return aerospike.client({"hosts": server.hosts, **config}).connect()
