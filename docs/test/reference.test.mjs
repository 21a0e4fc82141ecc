/*
 * The API reference: everything public is documented, whatever can be called has an example, and every example compiles.
 *
 * Imports Node only. Needs the compiled package (`cargo xtask build`) and docs/reference/node_modules (`cargo xtask docs`).
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { before, test } from 'node:test'
import { fileURLToPath } from 'node:url'

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url))
const ROOT = path('../../')
const TYPEDOC = path('../reference/node_modules/typedoc/bin/typedoc')
const COMPILER = path('../../pkg/node_modules/typescript/bin/tsc')
const OUT = path('../../target/docs/examples/')
/** Kinds of reflections in TypeDoc's JSON. */
const KIND = { module: 2, namespace: 4, function: 64, class: 128, interface: 256, method: 2048, accessor: 262144 }
const CALLED = new Set([KIND.function, KIND.class, KIND.method, KIND.accessor])

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

/**
 * Public members in the order of the reference, with what is written about them. An interface that a user writes has one
 * example for all its methods.
 */
function* members(parent = reference, prefix = '') {
  for (const child of parent.children ?? []) {
    if (child.flags?.isInherited || child.inheritedFrom !== undefined || child.flags?.isExternal) continue
    const name = `${prefix}${child.name}`
    const comments = [child.comment, child.getSignature?.comment, ...(child.signatures ?? []).map((one) => one.comment)]
    const byUser = parent.kind === KIND.interface
    const methods = child.kind === KIND.interface && (child.children ?? []).some((one) => one.kind === KIND.method)
    const needsExample = byUser ? false : methods || CALLED.has(child.kind)
    yield { name, needsExample, comments: comments.filter((one) => one !== undefined) }
    if ([KIND.class, KIND.interface, KIND.namespace].includes(child.kind)) yield* members(child, `${name}.`)
    // Modules are the entries; the main one needs no prefix.
    if (child.kind === KIND.module) yield* members(child, child.name === MAIN ? '' : `${child.name}.`)
  }
}

function examplesOf({ comments }) {
  return comments
    .flatMap((comment) => comment.blockTags ?? [])
    .filter((tag) => tag.tag === '@example')
    .map((tag) => tag.content.map((part) => part.text).join(''))
}

test('the reference knows the whole API', () => {
  const names = new Set([...members()].map((member) => member.name))
  for (const name of ['connect', 'Client.put', 'TypedSet.get', 'op.incr', 'RecordNotFound', 'POLICY_KEY_SEND', 'ClientConfig.hosts', 'Key',
    `${TESTING}.TestServer.start`]) {
    assert.ok(names.has(name), name)
  }
  assert.ok(names.size > 500, `${names.size} names`)
})

test('whatever can be called or made has an example', () => {
  const without = [...members()].filter((member) => member.needsExample && examplesOf(member).length === 0)
  assert.deepEqual(without.map((member) => member.name), [])
})

/** A file around one example: it has a client and keys, and everything that the package exports. */
function fileOf(code, names) {
  const outside = /^(import|declare|interface) /
  const lines = code.split('\n')
  const own = lines.some((line) => line.startsWith('import ') && line.includes("'aerospike-wasm'"))
  return [
    own ? '' : `import aerospike, { ${names.join(', ')} } from 'aerospike-wasm'`,
    code.includes("'aerospike-wasm/testing'") ? '' : "import { TestServer } from 'aerospike-wasm/testing'",
    'declare const server: TestServer',
    'declare let client: import("aerospike-wasm").Client',
    'declare const key: import("aerospike-wasm").KeyTuple',
    'declare const keys: import("aerospike-wasm").KeyTuple[]',
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
  const names = reference.children.find((child) => child.name === MAIN).children.map((child) => child.name).filter((name) => name !== 'default')
  const files = {}
  for (const member of members()) {
    examplesOf(member).forEach((text, i) => {
      const code = /^```[tj]s\n([\s\S]*?)\n```$/.exec(text.trim())
      assert.ok(code !== null, `the example of ${member.name} is not one block of code:\n${text}`)
      files[`${member.name.replace(/[^\w]/g, '_')}-${i}.mts`] = fileOf(code[1], names)
    })
  }
  assert.ok(Object.keys(files).length > 80, `${Object.keys(files).length} examples`)
  const { status, stdout } = compile(files)
  assert.equal(status, 0, stdout)
})

test('an example with a mistake does not compile', () => {
  const { status, stdout } = compile({ 'mistake.mts': fileOf("await client.put(key, { a: 1 }, { policy: { exists: 'no' } })", ['op']) })
  assert.notEqual(status, 0)
  assert.match(stdout, /mistake\.mts.*not assignable/)
})
