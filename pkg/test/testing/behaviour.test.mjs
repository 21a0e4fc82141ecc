/*
 * The server of `aerospike-wasm/testing` as its users see it: options, clock, faults, nodes that stop and start, what it
 * counts, and how it ends.
 *
 * Imports Node and the built package.
 */

import assert from 'node:assert/strict'
import { connect as connectSocket } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import * as aerospike from '../../dist/entry/node.js'
import { TestServer } from '../../dist/entry/testing-node.js'

const { AEROSPIKE_ERR_DEVICE_OVERLOAD, AerospikeTimeoutError, ClientError, connect, InvalidArgError, RecordNotFound, RecordTooBig } = aerospike
const key = ['test', 'demo', 'k']
const noRetry = { policy: { maxRetries: 0 } }

async function eventually(get, what) {
  for (let i = 0; i < 100; i++) {
    if (await get()) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  assert.fail(`${what}: not within five seconds`)
}

/** What `open` gives, closed after the test. */
async function opened(context, open, ...args) {
  const closable = await (open === connect ? connect(...args) : TestServer.start(...args))
  context.after(() => closable.close())
  return closable
}

function refused(field, message) {
  return (error) => {
    assert.ok(error instanceof InvalidArgError, `${error}`)
    assert.equal(error.field, field, error.message)
    if (message !== undefined) assert.match(error.message, message)
    return true
  }
}

for (const way of ['TCP', 'the transport']) {
  describe(`by ${way}`, () => {
    let server
    let client

    before(async () => {
      server = await TestServer.start({ tcp: way === 'TCP' })
      client = await connect({ hosts: server.hosts, tendInterval: 100 }, way === 'TCP' ? {} : { transport: server.transport })
    })

    afterEach(() => {
      server.heal()
      server.clear()
    })

    after(async () => {
      await client?.close()
      await server?.close()
    })

    test('the clock moves ahead, and records expire', async () => {
      const start = server.now()
      await client.put(key, { a: 1 }, { meta: { ttl: 60 } })
      await client.put(['test', 'demo', 'stays'], { a: 1 })
      server.advance(59)
      assert.deepEqual((await client.get(key)).bins, { a: 1 })
      server.advance(2)
      await assert.rejects(client.get(key), RecordNotFound)
      assert.equal(server.recordCount(), 1)
      assert.ok(server.now() - start >= 61_000 && server.now() - start < 71_000)
    })

    test('a result code for the next commands', async () => {
      server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_DEVICE_OVERLOAD, count: 2 })
      for (let i = 0; i < 2; i++) {
        await assert.rejects(client.put(key, { a: 1 }, noRetry), { resultCode: 18, inDoubt: false, node: 'A2' })
      }
      assert.equal(server.recordCount(), 0, 'they were not executed')
      await client.put(key, { a: 1 })
      assert.equal((await client.get(key)).meta.gen, 1)
    })

    test('a retry uses up a fault of its own', async () => {
      await client.put(key, { a: 1 })
      server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_DEVICE_OVERLOAD })
      assert.deepEqual((await client.get(key, { policy: { maxRetries: 1, sleepBetweenRetries: 0 } })).bins, { a: 1 })
    })

    test('a fault meets one row of a batch\'s node, and the batch goes on', async () => {
      server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_DEVICE_OVERLOAD })
      await assert.rejects(client.batchRead([key], null, noRetry), { resultCode: 18 })
      assert.deepEqual((await client.batchRead([key])).map((row) => row.result), [2])
    })

    test('answers that come later', async () => {
      server.fail({ kind: 'delay', milliseconds: 150, count: 2 })
      const started = performance.now()
      await Promise.all([client.put(key, { a: 1 }), client.get(['test', 'demo', 'other']).catch(() => {})])
      const took = performance.now() - started
      assert.ok(took >= 140 && took < 2000, `${took} ms`)
      server.fail({ kind: 'delay', milliseconds: 500 })
      await assert.rejects(client.put(key, { a: 2 }, { policy: { totalTimeout: 50 } }), AerospikeTimeoutError)
      assert.deepEqual((await client.get(key)).bins, { a: 2 }, 'it was executed, and the connection is still good')
    })

    test('answers that never come: the write is in doubt, and was executed', async () => {
      server.fail({ kind: 'swallow' })
      await assert.rejects(client.put(key, { a: 1 }, { policy: { totalTimeout: 50 } }), { name: 'AerospikeTimeoutError', inDoubt: true })
      assert.equal(server.recordCount(), 1)
    })

    test('connections that break before and after a write', async () => {
      server.fail({ kind: 'drop' })
      await assert.rejects(client.put(key, { a: 1 }, noRetry), { name: 'ClusterError', inDoubt: true })
      assert.equal(server.recordCount(), 0)
      server.fail({ kind: 'cut', bytes: 10 })
      await assert.rejects(client.put(key, { a: 1 }, noRetry), { name: 'ClusterError', inDoubt: true })
      assert.equal(server.recordCount(), 1)
      server.fail({ kind: 'garbage' })
      await assert.rejects(client.put(key, { a: 2 }, noRetry), { inDoubt: true })
      assert.deepEqual((await client.get(key)).bins, { a: 2 })
    })

    test('faults that wait can be forgotten', async () => {
      server.fail({ kind: 'drop', count: 1000 })
      server.heal()
      await client.put(key, { a: 1 }, noRetry)
    })

    test('records are counted and cleared by namespace and set', async () => {
      const keys = [['test', 'a', 1], ['test', 'b', 1], ['test', null, 1], ['bar', 'a', 1]]
      for (const one of keys) await client.put(one, { a: 1 })
      const counts = () => [
        server.recordCount(), server.recordCount({ namespace: 'test' }), server.recordCount({ namespace: 'test', set: 'a' }),
        server.recordCount({ set: 'a' }), server.recordCount({ set: null })
      ]
      assert.deepEqual(counts(), [4, 3, 1, 2, 1])
      server.clear({ namespace: 'test', set: 'a' })
      assert.deepEqual(counts(), [3, 2, 0, 1, 1])
      server.clear({ namespace: 'test' })
      assert.deepEqual(counts(), [1, 0, 0, 1, 0])
      server.clear()
      assert.equal(server.recordCount(), 0)
      assert.equal((await client.exists(keys[0])).exists, false)
      await client.put(keys[0], { a: 1 })
      assert.equal((await client.get(keys[0])).meta.gen, 1, 'a cleared record begins anew')
    })

    test('connections are counted', async () => {
      const before = server.connectionCount()
      const other = await connect({ hosts: server.hosts }, way === 'TCP' ? {} : { transport: server.transport })
      await other.put(key, { a: 1 })
      assert.ok(server.connectionCount() > before)
      await other.close()
      await eventually(() => server.connectionCount(0) === before, 'its connections are gone')
    })
  })

  test(`nodes leave and return, by ${way}`, async (context) => {
    const server = await opened(context, TestServer.start, { nodes: 3, tcp: way === 'TCP' })
    const client = await opened(context, connect, { hosts: server.hosts, tendInterval: 50 }, way === 'TCP' ? {} : { transport: server.transport })
    const keys = Array.from({ length: 60 }, (_, i) => ['test', 'demo', i])
    await Promise.all(keys.map((one, i) => client.put(one, { i })))
    assert.deepEqual(server.nodes.map((node) => [node.name, node.up]), [['A1', true], ['A2', true], ['A3', true]])

    await server.stopNode(1)
    assert.deepEqual(server.nodes.map((node) => node.up), [true, false, true])
    await eventually(() => client.getNodeNames().length === 2, 'the client noticed')
    assert.equal(server.connectionCount(1), 0)
    assert.deepEqual((await Promise.all(keys.map((one) => client.get(one)))).map((record) => record.bins.i), keys.map((_, i) => i))

    await Promise.all([server.startNode(1), server.startNode(1), server.stopNode(0), server.startNode(0)])
    assert.deepEqual(server.nodes.map((node) => node.up), [true, true, true])
    await eventually(() => client.getNodeNames().length === 3, 'the client found them again')
    await eventually(async () => {
      await Promise.all(keys.map((one) => client.get(one)))
      return server.connectionCount(1) > 0
    }, 'the returned node is used')
    server.fail({ kind: 'answer', resultCode: 18, node: 2, count: 1000 })
    const results = await Promise.allSettled(keys.map((one) => client.get(one, noRetry)))
    const nodes = new Set(results.filter((one) => one.status === 'rejected').map((one) => one.reason.node))
    assert.deepEqual([...nodes], ['A3'], 'the fault meets its node only')
    assert.ok(results.some((one) => one.status === 'fulfilled'))
  })

  test(`a single node that stops and starts, by ${way}`, async (context) => {
    const server = await opened(context, TestServer.start, { tcp: way === 'TCP' })
    const options = way === 'TCP' ? {} : { transport: server.transport }
    const client = await opened(context, connect, { hosts: server.hosts, tendInterval: 50 }, options)
    await client.put(key, { a: 1 })
    await server.stopNode(0)
    await assert.rejects(client.get(key, { policy: { totalTimeout: 300 } }))
    await assert.rejects(connect({ hosts: server.hosts }, options), { name: 'ClusterError', message: /refused/ })
    const [address] = server.hosts
    await server.startNode(0)
    assert.deepEqual(server.hosts[0], address)
    await eventually(() => client.get(key, noRetry).then(() => true, () => false), 'the client is back')
  })
}

