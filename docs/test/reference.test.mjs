/*
 * The API reference: everything public is documented and shown by an example, and every example compiles.
 *
 * Imports Node, support/. Needs the compiled package (`cargo xtask build`) and docs/reference/node_modules (`cargo xtask docs`).
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { codeOf, membersOf, withoutExample } from './support/members.mjs'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const ROOT = path('../../')
const TYPEDOC = path('../reference/node_modules/typedoc/bin/typedoc')
const COMPILER = path('../../pkg/node_modules/typescript/bin/tsc')
const OUT = path('../../target/docs/examples/')
/** The modules of the reference: the entries of the package. */
const [MAIN, TESTING] = ['node', 'testing-node']

let reference

before(() => {
  const { status, stdout, stderr } = run(TYPEDOC, ['--options', path('../reference/typedoc.json')])
  assert.equal(status, 0, `TypeDoc found something undocumented or a broken link:\n${stdout}${stderr}`)
  reference = JSON.parse(readFileSync(path('../../target/docs/api.json'), 'utf8'))
})

function run(program, args) {
  return spawnSync(process.execPath, [program, ...args], { cwd: ROOT, encoding: 'utf8' })
}

const members = () => [...membersOf(reference, MAIN)]

test('the reference knows the whole API', () => {
  const names = new Set(members().map((member) => member.name))
  for (const name of ['connect', 'Client.put', 'TypedSet.get', 'op.incr', 'RecordNotFound', 'POLICY_KEY_SEND', 'ClientConfig.hosts', 'Key',
    `${TESTING}.TestServer.start`]) {
    assert.ok(names.has(name), name)
  }
  assert.ok(names.size > 500, `${names.size} names`)
})

test('every public member is shown by an example', () => {
  assert.deepEqual(withoutExample(reference, MAIN), [])
})

/** Names that a module of the reference exports. */
function exportsOf(module) {
  return reference.children.find((child) => child.name === module).children.map((child) => child.name).filter((name) => name !== 'default')
}

/**
 * A file around one example. It has what the package exports, unless the example itself imports it, and, each where the example
 * names it: a client, keys, a test server, an error, and the text of a PEM file.
 */
function fileOf(code) {
  const outside = /^(import|declare|interface) /
  const lines = code.split('\n')
  const imported = (from) => lines.some((line) => line.startsWith('import ') && line.includes(`'${from}'`))
  return [
    imported('aerospike-wasm') ? '' : `import aerospike, { ${exportsOf(MAIN).join(', ')} } from 'aerospike-wasm'`,
    imported('aerospike-wasm/testing') ? '' : `import { ${exportsOf(TESTING).join(', ')} } from 'aerospike-wasm/testing'`,
    'declare const server: import("aerospike-wasm/testing").TestServer',
    'declare let client: import("aerospike-wasm").Client',
    'declare const key: import("aerospike-wasm").KeyTuple',
    'declare const keys: import("aerospike-wasm").KeyTuple[]',
    'declare const error: import("aerospike-wasm").AerospikeError',
    'declare const pem: string',
    ...lines.filter((line) => outside.test(line)),
    'export async function example(): Promise<void> {',
    ...lines.filter((line) => !outside.test(line)),
    '}'
  ].join('\n')
}

function compile(files) {
  rmSync(OUT, { recursive: true, force: true })
  mkdirSync(OUT, { recursive: true })
  for (const [name, text] of Object.entries(files)) writeFileSync(`${OUT}${name}`, text)
  writeFileSync(`${OUT}tsconfig.json`, JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, target: 'es2022', module: 'nodenext', lib: ['es2022', 'esnext.disposable'], types: ['node'],
      typeRoots: [path('../../pkg/node_modules/@types')], paths: {
        'aerospike-wasm': [path('../../pkg/dist/entry/node.d.ts')],
        'aerospike-wasm/testing': [path('../../pkg/dist/entry/testing-node.d.ts')]
      }
    },
    include: ['*.mts']
  }))
  return run(COMPILER, ['-p', OUT])
}

test('every example compiles', () => {
  const files = {}
  for (const member of members()) {
    member.examples.forEach((text, i) => {
      const code = codeOf(text)
      assert.ok(code !== null, `the example of ${member.name} is not one block of code:\n${text}`)
      files[`${member.name.replace(/[^\w]/g, '_')}-${i}.mts`] = fileOf(code)
    })
  }
  assert.ok(Object.keys(files).length > 400, `${Object.keys(files).length} examples`)
  const { status, stdout } = compile(files)
  assert.equal(status, 0, stdout)
})

test('an example with a mistake does not compile', () => {
  const { status, stdout } = compile({ 'mistake.mts': fileOf("await client.put(key, { a: 1 }, { policy: { exists: 'no' } })") })
  assert.notEqual(status, 0)
  assert.match(stdout, /mistake\.mts.*not assignable/)
})
