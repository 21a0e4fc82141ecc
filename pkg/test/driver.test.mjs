/* The driver: connecting, sockets, timers, cancelling, closing, and an engine that fails. */

import assert from 'node:assert/strict'
import test from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import * as aerospike from '../dist/index.js'
import { connectWith } from '../dist/connect.js'
import { fakeClient, fakeRuntime } from './support/client.mjs'
import { fakeModule, Tape } from './support/fake-engine.mjs'

const KEY = ['test', 'demo', 'k']

/** A transport that records what the client does and lets the test speak for the other side. */
function recorder() {
  const connections = []
  return {
    connections,
    connect(endpoint, on) {
      const connection = {
        endpoint, on, written: [], closed: false,
        write(bytes) { this.written.push(bytes) },
        close() { this.closed = true }
      }
      connections.push(connection)
      return connection
    }
  }
}

async function connectedBy(script, config = {}) {
  const transport = recorder()
  const { module, engines, growTo, memory } = fakeModule(script)
  const promise = connectWith(module, fakeRuntime(), { hosts: 'h', ...config }, { transport })
  return { promise, transport, engine: () => engines[0], growTo, memory }
}

test('connect, open, transmit, receive, close', async () => {
  const { promise, transport, engine, memory } = await connectedBy({
    connect: (e) => e.sent.connect(7, 'node.example', 3000),
    connected: (e, id) => {
      new Uint8Array(memory.buffer).set([1, 2, 3], 60000)
      e.sent.transmit(id, 60000, 3)
    },
    received: (e, id, bytes) => {
      if (bytes[0] === 9) e.sent.event(1)
      else e.sent.close(id)
    }
  })
  const [connection] = transport.connections
  assert.deepEqual(connection.endpoint, { host: 'node.example', port: 3000, tlsName: '', tls: null, timeout: 1000 })
  connection.on.open()
  assert.deepEqual(connection.written, [new Uint8Array([1, 2, 3])])
  connection.on.bytes(new Uint8Array([9]))
  const client = await promise
  assert.equal(client.isConnected(), true)
  assert.deepEqual(client.getNodeNames(), ['A1', 'A2'])
  connection.on.bytes(new Uint8Array([8]))
  assert.equal(connection.closed, true)
  connection.on.bytes(new Uint8Array([7]))
  connection.on.close(0)
  assert.deepEqual(engine().calls.filter((call) => call !== 'poll').map((call) => call.slice(0, 2)), [
    ['connected', 7], ['received', 7], ['received', 7]
  ])
})

test('bytes given to a transport stay as they are', async () => {
  let memory
  const script = {
    connect: (e) => e.sent.connect(1, 'h', 1).event(1),
    connected: (e, id) => {
      new Uint8Array(memory.buffer).set([5, 6], 60000)
      e.sent.transmit(id, 60000, 2)
      e.sent.transmit(id, 60001, 1)
      e.sent.transmit(id, 42000, 20000)
    }
  }
  const made = await connectedBy(script)
  memory = made.memory
  await made.promise
  const [connection] = made.transport.connections
  connection.on.open()
  new Uint8Array(memory.buffer).fill(0)
  assert.deepEqual(connection.written.slice(0, 2), [new Uint8Array([5, 6]), new Uint8Array([6])])
  assert.equal(connection.written[2].length, 20000)
  assert.equal(connection.written[2][18000], 5)
})

test('memory that grows while bytes are received', async () => {
  const { promise, transport, engine, growTo } = await connectedBy({ connect: (e) => e.sent.connect(1, 'h', 1).event(1) })
  const client = await promise
  growTo(1 << 20)
  transport.connections[0].on.open()
  const big = new Uint8Array(3 << 20).map((_, i) => i & 255)
  transport.connections[0].on.bytes(big)
  const [, , bytes] = engine().calls.findLast((call) => call[0] === 'received')
  assert.deepEqual(bytes, big)
  await client.close()
})

