/*
 * The scenarios in every runtime, over real TCP against a test server of three nodes, and in memory against the package's
 * own, each runtime with the package installed from its tarball. Prints a line per runtime and way, and writes the matrix
 * to target/matrix.md.
 *
 * Imports Node, support/. Needs AEROSPIKE_TARBALL and AEROSPIKE_TESTSERVER.
 */

import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { startTestServer } from '../e2e/support/server.mjs'
import { muslNode } from './support/musl.mjs'
import { preparePortable } from './support/portable.mjs'
import { makeProject } from './support/project.mjs'
import { runProgram } from './support/run.mjs'
import { missing, tools } from './support/tools.mjs'
import { bundle, configure } from './support/workerd.mjs'

const NODES = 3
const OUT = fileURLToPath(new URL('../../../target/matrix.md', import.meta.url))
const here = (path) => new URL(path, import.meta.url).href

const node = (program, prefix = []) => ({ program, args: [...prefix, 'programs/main.mjs'] })

/** A runtime: its name while it has not said its version, and a function that gives how to start it, or why not. */
const runtimes = [
  ['Node, the machine\'s', async () => node(process.execPath)],
  ['Node, two worker threads', async () => ({ program: process.execPath, args: ['programs/threads.mjs'] })],
  ['Node 24', async () => (tools.node24 === null ? { why: missing('Node 24') } : node(tools.node24))],
  ['Node on musl', async () => {
    const musl = await muslNode()
    return musl.why === undefined ? { ...node(musl.program, musl.args), suffix: ' on musl' } : musl
  }],
  ['Deno', async () => {
    const allowed = ['--allow-net', '--allow-read', '--allow-env']
    return tools.deno === null ? { why: missing('Deno') } : node(tools.deno, ['run', ...allowed])
  }],
  ['Bun', async () => (tools.bun === null ? { why: missing('Bun') } : node(tools.bun, ['run']))],
  ['workerd', async (folder, hosts) => {
    if (tools.workerd === null) return { why: missing('workerd') }
    await bundle(folder, 'programs/worker.mjs')
    await configure(folder, { bindings: { AEROSPIKE_HOSTS: hosts } })
    const { stdout } = await runProgram(tools.workerd, ['--version'], {})
    return { program: tools.workerd, args: ['test', 'worker.capnp'], suffix: stdout.trim().slice('workerd'.length) }
  }],
  ['No TCP', async (folder, hosts) => (tools.deno === null ? { why: missing('Deno') } : preparePortable(folder, hosts))]
]

async function runOne(name, prepare, folder, hosts) {
  const started = performance.now()
  const { program, args, env = {}, why, suffix = '', stop } = await prepare(folder, hosts)
  if (why !== undefined) return { runtime: name, failed: 0, why }
  const options = { cwd: folder, env: { AEROSPIKE_HOSTS: hosts, ...env } }
  const { code, signal, stdout, stderr } = await runProgram(program, args, options).finally(() => stop?.())
  const said = /^RESULT (.*)$/m.exec(stdout)
  const nothing = { passed: 0, failed: 1 }
  const result = said === null ? { runtime: name, sockets: nothing, memory: nothing } : JSON.parse(said[1])
  if (code !== 0 && result.sockets.failed + result.memory.failed === 0) result.sockets.failed = 1
  result.failed = result.sockets.failed + result.memory.failed
  if (result.failed > 0) console.log(`${stdout}${stderr}(exit code ${code}, signal ${signal})`)
  return { ...result, runtime: result.runtime + suffix, seconds: (performance.now() - started) / 1000 }
}

function describe({ runtime, sockets, memory, why, seconds }) {
  if (why !== undefined) return `NOT RUN: ${runtime}, because ${why}: 0 passed, 0 failed, 1 skipped`
  const line = (way, { passed, failed }) => `${runtime}, ${way}: ${passed} passed, ${failed} failed`
  return `${line('over sockets', sockets)}\n${line('in memory', memory)}\n  (${seconds.toFixed(1)} s)`
}

function matrix(results) {
  const share = ({ passed, failed }) => `${passed} of ${passed + failed}`
  const rows = results.map(({ runtime, sockets, memory, why }) => {
    return `| ${runtime} | ${why === undefined ? `${share(sockets)} | ${share(memory)}` : `not run: ${why} | `} |`
  })
  return ['| runtime | scenarios passed over sockets | and in memory |', '|---|---|---|', ...rows, ''].join('\n')
}

const server = await startTestServer(NODES)
const results = []
try {
  const files = { [here('programs')]: 'programs', [here('../e2e')]: 'e2e', [here('../../../examples')]: 'examples' }
  const folder = await makeProject('matrix', files)
  for (const [name, prepare] of runtimes) {
    const result = await runOne(name, prepare, folder, server.hosts)
    results.push(result)
    console.log(describe(result))
  }
} finally {
  await server.stop()
}
await writeFile(OUT, matrix(results))
process.exitCode = results.some((result) => result.failed > 0) ? 1 : 0
