/* The entries: one API for every runtime, and a clear word where there is no TCP. */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'node:test'
import * as node from '../dist/entry/node.js'
import * as portable from '../dist/entry/portable.js'

const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const declarations = (name) => readFileSync(new URL(`../dist/entry/${name}.d.ts`, import.meta.url), 'utf8')

test('conditions come in the order in which they must be tried, and lead to files that are there', () => {
  const conditions = manifest.exports['.']
  assert.deepEqual(Object.keys(conditions), ['types', 'workerd', 'deno', 'bun', 'node', 'default'])
  for (const path of Object.values(conditions)) assert.ok(readFileSync(new URL(`../${path}`, import.meta.url)).length > 0, path)
})

test('the declarations of all entries are the same', () => {
  const entries = readdirSync(new URL('../src/entry', import.meta.url)).filter((name) => /^(node|workerd|portable)\.ts$/.test(name))
  assert.equal(entries.length, 3)
  for (const name of entries) assert.equal(declarations(name.slice(0, -3)), declarations('node'), name)
})

test('the entries export the same names', () => {
  assert.deepEqual(Object.keys(portable).sort(), Object.keys(node).sort())
  assert.deepEqual(Object.keys(portable.default).sort(), Object.keys(node.default).sort())
})

test('without TCP, connect needs a transport and says so before it loads anything', async (context) => {
  const fetched = context.mock.method(globalThis, 'fetch', () => assert.fail('nothing is fetched'))
  for (const options of [undefined, {}, { transport: undefined }, { signal: new AbortController().signal }]) {
    await assert.rejects(portable.connect({ hosts: 'h' }, options), (error) => {
      assert.ok(error instanceof portable.InvalidArgError, `${error}`)
      assert.equal(error.field, 'transport')
      assert.match(error.message, /^connect: transport: this runtime has no TCP sockets; pass a transport of your own/)
      return true
    })
  }
  assert.equal(fetched.mock.callCount(), 0)
})

test('a module that cannot be fetched is tried again by the next connect', async (context) => {
  const answers = [{ ok: false, status: 404, url: 'http://x/aerospike_js_bg.wasm' }, { ok: true, arrayBuffer: async () => new ArrayBuffer(3) }]
  const fetched = context.mock.method(globalThis, 'fetch', async () => answers.shift())
  const transport = { connect: () => assert.fail('nothing is opened') }
  const attempt = () => portable.connect({ hosts: 'h' }, { transport })
  await assert.rejects(attempt(), { name: 'ClientError', message: /cannot be loaded \(http:\/\/x\/aerospike_js_bg\.wasm answered 404\)/ })
  await assert.rejects(attempt(), { name: 'ClientError', message: /cannot be loaded \(WebAssembly\.compile\(\)/ })
  assert.equal(fetched.mock.callCount(), 2)
})

test('with a transport the module is fetched once, and the client uses that transport', async (context) => {
  const bytes = readFileSync(new URL('../wasm/aerospike_js_bg.wasm', import.meta.url))
  const fetched = context.mock.method(globalThis, 'fetch', async () => new Response(bytes))
  const asked = []
  const transport = {
    connect(endpoint, on) {
      asked.push(`${endpoint.host}:${endpoint.port}`)
      queueMicrotask(() => on.close(portable.CLOSE_REASON.refused))
      return { write() {}, close() {} }
    }
  }
  for (let i = 0; i < 2; i++) {
    await assert.rejects(portable.connect({ hosts: 'tunnel.example:3000' }, { transport }), {
      name: 'ClusterError', message: 'connect: tunnel.example:3000: connection refused'
    })
  }
  assert.deepEqual([fetched.mock.callCount(), asked], [1, ['tunnel.example:3000', 'tunnel.example:3000']])
})
