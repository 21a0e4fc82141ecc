"""Users: the official client logs in to the test server, manages users there, and is refused as the npm client is."""

import warnings

import aerospike
from aerospike import exception
from peer import Peer, PeerError
from server import TestServer

PASSWORD = "correct horse battery"
USERS = ["--user", "admin:admin:user-admin,read-write", "--user", f"alice:{PASSWORD}:read-write", "--user", "bob:pw:read"]


def check_server(report):
    """All checks, against a server of their own."""
    warnings.simplefilter("ignore", DeprecationWarning)
    server = TestServer(2, USERS)
    report.label = f"{server.label}, with users"
    before = report.passed + report.failed
    try:
        for group in (logins, roles, management, node):
            report.group(lambda run, group=group: group(report, run), server)
    finally:
        server.stop()
    print(f"{report.label}: {report.passed + report.failed - before} checks made")


def client_of(server, user=None, password=None):
    """A Python client of a user, or of nobody."""
    config = {"hosts": server.hosts}
    if user is not None:
        config |= {"user": user, "password": password}
    return aerospike.client(config).connect()


def key_of(number):
    """A key of these checks."""
    return ("test", "security", number)


def logins(report, server):
    """Who gets in."""
    client = client_of(server, "alice", PASSWORD)
    report.equal("a put after the login", lambda: client.put(key_of(1), {"a": 1}), 0)
    report.equal("a get after the login", lambda: client.get(key_of(1))[2], {"a": 1})
    report.equal("a batch after the login", lambda: client.batch_remove([key_of(1), key_of(2)]).result, 0)
    client.close()
    report.raises("a wrong password", exception.InvalidCredential, 65, lambda: client_of(server, "alice", "wrong"))
    report.raises("an unknown user", exception.InvalidUser, 60, lambda: client_of(server, "nobody", PASSWORD))
    report.raises("no login", exception.NotAuthenticated, 80, lambda: client_of(server))
    plain = TestServer(1)
    try:
        report.raises("a server without security", exception.SecurityNotSupported, 51, lambda: client_of(plain, "a", "b"))
    finally:
        plain.stop()


def roles(report, server):
    """What a role allows."""
    alice, bob = client_of(server, "alice", PASSWORD), client_of(server, "bob", "pw")
    alice.put(key_of(3), {"a": 1})
    report.equal("a reader reads", lambda: bob.get(key_of(3))[2], {"a": 1})
    report.raises("a reader writes", exception.RoleViolation, 81, lambda: bob.put(key_of(3), {"a": 2}))
    report.raises("a reader removes", exception.RoleViolation, 81, lambda: bob.remove(key_of(3)))
    report.raises("a reader makes users", exception.RoleViolation, 81, lambda: bob.admin_create_user("x", "y", ["read"]))
    report.equal("nothing happened", lambda: alice.get(key_of(3))[2], {"a": 1})
    alice.remove(key_of(3))
    alice.close()
    bob.close()


def management(report, server):
    """Users come, change and go."""
    admin = client_of(server, "admin", "admin")
    report.equal("a user is made", lambda: admin.admin_create_user("carl", "one", ["read"]), 0)
    report.raises("twice", exception.UserExistsError, 61, lambda: admin.admin_create_user("carl", "one", ["read"]))
    report.raises("with a role that is none", exception.InvalidRole, 70, lambda: admin.admin_create_user("x", "y", ["king"]))
    report.equal("roles are granted", lambda: admin.admin_grant_roles("carl", ["write", "truncate"]), 0)
    report.equal("roles are revoked", lambda: admin.admin_revoke_roles("carl", ["truncate"]), 0)
    report.equal("a user is listed", lambda: admin.admin_query_user_info("carl")["roles"], ["read", "write"])
    report.equal("all users are listed", lambda: sorted(admin.admin_query_users_info()), ["admin", "alice", "bob", "carl"])
    report.equal("a password is set", lambda: admin.admin_set_password("carl", "two"), 0)
    report.raises("the old one is gone", exception.InvalidCredential, 65, lambda: client_of(server, "carl", "one"))
    carl = client_of(server, "carl", "two")
    report.equal("the new one works", lambda: carl.put(key_of(4), {"a": 1}), 0)
    report.equal("one changes one's own", lambda: carl.admin_change_password("carl", "three"), 0)
    carl.remove(key_of(4))
    carl.close()
    client_of(server, "carl", "three").close()
    report.raises("roles cannot be made here", exception.InvalidCommand, 54, lambda: admin.admin_create_role("r", [{"code": 10}]))
    report.equal("a user is dropped", lambda: admin.admin_drop_user("carl"), 0)
    report.raises("and cannot log in", exception.InvalidUser, 60, lambda: client_of(server, "carl", "three"))
    admin.close()


def node(report, server):
    """The npm client with the same users."""
    alice = Peer(server.hosts, user="alice", password=PASSWORD)
    bob = Peer(server.hosts, user="bob", password="pw")
    python = client_of(server, "alice", PASSWORD)
    try:
        report.equal("Node writes as Python's user", lambda: alice.put(key_of(5), {"a": 1}), None)
        report.equal("Python reads it", lambda: python.get(key_of(5))[2], {"a": 1})
        report.equal("Node reads as a reader", lambda: bob.get(key_of(5)), {"a": 1})
        report.equal("Node writes as a reader", lambda: error(lambda: bob.put(key_of(5), {"a": 2})), ["AdminError", 81, False])
        python.remove(key_of(5))
    finally:
        alice.stop()
        bob.stop()
        python.close()


def error(call):
    """Class, code and doubt of what the npm client throws."""
    try:
        return call()
    except PeerError as caught:
        return [caught.name, caught.code, caught.in_doubt]