test('namespaces with settings', async (context) => {
  const server = await opened(context, TestServer.start, {
    tcp: false, clusterName: 'shop',
    namespaces: ['plain', { name: 'cache', defaultTtl: 30 }, { name: 'small', maxRecordSize: 200 }, { name: 'fixed', rejectWrites: true },
      { name: 'named', disallowNullSet: true }, { name: 'lasting', allowTtl: false }]
  })
  const client = await opened(context, connect, { hosts: server.hosts, clusterName: 'shop' }, { transport: server.transport })
  await client.put(['cache', 's', 1], { a: 1 })
  const { ttl } = (await client.get(['cache', 's', 1])).meta
  assert.ok(ttl === 30 || ttl === 29, `${ttl}`)
  await assert.rejects(client.put(['small', 's', 1], { a: 'x'.repeat(300) }), RecordTooBig)
  await assert.rejects(client.put(['fixed', 's', 1], { a: 1 }), { resultCode: 22 })
  await assert.rejects(client.put(['named', null, 1], { a: 1 }), { resultCode: 4 })
  await assert.rejects(client.put(['lasting', 's', 1], { a: 1 }, { meta: { ttl: 9 } }), { resultCode: 22 })
  await client.put(['lasting', 's', 1], { a: 1 })
  await assert.rejects(client.put(['test', 's', 1], { a: 1 }), { resultCode: 20 })
  assert.equal(server.recordCount(), 2)
})

