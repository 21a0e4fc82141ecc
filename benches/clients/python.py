"""The two Python clients under measurement: `official` (C under Python, blocking, one thread per lane) and `rust`
(aerospike-py, coroutines). The conversation and the work are those of lib.mjs.

An operation that fails ends the process with its error.
"""

import asyncio
import json
import re
import resource
import sys
import threading
import time

KEYS = 10_000
LARGE_KEYS = 200
NOTE = "a note of twenty-four ch"


def bins(i):
    return {"name": f"user-{i}", "age": i, "score": i + 0.5, "note": NOTE}


def key(name):
    return ("test", "bench", name)


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return (used.ru_utime + used.ru_stime) * 1e6


def reset_peak():
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass


def peak():
    try:
        with open("/proc/self/status") as file:
            return int(re.search(r"VmHWM:\s+(\d+)", file.read())[1])
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def failed(rows):
    for row in rows:
        if row.result != 0:
            raise RuntimeError(f"a row failed with {row.result}")


class Official:
    """The C-based client."""

    blocking = True

    def __init__(self, hosts):
        import aerospike
        from aerospike_helpers.batch.records import BatchRecords, Write
        from aerospike_helpers.operations import operations

        self.batch_records, self.write_row, self.ops = BatchRecords, Write, operations
        pairs = [(host.rsplit(":", 1)[0], int(host.rsplit(":", 1)[1])) for host in hosts.split(",")]
        self.client = aerospike.client({"hosts": pairs, "max_conns_per_node": 300}).connect()

    def put(self, name, record):
        self.client.put(key(name), record)

    def get(self, name):
        return self.client.get(key(name))[2]

    def batch_read(self, names):
        failed(self.client.batch_read([key(name) for name in names]).batch_records)

    def batch_write(self, names, first):
        write = self.ops.write
        rows = [
            self.write_row(key(name), [write(bin, value) for bin, value in bins(first + i).items()])
            for i, name in enumerate(names)
        ]
        records = self.batch_records(rows)
        self.client.batch_write(records)
        failed(records.batch_records)

    def batch_operate(self, names):
        ops = [self.ops.increment("count", 1), self.ops.read("count")]
        failed(self.client.batch_operate([key(name) for name in names], ops).batch_records)

    def close(self):
        self.client.close()


class Rust:
    """aerospike-py, whose API this project's follows."""

    blocking = False

    def __init__(self, hosts):
        import aerospike_py

        self.api = aerospike_py
        pairs = [(host.rsplit(":", 1)[0], int(host.rsplit(":", 1)[1])) for host in hosts.split(",")]
        self.client = aerospike_py.AsyncClient({"hosts": pairs})

    async def connect(self):
        await self.client.connect()

    async def put(self, name, record):
        await self.client.put(key(name), record)

    async def get(self, name):
        return (await self.client.get(key(name))).bins

    async def batch_read(self, names):
        rows = await self.client.batch_read([key(name) for name in names])
        failed(rows.batch_records)

    async def batch_write(self, names, first):
        rows = await self.client.batch_write([(key(name), bins(first + i)) for i, name in enumerate(names)])
        failed(rows.batch_records)

    async def batch_operate(self, names):
        ops = [
            {"op": self.api.OPERATOR_INCR, "bin": "count", "val": 1},
            {"op": self.api.OPERATOR_READ, "bin": "count"},
        ]
        rows = await self.client.batch_operate([key(name) for name in names], ops)
        failed(rows.batch_records)

    async def close(self):
        await self.client.close()


def turn(client, work, prefix):
    """What one turn of a lane does, as a function of a running number."""
    kind, _, size = work.partition(":")
    size = int(size or 0)
    names = [f"{prefix}-{i}" for i in range(KEYS)]
    if kind in ("put", "get") and size > 0:
        large = [f"{prefix}-{size}-{i}" for i in range(LARGE_KEYS)]
        blob = b"a" * size
        if kind == "put":
            return lambda n: client.put(large[n % LARGE_KEYS], {"blob": blob})
        return lambda n: client.get(large[n % LARGE_KEYS])
    if kind == "put":
        return lambda n: client.put(names[n % KEYS], bins(n % KEYS))
    if kind == "get":
        return lambda n: client.get(names[n % KEYS])
    if kind == "mix":
        return lambda n: client.get(names[n % KEYS]) if n % 2 == 0 else client.put(names[n % KEYS], bins(n % KEYS))
    groups = KEYS // size
    slices = [names[g * size : (g + 1) * size] for g in range(groups)]
    if kind == "batch-read":
        return lambda n: client.batch_read(slices[n % groups])
    if kind == "batch-write":
        return lambda n: client.batch_write(slices[n % groups], (n % groups) * size)
    if kind == "batch-operate":
        return lambda n: client.batch_operate([f"{prefix}-count{name}" for name in slices[n % groups]])
    raise ValueError(f"unknown work {work}")


