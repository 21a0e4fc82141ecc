/* AbortSignal on every call: before, during and after. */

import assert from 'node:assert/strict'
import { getEventListeners } from 'node:events'
import test from 'node:test'
import * as aerospike from '../dist/index.js'
import { fakeClient } from './support/client.mjs'

const KEY = ['test', 'demo', 'k']
const { op } = aerospike

/** Every call that sends something, with its options last. */
const CALLS = {
  put: (c, o) => c.put(KEY, { a: 1 }, o),
  get: (c, o) => c.get(KEY, o),
  select: (c, o) => c.select(KEY, ['a'], o),
  exists: (c, o) => c.exists(KEY, o),
  touch: (c, o) => c.touch(KEY, 60, o),
  increment: (c, o) => c.increment(KEY, 'n', 1, o),
  append: (c, o) => c.append(KEY, 's', 'x', o),
  prepend: (c, o) => c.prepend(KEY, 's', 'x', o),
  remove: (c, o) => c.remove(KEY, o),
  removeBin: (c, o) => c.removeBin(KEY, ['a'], o),
  operate: (c, o) => c.operate(KEY, [op.read('a')], o),
  operateOrdered: (c, o) => c.operateOrdered(KEY, [op.read('a')], o),
  batchRead: (c, o) => c.batchRead([KEY], null, o),
  batchReadStream: (c, o) => c.batchReadStream([KEY], null, o).next(),
  batchWrite: (c, o) => c.batchWrite([[KEY, { a: 1 }]], o),
  batchOperate: (c, o) => c.batchOperate([KEY], [op.read('a')], o),
  batchRemove: (c, o) => c.batchRemove([KEY], o)
}
const SET = {
  put: (s, o) => s.put('k', { a: 1 }, o), get: (s, o) => s.get('k', o), select: (s, o) => s.select('k', ['a'], o),
  exists: (s, o) => s.exists('k', o), touch: (s, o) => s.touch('k', 60, o), increment: (s, o) => s.increment('k', 'n', 1, o),
  append: (s, o) => s.append('k', 's', 'x', o), prepend: (s, o) => s.prepend('k', 's', 'x', o), remove: (s, o) => s.remove('k', o),
  removeBin: (s, o) => s.removeBin('k', ['a'], o), operate: (s, o) => s.operate('k', [op.read('a')], o),
  operateOrdered: (s, o) => s.operateOrdered('k', [op.read('a')], o), batchRead: (s, o) => s.batchRead(['k'], null, o),
  batchReadStream: (s, o) => s.batchReadStream(['k'], null, o).next(), batchWrite: (s, o) => s.batchWrite([['k', { a: 1 }]], o),
  batchOperate: (s, o) => s.batchOperate(['k'], [op.read('a')], o), batchRemove: (s, o) => s.batchRemove(['k'], o)
}
const all = [
  ...Object.entries(CALLS).map(([name, call]) => [name, call]),
  ...Object.entries(SET).map(([name, call]) => [`set.${name}`, (client, options) => call(client.set('test', 'demo'), options)])
]

test('the list has every call', () => {
  const calls = (type) => Object.getOwnPropertyNames(type.prototype).filter((name) => type.prototype[name].length > 0)
  const without = ['constructor', 'set']
  assert.deepEqual(Object.keys(CALLS).sort(), calls(aerospike.Client).filter((name) => !without.includes(name)).sort())
  assert.deepEqual(Object.keys(SET).sort(), calls(aerospike.TypedSet).filter((name) => name !== 'key' && name !== 'constructor').sort())
})

for (const [name, call] of all) {
  test(`${name}: a signal that was aborted before sends nothing`, async () => {
    const { client, engine } = await fakeClient()
    const reason = new Error('before')
    await assert.rejects(call(client, { signal: AbortSignal.abort(reason) }), (error) => {
      assert.ok(error instanceof aerospike.ClientError)
      assert.deepEqual([error.resultCode, error.inDoubt, error.cause], [-5, false, reason])
      return true
    })
    assert.equal(engine.commands.length, 0)
  })

  test(`${name}: a signal during the call cancels it and is the cause`, async () => {
    const cancelled = []
    let submitted = -1
    const { client } = await fakeClient({
      answer: (id) => { submitted = id },
      cancel: (fake, id) => {
        cancelled.push(id)
        fake.sent.clientError(id, 4, 'cancelled', { attempts: 1 })
        fake.release(id)
      }
    })
    const controller = new AbortController()
    const reason = new Error('during')
    const promise = call(client, { signal: controller.signal })
    await new Promise((resolve) => setImmediate(resolve))
    assert.equal(getEventListeners(controller.signal, 'abort').length, 1)
    controller.abort(reason)
    await assert.rejects(promise, (error) => {
      assert.ok(error instanceof aerospike.ClientError)
      assert.deepEqual([error.resultCode, error.cause], [-5, reason])
      return true
    })
    assert.deepEqual(cancelled, [submitted])
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })
}

for (const [name, call] of all.filter(([name]) => !name.endsWith('Stream'))) {
  test(`${name}: the signal is let go at the end`, async () => {
    const { client } = await fakeClient({ answer: (id, command, tape) => (command.rows ? tape.row(id, 0, 0).ok(id) : tape.ok(id)) })
    const controller = new AbortController()
    await call(client, { signal: controller.signal })
    assert.equal(getEventListeners(controller.signal, 'abort').length, 0)
  })
}

test('a signal of many calls has one listener, cancels all of them and warns of nothing', async () => {
  const warnings = []
  const warn = (warning) => warnings.push(warning)
  process.on('warning', warn)
  const { client } = await fakeClient({
    answer: () => {},
    cancel: (fake, id) => {
      fake.sent.clientError(id, 4, 'cancelled', { attempts: 1 })
      fake.release(id)
    }
  })
  const controller = new AbortController()
  const { signal } = controller
  const calls = Array.from({ length: 20 }, () => client.get(KEY, { signal }))
  const stream = client.batchReadStream([KEY], null, { signal })
  calls.push(stream.next())
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(getEventListeners(signal, 'abort').length, 1)
  const reason = new Error('enough')
  controller.abort(reason)
  for (const { reason: error } of await Promise.allSettled(calls)) assert.equal(error.cause, reason)
  assert.equal(getEventListeners(signal, 'abort').length, 0)
  await new Promise((resolve) => setImmediate(resolve))
  process.off('warning', warn)
  assert.deepEqual(warnings, [])
})

test('one call that ends leaves the signal to the others', async () => {
  let answers = 1
  const { client } = await fakeClient({
    answer: (id, _command, tape) => {
      if (answers-- > 0) tape.ok(id)
    },
    cancel: (fake, id) => {
      fake.sent.clientError(id, 4, 'cancelled', { attempts: 1 })
      fake.release(id)
    }
  })
  const controller = new AbortController()
  const [first, second] = [1, 2].map(() => client.touch(KEY, 60, { signal: controller.signal }))
  await first
  assert.equal(getEventListeners(controller.signal, 'abort').length, 1)
  controller.abort()
  await assert.rejects(second, aerospike.ClientError)
})
