/* The output tape: values, metadata, records, ordered answers, batch rows and errors as callers see them. */

import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import test from 'node:test'
import * as aerospike from '../dist/index.js'
import { fakeClient } from './support/client.mjs'

const KEY = ['test', 'demo', 'k']
const int = (value) => ({ tag: 1, value: BigInt(value) })
const str = (value) => ({ tag: 3, value })
const NIL = { tag: 0 }

/** A client whose every command is answered with `answer`. */
const answering = (answer, text) => fakeClient({ answer: (id, _c, tape) => tape.ok(id, answer) }, {}, text)

async function roundTrip(value, text) {
  const { client } = await answering({ answers: [[1, 'v', value]] }, text)
  return (await client.get(KEY)).bins.v
}

for (const text of ['node', 'portable']) {
  test(`values of every type (${text} text)`, async () => {
    for (const [value, expected] of [
      [NIL, null], [int(0), 0], [int(-1), -1], [int(2 ** 31), 2 ** 31], [int(-(2 ** 31)), -(2 ** 31)],
      [int(-(2 ** 31) - 1), -(2 ** 31) - 1], [int(2 ** 32), 2 ** 32], [int(2n ** 53n - 1n), Number.MAX_SAFE_INTEGER],
      [int(2n ** 53n), 2n ** 53n], [int(-(2n ** 53n) + 1n), Number.MIN_SAFE_INTEGER], [int(-(2n ** 53n)), -(2n ** 53n)],
      [int(2n ** 63n - 1n), 2n ** 63n - 1n], [int(-(2n ** 63n)), -(2n ** 63n)], [{ tag: 2, value: 0.5 }, 0.5],
      [{ tag: 2, value: 3 }, 3], [{ tag: 17, value: 1 }, true], [{ tag: 17, value: 0 }, false], [str(''), ''],
      [str('short'), 'short'], [str('Zoë'), 'Zoë'], [str('🚀'.repeat(50)), '🚀'.repeat(50)], [str('a'.repeat(500)), 'a'.repeat(500)],
      [{ tag: 4, value: new Uint8Array([1, 2]) }, new Uint8Array([1, 2])],
      [{ tag: 23, value: '{}' }, new aerospike.GeoJSON('{}')],
      [{ tag: 18, value: new Uint8Array([5]) }, new aerospike.HyperLogLog(new Uint8Array([5]))],
      [{ tag: 255, type: 7, value: new Uint8Array([5]) }, new aerospike.UnknownValue(7, new Uint8Array([5]))],
      [{ tag: 254, value: new Uint8Array([5]) }, new aerospike.UnknownValue(null, new Uint8Array([5]))],
      [{ tag: 20, value: [int(1), { tag: 20, value: [NIL] }] }, [1, [null]]],
      [{ tag: 19, value: [str('a'), int(1), str('b'), { tag: 19, value: [] }] }, { a: 1, b: {} }],
      [{ tag: 19, value: [str('a'), int(1), int(2), str('x'), str('c'), NIL] }, new Map([['a', 1], [2, 'x'], ['c', null]])]
    ]) {
      assert.deepStrictEqual(await roundTrip(value, text), expected)
    }
  })
}

test('__proto__ is a bin and a map key like any other', async () => {
  const { client } = await answering({
    answers: [[1, '__proto__', int(1)], [1, 'm', { tag: 19, value: [str('__proto__'), { tag: 19, value: [str('x'), int(1)] }] }]]
  })
  const { bins } = await client.get(KEY)
  assert.deepEqual(Object.keys(bins), ['__proto__', 'm'])
  assert.equal(Object.getPrototypeOf(bins), Object.prototype)
  assert.equal(Object.getPrototypeOf(bins.m), Object.prototype)
  assert.equal(bins.m.x, undefined)
})

test('many names in the cache', async () => {
  const names = Array.from({ length: 3000 }, (_, i) => `bin${i}`)
  const { client } = await answering({ answers: names.map((name, i) => [1, name, int(i)]) })
  for (let round = 0; round < 2; round++) {
    const { bins } = await client.get(KEY)
    assert.deepEqual(bins, Object.fromEntries(names.map((name, i) => [name, i])))
  }
})

