"""The server that the checks run against: the test server as a child process, or a real one that is running.

The test server ends with its `stop`, with this process (it watches its standard input), and after 300 seconds at the
latest.
"""

import os
import socket
import struct
import subprocess

START_SECONDS = "300"


def parse_hosts(text):
    """`host:port,host:port` as a list of pairs."""
    pairs = (host.rpartition(":") for host in text.split(","))
    return [(host, int(port)) for host, _, port in pairs]


def tell(host, command):
    """Sends one info command over a connection of its own; returns the value answered."""
    text = f"{command}\n".encode()
    with socket.create_connection(host, timeout=5) as connection:
        connection.sendall(struct.pack(">Q", 0x0201 << 48 | len(text)) + text)
        stream = connection.makefile("rb")
        size = struct.unpack(">Q", stream.read(8))[0] & 0xFFFF_FFFF_FFFF
        return stream.read(size).decode().rstrip("\n").partition("\t")[2]


class TestServer:
    """A test server of `nodes` nodes on free ports, with more options if given."""

    is_real = False

    def __init__(self, nodes, more=()):
        program = os.environ["AEROSPIKE_TESTSERVER"]
        options = ["--port", "0", "--nodes", str(nodes), "--seconds", START_SECONDS, "--stdin-guard", *more]
        self._process = subprocess.Popen(
            [program, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        line = self._process.stdout.readline().strip()
        if not line.startswith("listening "):
            self.stop()
            raise RuntimeError(f"the test server did not start: {line!r}")
        self.hosts = parse_hosts(line.removeprefix("listening "))
        self.nodes = nodes
        self.label = f"test server, {nodes} node{'s' if nodes > 1 else ''}"

    def stop(self):
        """Ends the process."""
        self._process.kill()
        self._process.wait()


class RealServer:
    """A server that somebody else started."""

    is_real = True

    def __init__(self, hosts):
        self.hosts = parse_hosts(hosts)
        self.nodes = len(self.hosts)
        self.label = "real server"

    def stop(self):
        """Leaves it running."""
