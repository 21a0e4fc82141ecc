/* The Node transport over real sockets. */

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:net'
import test from 'node:test'
import { CLOSE_REASON } from '../dist/index.js'
import { nodeTransport } from '../dist/transport/node.js'

function listener() {
  const events = []
  let wake = () => {}
  const on = {
    open() { events.push('open'); wake() },
    bytes(chunk) { events.push(Buffer.from(chunk)); wake() },
    close(reason) { events.push(['close', reason]); wake() }
  }
  async function until(predicate) {
    while (!predicate(events)) await new Promise((resolve) => { wake = resolve })
    return events
  }
  return { on, events, until }
}

async function serve(handler) {
  const server = createServer(handler)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const endpoint = (port, host = '127.0.0.1') => ({ host, port, tlsName: '', timeout: 1000 })
const bytesOf = (events) => Buffer.concat(events.filter((event) => Buffer.isBuffer(event)))

test('opens, writes, receives, and hears the other side close', async () => {
  const server = await serve((socket) => socket.on('data', (data) => socket.end(Buffer.concat([data, data]))))
  const { on, until } = listener()
  const connection = nodeTransport.connect(endpoint(server.address().port), on)
  await until((events) => events.includes('open'))
  connection.write(new Uint8Array([1, 2, 3]))
  const events = await until((all) => all.some((event) => Array.isArray(event)))
  assert.deepEqual(bytesOf(events), Buffer.from([1, 2, 3, 1, 2, 3]))
  assert.deepEqual(events.at(-1), ['close', CLOSE_REASON.closed])
  server.close()
})

test('large transfers arrive whole and once', async () => {
  const size = 5 << 20
  const server = await serve((socket) => socket.end(Buffer.alloc(size, 7)))
  const { on, until } = listener()
  nodeTransport.connect(endpoint(server.address().port), on)
  const events = await until((all) => all.some((event) => Array.isArray(event)))
  assert.equal(bytesOf(events).length, size)
  server.close()
})

test('a port nobody listens on', async () => {
  const server = await serve(() => {})
  const { port } = server.address()
  server.close()
  await once(server, 'close')
  const { on, until } = listener()
  nodeTransport.connect(endpoint(port), on)
  assert.deepEqual(await until((events) => events.length > 0), [['close', CLOSE_REASON.refused]])
})

test('a name that does not resolve', async () => {
  const { on, until } = listener()
  nodeTransport.connect(endpoint(3000, 'no-such-host.invalid'), on)
  assert.deepEqual(await until((events) => events.length > 0), [['close', CLOSE_REASON.nameNotFound]])
})

test('a reset', async () => {
  const server = await serve((socket) => socket.resetAndDestroy())
  const { on, until } = listener()
  nodeTransport.connect(endpoint(server.address().port), on)
  const events = await until((all) => all.some((event) => Array.isArray(event)))
  assert.deepEqual(events.at(-1), ['close', CLOSE_REASON.reset])
  server.close()
})

test('nothing is reported after close', async () => {
  const server = await serve((socket) => socket.on('error', () => {}).write('hello'))
  const { on, events, until } = listener()
  const connection = nodeTransport.connect(endpoint(server.address().port), on)
  await until((all) => all.includes('open'))
  connection.close()
  const count = events.length
  connection.write(new Uint8Array([1]))
  await new Promise((resolve) => setTimeout(resolve, 30))
  assert.equal(events.length, count)
  server.close()
})

test('never throws: a bad port, a TLS name', async () => {
  const badContext = { cert: '-----BEGIN CERTIFICATE-----', key: '-----BEGIN PRIVATE KEY-----' }
  for (const [bad, reason] of [
    [endpoint(70000), CLOSE_REASON.other],
    [{ ...endpoint(70000), tlsName: 'x', tls: {} }, CLOSE_REASON.tls],
    [{ ...endpoint(1), tlsName: 'x', tls: {} }, CLOSE_REASON.refused],
    [{ ...endpoint(1), tlsName: 'x', tls: badContext }, CLOSE_REASON.tls]
  ]) {
    const { on, events, until } = listener()
    const connection = nodeTransport.connect(bad, on)
    assert.deepEqual(events, [])
    connection.write(new Uint8Array(1))
    assert.deepEqual(await until((all) => all.length > 0), [['close', reason]])
    connection.close()
  }
})
