/*
 * Bad servers and bad input, over real TCP: what the caller is told, that the process lives, that the next call works.
 *
 * Imports Node, the built package, support/. Needs AEROSPIKE_TESTSERVER: faults in the middle of a command are made by
 * the test server's own commands, and by a proxy before it.
 */

import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import aerospike, { connect } from '../../dist/entry/node.js'
import { rejects } from './support/check.mjs'
import { runText } from './support/child.mjs'
import { badPeers, freePort, withPeer, withProxy } from './support/peers.mjs'
import { command, info, startTestServer } from './support/server.mjs'

const { AerospikeTimeoutError, ClientError, ClusterError, InvalidArgError, ServerError } = aerospike
const ENTRY = new URL('../../dist/entry/node.js', import.meta.url).href

let server
let client
let keys = 0

const newKey = () => ['test', 'faults', `k${++keys}`]
const fault = (text) => command(server.hosts, `test-fault:${text}`)

/** The client still works. */
async function worksOn(one = client) {
  const key = newKey()
  await one.put(key, { alive: true })
  assert.deepEqual((await one.get(key)).bins, { alive: true })
}

async function timed(promise) {
  const started = performance.now()
  const result = await promise
  return [result, performance.now() - started]
}

/** Runs `body(hosts, client)` beside a server of its own. */
async function withOwnServer(nodes, config, body) {
  const own = await startTestServer(nodes)
  try {
    await withClient({ hosts: own.hosts, ...config }, (one) => body(own, one))
  } finally {
    await own.stop()
  }
}

async function withClient(config, body) {
  const one = await connect(config)
  try {
    await body(one)
  } finally {
    await one.close()
  }
}

before(async () => {
  server = await startTestServer(1)
  client = await connect({ hosts: server.hosts })
})

after(async () => {
  await client?.close()
  await server?.stop()
})

describe('connect refuses at once', () => {
  const { AEROSPIKE_HOSTS } = process.env
  before(() => delete process.env.AEROSPIKE_HOSTS)
  after(() => {
    if (AEROSPIKE_HOSTS !== undefined) process.env.AEROSPIKE_HOSTS = AEROSPIKE_HOSTS
  })

  const bad = {
    'no configuration': [undefined, 'config.hosts'],
    'a configuration that is null': [null, 'config'],
    'no hosts': [{}, 'config.hosts'],
    'hosts that are null': [{ hosts: null }, 'config.hosts'],
    'an empty list': [{ hosts: [] }, 'config.hosts'],
    'an empty string': [{ hosts: '' }, 'config.hosts'],
    'an empty host': [{ hosts: [['', 3000]] }, 'config.hosts[0]'],
    'a host in text that names none': [{ hosts: ':3000' }, 'config.hosts'],
    'a pair that is not in a list': [{ hosts: ['127.0.0.1', 3000] }, 'config.hosts'],
    'port 0': [{ hosts: [['127.0.0.1', 0]] }, 'config.hosts[0]'],
    'port 65536': [{ hosts: '127.0.0.1:65536' }, 'config.hosts'],
    'a port that is no number': [{ hosts: ['127.0.0.1:http'] }, 'config.hosts[0]'],
    'a port as text': [{ hosts: [['127.0.0.1', '3000']] }, 'config.hosts[0]'],
    'an unknown option': [{ hosts: 'h', maxConnections: 5 }, 'config.maxConnections'],
    'a snake-case option': [{ hosts: 'h', cluster_name: 'x' }, 'config.cluster_name'],
    'a timeout out of range': [{ hosts: 'h', timeout: 0 }, 'config.timeout'],
    'an unknown kind of policy': [{ hosts: 'h', policies: { reads: {} } }, 'policies.reads'],
    'an unknown policy': [{ hosts: 'h', policies: { read: { exists: 1 } } }, 'policies.read.exists'],
    'more connections at least than at most': [{ hosts: 'h', minConnsPerNode: 5, maxConnsPerNode: 2 }, 'config.minConnsPerNode']
  }
  for (const [name, [config, field]] of Object.entries(bad)) {
    test(name, async () => {
      const [error, ms] = await timed(rejects(connect(config), InvalidArgError, { field, resultCode: -2, inDoubt: false }))
      assert.ok(error.message.startsWith('connect: '), error.message)
      assert.ok(ms < 500, `${ms} ms`)
    })
  }
})

