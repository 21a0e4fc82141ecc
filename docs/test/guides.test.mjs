/*
 * The guides: their code runs against the test server, block by block, and prints what stands under it.
 *
 * Imports Node and the end-to-end tests' server. Needs the built package, and AEROSPIKE_TESTSERVER or AEROSPIKE_HOSTS.
 */

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runNode } from '../../pkg/test/e2e/support/child.mjs'
import { openServer } from '../../pkg/test/e2e/support/server.mjs'

const DOCS = new URL('../', import.meta.url)
const PACKAGE = new URL('../../pkg/dist/entry/node.js', import.meta.url).href
const TESTING = new URL('../../pkg/dist/entry/testing-node.js', import.meta.url).href
const repository = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const MARK = '=== end of block'

let server
let folder

before(async () => {
  server = await openServer()
  folder = mkdtempSync(join(tmpdir(), 'guides-'))
})

after(async () => {
  await server?.stop()
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
})

/** The blocks of code of a page, each with what it must print. */
function blocksOf(text) {
  const blocks = []
  for (const [, language, body] of text.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)) {
    if (language === 'js') blocks.push({ code: body, output: '' })
    else if (language === 'text' && blocks.length > 0) blocks.at(-1).output += body
  }
  return blocks
}

/** One program of all blocks, with a mark on both streams after each. */
function programOf(blocks) {
  return blocks
    .map(({ code }) => `${code}\nconsole.log(${JSON.stringify(MARK)})\n`)
    .join('')
    .replaceAll("from 'aerospike-wasm'", `from '${PACKAGE}'`)
    .replaceAll("from 'aerospike-wasm/testing'", `from '${TESTING}'`)
    .replaceAll("[['127.0.0.1', 3000]]", JSON.stringify(server.hosts))
}

const pages = readdirSync(DOCS, { recursive: true })
  .map((name) => name.replaceAll('\\', '/'))
  .filter((name) => /^(en|ko)\/.*\.md$/.test(name))
  .sort()
const read = (page) => readFileSync(new URL(page, DOCS), 'utf8')

test('the guides are there, in both languages', () => {
  const guides = ['write-operations', 'migration', 'errors', 'limits', 'security', 'testing', 'typescript', 'observability']
  for (const page of [...guides.map((name) => `en/${name}.md`), 'ko/write-operations.md']) {
    assert.ok(pages.includes(page), page)
  }
})

for (const page of pages) {
  const blocks = blocksOf(read(page))
  if (blocks.length === 0) continue
  test(`${page}: its code prints what it says`, async () => {
    const file = join(folder, `${page.replace('/', '-')}.mjs`)
    writeFileSync(file, programOf(blocks))
    const { code, stdout, stderr } = await runNode([file])
    const printed = stdout.split(`${MARK}\n`)
    for (const [i, block] of blocks.entries()) assert.equal(printed[i], block.output, `block ${i + 1}\n${block.code}\n${stderr}`)
    assert.deepEqual([code, stderr], [0, ''])
  })
}

/** Compiles files with the TypeScript at `compiler`, strictly, the declarations of the package included. */
function compile(compiler, files) {
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({
    compilerOptions: {
      strict: true, noEmit: true, target: 'es2022', module: 'nodenext', lib: ['es2022', 'esnext.disposable'], types: ['node'],
      exactOptionalPropertyTypes: true, noUncheckedIndexedAccess: true, skipLibCheck: false,
      typeRoots: [repository('pkg/node_modules/@types')], paths: { 'aerospike-wasm': [repository('pkg/dist/entry/node.d.ts')] }
    },
    files
  }))
  const { status, stdout } = spawnSync(process.execPath, [repository(`${compiler}/bin/tsc`), '-p', folder], { encoding: 'utf8' })
  assert.equal(status, 0, stdout)
}

test('en/typescript.md compiles, and what it says is refused is refused', () => {
  const code = [...read('en/typescript.md').matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, body]) => body).join('\n')
  assert.ok((code.match(/@ts-expect-error/g) ?? []).length >= 8)
  writeFileSync(join(folder, 'page.mts'), code)
  compile('pkg/node_modules/typescript', ['page.mts'])
})

test('the oldest TypeScript it names understands the declarations, and refuses the same', () => {
  const { version } = JSON.parse(readFileSync(repository('docs/reference/node_modules/typescript-oldest/package.json'), 'utf8'))
  assert.ok(read('en/typescript.md').includes(`TypeScript ${version.replace(/\.\d+$/, '')} or later`), version)
  compile('docs/reference/node_modules/typescript-oldest', ['page.mts', ...['usage', 'typed'].map((name) => repository(`pkg/test/types/${name}.ts`))])
})

test('both languages have the same code', () => {
  const code = (page) => blocksOf(read(page)).map((block) => [block.code.replace(/\s*\/\/ .*$/gm, ''), block.output])
  const korean = pages.filter((page) => page.startsWith('ko/'))
  assert.ok(korean.length >= 1)
  for (const page of korean) assert.deepEqual(code(page), code(page.replace('ko/', 'en/')), page)
})

test('links between pages lead somewhere', () => {
  const linked = [...pages.map((page) => new URL(page, DOCS)), new URL('../README.md', DOCS), new URL('../pkg/README.md', DOCS)]
  for (const page of linked) {
    for (const [, target] of readFileSync(page, 'utf8').matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)) {
      if (/^[a-z]+:/.test(target)) continue
      assert.ok(existsSync(fileURLToPath(new URL(target, page))), `${page} -> ${target}`)
    }
  }
})
