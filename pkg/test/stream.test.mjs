/* batchReadStream: rows as they arrive, bounded memory, ends of every kind. */

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import { Readable } from 'node:stream'
import test from 'node:test'
import * as aerospike from '../dist/index.js'
import { fakeClient } from './support/client.mjs'

const keysOf = (count) => Array.from({ length: count }, (_, i) => ['test', 'demo', i])
const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A client whose batches are answered by `answer(id, command)` of the test, and a source that counts what was taken. */
async function streaming(answer) {
  const sent = []
  const cancelled = []
  const { client, engine } = await fakeClient({
    answer: (id, command, tape, fake) => {
      sent.push({ id, count: command.rows.length, keys: command.rows.map((row) => Number(row.key.userKey)) })
      answer?.(id, command, tape, fake)
    },
    cancel: (fake, id) => {
      cancelled.push(id)
      fake.sent.clientError(id, 4, 'cancelled', { attempts: 1 })
      fake.release(id)
    }
  })
  const source = { taken: 0, returned: 0, *keys(count = Infinity) {
    try {
      for (let i = 0; i < count; i++) {
        source.taken += 1
        yield ['test', 'demo', i]
      }
    } finally {
      source.returned += 1
    }
  } }
  return { client, engine, sent, cancelled, source }
}

const all = (id, command, tape) => {
  command.rows.forEach((_, i) => tape.row(id, i, i % 3 === 0 ? 2 : 0))
  tape.ok(id)
}

test('every key gets its row once, chunk by chunk', async () => {
  const { client, sent, source } = await streaming(all)
  const seen = []
  for await (const row of client.batchReadStream(source.keys(25), null, { chunkSize: 10 })) seen.push(row)
  assert.deepEqual(seen.map((row) => Number(row.key.userKey)).sort((a, b) => a - b), Array.from({ length: 25 }, (_, i) => i))
  assert.deepEqual(sent.map((one) => one.count), [10, 10, 5])
  assert.ok(seen[0] instanceof aerospike.BatchRecord && seen[0].error instanceof aerospike.RecordNotFound)
  assert.equal(source.returned, 1)
})

test('bins and policy reach the command, as with batchRead', async () => {
  const { client, engine } = await streaming(all)
  const policy = { totalTimeout: 77, replica: 0 }
  for await (const _ of client.batchReadStream(keysOf(2), ['a'], { policy }));
  await client.batchRead(keysOf(2), ['a'], { policy })
  for await (const _ of client.batchReadStream(keysOf(2), []));
  await client.batchRead(keysOf(2), [])
  for await (const _ of client.set('test', 'demo').batchReadStream([0, 1], ['a'], { policy }));
  assert.deepEqual(engine.commands[0], engine.commands[1])
  assert.deepEqual(engine.commands[2], engine.commands[3])
  assert.deepEqual(engine.commands[4], engine.commands[1])
})

test('rows come as they arrive, before their batch has ended', async () => {
  const { client } = await streaming((id, command, tape) => void tape.row(id, 2, 0).row(id, 0, 0))
  const stream = client.batchReadStream(keysOf(3))
  const both = await Promise.all([stream.next(), stream.next()])
  assert.deepEqual(both.map((one) => one.value.key.userKey), [2, 0])
  await stream.return()
})

test('a slow reader: no more than two chunks are taken, in flight or kept', async () => {
  const { client, source, sent } = await streaming(all)
  const stream = client.batchReadStream(source.keys(), null, { chunkSize: 10 })
  let read = 0
  for await (const _ of stream) {
    read += 1
    for (let i = 0; i < 3; i++) await turn()
    assert.ok(source.taken - read < 20, `${source.taken} taken, ${read} read`)
    if (read === 95) break
  }
  assert.ok(sent.length <= 11, `${sent.length} chunks`)
  assert.equal(source.returned, 1)
})

test('nothing is sent before the first row is asked for', async () => {
  const { client, sent, source } = await streaming(all)
  client.batchReadStream(source.keys(5))
  await turn()
  assert.deepEqual([sent.length, source.taken], [0, 0])
})

test('leaving the loop cancels what is in flight and ends the source', async () => {
  const { client, sent, cancelled, source } = await streaming((id, command, tape) => void tape.row(id, 0, 0))
  for await (const _ of client.batchReadStream(source.keys(), null, { chunkSize: 4 })) break
  assert.deepEqual(cancelled, sent.map((one) => one.id))
  assert.equal(cancelled.length, 2)
  assert.equal(source.returned, 1)
  await turn()
})

test('so does throwing out of it, return(), and the end of await using', async () => {
  for (const leave of [
    async (stream) => { for await (const _ of stream) throw new Error('mine') },
    async (stream) => { await stream.next(); assert.deepEqual(await stream.return(), { value: undefined, done: true }) },
    async (stream) => { await stream.next(); await stream[Symbol.asyncDispose]() },
    async (stream) => { for await (const _ of Readable.from(stream)) break }
  ]) {
    const { client, cancelled, source } = await streaming((id, command, tape) => void tape.row(id, 0, 0))
    const stream = client.batchReadStream(source.keys(), null, { chunkSize: 4 })
    await leave(stream).catch((error) => assert.equal(error.message, 'mine'))
    await turn()
    assert.deepEqual([cancelled.length, source.returned], [2, 1])
    assert.deepEqual(await stream.next(), { value: undefined, done: true })
  }
})

