/*
 * The package as users get it: its tarball, installed into an empty project whose path has spaces.
 *
 * Imports Node, support/. Needs AEROSPIKE_TARBALL (`cargo xtask build` makes it in target/npm) and AEROSPIKE_TESTSERVER.
 */

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { runNode } from './support/child.mjs'
import { startTestServer } from './support/server.mjs'

const run = promisify(execFile)
const CONSUMER = new URL('./consumer/', import.meta.url)
const TYPES = fileURLToPath(new URL('../../node_modules/@types', import.meta.url))
const COMPILER = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url))
const MOST_PACKED = 340_000
const MOST_MODULE_GZIPPED = 130 * 1024

let server
let project
let installed
let tarball

before(async () => {
  if (!process.env.AEROSPIKE_TARBALL) {
    throw new Error('set AEROSPIKE_TARBALL to the path of the packed package (cargo xtask build makes it in target/npm)')
  }
  tarball = resolve(process.env.AEROSPIKE_TARBALL)
  server = await startTestServer(1)
  project = join(await mkdtemp(join(tmpdir(), 'aerospike wasm ')), 'an empty project')
  installed = join(project, 'node_modules', 'aerospike-wasm')
  await mkdir(project)
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const options = ['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', '--cache', join(project, 'cache')]
  await run(npm, [...options, tarball], { cwd: project })
  await cp(CONSUMER, project, { recursive: true })
})

after(async () => {
  await server?.stop()
  if (project !== undefined) await rm(join(project, '..'), { recursive: true, force: true })
})

async function filesBelow(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath ?? entry.path, entry.name))
}

test('it brings no dependency, no install script, no native addon and nothing that is not needed', async () => {
  const manifest = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'))
  assert.equal(manifest.name, 'aerospike-wasm')
  assert.equal(manifest.type, 'module')
  for (const kind of ['dependencies', 'optionalDependencies', 'peerDependencies', 'bundleDependencies', 'bundledDependencies']) {
    assert.deepEqual(Object.keys(manifest[kind] ?? {}), [], kind)
  }
  for (const script of ['preinstall', 'install', 'postinstall', 'prepare']) assert.equal(manifest.scripts?.[script], undefined, script)
  assert.deepEqual((await readdir(join(project, 'node_modules'))).filter((name) => !name.startsWith('.')), ['aerospike-wasm'])
  const files = (await filesBelow(installed)).map((file) => file.slice(installed.length + 1).replaceAll('\\', '/'))
  const odd = files.filter((file) => !/^(package\.json|LICENSE|README\.md|dist\/.+\.(js|d\.ts)|wasm\/.+\.(js|wasm))$/.test(file))
  assert.deepEqual(odd, [], 'files of other kinds')
  assert.ok(files.includes('LICENSE'))
})

test('no file tells of the machine that built it', async () => {
  const found = []
  for (const file of await filesBelow(installed)) {
    const text = (await readFile(file)).toString('latin1')
    found.push(...(text.match(/\/(?:home|root|Users|work|tmp|builds?)\/[\w.-]+\/[\w./-]*/g) ?? []))
  }
  assert.deepEqual(found, [])
})

test('it is small', async (context) => {
  const packed = (await stat(tarball)).size
  const module = (await filesBelow(installed)).find((file) => file.endsWith('.wasm'))
  const bytes = await readFile(module)
  const gzipped = gzipSync(bytes, { level: 9 }).length
  context.diagnostic(`tarball ${packed} bytes; module ${bytes.length} bytes, gzipped ${gzipped}`)
  assert.ok(packed <= MOST_PACKED, `tarball ${packed}`)
  assert.ok(gzipped <= MOST_MODULE_GZIPPED, `module gzipped ${gzipped}`)
})

test('a script of the project puts and gets', async () => {
  const { code, stdout, stderr } = await runNode(['main.mjs'], { cwd: project, env: { AEROSPIKE_HOSTS: server.hosts } })
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, "main { name: 'Alice', age: 30 }\n")
})