test('options, faults and filters are checked before anything happens', async (context) => {
  const options = [
    [{ node: 3 }, 'options.node', /did you mean 'nodes'/], [{ nodes: 0 }, 'options.nodes'], [{ nodes: 17 }, 'options.nodes', /1 to 16/],
    [{ nodes: '3' }, 'options.nodes'], [{ namespaces: [] }, 'options.namespaces'], [{ namespaces: 'test' }, 'options.namespaces'],
    [{ namespaces: ['a', 'a'] }, 'options.namespaces[1]'], [{ namespaces: ['a;b'] }, 'options.namespaces[0]'],
    [{ namespaces: [{}] }, 'options.namespaces[0].name'], [{ namespaces: [{ name: 'n'.repeat(32) }] }, 'options.namespaces[0].name'],
    [{ namespaces: [{ name: 'n', ttl: 1 }] }, 'options.namespaces[0].ttl'], [{ namespaces: [{ name: 'n', defaultTtl: -1 }] }, 'options.namespaces[0].defaultTtl'],
    [{ clusterName: 'a b' }, 'options.clusterName'], [{ port: 65_536 }, 'options.port'], [{ port: 65_535, nodes: 2 }, 'options.port'],
    [{ tcp: false, port: 3000 }, 'options.port'], [{ tcp: 1 }, 'options.tcp'], [null, 'options'], [{ replicationFactor: 0 }, 'options.replicationFactor']
  ]
  for (const [given, field, message] of options) await assert.rejects(TestServer.start(given), refused(field, message))

  const server = await opened(context, TestServer.start, { tcp: false, nodes: 2 })
  const calls = [
    [() => server.fail(), 'fault'], [() => server.fail({ kind: 'anwser' }), 'fault.kind', /'answer'/], [() => server.fail({ kind: 'answer' }), 'fault.resultCode'],
    [() => server.fail({ kind: 'answer', resultCode: 0 }), 'fault.resultCode', /1 to 255/], [() => server.fail({ kind: 'drop', resultCode: 9 }), 'fault.resultCode', /unknown/],
    [() => server.fail({ kind: 'delay', milliseconds: 1.5 }), 'fault.milliseconds'], [() => server.fail({ kind: 'cut', bytes: -1 }), 'fault.bytes'],
    [() => server.fail({ kind: 'drop', count: 0 }), 'fault.count'], [() => server.fail({ kind: 'drop', node: 2 }), 'fault.node', /0 to 1/],
    [() => server.fail({ kind: 'drop', cuont: 2 }), 'fault.cuont', /did you mean 'count'/], [() => server.advance(-1), 'seconds'], [() => server.advance(0.5), 'seconds'],
    [() => server.clear({ namespace: 'nope' }), 'filter.namespace', /test, bar/], [() => server.clear({ sett: 'x' }), 'filter.sett'],
    [() => server.recordCount({ set: 3 }), 'filter.set'], [() => server.connectionCount(2), 'node']
  ]
  for (const [call, field, message] of calls) assert.throws(call, refused(field, message))
  await assert.rejects(server.stopNode(2), refused('node'))
  await assert.rejects(server.startNode('0'), refused('node'))
})

