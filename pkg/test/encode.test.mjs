/* The input tape, decoded by an independent reader: every value type, every kind of command, memory growth. */

import assert from 'node:assert/strict'
import test from 'node:test'
import * as aerospike from '../dist/index.js'
import { fakeClient } from './support/client.mjs'

const KEY = ['test', 'demo', 'user1']

for (const text of ['node', 'portable']) {
  test(`values of every type (${text} text)`, async () => {
    const { client, last } = await fakeClient({}, {}, text)
    const long = 'x'.repeat(5000)
    await client.put(KEY, {
      short: 'Al', wide: 'Zoë 🚀', long, wideLong: 'ä'.repeat(3000), empty: '',
      int: 7, neg: -3, min: -(2 ** 31), big: 2 ** 40, negBig: -(2 ** 40) - 1, safe: Number.MAX_SAFE_INTEGER,
      low: Number.MIN_SAFE_INTEGER, i64: 2n ** 63n - 1n, float: 0.5, nan: NaN, inf: Infinity
    })
    const values = Object.fromEntries(last().operations.map((op) => [op.bin, op.value]))
    assert.deepEqual(values, {
      short: { tag: 3, value: 'Al' }, wide: { tag: 3, value: 'Zoë 🚀' }, long: { tag: 3, value: long },
      wideLong: { tag: 3, value: 'ä'.repeat(3000) }, empty: { tag: 3, value: '' },
      int: { tag: 1, value: 7n }, neg: { tag: 1, value: -3n }, min: { tag: 1, value: -(2n ** 31n) },
      big: { tag: 1, value: 2n ** 40n }, negBig: { tag: 1, value: -(2n ** 40n) - 1n },
      safe: { tag: 1, value: 2n ** 53n - 1n }, low: { tag: 1, value: -(2n ** 53n) + 1n },
      i64: { tag: 1, value: 2n ** 63n - 1n }, float: { tag: 2, value: 0.5 }, nan: { tag: 2, value: NaN },
      inf: { tag: 2, value: Infinity }
    })
    assert.ok(last().operations.every((op) => op.code === 2))
  })
}

test('classes, bytes, lists and maps', async () => {
  const { client, last } = await fakeClient()
  await client.put(KEY, {
    double: new aerospike.Double(3), geo: aerospike.GeoJSON.point(1, 2), hll: new aerospike.HyperLogLog(new Uint8Array([1])),
    unknown: new aerospike.UnknownValue(9, new Uint8Array([2])), blob: new Uint8Array([3, 4]), buffer: Buffer.from('hi'),
    yes: true, none: null, list: [1, [null, 'a'], new aerospike.UnknownValue(null, new Uint8Array([0xc0]))],
    map: { a: 1, b: { c: false } }, mixed: new Map([[1, 'one'], ['two', 2], [3n, 0.5]])
  })
  const values = Object.fromEntries(last().operations.map((op) => [op.bin, op.value]))
  assert.deepEqual(values, {
    double: { tag: 2, value: 3 }, geo: { tag: 23, value: '{"type":"Point","coordinates":[1,2]}' },
    hll: { tag: 18, value: new Uint8Array([1]) }, unknown: { tag: 255, type: 9, value: new Uint8Array([2]) },
    blob: { tag: 4, value: new Uint8Array([3, 4]) }, buffer: { tag: 4, value: new Uint8Array([104, 105]) },
    yes: { tag: 17, value: 1 }, none: { tag: 0 },
    list: {
      tag: 20, order: 0,
      value: [
        { tag: 1, value: 1n }, { tag: 20, order: 0, value: [{ tag: 0 }, { tag: 3, value: 'a' }] },
        { tag: 254, value: new Uint8Array([0xc0]) }
      ]
    },
    map: {
      tag: 19, order: 0,
      value: [
        { tag: 3, value: 'a' }, { tag: 1, value: 1n }, { tag: 3, value: 'b' },
        { tag: 19, order: 0, value: [{ tag: 3, value: 'c' }, { tag: 17, value: 0 }] }
      ]
    },
    mixed: {
      tag: 19, order: 0,
      value: [
        { tag: 1, value: 1n }, { tag: 3, value: 'one' }, { tag: 3, value: 'two' }, { tag: 1, value: 2n },
        { tag: 1, value: 3n }, { tag: 2, value: 0.5 }
      ]
    }
  })
})

test('keys of every form', async () => {
  const { client, last } = await fakeClient()
  const digest = new Uint8Array(20).fill(7)
  for (const [given, seen] of [
    [['ns', 'set', 'text'], { namespace: 'ns', set: 'set', userKey: 'text', digest: null }],
    [['ns', '', 42], { namespace: 'ns', set: '', userKey: 42n, digest: null }],
    [['ns', null, -(2n ** 63n)], { namespace: 'ns', set: '', userKey: -(2n ** 63n), digest: null }],
    [['ns', 'ä', new Uint8Array([1])], { namespace: 'ns', set: 'ä', userKey: new Uint8Array([1]), digest: null }],
    [['ns', 'set', null, digest], { namespace: 'ns', set: 'set', userKey: null, digest }],
    [['ns', 'set', 'k', digest], { namespace: 'ns', set: 'set', userKey: 'k', digest }],
    [new aerospike.Key('ns', 'set', 'k'), { namespace: 'ns', set: 'set', userKey: 'k', digest: null }]
  ]) {
    const record = await client.get(given)
    assert.deepEqual(last().key, seen)
    assert.equal(record.key.namespace, 'ns')
  }
})