test('records unpack, iterate and print', async () => {
  const now = Math.floor(Date.now() / 1000) - 1_262_304_000
  const { client } = await answering({ gen: 3, voidTime: now + 100, answers: [[1, 'a', int(1)]] })
  const record = await client.get(KEY)
  const [key, meta, bins] = record
  assert.equal(key, record.key)
  assert.equal(meta.gen, 3)
  assert.ok(meta.ttl >= 98 && meta.ttl <= 100)
  assert.deepEqual(bins, { a: 1 })
  assert.equal(String(key), 'test/demo/k')
  assert.match(inspect(record), /^Record test\/demo\/k gen 3 ttl \d+ \{ a: 1 \}$/)
  const never = await (await answering({ voidTime: 0 })).client.get(KEY)
  assert.equal(never.meta.ttl, 4294967295)
  const past = await (await answering({ voidTime: 5 })).client.get(KEY)
  assert.equal(past.meta.ttl, 1)
})

test('exists: meta, or null without a record', async () => {
  const there = await (await answering({ gen: 2 })).client.exists(KEY)
  assert.deepEqual([there.meta.gen, there.exists], [2, true])
  const { client } = await fakeClient({ answer: (id, _c, tape) => tape.serverError(id, 2) })
  const absent = await client.exists(KEY)
  assert.deepEqual([absent.meta, absent.exists, absent.key.userKey], [null, false, 'k'])
  const [key, meta] = absent
  assert.deepEqual([key.set, meta], ['demo', null])
})

test('operate gives the last answer per bin', async () => {
  const { client } = await answering({ answers: [[1, 'a', int(1)], [1, 'b', int(2)], [1, 'a', int(3)]] })
  const { bins } = await client.operate(KEY, [{ op: 1, bin: 'a' }, { op: 1, bin: 'b' }, { op: 1, bin: 'a' }])
  assert.deepEqual(bins, { a: 3, b: 2 })
})

test('operateOrdered: WRITE echoes, READ reads, others only when answered', async () => {
  const { OPERATOR_INCR, OPERATOR_READ, OPERATOR_TOUCH, OPERATOR_WRITE } = aerospike
  const { client } = await answering({
    answers: [[2, 'name', NIL], [5, 'counter', NIL], [1, 'counter', int(2)], [1, 'none', NIL], [2, 'x', NIL]]
  })
  const { bins } = await client.operateOrdered(KEY, [
    { op: OPERATOR_WRITE, bin: 'name', val: 'Bob' }, { op: OPERATOR_INCR, bin: 'counter', val: 1 }, { op: OPERATOR_TOUCH },
    { op: OPERATOR_READ, bin: 'counter' }, { op: OPERATOR_READ, bin: 'none' }, { op: OPERATOR_WRITE, bin: 'x', val: null }
  ])
  assert.deepEqual(bins, [['name', 'Bob'], ['counter', 2], ['none', null], ['x', null]])
})

test('operateOrdered around a READ of all bins', async () => {
  const { client } = await answering({ answers: [[1, 'a', int(1)], [1, 'b', int(2)]] })
  const { bins } = await client.operateOrdered(KEY, [{ op: 2, bin: 'a', val: 1 }, { op: 1 }, { op: 2, bin: 'c', val: 3 }])
  assert.deepEqual(bins, [['a', 1], ['a', 1], ['b', 2], ['c', 3]])
})

test('batch rows in the order of the keys, failures in their rows', async () => {
  const { client } = await fakeClient({
    answer: (id, _c, tape) =>
      tape
        .row(id, 2, -15, {}, { inDoubt: 1, node: '' })
        .row(id, 1, 2, {})
        .row(id, 0, 0, { gen: 4, answers: [[5, 'n', NIL], [1, 'n', int(8)], [1, 'gone', int(1)], [1, 'gone', NIL]] })
        .ok(id)
  })
  const rows = await client.batchOperate([['t', 's', 1], ['t', 's', 2], ['t', 's', 3]], [{ op: 5, bin: 'n' }, { op: 1, bin: 'n' }])
  assert.deepEqual(rows.map((row) => row.result), [0, 2, -15])
  assert.deepEqual(rows[0].bins, { n: 8 })
  assert.deepEqual(rows[0].results, [['n', null], ['n', 8], ['gone', 1], ['gone', null]])
  assert.equal(rows[0].record.meta.gen, 4)
  assert.equal(rows[0].error, null)
  assert.deepEqual([rows[1].record, rows[1].bins, rows[1].inDoubt, rows[1].node], [null, null, false, 'A1'])
  assert.ok(rows[1].error instanceof aerospike.RecordNotFound)
  assert.match(rows[1].error.message, /^batchOperate t\/s\/2: record not found \(AEROSPIKE_ERR_RECORD_NOT_FOUND 2\) \[node A1\]; check namespace/)
  assert.equal(rows[2].inDoubt, true)
  assert.ok(rows[2].error.inDoubt)
})