describe('connect to what is no Aerospike server', () => {
  test('nobody listens: host, port and reason are told', async () => {
    const port = await freePort()
    const error = await rejects(connect({ hosts: [['127.0.0.1', port]] }), ClusterError, { inDoubt: false })
    assert.match(error.message, new RegExp(`^connect: .*127\\.0\\.0\\.1:${port}.*refused`))
  })

  test('several seeds that all fail are each named', async () => {
    const ports = [await freePort(), await freePort()]
    const error = await rejects(connect({ hosts: ports.map((port) => `127.0.0.1:${port}`) }), ClusterError)
    for (const port of ports) assert.ok(error.message.includes(`127.0.0.1:${port}`), error.message)
  })

  test('a name that does not resolve', async () => {
    const error = await rejects(connect({ hosts: 'no-such-host.invalid:3000', timeout: 5000 }), ClusterError)
    assert.match(error.message, /no-such-host\.invalid:3000/)
  })

  for (const [name, peer] of Object.entries(badPeers)) {
    test(`a peer that is bad: ${name}`, async () => {
      await withPeer(peer, async (hosts) => {
        const [error, ms] = await timed(rejects(connect({ hosts, timeout: 400 }), ClusterError, { inDoubt: false }))
        assert.ok(error.message.includes(hosts), error.message)
        assert.ok(error.message.length > `connect: ${hosts}: `.length + 5, `says why: ${error.message}`)
        assert.ok(ms < 3000, `${ms} ms`)
      })
    })
  }

  test('a bad seed beside a good one does not matter', async () => {
    await withPeer(badPeers.http, async (hosts) => {
      await withClient({ hosts: [hosts, server.hosts] }, worksOn)
    })
  })

  test('connecting to a peer that never answers can be cancelled', async () => {
    await withPeer(badPeers.silent, async (hosts, peer) => {
      const signal = AbortSignal.timeout(100)
      const [error, ms] = await timed(rejects(connect({ hosts, timeout: 10_000 }, { signal }), ClientError, { resultCode: -5 }))
      assert.equal(error.cause.name, 'TimeoutError')
      assert.ok(ms < 2000, `${ms} ms`)
      await sleep(50)
      assert.equal(peer.sockets.size, 0, 'the connection is closed')
    })
  })
})

