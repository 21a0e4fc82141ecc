/*
 * Hostile bytes through the test server's module: it never traps, and answers byte for byte what the machine answers
 * outside WebAssembly.
 *
 * Imports Node and the built package. Needs AEROSPIKE_STREAMS: the folder that `streams` of the testkit has written.
 */

import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { before, test } from 'node:test'
import * as bindings from '../../wasm/aerospike_testserver_js.js'

/** The clock that the answers were made by: 2026-01-01. */
const NOW = 1_767_225_600_000
const folder = process.env.AEROSPIKE_STREAMS

let memory

before(() => {
  if (!folder) throw new Error('set AEROSPIKE_STREAMS to the folder that the testkit\'s program streams has written')
  const file = new URL('../../wasm/aerospike_testserver_js_bg.wasm', import.meta.url)
  memory = bindings.initSync({ module: new WebAssembly.Module(readFileSync(file)) }).memory
})

/** What a new server answers to pieces of a stream. */
function answer(pieces) {
  const config = new bindings.TestServerConfig(1)
  for (const name of ['test', 'bar']) config.add_namespace(name, new Int32Array())
  const server = new bindings.TestServer(config, NOW)
  const connection = server.open(0)
  const parts = []
  let open = true
  for (const piece of pieces) {
    const at = server.input(piece.length)
    new Uint8Array(memory.buffer, at, piece.length).set(piece)
    open = server.receive(connection, piece.length)
    const from = server.output()
    parts.push(Buffer.from(new Uint8Array(memory.buffer, from, server.output_len())))
    if (!open) break
  }
  server.free()
  return { open, bytes: Buffer.concat(parts) }
}

/** Cuts bytes into pieces whose lengths repeat. */
function cut(bytes, lengths) {
  const pieces = []
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const length = lengths[i % lengths.length]
    pieces.push(bytes.subarray(at, at + length))
    at += length
  }
  return pieces
}

/** Whether a stream has a frame without a body: it is answered only if nothing is behind it at the time. */
function hasEmptyFrame(stream) {
  for (let at = 0; at + 8 <= stream.length; at += 8 + stream.readUIntBE(at + 2, 6)) {
    if (stream.readUIntBE(at + 2, 6) === 0) return true
  }
  return false
}

test('every stream is answered as outside WebAssembly, whole and in pieces', () => {
  const inputs = readdirSync(folder).filter((name) => name.endsWith('.in'))
  assert.ok(inputs.length > 300, `${inputs.length} streams`)
  for (const name of inputs) {
    const stream = readFileSync(join(folder, name))
    const expected = readFileSync(join(folder, name.replace('.in', '.out')))
    const whole = answer([stream])
    assert.equal(whole.open, expected[0] === 1, `${name}: the connection`)
    assert.ok(whole.bytes.equals(expected.subarray(1)), `${name}: the answers`)
    if (stream.length > 50_000 || hasEmptyFrame(stream)) continue
    assert.ok(answer(cut(stream, [1])).bytes.equals(whole.bytes), `${name}: byte by byte`)
    assert.ok(answer(cut(stream, [7, 1, 30])).bytes.equals(whole.bytes), `${name}: in pieces`)
  }
})

test('bytes that declare more than they bring take no memory', () => {
  const before = memory.buffer.byteLength
  for (let i = 0; i < 100; i++) answer([Buffer.from([2, 3, 0, 0, 0x07, 0xff, 0xff, 0xff, 22, 0])])
  assert.ok(memory.buffer.byteLength - before < 1 << 20)
})
