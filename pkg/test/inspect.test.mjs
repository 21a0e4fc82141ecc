/* How objects look in console.log, on Node and by Deno's hook. */

import assert from 'node:assert/strict'
import test from 'node:test'
import { inspect } from 'node:util'
import * as aerospike from '../dist/index.js'
import { fakeClient } from './support/client.mjs'

const KEY = ['test', 'demo', 'ann']
const { BatchRecord, ExistsResult, Key, Record, RecordMetadata } = aerospike
const key = new Key(...KEY)
const meta = new RecordMetadata(2, 300)
const deno = Symbol.for('Deno.customInspect')

test('keys', () => {
  assert.equal(inspect(key), "Key('test', 'demo', 'ann')")
  assert.equal(inspect(new Key('test', '', 5n)), "Key('test', '', 5n)")
  assert.equal(inspect(new Key('test', 's', null, new Uint8Array(20).fill(171))), `Key('test', 's', null, digest 0x${'ab'.repeat(20)})`)
  assert.equal(inspect(new Key('t', 's', Uint8Array.of(1, 2))), "Key('t', 's', Uint8Array(2) [ 1, 2 ])")
})

test('records, alone and inside others', () => {
  const record = new Record(key, meta, { name: 'Ann', tags: ['a', { deep: { deeper: 1 } }] })
  assert.equal(inspect(record), "Record test/demo/ann gen 2 ttl 300 { name: 'Ann', tags: [ 'a', { deep: [Object] } ] }")
  assert.match(inspect(record, { depth: 9 }), /deeper: 1/)
  assert.equal(inspect(new Record(key, new RecordMetadata(1, 4294967295), {})), 'Record test/demo/ann gen 1 ttl never {}')
  assert.equal(inspect({ found: [new Record(key, meta, { n: 1 })] }), '{ found: [ Record test/demo/ann gen 2 ttl 300 { n: 1 } ] }')
  assert.match(inspect(record, { colors: true }), /\u001b\[32m'Ann'/)
})

test('answers of exists, and rows', () => {
  assert.equal(inspect(new ExistsResult(key, meta)), 'ExistsResult test/demo/ann gen 2 ttl 300')
  assert.equal(inspect(new ExistsResult(key, null)), 'ExistsResult test/demo/ann no record')
  const row = (...rest) => new BatchRecord('batchWrite', key, ...rest)
  assert.equal(inspect(row(0, new Record(key, meta, { n: 1 }), false, '', [])), 'BatchRecord test/demo/ann gen 2 ttl 300 { n: 1 }')
  assert.equal(inspect(row(2, null, false, 'A1', [])), 'BatchRecord test/demo/ann RecordNotFound 2')
  assert.equal(inspect(row(-1, null, true, '', [])), 'BatchRecord test/demo/ann AerospikeTimeoutError -1, in doubt')
})

test('a client shows its state and nothing of its configuration; a set its name', async () => {
  const { client } = await fakeClient({}, { applicationId: 'secret' })
  assert.equal(inspect(client), "Client { connected: true, nodes: [ 'A1', 'A2' ], inFlight: 0, queued: 0 }")
  assert.equal(inspect(client.set('test', 'users')), 'TypedSet test/users')
  await client.close()
  assert.equal(inspect(client), 'Client { connected: false, nodes: [], inFlight: 0, queued: 0 }')
})

test('errors show class, message and facts, and their cause', async () => {
  const { client } = await fakeClient({ answer: (id, _c, tape) => tape.serverError(id, 3, { attempts: 2, inDoubt: 1 }) })
  const error = await client.put(KEY, { secret: 'value' }).catch((reason) => reason)
  const text = inspect(error)
  assert.match(text, /^\[RecordGenerationError: put test\/demo\/ann: generation differs \(AEROSPIKE_ERR_RECORD_GENERATION 3\) \[node A1, 2 attempts\]; /)
  for (const fact of ['resultCode: 3', 'inDoubt: true', "node: 'A1'", 'attempts: 2']) assert.ok(text.includes(fact), fact)
  assert.ok(!text.includes('secret') && !text.includes('value'), text)
  const cause = new aerospike.ClientError('connect: no', { cause: new Error('why') })
  assert.match(inspect(cause), /\[cause\]: Error: why/)
})

test("Deno's hook shows the same", () => {
  const show = (value) => JSON.stringify(value)
  assert.equal(new Record(key, meta, { n: 1 })[deno](show, {}), 'Record test/demo/ann gen 2 ttl 300 {"n":1}')
  assert.equal(key[deno](show, {}), 'Key("test", "demo", "ann")')
})