describe('a reply goes wrong', () => {
  const calls = {
    put: { writes: true, run: (key, policy) => client.put(key, { a: 1 }, { policy }) },
    get: { writes: false, run: (key, policy) => client.get(key, { policy }) }
  }
  const faults = {
    'cut after 5 bytes': 'kind=cut;bytes=5',
    'cut after 15 bytes': 'kind=cut;bytes=15',
    garbage: 'kind=garbage',
    'the connection closed without a reply': 'kind=drop'
  }
  for (const [name, text] of Object.entries(faults)) {
    for (const [call, { writes, run }] of Object.entries(calls)) {
      test(`${name}: ${call}`, async () => {
        const key = newKey()
        await client.put(key, { a: 0 })
        await fault(text)
        const error = await rejects(run(key, { maxRetries: 0 }), ClusterError, { inDoubt: writes, attempts: 1 })
        assert.equal(error.node, client.getNodeNames()[0])
        assert.ok(error.message.startsWith(`${call} test/faults/`), error.message)
        assert.equal(error.message.includes('in doubt'), writes, error.message)
        await worksOn()
      })
    }
    test(`${name}: a read is tried again by itself, a write is not`, async () => {
      const key = newKey()
      await client.put(key, { a: 7 })
      await fault(text)
      assert.deepEqual((await client.get(key)).bins, { a: 7 })
      await fault(text)
      await rejects(client.put(key, { a: 8 }), ClusterError, { inDoubt: true, attempts: 1 })
      await worksOn()
    })
    test(`${name}: a batch of which no row was answered fails, one that reads is tried again`, async () => {
      const all = [newKey(), newKey()]
      await fault(text)
      await rejects(client.batchWrite(all.map((key) => [key, { a: 1 }])), ClusterError, { inDoubt: true, message: /^batchWrite of 2 keys: / })
      await fault(text)
      assert.deepEqual((await client.batchRead(all)).map((row) => row.result >= 0), [true, true])
      await worksOn()
    })
  }

  test('a reply that declares 2^47 bytes', async () => {
    const huge = Buffer.from([2, 3, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff])
    let left = 0
    const tamper = (_message, socket) => left > 0 && left-- > 0 && socket.write(huge) !== undefined
    await throughProxy(tamper, async (one) => {
      left = 1
      await rejects(one.put(newKey(), { a: 1 }), ClusterError, { inDoubt: true })
      left = 1
      await rejects(one.get(newKey(), { policy: { maxRetries: 0 } }), ClusterError, { inDoubt: false })
      await worksOn(one)
    })
  })

  test('a reply of more bytes than maxMessageBytes', async () => {
    const key = newKey()
    await client.put(key, { a: new Uint8Array(200_000) })
    await withClient({ hosts: server.hosts, maxMessageBytes: 100_000 }, async (one) => {
      await rejects(one.get(key, { policy: { maxRetries: 0 } }), ClusterError, { inDoubt: false })
      await worksOn(one)
    })
  })

  test('a request of more bytes than maxMessageBytes is refused before it is sent', async () => {
    await withClient({ hosts: server.hosts, maxMessageBytes: 100_000 }, async (one) => {
      await rejects(one.put(newKey(), { a: new Uint8Array(200_000) }), InvalidArgError, { message: /100000/ })
      await worksOn(one)
    })
  })

  const nonsense = {
    'another version': [3, 3, 0, 0, 0, 0, 0, 22, ...new Array(22).fill(0)],
    'another type of message': [2, 9, 0, 0, 0, 0, 0, 22, ...new Array(22).fill(0)],
    'a message too short for its header': [2, 3, 0, 0, 0, 0, 0, 4, 22, 0, 0, 0],
    'operations beyond the end': [2, 3, 0, 0, 0, 0, 0, 22, 22, ...new Array(18).fill(0), 0, 255, 255].slice(0, 30),
    'an info message in place of a record': [2, 1, 0, 0, 0, 0, 0, 3, 97, 98, 10]
  }
  for (const [name, bytes] of Object.entries(nonsense)) {
    test(`a reply that is nonsense: ${name}`, async () => {
      let left = 0
      const tamper = (_message, socket) => left > 0 && left-- > 0 && socket.write(Buffer.from(bytes)) !== undefined
      await throughProxy(tamper, async (one) => {
        left = 1
        const error = await rejects(one.put(newKey(), { a: 1 }), ClusterError, { inDoubt: true })
        assert.ok(error.message.length > 40, error.message)
        await worksOn(one)
      })
    })
  }

  test('many connections cut at once: every call ends, the next works', async () => {
    await fault('kind=cut;bytes=9;count=50')
    const done = await Promise.allSettled(Array.from({ length: 200 }, () => client.put(newKey(), { a: 1 })))
    for (const one of done) if (one.status === 'rejected') assert.ok(one.reason instanceof ClusterError, `${one.reason}`)
    await fault('kind=clear')
    await worksOn()
  })
})

/** A client of a proxy before the test server: the peer the client knows is the proxy alone. */
async function throughProxy(tamper, body) {
  await withProxy(server.hosts, tamper, (hosts) => withClient({ hosts }, body))
}

