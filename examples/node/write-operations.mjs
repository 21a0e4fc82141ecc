/*
 * Write operations: a tour of everything that writes, section by section.
 *
 *   1 put                              8 operateOrdered
 *   2 put with options                 9 batchOperate
 *   3 increment, append, prepend      10 batchRemove
 *   4 remove                          11 optimistic locking
 *   5 removeBin                       12 typed errors
 *   6 touch                           13 best practices
 *   7 operate
 *
 * Needs a server at AEROSPIKE_HOSTS (default 127.0.0.1:3000) with a namespace `test`. Writes to the set `demo` and
 * removes what it wrote. Every result is checked: the program ends with an error when one is not as it says.
 */

import assert from 'node:assert/strict'
import { inspect } from 'node:util'
// In a program of your own: import aerospike, { connect, ... } from 'aerospike-wasm'
import aerospike, {
  AerospikeError, AerospikeTimeoutError, ClusterError, connect, InvalidArgError, RecordExistsError, RecordGenerationError,
  RecordNotFound
} from '../../pkg/dist/entry/node.js'

const hosts = process.env.AEROSPIKE_HOSTS ?? '127.0.0.1:3000'
const client = await connect({ hosts })
say(`Connected to ${hosts}, nodes ${client.getNodeNames().join(', ')}.`)

// A key is [namespace, set, user key]. The user key is a string, an integer or bytes.
const key = ['test', 'demo', 'user1']
const keys = Array.from({ length: 5 }, (_, i) => ['test', 'demo', `batch${i}`])
await cleanUp()

// ---------------------------------------------------------------------------------------------------------------------
section('put: write a record')

// Creates the record, or changes these bins of it and leaves its others.
await client.put(key, { name: 'Alice', age: 30 })
await client.put(key, { city: 'Seoul' })

const { meta, bins } = await client.get(key)
print('after two puts', bins)
print('generation', meta.gen)
assert.deepEqual(bins, { name: 'Alice', age: 30, city: 'Seoul' })
assert.equal(meta.gen, 2)

// Every type of value. An integral number is stored as an integer; Double forces a float. BigInt reaches 64 bits.
await client.put(key, {
  text: '안녕', integer: 42, big: 9_007_199_254_740_993n, float: 0.5, whole: new aerospike.Double(3),
  bytes: Uint8Array.of(1, 2, 3), yes: true, list: [1, 'two', [3.5, null]], map: { a: 1, nested: { b: [2] } },
  ages: new Map([[1, 'one'], [2, 'two']]), place: aerospike.GeoJSON.point(126.98, 37.57)
})
const all = await client.get(key)
print('values of every type', Object.keys(all.bins).slice(3).join(', '))
print('beyond 2^53, a BigInt', all.bins.big)
print('integer keys, a Map', all.bins.ages)
assert.equal(all.bins.big, 9_007_199_254_740_993n)
assert.deepEqual(all.bins.ages, new Map([[1, 'one'], [2, 'two']]))

// null removes a bin.
await client.put(key, { city: null })
assert.equal((await client.get(key)).bins.city, undefined)

// ---------------------------------------------------------------------------------------------------------------------
section('put with options: time to live, what may exist, the key')

// The record expires after 300 seconds.
await client.put(key, { val: 1 }, { meta: { ttl: 300 } })
const { ttl } = (await client.get(key)).meta
print('ttl of 300', `${ttl} s left`)
assert.ok(ttl > 290 && ttl <= 300)

// A new value, the same life. Then a record that never expires.
await client.put(key, { val: 2 }, { meta: { ttl: aerospike.TTL_DONT_UPDATE } })
assert.ok((await client.get(key)).meta.ttl <= 300)
await client.put(key, { val: 3 }, { meta: { ttl: aerospike.TTL_NEVER_EXPIRE } })
const forever = (await client.get(key)).meta.ttl
print('TTL_NEVER_EXPIRE', forever)
assert.equal(forever, 4_294_967_295)

// Only create: fails when there is a record.
const createOnly = { policy: { exists: aerospike.POLICY_EXISTS_CREATE_ONLY } }
const refused = await failure(client.put(key, { val: 1 }, createOnly), RecordExistsError)
print('CREATE_ONLY on a record', refused.name)

// Only update: fails when there is none. REPLACE drops the bins that are not in the call.
const updateOnly = { policy: { exists: aerospike.POLICY_EXISTS_UPDATE_ONLY } }
const missing = await failure(client.put(keys[0], { val: 1 }, updateOnly), RecordNotFound)
print('UPDATE_ONLY on none', missing.name)

await client.put(key, { only: 'this' }, { policy: { exists: aerospike.POLICY_EXISTS_REPLACE } })
const replaced = (await client.get(key)).bins
print('REPLACE leaves', replaced)
assert.deepEqual(replaced, { only: 'this' })

// Store the user key with the record, so that the server can check it and scans can tell it.
await client.put(key, { name: 'Alice', age: 30 }, { policy: { key: aerospike.POLICY_KEY_SEND } })

