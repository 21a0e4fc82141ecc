/*
 * The package as it is shipped: its manifest and declarations by the checkers users trust, and its tarball installed by
 * Bun and by Deno into empty projects and used there. (With npm: ../e2e/package.test.mjs.)
 *
 * Imports Node, support/. Needs AEROSPIKE_TARBALL and AEROSPIKE_TESTSERVER.
 */

import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startTestServer } from '../e2e/support/server.mjs'
import { makeProject, tarball } from './support/project.mjs'
import { startRegistry } from './support/registry.mjs'
import { runProgram } from './support/run.mjs'
import { missing, required, tools } from './support/tools.mjs'

const CONSUMER = new URL('../e2e/consumer/', import.meta.url).href
const PACKAGE = new URL('../../', import.meta.url)
const COMPILER = fileURLToPath(new URL('node_modules/typescript/bin/tsc', PACKAGE))

let server
let manifest

before(async () => {
  server = await startTestServer(1)
  manifest = JSON.parse(await readFile(new URL('package.json', PACKAGE), 'utf8'))
})

after(() => server?.stop())

const environment = (more) => ({ env: { AEROSPIKE_HOSTS: server.hosts, ...more } })

/** Runs the consumer's script, which prints a record in its runtime's own way. */
async function assertRuns(program, args, cwd, more = {}) {
  const { code, stdout, stderr } = await runProgram(program, [...args, 'main.mjs'], { cwd, ...environment(more) })
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^main \{\s+name: ['"]Alice['"],\s+age: 30,?\s+\}\n$/)
}

test('publint finds nothing', async () => {
  const { publint } = required('publint')
  const { buffer } = new Uint8Array(await readFile(tarball()))
  const { messages } = await publint({ strict: true, pack: { tarball: buffer } })
  assert.deepEqual(messages, [])
})

test('@arethetypeswrong/cli finds nothing wrong for users of ES modules', async () => {
  const program = required.resolve('@arethetypeswrong/cli/package.json').replace('package.json', 'dist/index.js')
  const { code, stdout } = await runProgram(process.execPath, [program, tarball(), '--profile', 'esm-only', '--format', 'json'])
  const { analysis, problems } = JSON.parse(stdout)
  assert.equal(code, 0, stdout)
  assert.equal(analysis.types.kind, 'included')
  // CommonJS, and resolution that knows no export maps, are not served.
  const served = Object.values(problems ?? {}).flat().filter(({ resolutionKind }) => !['node10', 'node16-cjs'].includes(resolutionKind))
  assert.deepEqual(served, [])
})

test('a worker\'s TypeScript compiles without the types of Node', async () => {
  const folder = await makeProject('types', { [CONSUMER]: '.' })
  const compilerOptions = {
    strict: true, noEmit: true, target: 'es2022', module: 'esnext', moduleResolution: 'bundler', customConditions: ['workerd'],
    lib: ['es2022', 'esnext.disposable', 'webworker'], types: [], skipLibCheck: false
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
  const { code, stdout } = await runProgram(process.execPath, [COMPILER, '-p', 'tsconfig.json'], { cwd: folder })
  assert.deepEqual([code, stdout], [0, ''])
})

test('Bun installs the tarball into an empty project and runs with it', { skip: tools.bun === null && missing('Bun') }, async () => {
  const folder = await makeProject('bun', { [CONSUMER]: '.' }, { install: false })
  const { code, stderr } = await runProgram(tools.bun, ['add', tarball()], { cwd: folder })
  assert.equal(code, 0, stderr)
  await assertRuns(tools.bun, ['run'], folder)
})

test('Deno adds it from a registry to an empty project and runs with it', { skip: tools.deno === null && missing('Deno') }, async () => {
  const folder = await makeProject('deno', { [CONSUMER]: '.' }, { install: false })
  const registry = await startRegistry(tarball(), manifest)
  try {
    await writeFile(join(folder, 'deno.json'), '{}')
    const own = { NPM_CONFIG_REGISTRY: registry.url, DENO_DIR: join(folder, 'cache') }
    const { code, stderr } = await runProgram(tools.deno, ['add', 'npm:aerospike-wasm'], { cwd: folder, ...environment(own) })
    assert.equal(code, 0, stderr)
    assert.ok(registry.requests.includes('/aerospike-wasm.tgz'), registry.requests.join(' '))
    const allowed = ['--allow-net', '--allow-read', '--allow-env']
    await assertRuns(tools.deno, ['run', ...allowed], folder, own)
    const checked = await runProgram(tools.deno, ['check', 'consumer.ts'], { cwd: folder, ...environment(own) })
    assert.equal(checked.code, 0, checked.stderr)
  } finally {
    await registry.stop()
  }
})
