"""Both clients change the same records in turn; what one made of a record the other reads and goes on with."""

import random

from aerospike_helpers.operations import operations as op

STEPS = 120


def check(run):
    """A shared counter, then a random walk of both clients beside a model."""
    shared_counter(run)
    random_walk(run)
    value_returned(run)


def shared_counter(run):
    """Each client adds what the other left."""
    key = run.key()
    for _ in range(20):
        run.client.increment(key, "n", 1)
        run.peer.modify("increment", key, "n", 100)
    run.report.equal("a counter that both increment", lambda: run.bins(key), {"n": 2020})
    run.report.equal("Node reads the counter", lambda: run.peer.get(key), {"n": 2020})
    run.report.equal("every increment counted", lambda: run.meta(key)["gen"], 40)


def random_walk(run):
    """Random changes of one record by either client; after each the other reads what the model says."""
    choice = random.Random(4)
    key = run.record({"n": 0, "s": "", "l": []})
    model = {"n": 0, "s": "", "l": []}
    seen = []
    for step in range(STEPS):
        by_python = choice.random() < 0.5
        change = choice.choice([change_number, change_text, change_list, change_several])
        change(run, key, model, by_python, step)
        seen.append((run.peer.get(key) if by_python else run.bins(key)) == model)
    run.report.equal("each client reads what the other did", lambda: seen.index(False) if False in seen else None, None)
    run.report.equal("the record in the end", lambda: run.bins(key), model)
    run.report.equal("its generation", lambda: run.meta(key)["gen"], 1 + STEPS)


def change_number(run, key, model, by_python, step):
    """Adds to a number."""
    model["n"] += step
    if by_python:
        run.client.increment(key, "n", step)
    else:
        run.peer.modify("increment", key, "n", step)


def change_text(run, key, model, by_python, step):
    """Appends to a string."""
    text = f"{step}é"
    model["s"] += text
    if by_python:
        run.client.append(key, "s", text)
    else:
        run.peer.modify("append", key, "s", text)


def change_list(run, key, model, by_python, step):
    """Reads a list, writes it back one element longer."""
    item = {"step": step, "by": "python" if by_python else "node", "none": None}
    if by_python:
        items = run.bins(key)["l"]
        run.client.put(key, {"l": [*items, item][-5:]})
    else:
        items = run.peer.get(key)["l"]
        run.peer.put(key, {"l": [*items, item][-5:]})
    model["l"] = [*model["l"], item][-5:]


def change_several(run, key, model, by_python, step):
    """Three operations at once."""
    model["n"] -= 1
    model["s"] = f"{step}" + model["s"][-20:]
    if by_python:
        run.client.operate(key, [op.increment("n", -1), op.write("s", model["s"]), op.read("n")])
    else:
        run.peer.operate(key, [("incr", "n", -1), ("write", "s", model["s"]), ("read", "n", None)])


def value_returned(run):
    """A value that one client read and wrote back is what the other wrote first."""
    value = {"deep": [{"bytes": b"\x00\xff", "big": 2**62, "text": "é", "none": None, "f": 0.1, "t": False}, []]}
    key, copy = run.record({"v": value}), run.key()
    run.peer.put(copy, run.peer.get(key))
    run.report.equal("Node read and wrote back what Python wrote", lambda: run.bins(copy), {"v": value})
    run.client.put(key, run.bins(copy))
    run.report.equal("Python read and wrote that back", lambda: run.peer.get(key), {"v": value})