test('ports: those asked for, and an error when one is taken', async (context) => {
  const first = await TestServer.start()
  const [, port] = first.hosts[0]
  await assert.rejects(TestServer.start({ port }), { message: new RegExp(`cannot listen on 127.0.0.1:${port}: .*EADDRINUSE`) })
  await first.close()
  const again = await opened(context, TestServer.start, { port })
  assert.deepEqual(again.hosts, [['127.0.0.1', port]])
})

test('servers do not know of each other', async (context) => {
  const one = await opened(context, TestServer.start, { tcp: false })
  const two = await opened(context, TestServer.start, { tcp: false })
  const client = await opened(context, connect, { hosts: one.hosts }, { transport: one.transport })
  const other = await opened(context, connect, { hosts: two.hosts }, { transport: two.transport })
  await client.put(key, { a: 1 })
  two.fail({ kind: 'drop', count: 5 })
  two.advance(1000)
  assert.deepEqual([one.recordCount(), two.recordCount(), (await client.get(key)).bins.a], [1, 0, 1])
  two.heal()
  assert.equal((await other.exists(key)).exists, false)
})

test('the transport knows no other address and no TLS', async (context) => {
  const server = await opened(context, TestServer.start, { tcp: false })
  await assert.rejects(connect({ hosts: '127.0.0.1:3001' }, { transport: server.transport }), { name: 'ClusterError', message: /refused/ })
  const reasons = []
  server.transport.connect({ host: '127.0.0.1', port: 3000, tlsName: 'x', timeout: 0 }, { open: () => reasons.push('open'), bytes() {}, close: (reason) => reasons.push(reason) })
  assert.deepEqual(reasons, [], 'nothing is reported before connect returns')
  await new Promise(setImmediate)
  assert.deepEqual(reasons, [aerospike.CLOSE_REASON.other])
})

test('a server that was closed says so, and its clients lose their connections', async () => {
  const server = await TestServer.start({ nodes: 2 })
  const [tcp, memory] = await Promise.all([connect({ hosts: server.hosts }), connect({ hosts: server.hosts }, { transport: server.transport })])
  await tcp.put(key, { a: 1 })
  await Promise.all([server.close(), server.close()])
  for (const client of [tcp, memory]) {
    await assert.rejects(client.get(key, { policy: { totalTimeout: 200 } }))
    await client.close()
  }
  for (const call of [() => server.now(), () => server.fail({ kind: 'drop' }), () => server.recordCount(), () => server.nodes]) {
    assert.throws(call, (error) => error instanceof ClientError && /the test server is closed/.test(error.message))
  }
  await assert.rejects(server.stopNode(0), /closed/)
  const [host, port] = server.hosts[0]
  await assert.rejects(new Promise((resolve, reject) => connectSocket({ host, port }, resolve).on('error', reject)), { code: 'ECONNREFUSED' })
})

test('bytes of a stranger end one connection and nothing else', async (context) => {
  const server = await opened(context, TestServer.start)
  const [host, port] = server.hosts[0]
  for (const bytes of ['GET / HTTP/1.1\r\n\r\n', Buffer.alloc(100, 0xff), Buffer.from([2, 3, 0, 0, 0, 0, 0, 4, 1, 2, 3, 4])]) {
    const socket = connectSocket({ host, port }, () => socket.end(bytes))
    await new Promise((resolve) => socket.resume().on('close', resolve))
  }
  const client = await opened(context, connect, { hosts: server.hosts })
  await client.put(key, { a: 1 })
  await eventually(() => server.connectionCount() < 4, 'the strangers are gone')
})
