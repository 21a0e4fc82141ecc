/*
 * Programs with a test server in them end by themselves: nothing is left that keeps Node alive.
 *
 * Imports Node and support/child.mjs of the end-to-end tests.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { runNode } from '../e2e/support/child.mjs'

const entries = ['node.js', 'testing-node.js'].map((name) => new URL(`../../dist/entry/${name}`, import.meta.url).href)

async function run(body) {
  const program = `import { connect } from '${entries[0]}'
import { TestServer } from '${entries[1]}'
const key = ['test', 'demo', 1]
${body}
console.log('done')`
  const { code, stdout, stderr, milliseconds } = await runNode(['--input-type=module', '--eval', program])
  assert.deepEqual([code, stdout, stderr], [0, 'done\n', ''])
  return milliseconds
}

test('closed in order', async () => {
  await run(`const server = await TestServer.start({ nodes: 3 })
const client = await connect({ hosts: server.hosts })
await client.put(key, { a: 1 })
server.fail({ kind: 'delay', milliseconds: 20_000 })
client.get(key).catch(() => {})
await new Promise((resolve) => setTimeout(resolve, 50))
await client.close()
await server.close()`)
})

test('the server closed before the client', async () => {
  await run(`const server = await TestServer.start()
const client = await connect({ hosts: server.hosts })
await client.put(key, { a: 1 })
await server.close()
await client.close()`)
})

test('a server that was never closed', async () => {
  await run(`const server = await TestServer.start()
const client = await connect({ hosts: server.hosts })
await client.put(key, { a: 1 })
await client.close()`)
})

test('the transport alone', async () => {
  await run(`const server = await TestServer.start({ tcp: false })
const client = await connect({ hosts: server.hosts }, { transport: server.transport })
await client.put(key, { a: 1 })
await client.close()`)
})

test('keepAlive keeps the process until the server is closed', async () => {
  const took = await run(`const server = await TestServer.start({ keepAlive: true })
setTimeout(() => server.close(), 400).unref()`)
  assert.ok(took >= 400, `${took} ms`)
})