def drive_threads(step, concurrency, millis):
    end = time.perf_counter() + millis / 1000
    errors = []
    latencies = [[] for _ in range(concurrency)]

    def lane(index):
        mine, n = latencies[index], index
        try:
            while True:
                start = time.perf_counter()
                if start >= end:
                    return
                step(n)
                mine.append(time.perf_counter() - start)
                n += concurrency
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=lane, args=(index,)) for index in range(concurrency)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return [latency for lane in latencies for latency in lane]


async def drive_tasks(step, concurrency, millis):
    end = time.perf_counter() + millis / 1000
    latencies = []
    count = 0

    async def lane():
        nonlocal count
        while True:
            start = time.perf_counter()
            if start >= end:
                return
            n = count
            count += 1
            await step(n)
            latencies.append(time.perf_counter() - start)

    await asyncio.gather(*(lane() for _ in range(concurrency)))
    return latencies


async def drive(client, step, concurrency, millis):
    start = time.perf_counter()
    if client.blocking:
        latencies = drive_threads(step, concurrency, millis)
    else:
        latencies = await drive_tasks(step, concurrency, millis)
    return latencies, time.perf_counter() - start


async def measure(client, command):
    step = turn(client, command["work"], command["prefix"])
    await drive(client, step, command["concurrency"], command["warmup"])
    reset_peak()
    before = cpu()
    latencies, seconds = await drive(client, step, command["concurrency"], command["millis"])
    used = cpu() - before
    latencies.sort()
    count = len(latencies)
    at = lambda q: latencies[min(count - 1, int(count * q))] * 1e6 if count else 0
    return {"ops": count, "seconds": seconds, "cpu": used, "p50": at(0.5), "p99": at(0.99), "rss": peak()}


async def answer(client, value):
    """The value of a call of either client."""
    return value if client.blocking else await value


async def verify(client, command):
    count = 0
    for i in range(0, KEYS, 97):
        found = await answer(client, client.get(f"{command['prefix']}-{i}"))
        for name, wanted in bins(i).items():
            if found.get(name) != wanted:
                raise RuntimeError(f"record {i}: bin {name} is {found.get(name)!r}, not {wanted!r}")
        count += 1
    return {"verified": count}


async def prepare(client, command):
    prefix = command["prefix"]
    for i in range(KEYS):
        await answer(client, client.put(f"{prefix}-{i}", bins(i)))
    for size in command["sizes"]:
        for i in range(LARGE_KEYS):
            await answer(client, client.put(f"{prefix}-{size}-{i}", {"blob": b"a" * size}))
    return {"prepared": KEYS}


async def cold(kind, hosts):
    before, start = cpu(), time.perf_counter()
    client = kind(hosts)
    if not client.blocking:
        await client.connect()
    await answer(client, client.get("shared-1"))
    millis = (time.perf_counter() - start) * 1000
    print(json.dumps({"millis": millis, "cpu": cpu() - before, "rss": peak()}), flush=True)


async def main():
    kind = {"official": Official, "rust": Rust}[sys.argv[1]]
    hosts = sys.argv[2]
    if sys.argv[3:] == ["cold"]:
        return await cold(kind, hosts)
    client = kind(hosts)
    if not client.blocking:
        await client.connect()
    print(json.dumps({"ready": True}), flush=True)
    actions = {"measure": measure, "verify": verify, "prepare": prepare}
    for line in sys.stdin:
        command = json.loads(line)
        print(json.dumps(await actions[command["do"]](client, command)), flush=True)
    await answer(client, client.close())


asyncio.run(main())