test('a command longer than the buffer moves with the memory', async () => {
  const { client, last, memory } = await fakeClient()
  const before = memory.buffer
  const blob = new Uint8Array(300_000).map((_, i) => i & 255)
  const list = Array.from({ length: 20_000 }, (_, i) => i)
  await client.put(KEY, { first: 'kept', blob, list, last: 'end' })
  assert.notEqual(memory.buffer, before)
  assert.equal(before.byteLength, 0)
  const [first, second, third, fourth] = last().operations
  assert.equal(first.value.value, 'kept')
  assert.deepEqual(second.value.value, blob)
  assert.equal(third.value.value.length, 20_000)
  assert.equal(third.value.value[19_999].value, 19_999n)
  assert.equal(fourth.value.value, 'end')
  await client.put(KEY, { again: 1 })
  assert.equal(last().operations[0].bin, 'again')
})

test('a command longer than the largest message is refused', async () => {
  const { client } = await fakeClient({}, { maxMessageBytes: 10_000 })
  await assert.rejects(client.put(KEY, { blob: new Uint8Array(20_000) }), {
    name: 'InvalidArgError', message: /put: bins.blob: .*10000 bytes.*config.maxMessageBytes/
  })
  await client.put(KEY, { small: 1 })
})

test('default policies', async () => {
  const { client, last } = await fakeClient()
  const read = {
    socketTimeout: 30000, totalTimeout: 1000, timeoutDelay: 0, sleep: 0, retries: 2, replica: 1, readModeAp: 0,
    readModeSc: 0, exists: 0, gen: 0, commit: 0, bits: 0, batchBits: 5, ttl: 0, generation: 0, readTouch: 0,
    filter: new Uint8Array(0)
  }
  await client.get(KEY)
  assert.deepEqual(last().policy, read)
  await client.put(KEY, { a: 1 })
  assert.deepEqual(last().policy, { ...read, retries: 0 })
  await client.operate(KEY, [{ op: aerospike.OPERATOR_READ, bin: 'a' }])
  assert.equal(last().policy.retries, 0)
  await client.batchRead([KEY])
  assert.equal(last().policy.retries, 2)
  await client.batchRemove([KEY])
  assert.equal(last().policy.retries, 0)
  await client.batchOperate([KEY], [{ op: aerospike.OPERATOR_READ, bin: 'a' }])
  assert.equal(last().policy.retries, 2)
  await client.batchOperate([KEY], [{ op: aerospike.OPERATOR_INCR, bin: 'a' }])
  assert.equal(last().policy.retries, 0)
})

test('meta and policy', async () => {
  const { client, last } = await fakeClient({}, { policies: { write: { ttl: 60, maxRetries: 1 }, read: { replica: 0 } } })
  await client.get(KEY)
  assert.equal(last().policy.replica, 0)
  await client.put(KEY, { a: 1 })
  assert.deepEqual([last().policy.ttl, last().policy.retries], [60, 1])
  await client.put(KEY, { a: 1 }, { meta: { ttl: aerospike.TTL_CLIENT_DEFAULT } })
  assert.equal(last().policy.ttl, 60)
  await client.put(KEY, { a: 1 }, { meta: { ttl: aerospike.TTL_NEVER_EXPIRE } })
  assert.equal(last().policy.ttl, 0xffffffff)
  await client.put(KEY, { a: 1 }, { meta: { ttl: 5 }, policy: { ttl: aerospike.TTL_DONT_UPDATE } })
  assert.equal(last().policy.ttl, 0xfffffffe)
  await client.put(KEY, { a: 1 }, { meta: { gen: 3 } })
  assert.deepEqual([last().policy.gen, last().policy.generation], [1, 3])
  await client.remove(KEY, { meta: { gen: 4 }, policy: { gen: aerospike.POLICY_GEN_IGNORE } })
  assert.deepEqual([last().policy.gen, last().policy.generation], [0, 4])
  await client.put(KEY, { a: 1 }, {
    policy: {
      exists: aerospike.POLICY_EXISTS_CREATE_ONLY, key: aerospike.POLICY_KEY_SEND, durableDelete: true, commitLevel: 1,
      socketTimeout: 1, totalTimeout: 2, timeoutDelay: 3, sleepBetweenRetries: 4, maxRetries: 5,
      filterExpression: new Uint8Array([9, 8])
    }
  })
  const seen = last().policy
  assert.deepEqual(
    [seen.exists, seen.bits, seen.commit, seen.socketTimeout, seen.totalTimeout, seen.timeoutDelay, seen.sleep, seen.retries],
    [4, 3, 1, 1, 2, 3, 4, 5]
  )
  assert.deepEqual(seen.filter, new Uint8Array([9, 8]))
  await client.put(KEY, { a: 1 })
  assert.equal(last().policy.exists, 0)
  await client.get(KEY, { policy: { readTouchTtlPercent: -1, readModeAp: 1, readModeSc: 2, replica: 2 } })
  assert.deepEqual([last().policy.readTouch, last().policy.readModeAp, last().policy.readModeSc], [0xffffffff, 1, 2])
})