describe('a reply that does not come', () => {
  test('a write is in doubt', async () => {
    const key = newKey()
    await fault('kind=swallow')
    const [error, ms] = await timed(rejects(client.put(key, { a: 1 }, { policy: { totalTimeout: 200 } }), AerospikeTimeoutError, {
      resultCode: 9, inDoubt: true, message: /in doubt/
    }))
    assert.ok(ms >= 190 && ms < 1500, `${ms} ms`)
    assert.ok(error.node !== '')
    assert.deepEqual((await client.get(key)).bins, { a: 1 }, 'it was applied indeed')
    await worksOn()
  })

  test('a read is not', async () => {
    await fault('kind=swallow')
    const policy = { totalTimeout: 200, maxRetries: 0 }
    await rejects(client.get(newKey(), { policy }), AerospikeTimeoutError, { resultCode: 9, inDoubt: false })
    await worksOn()
  })

  test('a read with a socket timeout is tried again', async () => {
    const key = newKey()
    await client.put(key, { a: 3 })
    await fault('kind=swallow')
    const record = await client.get(key, { policy: { socketTimeout: 150, totalTimeout: 5000 } })
    assert.deepEqual(record.bins, { a: 3 })
  })

  test('a batch of which no row was answered is in doubt when it writes', async () => {
    const all = [newKey(), newKey()]
    await fault('kind=swallow')
    await rejects(client.batchWrite(all.map((key) => [key, { a: 1 }]), { policy: { totalTimeout: 200 } }), AerospikeTimeoutError, {
      resultCode: 9, inDoubt: true
    })
    assert.deepEqual((await client.batchRead(all)).map((row) => row.bins), [{ a: 1 }, { a: 1 }], 'it was applied indeed')
    await fault('kind=swallow;count=3')
    await rejects(client.batchRead(all, null, { policy: { totalTimeout: 200 } }), AerospikeTimeoutError, { inDoubt: false })
    await fault('kind=clear')
    await worksOn()
  })

  test('neighbours are not harmed', async () => {
    // More than one request and one connection take.
    const all = Array.from({ length: 200 }, newKey)
    await fault('kind=swallow')
    const policy = { totalTimeout: 1500, timeoutDelay: 1000 }
    const done = await Promise.allSettled(all.map((key, i) => client.put(key, { i }, { policy })))
    const failed = done.filter((one) => one.status === 'rejected')
    for (const { reason } of failed) {
      assert.ok(reason instanceof AerospikeTimeoutError || reason instanceof ClusterError, `${reason}`)
      assert.equal(reason.inDoubt, true)
    }
    assert.ok(failed.length >= 1 && failed.length <= 128, `${failed.length} of 200 failed`)
    await worksOn()
  })

  test('a signal cancels the wait; the write is in doubt', async () => {
    await fault('kind=swallow')
    const [error, ms] = await timed(rejects(
      client.put(newKey(), { a: 1 }, { signal: AbortSignal.timeout(100), policy: { totalTimeout: 5000 } }), ClientError,
      { resultCode: -5, inDoubt: true }
    ))
    assert.equal(error.cause.name, 'TimeoutError')
    assert.ok(ms < 2000, `${ms} ms`)
    await worksOn()
  })

  test('a late reply is not given to the next command', async () => {
    const keysWithValues = Array.from({ length: 20 }, (_, i) => [newKey(), i])
    for (const [key, i] of keysWithValues) await client.put(key, { i })
    let hold = 0
    // The reply to a held message comes 300 ms late, on the same connection.
    const tamper = (message, _socket, upstream) => {
      if (hold === 0) return false
      hold -= 1
      const copy = Buffer.from(message)
      setTimeout(() => upstream.write(copy), 300)
      return true
    }
    for (const timeoutDelay of [0, 2000]) {
      await throughProxy(tamper, async (one) => {
        for (const [key, i] of keysWithValues.slice(0, 5)) {
          hold = 1
          const policy = { totalTimeout: 100, maxRetries: 0, timeoutDelay }
          await rejects(one.get(key, { policy }), AerospikeTimeoutError, { inDoubt: false })
          const others = keysWithValues.filter(([, other]) => other !== i)
          const got = await Promise.all(others.map(([other]) => one.get(other)))
          assert.deepEqual(got.map((record) => record.bins.i), others.map(([, other]) => other))
        }
      })
    }
  })
})