test('without hosts, AEROSPIKE_HOSTS names them; without both it is an error that says so', async () => {
  const program = `import { connect } from 'aerospike-wasm'
    import { tracingChannel } from 'node:diagnostics_channel'
    const told = []
    tracingChannel('aerospike:command').subscribe({ start: (command) => told.push(command.name) })
    const client = await connect()
    await client.put(['test', 'demo', 'environment'], { a: 1 })
    console.log(client.isConnected(), told.join())
    await client[Symbol.asyncDispose]()`
  const evaluate = (hosts) => runNode(['--input-type=module', '--eval', program], { cwd: project, env: { AEROSPIKE_HOSTS: hosts } })
  const { code, stdout, stderr } = await evaluate(server.hosts)
  assert.deepEqual([code, stdout, stderr], [0, 'true PUT test.demo\n', ''])
  const without = await evaluate('')
  assert.notEqual(without.code, 0)
  assert.match(without.stderr, /InvalidArgError: connect: config.hosts: is missing: give hosts .*or set AEROSPIKE_HOSTS/)
  assert.match((await evaluate('h:x')).stderr, /connect: AEROSPIKE_HOSTS: 'h:x': port 'x' is not a number/)
})

test('so do two worker threads at the same time, beside the main thread', async () => {
  const { code, stdout, stderr } = await runNode(['threads.mjs'], { cwd: project, env: { AEROSPIKE_HOSTS: server.hosts } })
  assert.deepEqual([code, stderr], [0, ''])
  assert.equal(stdout, 'main 100, worker 1 100, worker 2 100, together 300\n')
})

test('a CommonJS script gets it by import()', async () => {
  const program = "import('aerospike-wasm').then((m) => console.log(typeof m.connect, typeof m.default.connect))"
  const { code, stdout, stderr } = await runNode(['--input-type=commonjs', '--eval', program], { cwd: project })
  assert.deepEqual([code, stdout, stderr], [0, 'function function\n', ''])
})

test('await using closes clients and streams, compiled for a Node that has no such syntax', async () => {
  const program = `import { connect } from 'aerospike-wasm'
    let escaped
    {
      await using client = await connect()
      escaped = client
      await client.put(['test', 'demo', 'using'], { a: 1 })
      await using stream = client.batchReadStream([['test', 'demo', 'using']])
      console.log((await stream.next()).value.bins.a, client.isConnected())
    }
    console.log(escaped.isConnected(), (await escaped.get(['test', 'demo', 'using']).catch((error) => error)).name)`
  const folder = join(project, 'using')
  await mkdir(folder)
  await writeFile(join(folder, 'main.mts'), program)
  const options = ['--target', 'es2022', '--module', 'nodenext', '--lib', 'es2022,esnext.disposable,dom', '--types', '', '--strict', 'false']
  const { stdout: compiled } = await run(process.execPath, [COMPILER, ...options, join(folder, 'main.mts')], { cwd: folder }).catch((error) => error)
  assert.equal(compiled, '')
  assert.ok(!(await readFile(join(folder, 'main.mjs'), 'utf8')).includes('await using'))
  const { code, stdout, stderr } = await runNode([join(folder, 'main.mjs')], { cwd: folder, env: { AEROSPIKE_HOSTS: server.hosts } })
  assert.deepEqual([code, stdout, stderr], [0, '1 true\nfalse ClientError\n', ''])
})

test('a TypeScript project compiles against the declarations, and its mistakes are found', async () => {
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, target: 'es2022', module: 'nodenext', lib: ['es2022', 'esnext.disposable', 'dom'], types: ['node'],
      typeRoots: [TYPES], skipLibCheck: false, exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true
    },
    files: ['consumer.ts']
  }))
  const compile = () => run(process.execPath, [COMPILER, '-p', 'tsconfig.json'], { cwd: project }).catch((error) => error)
  const { stdout } = await compile()
  assert.equal(stdout, '')
  const source = await readFile(join(project, 'consumer.ts'), 'utf8')
  const mistakes = (source.match(/@ts-expect-error/g) ?? []).length
  assert.ok(mistakes >= 8, `${mistakes} expected mistakes`)
})
