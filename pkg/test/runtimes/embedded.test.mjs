/*
 * The server of `aerospike-wasm/testing` in Deno, Bun and workerd, each with the package installed from its tarball; and
 * the entry for runtimes without TCP, as a browser would load it.
 *
 * Imports Node, support/. Needs AEROSPIKE_TARBALL.
 */

import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { makeProject } from './support/project.mjs'
import { runProgram } from './support/run.mjs'
import { missing, tools } from './support/tools.mjs'
import { bundle, configure } from './support/workerd.mjs'

const here = (path) => new URL(path, import.meta.url).href
const unless = (name) => ({ skip: tools[name] === null && missing(name) })

let folder

before(async () => {
  folder = await makeProject('embedded', { [here('programs')]: 'programs', [here('../e2e')]: 'e2e' })
})

/** Runs a program and reads its result. */
async function resultOf(program, args) {
  const { code, stdout, stderr } = await runProgram(program, args, { cwd: folder })
  const said = /RESULT (.*)$/m.exec(stdout)
  assert.ok(said !== null && code === 0, `exit code ${code}\n${stdout}${stderr}`)
  return JSON.parse(said[1])
}

function check({ results, exists, code }, runs) {
  assert.equal(results.length, runs)
  for (const { passed, failed, left } of results) assert.deepEqual([failed, left, passed > 100], [0, 0, true])
  assert.deepEqual([exists, code], [false, 18])
}

test('deno: every scenario, with and without ports', unless('deno'), async () => {
  check(await resultOf(tools.deno, ['run', '--allow-net', '--allow-read', '--allow-env', 'programs/embedded-main.mjs']), 2)
})

test('bun: every scenario, with and without ports', unless('bun'), async () => {
  check(await resultOf(tools.bun, ['run', 'programs/embedded-main.mjs']), 2)
})

test('workerd: every scenario, without ports', unless('workerd'), async () => {
  await bundle(folder, 'programs/embedded-worker.mjs')
  await configure(folder)
  const result = await resultOf(tools.workerd, ['test', 'worker.capnp'])
  check(result, 1)
  assert.match(result.refusal, /^InvalidArgError: TestServer.start: options.tcp: this runtime cannot listen on ports/)
})

test('a browser: the modules are fetched, and no port is needed', async () => {
  const program = `import { readFile } from 'node:fs/promises'
const fetched = []
globalThis.fetch = async (url) => {
  fetched.push(String(url).split('/').at(-1))
  return new Response(await readFile(url))
}
const root = new URL('node_modules/aerospike-wasm/dist/entry/', 'file://${folder}/')
const { connect } = await import(new URL('portable.js', root))
const { TestServer } = await import(new URL('testing-portable.js', root))
const server = await TestServer.start()
const client = await connect({ hosts: server.hosts }, { transport: server.transport })
await client.put(['test', 'demo', 1], { a: 1 })
console.log(server.recordCount(), server.hosts, fetched.sort())
await client.close()
await server.close()`
  const { code, stdout, stderr } = await runProgram(process.execPath, ['--input-type=module', '--eval', program], { cwd: folder })
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, "1 [ [ '127.0.0.1', 3000 ] ] [ 'aerospike_js_bg.wasm', 'aerospike_testserver_js_bg.wasm' ]\n")
})