describe('the server refuses for now', () => {
  const codes = { 9: AerospikeTimeoutError, 11: ServerError, 18: ServerError }
  for (const [text, expected] of Object.entries(codes)) {
    const code = Number(text)
    test(`result ${code}: a read is tried again`, async () => {
      const key = newKey()
      await client.put(key, { a: 1 })
      await fault(`kind=answer;code=${code};count=2`)
      assert.deepEqual((await client.get(key)).bins, { a: 1 })
      await fault(`kind=answer;code=${code};count=3`)
      await rejects(client.get(key), expected, { resultCode: code, inDoubt: false, attempts: 3 })
      await worksOn()
    })
    test(`result ${code}: a write is not`, async () => {
      const key = newKey()
      await fault(`kind=answer;code=${code}`)
      const error = await rejects(client.put(key, { a: 1 }), expected, { resultCode: code, attempts: 1 })
      assert.equal(error.inDoubt, code === 9, 'only a timeout leaves it open whether the write happened')
      assert.equal((await client.exists(key)).exists, false)
    })
    test(`result ${code}: a write is tried again when asked to`, async () => {
      const key = newKey()
      await fault(`kind=answer;code=${code};count=2`)
      await client.put(key, { a: 1 }, { policy: { maxRetries: 2 } })
      assert.deepEqual((await client.get(key)).bins, { a: 1 })
    })
  }

  const named = {
    1: ServerError, 6: aerospike.BinExistsError, 8: ServerError, 14: ServerError, 15: aerospike.QueryAbortedError, 17: aerospike.BinNotFound,
    21: aerospike.BinNameError, 22: ServerError, 23: aerospike.RecordError, 24: aerospike.RecordError, 26: ServerError,
    80: aerospike.AdminError, 81: aerospike.AdminError, 100: aerospike.UDFError, 200: aerospike.IndexFoundError,
    201: aerospike.IndexNotFound, 204: aerospike.AerospikeIndexError, 210: aerospike.QueryAbortedError, 213: aerospike.QueryError, 254: ServerError
  }
  test('each result code has its class, a name for it and the node', async () => {
    for (const [code, expected] of Object.entries(named)) {
      await fault(`kind=answer;code=${code}`)
      const error = await rejects(client.put(newKey(), { a: 1 }), expected, { resultCode: Number(code), inDoubt: false })
      assert.match(error.message, new RegExp(`: .+ \\([A-Z_]* ?${code}\\) \\[node ${client.getNodeNames()[0]}, 1 attempt\\]`))
    }
    await worksOn()
  })
})

describe('the clock of the server', () => {
  test('a record is gone when its time is over', () => withOwnServer(1, {}, async ({ hosts }, one) => {
    const key = newKey()
    await one.put(key, { a: 1 }, { meta: { ttl: 3600 } })
    await command(hosts, 'test-clock:advance=3500')
    assert.equal((await one.exists(key)).exists, true)
    await command(hosts, 'test-clock:advance=200')
    await rejects(one.get(key), aerospike.RecordNotFound)
  }))
})

describe('the server goes away', () => {
  test('calls fail with the reason, in time, and the client closes', () => withOwnServer(1, {}, async (own, one) => {
    await worksOn(one)
    await own.stop()
    const [error, ms] = await timed(rejects(one.put(newKey(), { a: 1 }), ClusterError))
    assert.ok(error.message.length > 30, error.message)
    assert.ok(ms < 3000, `${ms} ms`)
    await rejects(one.get(newKey()), ClusterError, { inDoubt: false })
    await one.close()
    await rejects(one.get(newKey()), ClientError, { message: /closed/ })
  }))

  test('a client of three nodes serves all keys after one has left and come back', () =>
    withOwnServer(3, { tendInterval: 100 }, async ({ hosts }, one) => {
      const all = Array.from({ length: 200 }, newKey)
      await one.batchWrite(all.map((key, i) => [key, { i }]))
      // The node that leaves is not the one that is told: it closes its connections.
      const [told, leaving] = hosts.split(',')
      const [name] = await info(leaving, 'node')
      const patient = { policy: { totalTimeout: 3000, maxRetries: 3 } }
      for (const [up, nodes] of [['false', 2], ['true', 3]]) {
        await command(told, `test-node:name=${name};up=${up}`)
        for (let i = 0; i < 50 && one.getNodeNames().length !== nodes; i++) await sleep(100)
        assert.equal(one.getNodeNames().length, nodes)
        assert.deepEqual((await one.batchRead(all, ['i'], patient)).map((row) => row.bins?.i), all.map((_, i) => i))
        await Promise.all(all.map((key) => one.increment(key, 'n', 1, patient)))
      }
      assert.deepEqual((await one.batchRead(all, ['n'])).map((row) => row.bins?.n), all.map(() => 2))
    }))
})