test('a transport that reports, or throws, while it is called', async () => {
  const seen = []
  const transport = {
    connect(endpoint, on) {
      if (endpoint.port === 1) throw new Error('no')
      if (endpoint.port === 2) {
        on.close(1)
        return { write() {}, close() {} }
      }
      on.open()
      on.bytes(new Uint8Array([1]))
      return { write() { throw new Error('broken') }, close() { throw new Error('still') } }
    }
  }
  const { module, engines } = fakeModule({
    connect: (e) => e.sent.connect(11, 'h', 1).connect(12, 'h', 2).connect(13, 'h', 3).event(1),
    closed: (_e, id, reason) => seen.push([id, reason]),
    received: (e, id) => e.sent.transmit(id, 60000, 1)
  })
  const client = await connectWith(module, fakeRuntime(), { hosts: 'h' }, { transport })
  assert.deepEqual(seen, [[11, 6], [12, 1], [13, 6]])
  assert.equal(engines[0].freed, false)
  await client.close()
  assert.equal(engines[0].freed, true)
})

test('connecting fails with the reasons of the engine', async () => {
  const { promise, engine } = await connectedBy({ connect: (e) => e.sent.event(2, 'h:3000 refused; i:3000 name not found') })
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof aerospike.ClusterError)
    assert.match(error.message, /^connect: h:3000 refused; i:3000 name not found$/)
    return true
  })
  assert.equal(engine().freed, true)
})

test('connecting is given up by a signal', async () => {
  const { module, engines } = fakeModule({ connect: () => {} })
  const controller = new AbortController()
  const promise = connectWith(module, fakeRuntime(), { hosts: 'h' }, { transport: recorder(), signal: controller.signal })
  controller.abort(new Error('enough'))
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof aerospike.ClientError)
    assert.equal(error.cause.message, 'enough')
    return true
  })
  assert.equal(engines[0].freed, true)
  const early = connectWith(module, fakeRuntime(), { hosts: 'h' }, { signal: AbortSignal.abort('now') })
  await assert.rejects(early, { cause: 'now' })
})

test('a runtime that keeps a client to its place is asked before each command', async () => {
  const { module, engines } = fakeModule({ answer: (id, _command, tape) => tape.ok(id) })
  const asked = []
  let here = true
  const claim = () => (operation) => {
    asked.push(operation)
    if (!here) throw new aerospike.ClientError(`${operation}: elsewhere`)
  }
  const client = await connectWith(module, { ...fakeRuntime(), claim }, { hosts: 'h' })
  await client.put(KEY, { a: 1 })
  here = false
  await assert.rejects(client.get(KEY), { name: 'ClientError', message: 'get: elsewhere' })
  await assert.rejects(client.batchRead([KEY]), { message: 'batchRead: elsewhere' })
  assert.deepEqual([asked, engines[0].commands.length], [['put', 'get', 'batchRead'], 1])
  here = true
  await client.get(KEY)
  await client.close()
})

test('commands of one turn leave in one poll', async () => {
  const { client, engine } = await fakeClient()
  const before = engine.calls.filter((call) => call === 'poll').length
  await Promise.all(Array.from({ length: 50 }, (_, i) => client.put(['t', 's', i], { a: i })))
  assert.equal(engine.calls.filter((call) => call === 'poll').length, before + 1)
})

test('slots are used again, late answers of an old generation are passed over', async () => {
  const ids = []
  const { client, engine } = await fakeClient({ answer: (id, _c, tape, e) => { ids.push(id); tape.ok(id, { gen: ids.length }); e.release(id) } })
  const first = await client.get(KEY)
  engine.sent.ok(ids[0], { answers: [[1, 'late', { tag: 20, value: [{ tag: 3, value: 'x' }] }]] })
  engine.sent.serverError(ids[0], 2).clientError(ids[0], 1, 'late').row(ids[0], 0, 0, { answers: [[1, 'a', { tag: 0 }]] })
  const second = await client.get(KEY)
  assert.equal(ids[0] & 0xfffff, ids[1] & 0xfffff)
  assert.notEqual(ids[0], ids[1])
  assert.deepEqual([first.meta.gen, second.meta.gen], [1, 2])
})