// ---------------------------------------------------------------------------------------------------------------------
section('increment, append, prepend')

await client.increment(key, 'age', 1)
await client.increment(key, 'age', -5)
await client.increment(key, 'score', 0.5) // a bin that does not exist starts at the offset
await client.append(key, 'name', ' Smith')
await client.prepend(key, 'greeting', 'Hello, ')
await client.append(key, 'greeting', 'World')

const modified = await client.select(key, ['age', 'score', 'name', 'greeting'])
print('age 30 + 1 - 5', modified.bins.age)
print('score, created', modified.bins.score)
print('name', modified.bins.name)
print('greeting', modified.bins.greeting)
assert.deepEqual(modified.bins, { age: 26, score: 0.5, name: 'Alice Smith', greeting: 'Hello, World' })

// ---------------------------------------------------------------------------------------------------------------------
section('remove: delete a record')

const [doomed] = keys
await client.put(doomed, { val: 1 })
await client.remove(doomed)
const gone = await client.exists(doomed)
print('meta afterwards', gone.meta)
assert.equal(gone.meta, null)

const again = await failure(client.remove(doomed), RecordNotFound)
print('removing it again', again.name)

// Only when its generation is the one that was read.
await client.put(doomed, { val: 1 })
const stale = await failure(client.remove(doomed, { meta: { gen: 5 } }), RecordGenerationError)
print('with a wrong generation', stale.name)
await client.remove(doomed, { meta: { gen: 1 } })

// ---------------------------------------------------------------------------------------------------------------------
section('removeBin: delete bins')

await client.put(key, { temp_bin: 'x', other_bin: 'y' })
await client.removeBin(key, ['temp_bin', 'other_bin'])
const left = Object.keys((await client.get(key)).bins)
print('bins left', left.join(', '))
assert.deepEqual(left.filter((name) => name.endsWith('_bin')), [])

// ---------------------------------------------------------------------------------------------------------------------
section('touch: renew the time to live')

const before = (await client.get(key)).meta
await client.touch(key, 600)
const after = (await client.get(key)).meta
print('generation', `${before.gen} -> ${after.gen}`)
print('ttl', `${before.ttl === 4_294_967_295 ? 'never' : before.ttl} -> ${after.ttl} s`)
assert.equal(after.gen, before.gen + 1)
assert.ok(after.ttl > 590 && after.ttl <= 600)

// ---------------------------------------------------------------------------------------------------------------------
section('operate: several operations on one record, atomically')

await client.put(key, { counter: 1 })
const operated = await client.operate(key, [
  { op: aerospike.OPERATOR_WRITE, bin: 'name', val: 'Bob' },
  { op: aerospike.OPERATOR_INCR, bin: 'counter', val: 1 },
  { op: aerospike.OPERATOR_READ, bin: 'counter' }
])
print('bins read', operated.bins)
assert.deepEqual(operated.bins, { counter: 2 })

// All of them: READ (without a bin: all bins), WRITE, INCR, APPEND, PREPEND, TOUCH, DELETE.
const more = await client.operate(key, [
  { op: aerospike.OPERATOR_APPEND, bin: 'name', val: 'by' },
  { op: aerospike.OPERATOR_PREPEND, bin: 'name', val: '* ' },
  { op: aerospike.OPERATOR_TOUCH, val: 900 },
  { op: aerospike.OPERATOR_READ, bin: 'name' }
])
print('append, prepend, touch', more.bins)
print('meta of the answer', `generation ${more.meta.gen}, ttl ${more.meta.ttl} s`)
assert.deepEqual(more.bins, { name: '* Bobby' })
assert.ok(more.meta.ttl > 890)

// ---------------------------------------------------------------------------------------------------------------------
section('operateOrdered: the answers in the order of the operations')

const ordered = await client.operateOrdered(key, [
  { op: aerospike.OPERATOR_WRITE, bin: 'name', val: 'Bob' },
  { op: aerospike.OPERATOR_READ, bin: 'counter' },
  { op: aerospike.OPERATOR_INCR, bin: 'counter', val: 1 },
  { op: aerospike.OPERATOR_READ, bin: 'counter' }
])
for (const [bin, value] of ordered.bins) print(bin, value)
assert.deepEqual(ordered.bins, [['name', 'Bob'], ['counter', 2], ['counter', 3]])

// ---------------------------------------------------------------------------------------------------------------------
section('batchOperate: the same operations on many records')

// A row each: [key, bins], or [key, bins, meta].
await client.batchWrite(keys.map((one, i) => [one, { views: i * 10 }]))
await client.put(keys[3], { views: 'not a number' })

const rows = await client.batchOperate(keys, [
  { op: aerospike.OPERATOR_INCR, bin: 'views', val: 1 },
  { op: aerospike.OPERATOR_READ, bin: 'views' }
])
for (const row of rows) {
  if (row.error === null) print(`${row.key}`, `views ${row.bins.views}`)
  else print(`${row.key}`, `${row.error.name} (${row.result}); the other rows are not harmed`)
}
assert.deepEqual(rows.map((row) => row.bins?.views), [1, 11, 21, undefined, 41])
assert.equal(rows[3].result, aerospike.AEROSPIKE_ERR_BIN_TYPE)