test('server errors: class, code, node, doubt and words', async () => {
  for (const [code, constructor, pattern] of [
    [2, aerospike.RecordNotFound, /^get test\/demo\/k: record not found \(AEROSPIKE_ERR_RECORD_NOT_FOUND 2\) \[node A1, 1 attempt\]; check namespace/],
    [5, aerospike.RecordExistsError, /record exists \(AEROSPIKE_ERR_RECORD_EXISTS 5\)/], [3, aerospike.RecordGenerationError, /read it again and retry/],
    [12, aerospike.BinTypeError, /wrong bin type/], [13, aerospike.RecordTooBig, /max-record-size/],
    [9, aerospike.AerospikeTimeoutError, /timeout \(AEROSPIKE_ERR_TIMEOUT 9\) .*; raise policy.totalTimeout/], [27, aerospike.FilteredOut, /filtered out/],
    [20, aerospike.ServerError, /invalid namespace/], [22, aerospike.ServerError, /nsup-period/],
    [60, aerospike.AdminError, /invalid user/], [201, aerospike.IndexNotFound, /index not found/],
    [210, aerospike.QueryAbortedError, /aborted/], [199, aerospike.ServerError, /unknown server error \(199\)/]
  ]) {
    const { client } = await fakeClient({ answer: (id, _c, tape) => tape.serverError(id, code) })
    await assert.rejects(client.get(KEY), (error) => {
      assert.equal(error.constructor, constructor)
      assert.equal(error.name, constructor.name)
      assert.equal(error.resultCode, code)
      assert.equal(error.node, 'A1')
      assert.match(error.message, pattern)
      return true
    })
  }
})

test('client errors: class, code and doubt', async () => {
  for (const [kind, constructor, code, name, advice] of [
    [1, aerospike.AerospikeTimeoutError, 9, 'TIMEOUT', 'raise policy.totalTimeout'],
    [2, aerospike.ClusterError, -10, 'CONNECTION', 'retry'], [3, aerospike.ClusterError, -11, 'CLUSTER', 'look at the addresses'],
    [4, aerospike.ClientError, -5, 'CLIENT_ABORT', 'in doubt'], [5, aerospike.ClientError, -1, 'CLIENT', 'connect again'],
    [6, aerospike.BackpressureError, -11, 'ASYNC_QUEUE_FULL', 'send less'],
    [7, aerospike.ClusterError, -15, 'NO_RESPONSE', 'please report it'], [8, aerospike.InvalidArgError, -2, 'PARAM', 'in doubt'],
    [9, aerospike.ClusterError, -14, 'MAX_ERROR_RATE', 'it is asked again']
  ]) {
    const { client } = await fakeClient({
      answer: (id, _c, tape) => tape.clientError(id, kind, 'why', { inDoubt: 1, attempts: 3, node: 'B2' })
    })
    await assert.rejects(client.put(KEY, { a: 1 }), (error) => {
      assert.ok(error instanceof constructor)
      assert.deepEqual([error.resultCode, error.inDoubt, error.node, error.attempts], [code, true, 'B2', 3])
      const start = `put test/demo/k: why (AEROSPIKE_ERR_${name} ${code}) [node B2, 3 attempts]; ${advice}`
      assert.ok(error.message.startsWith(start), error.message)
      assert.match(error.message, /; in doubt: the write may have been applied, so read the record before you repeat it$/)
      return true
    })
  }
})

test("an argument the engine refuses, with the engine's words", async () => {
  const { client } = await fakeClient({ refuse: () => ['key', 'no good'] })
  await assert.rejects(client.get(KEY), { name: 'InvalidArgError', field: 'key', message: 'get: key: no good' })
})

test('too many commands in flight', async () => {
  const { client } = await fakeClient({ refuse: () => ['client', 'too many'] })
  await assert.rejects(client.get(KEY), { name: 'BackpressureError', message: 'get test/demo/k: too many' })
})

test('user keys that are bytes or digests, in messages', async () => {
  const { client } = await fakeClient({ answer: (id, _c, tape) => tape.serverError(id, 2, { node: '' }) })
  await assert.rejects(client.get(['t', 's', new Uint8Array([1, 255])]), { message: /^get t\/s\/0x01ff: record not found/ })
  await assert.rejects(client.get(['t', '', null, new Uint8Array(20)]), { message: /^get t\/\/digest 0{40}: / })
})
