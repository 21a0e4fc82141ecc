/* Builders of operations and typed sets: they are what could be written by hand. */

import assert from 'node:assert/strict'
import test from 'node:test'
import * as aerospike from '../dist/index.js'
import { fakeClient } from './support/client.mjs'

const { op } = aerospike

test('every builder makes the plain object', () => {
  const bytes = new Uint8Array(2)
  assert.deepEqual(
    [
      op.read(), op.read('a'), op.write('a', [1, { b: null }]), op.write('a', null), op.incr('n'), op.incr('n', 0.5), op.incr('n', 2n),
      op.append('s', 'x'), op.prepend('b', bytes), op.touch(), op.touch(60), op.delete()
    ],
    [
      { op: 1 }, { op: 1, bin: 'a' }, { op: 2, bin: 'a', val: [1, { b: null }] }, { op: 2, bin: 'a', val: null },
      { op: 5, bin: 'n', val: 1 }, { op: 5, bin: 'n', val: 0.5 }, { op: 5, bin: 'n', val: 2n }, { op: 9, bin: 's', val: 'x' },
      { op: 10, bin: 'b', val: bytes }, { op: 11 }, { op: 11, val: 60 }, { op: 12 }
    ]
  )
})

test('there is a builder for every operator', () => {
  const operators = Object.keys(aerospike).filter((name) => name.startsWith('OPERATOR_'))
  const made = [op.read('a'), op.write('a', 1), op.incr('a'), op.append('a', ''), op.prepend('a', ''), op.touch(), op.delete()]
  assert.deepEqual(new Set(made.map((one) => one.op)), new Set(operators.map((name) => aerospike[name])))
})

const CALLS = {
  put: [['k', { a: 1 }, { meta: { ttl: 5 } }], [{ a: 1 }, { meta: { ttl: 5 } }]],
  get: [['k', { policy: { replica: 0 } }]],
  select: [['k', ['a', 'b']]],
  exists: [['k']],
  touch: [['k', 60]],
  increment: [['k', 'n']],
  append: [['k', 's', 'x', { policy: { key: 1 } }]],
  prepend: [['k', 's', new Uint8Array(1)]],
  remove: [['k', { meta: { gen: 3 } }]],
  removeBin: [['k', 'a']],
  operate: [['k', [op.incr('n'), op.read('n')]]],
  operateOrdered: [['k', [op.write('a', 1), op.read('a')]]]
}

for (const [name, [[userKey, ...rest]]] of Object.entries(CALLS)) {
  test(`${name} of a typed set is that of the client`, async () => {
    const { client, engine } = await fakeClient()
    const answer = await client.set('test', 'demo')[name](userKey, ...rest)
    await client[name](['test', 'demo', userKey], ...rest)
    assert.deepEqual(engine.commands[0], engine.commands[1])
    if (answer !== undefined) assert.ok(answer.key instanceof aerospike.Key)
  })
}

const key = (userKey) => ['test', 'demo', userKey]
const BATCHES = {
  batchRead: [[[1, 2], ['a']], [[key(1), key(2)], ['a']]],
  batchWrite: [[[[1, { a: 1 }], [2, { b: 2 }, { ttl: 9 }]]], [[[key(1), { a: 1 }], [key(2), { b: 2 }, { ttl: 9 }]]]],
  batchOperate: [[['a', 'b'], [op.touch(5)]], [[key('a'), key('b')], [op.touch(5)]]],
  batchRemove: [[['a', ['b', { gen: 2 }]]], [[key('a'), [key('b'), { gen: 2 }]]]]
}

for (const [name, [typed, plain]] of Object.entries(BATCHES)) {
  test(`${name} of a typed set is that of the client`, async () => {
    const { client, engine } = await fakeClient({
      answer: (id, _c, tape) => tape.row(id, 0, 0).row(id, 1, 2).ok(id)
    })
    const rows = await client.set('test', 'demo')[name](...typed)
    assert.deepEqual(rows.map((row) => row.key.toString().slice(0, 10)), ['test/demo/', 'test/demo/'])
    await client[name](...plain)
    assert.deepEqual(engine.commands[0], engine.commands[1])
  })
}

test('mistakes of untyped callers are refused as by the client', async () => {
  const { client, engine } = await fakeClient()
  const set = client.set('test', 'demo')
  const cases = [
    [set.get({}), /get: key.userKey: an object/], [set.batchRead('ab'), /batchRead: keys: 'ab' is not an array/],
    [set.batchRead([1, null]), /keys\[1\].userKey: null/], [set.batchWrite(5), /rows: 5 is not an array/],
    [set.batchWrite([5]), /rows\[0\]: 5 is not \[key, bins\]/], [set.batchWrite([[1]]), /rows\[0\]: an array of 1/],
    [set.batchRemove(null), /keys: null is not an array/], [client.set('', 'x').get(1), /key.namespace: the namespace is empty/],
    [client.set('test', 'x'.repeat(64)).get(1), /the limit of a set is 63/]
  ]
  for (const [promise, pattern] of cases) {
    await assert.rejects(promise, (error) => error instanceof aerospike.InvalidArgError && pattern.test(error.message), String(pattern))
  }
  assert.equal(engine.commands.length, 0)
  assert.deepEqual([set.namespace, set.name, set.key(5).toString()], ['test', 'demo', 'test/demo/5'])
})
