/*
 * The tour of write operations, run as a reader would run it: every section prints what it did, and the program ends.
 *
 * Imports Node, support/. Needs AEROSPIKE_TESTSERVER, or AEROSPIKE_HOSTS of a real server.
 */

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runNode } from './support/child.mjs'
import { freePort } from './support/peers.mjs'
import { openServer } from './support/server.mjs'

const TOUR = fileURLToPath(new URL('../../../examples/node/write-operations.mjs', import.meta.url))

/** What each section must print, in its order. */
const SECTIONS = [
  ['put: ', [/after two puts +\{ name: 'Alice', age: 30, city: 'Seoul' \}/, /generation +2/, /9007199254740993n/, /Map\(2\) \{ 1 => 'one'/]],
  ['put with options: ', [/ttl of 300 +(300|29\d) s left/, /4294967295/, /RecordExistsError/, /RecordNotFound/, /\{ only: 'this' \}/]],
  ['increment, append, prepend', [/age .* 26$/m, /score, created +0\.5/, /Alice Smith/, /Hello, World/]],
  ['remove: ', [/meta afterwards +null/, /RecordNotFound/, /RecordGenerationError/]],
  ['removeBin: ', [/bins left +only, name, age, score, greeting/]],
  ['touch: ', [/ttl +never -> (600|59\d) s/]],
  ['operate: ', [/\{ counter: 2 \}/, /\{ name: '\* Bobby' \}/]],
  ['operateOrdered: ', [/name +Bob\n +counter +2\n +counter +3/]],
  ['batchOperate: ', [/batch0 +views 1$/m, /batch3 +BinTypeError \(12\)/, /batch4 +views 41$/m, /batchRead +\[ 1, 11, 21, 'not a number', 41 \]/]],
  ['batchRemove: ', [/results +\[ 0, 0, 0, 0, 0, 2 \]/, /5 of 6/]],
  ['optimistic locking: ', [/val 8/, /attempts needed +\[ 1,/]],
  ['typed errors', [/resultCode 2, inDoubt false/, /did you mean 'totalTimeout'/, /save\(\) +saved/]],
  ['best practices', [/1000 written, 0 failed/, /sum 19900/]]
]

let server

before(async () => {
  server = await openServer()
})

after(() => server?.stop())

test('the tour passes, and runs again', async () => {
  for (let i = 0; i < 2; i++) {
    const { code, stderr } = await runNode([TOUR], { env: { AEROSPIKE_HOSTS: server.hosts } })
    assert.deepEqual([code, stderr], [0, ''])
  }
})

test('each section prints its results', async (context) => {
  const { stdout } = await runNode([TOUR], { env: { AEROSPIKE_HOSTS: server.hosts } })
  const printed = stdout.split(/\n(?=\d+\. )/).slice(1)
  assert.deepEqual(printed.map((text) => Number.parseInt(text, 10)), SECTIONS.map((_, i) => i + 1))
  for (const [i, [title, patterns]] of SECTIONS.entries()) {
    await context.test(title, () => {
      assert.ok(printed[i].startsWith(`${i + 1}. ${title}`), printed[i])
      for (const pattern of patterns) assert.match(printed[i], pattern)
    })
  }
})

test('without a server it says so and fails', async () => {
  const port = await freePort()
  const { code, stderr } = await runNode([TOUR], { env: { AEROSPIKE_HOSTS: `127.0.0.1:${port}` } })
  assert.notEqual(code, 0)
  assert.match(stderr, new RegExp(`ClusterError: connect: .*127\\.0\\.0\\.1:${port}`))
})