const read = await client.batchRead(keys, ['views'])
print('batchRead', read.map((row) => row.bins.views))

// ---------------------------------------------------------------------------------------------------------------------
section('batchRemove: delete many records')

const removed = await client.batchRemove([...keys, ['test', 'demo', 'never written']])
print('results', removed.map((row) => row.result))
print('removed', `${removed.filter((row) => row.result === 0).length} of ${removed.length}; 2 means there was no record`)
assert.deepEqual(removed.map((row) => row.result), [0, 0, 0, 0, 0, 2])

// ---------------------------------------------------------------------------------------------------------------------
section('optimistic locking: read, change, write if nobody else wrote')

await client.put(key, { val: 0 })

async function addOne() {
  for (let attempt = 1; ; attempt++) {
    const record = await client.get(key)
    try {
      await client.put(key, { val: record.bins.val + 1 }, {
        meta: { gen: record.meta.gen },
        policy: { gen: aerospike.POLICY_GEN_EQ }
      })
      return attempt
    } catch (error) {
      if (!(error instanceof RecordGenerationError)) throw error // somebody was faster: read again
    }
  }
}

const attempts = await Promise.all(Array.from({ length: 8 }, addOne))
const { val } = (await client.get(key)).bins
print('8 writers at once', `val ${val}`)
print('attempts needed', attempts.sort((a, b) => a - b))
assert.equal(val, 8)

// ---------------------------------------------------------------------------------------------------------------------
section('typed errors')

const notFound = await failure(client.get(['test', 'demo', 'nobody']), RecordNotFound)
print(notFound.name, notFound.message)
print('', `resultCode ${notFound.resultCode}, inDoubt ${notFound.inDoubt}, node ${notFound.node}`)

// What is wrong with an argument is said before anything is sent.
const invalid = await failure(client.put(key, { val: 1 }, { policy: { total_timeout: 100 } }), InvalidArgError)
print(invalid.name, invalid.message)

const cancelled = await failure(client.get(key, { signal: AbortSignal.abort() }), aerospike.ClientError)
print(cancelled.name, cancelled.message)

// What a program does about them:
async function save(record) {
  try {
    await client.put(key, record)
    return 'saved'
  } catch (error) {
    if (error instanceof RecordExistsError || error instanceof RecordGenerationError) return 'somebody else wrote it'
    if (error instanceof AerospikeTimeoutError || error instanceof ClusterError) {
      return error.inDoubt ? 'perhaps saved: read it again' : 'not saved: try again'
    }
    if (error instanceof AerospikeError) return `not saved: ${error.message}`
    throw error
  }
}
const outcome = await save({ val: 9 })
print('save()', outcome)
assert.equal(outcome, 'saved')

// ---------------------------------------------------------------------------------------------------------------------
section('best practices')

// One batch of 100 to 5,000 keys instead of many calls, with more time than a single call needs; look at each row.
const many = Array.from({ length: 1000 }, (_, i) => ['test', 'demo', `best${i}`])
const patient = { policy: { totalTimeout: 10_000 } }
const written = await client.batchWrite(many.map((one, i) => [one, { i }, { ttl: 60 }]), patient)
const failed = written.filter((row) => row.result !== 0)
print('one batch of 1,000', `${written.length - failed.length} written, ${failed.length} failed`)
assert.equal(failed.length, 0)

// Calls may be made at the same time; one client serves a whole program.
const together = await Promise.all(many.slice(0, 200).map((one) => client.get(one)))
print('200 calls at once', `sum ${together.reduce((sum, record) => sum + record.bins.i, 0)}`)
assert.equal(together.reduce((sum, record) => sum + record.bins.i, 0), 19_900)
await client.batchRemove(many, patient)

await cleanUp()
await client.close() // or: await using client = await connect(...)
say('\nAll as expected; the records are removed and the client is closed.')

// ---------------------------------------------------------------------------------------------------------------------
// What the tour prints with.

function section(title) {
  section.number = (section.number ?? 0) + 1
  const heading = `${section.number}. ${title}`
  say(`\n${process.stdout.isTTY ? `\x1b[1m${heading}\x1b[0m` : heading}`)
}

function print(label, value) {
  const style = { compact: true, breakLength: Infinity, colors: process.stdout.isTTY }
  const text = typeof value === 'string' ? value : inspect(value, style)
  say(`   ${label.padEnd(24)} ${text}`)
}

function say(text) {
  console.log(text)
}

/** The error with which `call` fails, which must be of this class. */
async function failure(call, expected) {
  const error = await call.then(() => null, (reason) => reason)
  assert.ok(error instanceof expected, `expected ${expected.name}, got ${error}`)
  return error
}

async function cleanUp() {
  await client.batchRemove([key, ...keys])
}
