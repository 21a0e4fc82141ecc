/* Loading the module: this package's own is taken, any other is refused with one clear error. */

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import * as aerospike from '../dist/index.js'
import { instantiate } from '../dist/entry/load.js'
import { BUILD, VERSION } from '../dist/version.js'
import * as bindings from '../wasm/aerospike_js.js'

const compile = () => new WebAssembly.Module(readFileSync(new URL('../wasm/aerospike_js_bg.wasm', import.meta.url)))
const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0])

/** Bindings as wasm-bindgen makes them, for a module that says another build. */
const another = (build) => ({ initSync: () => ({ memory: { buffer: new ArrayBuffer(0) } }), build: () => build, Engine: class {}, EngineConfig: class {} })

function refused(bindings, compile, message) {
  assert.throws(() => instantiate(bindings, compile), (error) => {
    assert.ok(error instanceof aerospike.ClientError, `${error}`)
    assert.match(error.message, message)
    assert.equal(error.inDoubt, false)
    return true
  })
}

test('the version is that of package.json, and the module says so, too', () => {
  assert.equal(VERSION, JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
  const module = instantiate(bindings, compile)
  assert.equal(bindings.build(), BUILD)
  assert.equal(module.Engine, bindings.Engine)
  assert.ok(module.memory.buffer.byteLength > 0)
})

test('a module of another version is refused, with both versions and what to do', () => {
  for (const build of ['0.0.9 tape 1', `${VERSION} tape 99`, '']) {
    refused(another(build), () => ({}), new RegExp(`build '${build}', the JavaScript of build '${VERSION} tape \\d+'.*install it again`))
  }
})

test('a module that has not what the bindings need is refused', async () => {
  // Bindings that have instantiated nothing yet: a copy of their own.
  const fresh = await import('../wasm/aerospike_js.js?fresh')
  refused(fresh, () => new WebAssembly.Module(EMPTY), /cannot be loaded \(.+\)/)
  refused(fresh, () => new WebAssembly.Module(EMPTY), /cannot be loaded \(.+\)/)
})

test('bytes that are no module, and a file that is missing, say which', () => {
  refused(bindings, () => new WebAssembly.Module(new Uint8Array(4)), /cannot be loaded \(WebAssembly\.Module\(\): .+wasm\/ as installed/)
  refused(bindings, () => { throw Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' }) }, /ENOENT: no such file/)
})