test('a chunk that fails as a whole ends the stream, after the rows before it', async () => {
  let count = 0
  const { client, cancelled } = await streaming((id, command, tape) => {
    if (count++ === 0) all(id, command, tape)
    else tape.clientError(id, 1, 'timed out', { attempts: 1 })
  })
  const seen = []
  const stream = client.batchReadStream(keysOf(30), null, { chunkSize: 10 })
  await assert.rejects(async () => { for await (const row of stream) seen.push(row) }, (error) => {
    assert.ok(error instanceof aerospike.AerospikeTimeoutError)
    assert.match(error.message, /^batchReadStream of 10 keys: timed out/)
    return true
  })
  assert.equal(seen.length, 10)
  assert.equal(cancelled.length, 0)
  assert.deepEqual(await stream.next(), { value: undefined, done: true })
})

test('a signal ends it at once, drops what was kept, and is let go', async () => {
  const { client, cancelled, source } = await streaming((id, command, tape) => void tape.row(id, 0, 0).row(id, 1, 0))
  const controller = new AbortController()
  const stream = client.batchReadStream(source.keys(), null, { chunkSize: 4, signal: controller.signal })
  await stream.next()
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1)
  const reason = new Error('enough')
  controller.abort(reason)
  assert.equal(cancelled.length, 2)
  assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  await assert.rejects(stream.next(), (error) => {
    assert.ok(error instanceof aerospike.ClientError && error.cause === reason)
    assert.deepEqual([error.resultCode, error.inDoubt], [-5, false])
    assert.match(error.message, /batchReadStream: cancelled after 8 keys/)
    return true
  })
  assert.deepEqual(await stream.next(), { value: undefined, done: true })
})

test('a signal wakes whoever waits; one aborted before sends nothing', async () => {
  const { client, sent } = await streaming()
  const controller = new AbortController()
  const stream = client.batchReadStream(keysOf(2), null, { signal: controller.signal })
  const waiting = [stream.next(), stream.next()]
  await turn()
  controller.abort()
  await assert.rejects(waiting[0], { name: 'ClientError' })
  assert.deepEqual(await waiting[1], { value: undefined, done: true })
  const before = sent.length
  await assert.rejects(client.batchReadStream(keysOf(2), null, { signal: AbortSignal.abort() }).next(), { resultCode: -5 })
  assert.equal(sent.length, before)
})

test('a bad key is named by its place among all keys', async () => {
  const { client } = await streaming(all)
  const keys = [...keysOf(7), ['test', 'demo', 1.5]]
  let read = 0
  await assert.rejects(async () => { for await (const _ of client.batchReadStream(keys, null, { chunkSize: 3 })) read += 1 }, (error) => {
    assert.ok(error instanceof aerospike.InvalidArgError)
    assert.match(error.message, /^batchReadStream: keys\[7\]\.userKey: 1\.5 is not an integer/)
    return true
  })
  assert.equal(read, 6)
})

test('what the source throws comes out as it is', async () => {
  const { client } = await streaming(all)
  const mine = new RangeError('mine')
  function* keys() {
    yield ['test', 'demo', 1]
    throw mine
  }
  await assert.rejects(client.batchReadStream(keys()).next(), (error) => error === mine)
})

test('mistakes are refused by the first next(), and nothing is sent', async () => {
  const { client, sent } = await streaming(all)
  for (const [args, pattern] of [
    [[5], /keys: 5 is not an iterable/], [['abc'], /keys: 'abc' is not an iterable/], [[undefined], /keys: undefined/],
    [[keysOf(1), 'a'], /bins: 'a' is not an array/], [[keysOf(1), null, { chunkSize: 0 }], /chunkSize: 0 is not an integer from 1/],
    [[keysOf(1), null, { chunksize: 5 }], /unknown option 'chunksize', did you mean 'chunkSize'/],
    [[keysOf(1), null, { signal: {} }], /signal: is not an AbortSignal/], [[keysOf(1), null, 5], /options: 5/],
    [[keysOf(1), null, { policy: { exists: 1 } }], /policy.exists: 'exists' does not apply/],
    [[['test', 'demo', 'k']], /keys\[0\]: 'test' is not \[namespace/]
  ]) {
    const stream = client.batchReadStream(...args)
    await assert.rejects(stream.next(), (error) => error instanceof aerospike.InvalidArgError && pattern.test(error.message), String(pattern))
    assert.deepEqual(await stream.next(), { value: undefined, done: true })
  }
  assert.equal(sent.length, 0)
})

test('no keys, no rows', async () => {
  const { client, sent } = await streaming(all)
  assert.deepEqual(await client.batchReadStream([]).next(), { value: undefined, done: true })
  assert.equal(sent.length, 0)
})

test('closing the client ends the stream with an error', async () => {
  const { client } = await streaming()
  const stream = client.batchReadStream(keysOf(2))
  const waiting = stream.next()
  await turn()
  const refused = assert.rejects(waiting, { name: 'ClientError', message: /the client is closed/ })
  await client.close()
  await refused
  await assert.rejects(client.batchReadStream(keysOf(2)).next(), { name: 'ClientError', message: /closed; connect again/ })
})