describe('one of three nodes fails', () => {
  let three
  let other
  const all = Array.from({ length: 300 }, newKey)

  before(async () => {
    three = await startTestServer(3)
    other = await connect({ hosts: three.hosts })
  })

  after(async () => {
    await other?.close()
    await three?.stop()
  })

  for (const [kind, code] of Object.entries({ drop: -10, swallow: -1 })) {
    test(`${kind}: only its rows of a batch fail, in doubt and with its name`, async () => {
      const [name] = other.getNodeNames()
      await command(three.hosts.split(',')[0], `test-fault:kind=${kind};node=${name}`)
      const rows = await other.batchWrite(all.map((key, i) => [key, { i }]), { policy: { totalTimeout: 500 } })
      const bad = rows.filter((row) => row.result !== 0)
      assert.ok(bad.length > 30 && bad.length < 200, `${bad.length} of 300 failed`)
      for (const row of bad) {
        assert.deepEqual([row.result, row.inDoubt, row.record, row.bins], [code, true, null, null])
        assert.ok(row.error.inDoubt && row.error.message.includes(`${row.key}`), row.error.message)
        assert.ok(row.error instanceof (code === -1 ? AerospikeTimeoutError : ClusterError), `${row.error}`)
      }
      assert.deepEqual((await other.batchRead(all)).filter((row) => row.result < 0), [])
    })
  }
})

test('calls that fail at once in one turn all settle, each with its own error', async () => {
  await withOwnServer(1, { maxErrorRate: 1 }, async (own, one) => {
    await command(own.hosts, 'test-fault:kind=answer;code=18;count=1')
    await rejects(one.put(newKey(), { a: 1 }), ServerError, { resultCode: 18 })
    // The node is left alone now: nothing is sent, and the engine has ended each call before the next is made.
    const calls = Array.from({ length: 50 }, () => one.put(newKey(), { a: 1 }))
    const settled = await Promise.race([Promise.allSettled(calls), sleep(900)])
    assert.deepEqual(settled?.map(({ reason }) => [reason?.name, reason?.resultCode]), calls.map(() => ['ClusterError', -14]))
    await sleep(1200)
    await worksOn(one)
  })
})

describe('a program ends by itself', () => {
  const run = (body) => runText(`import { connect } from '${ENTRY}'\nimport process from 'node:process'\n${body}`)

  test('after close, with code 0 and at once', async () => {
    const { code, stderr, milliseconds, stdout } = await run(`
      const client = await connect({ hosts: '${server.hosts}' })
      await client.put(['test', 'faults', 'child'], { a: 1 })
      await client.close()
      const closed = performance.now()
      process.on('exit', () => console.log(performance.now() - closed))`)
    assert.equal(code, 0, stderr)
    assert.equal(stderr, '')
    assert.ok(Number(stdout) < 200, `${stdout} ms after close`)
    assert.ok(milliseconds < 10_000)
  })

  test('after connect has failed', async () => {
    const port = await freePort()
    const { code, stdout, stderr } = await run(`
      await connect({ hosts: '127.0.0.1:${port}' }).catch((error) => console.log(error.name))`)
    assert.deepEqual([code, stdout, stderr], [0, 'ClusterError\n', ''])
  })

  test('after a peer never answered', async () => {
    await withPeer(badPeers.silent, async (hosts) => {
      const { code, stdout, stderr } = await run(`
        await connect({ hosts: '${hosts}', timeout: 200 }).catch((error) => console.log(error.name))`)
      assert.deepEqual([code, stdout, stderr], [0, 'ClusterError\n', ''])
    })
  })

  test('an error nobody catches shows call, key and reason', async () => {
    const { code, stderr } = await run(`
      const client = await connect({ hosts: '${server.hosts}' })
      await client.get(['test', 'faults', 'nobody'])`)
    assert.equal(code, 1)
    assert.match(stderr, /RecordNotFound: get test\/faults\/nobody: record not found \(AEROSPIKE_ERR_RECORD_NOT_FOUND 2\)/)
  })
})