test('single-record calls', async () => {
  const { client, last } = await fakeClient()
  await client.increment(KEY, 'n')
  assert.deepEqual(last().operations, [{ code: 5, bin: 'n', value: { tag: 1, value: 1n } }])
  await client.increment(KEY, 'n', 0.5)
  assert.deepEqual(last().operations[0].value, { tag: 2, value: 0.5 })
  await client.increment(KEY, 'n', new aerospike.Double(2))
  assert.deepEqual(last().operations[0].value, { tag: 2, value: 2 })
  await client.append(KEY, 's', 'x')
  assert.equal(last().operations[0].code, 9)
  await client.prepend(KEY, 's', new Uint8Array([1]))
  assert.equal(last().operations[0].code, 10)
  await client.touch(KEY, 600)
  assert.deepEqual(last().operations, [{ code: 11, bin: '', value: { tag: 0 } }])
  assert.equal(last().policy.ttl, 600)
  await client.touch(KEY, 0, { meta: { ttl: 9 } })
  assert.equal(last().policy.ttl, 9)
  await client.touch(KEY)
  assert.equal(last().policy.ttl, 0)
  await client.removeBin(KEY, ['a', 'b'])
  assert.deepEqual(last().operations.map((op) => [op.code, op.bin, op.value.tag]), [[2, 'a', 0], [2, 'b', 0]])
  await client.select(KEY, ['a', 'b'])
  assert.deepEqual(last().operations.map((op) => [op.code, op.bin, op.value.tag]), [[1, 'a', 0], [1, 'b', 0]])
  await client.exists(KEY)
  assert.equal(last().kind, 3)
  await client.remove(KEY)
  assert.equal(last().kind, 5)
})

test('operations', async () => {
  const { client, last } = await fakeClient()
  const { OPERATOR_APPEND, OPERATOR_DELETE, OPERATOR_INCR, OPERATOR_READ, OPERATOR_TOUCH, OPERATOR_WRITE } = aerospike
  await client.operate(KEY, [
    { op: OPERATOR_WRITE, bin: 'a', val: null }, { op: OPERATOR_INCR, bin: 'b' }, { op: OPERATOR_APPEND, bin: 'c', val: 'x' },
    { op: OPERATOR_TOUCH, val: 30 }, { op: OPERATOR_READ }, { op: OPERATOR_DELETE }
  ])
  assert.deepEqual(last().operations.map((op) => [op.code, op.bin, op.value.tag]), [
    [2, 'a', 0], [5, 'b', 1], [9, 'c', 3], [11, '', 0], [1, '', 0], [14, '', 0]
  ])
  assert.equal(last().policy.ttl, 30)
  assert.equal(last().policy.bits, 0)
  await client.operateOrdered(KEY, [{ op: OPERATOR_READ, bin: 'a' }])
  assert.equal(last().policy.bits, 4)
  await client.operateOrdered(KEY, [{ op: OPERATOR_READ }])
  assert.equal(last().policy.bits, 0)
})

test('batches', async () => {
  const { client, last } = await fakeClient()
  const other = ['test', 'demo', 2]
  await client.batchRead([KEY, other])
  assert.deepEqual([last().kind, last().bins, last().rows.length], [16, 0, 2])
  await client.batchRead([KEY], ['a'])
  assert.deepEqual([last().bins, last().operations.length], [1, 1])
  await client.batchRead([KEY], [])
  assert.equal(last().bins, 2)
  await client.batchWrite([[KEY, { a: 1 }], [other, { b: 'x' }, { ttl: 5, gen: 2 }]], {
    meta: { ttl: 7 }, policy: { key: 1, concurrency: aerospike.BATCH_CONCURRENCY_SEQUENTIAL, allowInline: false }
  })
  assert.equal(last().policy.batchBits, 12)
  assert.deepEqual(last().rows.map((row) => row.policy), [
    { exists: 0, gen: 0, commit: 0, bits: 1, ttl: 7, generation: 0 },
    { exists: 0, gen: 1, commit: 0, bits: 1, ttl: 5, generation: 2 }
  ])
  assert.equal(last().rows[1].operations[0].value.value, 'x')
  await client.batchOperate([KEY, other], [{ op: aerospike.OPERATOR_INCR, bin: 'n', val: 2 }])
  assert.deepEqual(last().rows.map((row) => row.policy.bits), [4, 4])
  await client.batchRemove([KEY, [other, { gen: 9 }], new aerospike.Key('test', 'demo', 3)])
  assert.deepEqual(last().rows.map((row) => row.policy.generation), [0, 9, 0])
  assert.deepEqual(last().rows.map((row) => row.key.userKey), ['user1', 2n, 3n])
  const count = 3
  assert.deepEqual(await client.batchRead([]), [])
  assert.equal(last().rows.length, count)
})