test('a signal cancels a command', async () => {
  const { client, engine } = await fakeClient({
    answer: () => {},
    cancel: (e, id) => e.sent.clientError(id, 4, 'cancelled', { inDoubt: 1 })
  })
  const controller = new AbortController()
  const promise = client.put(KEY, { a: 1 }, { signal: controller.signal })
  await sleep(1)
  controller.abort(new Error('stop'))
  await assert.rejects(promise, (error) => {
    assert.ok(error instanceof aerospike.ClientError)
    assert.deepEqual([error.inDoubt, error.cause.message, error.resultCode], [true, 'stop', -5])
    return true
  })
  assert.equal(engine.calls.filter((call) => call[0] === 'cancel').length, 1)
})

test('an aborted signal sends nothing', async () => {
  const { client, engine } = await fakeClient()
  await assert.rejects(client.get(KEY, { signal: AbortSignal.abort('why') }), (error) => {
    assert.ok(error instanceof aerospike.ClientError)
    assert.deepEqual([error.inDoubt, error.cause], [false, 'why'])
    return true
  })
  assert.equal(engine.commands.length, 0)
  await client.get(KEY)
})

test('a signal is let go when the command ends', async () => {
  const { client, engine } = await fakeClient()
  const controller = new AbortController()
  await client.get(KEY, { signal: controller.signal })
  controller.abort()
  assert.equal(engine.calls.filter((call) => call[0] === 'cancel').length, 0)
})

test('close finishes what is in flight, once', async () => {
  const { client, engine } = await fakeClient({
    answer: (id, _c, _t, e) => { e.open = id },
    close: (e) => e.sent.clientError(e.open, 5, 'the client is closed')
  })
  const get = client.get(KEY)
  const refused = assert.rejects(get, { name: 'ClientError', message: /^get test\/demo\/k: the client is closed/ })
  await Promise.all([client.close(), client.close()])
  await refused
  await client.close()
  assert.equal(engine.freed, true)
  assert.equal(client.isConnected(), false)
  assert.deepEqual(client.getNodeNames(), [])
  await assert.rejects(client.get(KEY), { name: 'ClientError', message: /^get: the client is closed/ })
  await assert.rejects(client.batchRead([KEY]), { name: 'ClientError', message: /^batchRead: the client is closed/ })
})

test('close by Symbol.asyncDispose', async () => {
  const { client, engine } = await fakeClient()
  await client[Symbol.asyncDispose]()
  assert.equal(engine.freed, true)
})

test('the timer wakes the engine', async () => {
  let wake = NaN
  const woken = []
  const { client } = await fakeClient({
    wake: () => wake,
    timeout: () => { woken.push(performance.now()); wake = NaN }
  })
  const start = performance.now()
  wake = start + 30
  const keep = setTimeout(() => {}, 1000)
  await client.get(KEY)
  await sleep(60)
  clearTimeout(keep)
  assert.equal(woken.length, 1)
  assert.ok(woken[0] >= start + 29, `${woken[0] - start}`)
  await client.close()
})

test('an engine that traps fails everything with RustPanicError', async () => {
  let trap = false
  const { client } = await fakeClient({
    answer: () => { if (trap) throw new WebAssembly.RuntimeError('unreachable') }
  })
  const waiting = client.get(KEY)
  const failed = assert.rejects(waiting, { name: 'RustPanicError' })
  trap = true
  await assert.rejects(client.get(KEY), { name: 'RustPanicError' })
  await failed
  await assert.rejects(client.get(KEY), { name: 'RustPanicError' })
  await client.close()
})

test('a tape that makes no sense fails everything', async () => {
  const { client } = await fakeClient({ answer: (_id, _c, tape) => tape.u8(99) })
  await assert.rejects(client.get(KEY), (error) => {
    assert.equal(error.name, 'RustPanicError')
    assert.match(error.cause.message, /record of unknown type 99/)
    return true
  })
})

test('the tape builder of these tests writes what it says', () => {
  assert.deepEqual(new Tape().u16(0x0102).u32(1).bytes, [2, 1, 1, 0, 0, 0])
})
