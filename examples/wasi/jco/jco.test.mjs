/*
 * The example as its reader runs it: jco makes a module of the component, and Node runs it against the test server.
 *
 * Imports Node, the package's test support. Needs AEROSPIKE_TESTSERVER and target/components/aerospike.wasm.
 */

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runNode } from '../../../pkg/test/e2e/support/child.mjs'
import { startTestServer } from '../../../pkg/test/e2e/support/server.mjs'

const FOLDER = fileURLToPath(new URL('.', import.meta.url))

const PRINTED = `\
connected to 3 node(s)
put: name: Alice, age: 30, tags: new,friendly
operate: age: 31, name: Alice Smith
batch: 50 read, the last one is square: 2401
removed: record-not-found (2)
refused: put: bins: the list is empty
`

let server

before(async () => {
  execFileSync('npm', ['run', '--silent', 'transpile'], { cwd: FOLDER, stdio: 'pipe', shell: process.platform === 'win32' })
  server = await startTestServer(3)
})

after(() => server?.stop())

test('the component in Node, through jco', async () => {
  const ended = await runNode(['main.mjs'], { cwd: FOLDER, env: { AEROSPIKE_HOSTS: server.hosts } })
  assert.deepEqual({ code: ended.code, stdout: ended.stdout, stderr: ended.stderr }, { code: 0, stdout: PRINTED, stderr: '' })
})

test('a server that is down', async () => {
  const ended = await runNode(['main.mjs'], { cwd: FOLDER, env: { AEROSPIKE_HOSTS: '127.0.0.1:1' } })
  assert.equal(ended.code, 1)
  assert.match(ended.stderr, /connection refused/)
})
