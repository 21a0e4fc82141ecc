/*
 * What long lives and large commands take of memory: of the process and of the module's own heap, and that neither
 * grows as time goes on. `node --expose-gc memory.mjs HOSTS`; ends with an error when a bound is broken.
 *
 * May import: lib.mjs and the built package.
 */

import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { KEYS, bins, check } from './lib.mjs'

const MB = 1024 * 1024
let heap = null

// The package keeps its module to itself, so its memory is noted where the runtime makes the instance.
WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, parameters) {
    const instance = new target(...parameters)
    heap = instance.exports.memory
    return instance
  }
})

const { connect } = await import('../../target/stage/dist/entry/node.js')
const hosts = process.argv[2]
const key = (i) => ['test', 'bench', `memory-${i % KEYS}`]

function peak() {
  const line = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))
  return Math.round(Number(line[1]) / 1024)
}

function resetPeak() {
  global.gc()
  writeFileSync('/proc/self/clear_refs', '5')
}

const wasm = () => heap.buffer.byteLength / MB

/** Runs `work` on a client of its own and prints what it took. */
async function report(name, work) {
  const client = await connect({ hosts, policies: { read: { totalTimeout: 60_000 }, batch: { totalTimeout: 60_000 } } })
  resetPeak()
  const before = peak()
  const start = performance.now()
  const extra = await work(client)
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(
    `${name.padEnd(34)} ${seconds.padStart(6)} s   process ${before} MB, at most ${peak()} MB   wasm ${wasm().toFixed(1)} MB` +
      (extra === undefined ? '' : `   ${extra}`)
  )
  await client.close()
}

async function lanes(count, total, step) {
  let started = 0
  const lane = async () => {
    while (started < total) await step(started++)
  }
  await Promise.all(Array.from({ length: count }, lane))
}

await report('10,000 records written', (client) => lanes(256, KEYS, (i) => client.put(key(i), bins(i))))

await report('10,000 gets in flight', async (client) => {
  const records = await Promise.all(Array.from({ length: 10_000 }, (_, i) => client.get(key(i))))
  records.forEach((record, i) => check(i, record.bins))
})

await report('1,000,000 gets', async (client) => {
  const seen = []
  for (let tenth = 0; tenth < 10; tenth++) {
    await lanes(256, 100_000, (i) => client.get(key(i)))
    global.gc()
    const { heapUsed, rss } = process.memoryUsage()
    seen.push({ heapUsed: heapUsed / MB, rss: rss / MB, wasm: wasm() })
  }
  const [first, last] = [seen[2], seen[9]]
  assert.ok(last.wasm <= first.wasm, `the wasm heap grew from ${first.wasm} to ${last.wasm} MB`)
  assert.ok(last.heapUsed <= first.heapUsed + 2, `the heap grew from ${first.heapUsed} to ${last.heapUsed} MB`)
  assert.ok(last.rss <= first.rss * 1.1 + 8, `the process grew from ${first.rss} to ${last.rss} MB`)
  return `heap after each tenth, MB: ${seen.map((at) => at.heapUsed.toFixed(1)).join(' ')}`
})

await report('a batch of 100,000 keys', async (client) => {
  const rows = await client.batchRead(Array.from({ length: 100_000 }, (_, i) => key(i)))
  rows.forEach((row, i) => check(i % KEYS, row.bins))
})

await report('records of 1 MB, written and read', async (client) => {
  const blob = new Uint8Array(1_000_000).fill(7)
  for (let i = 0; i < 50; i++) {
    await client.put(['test', 'bench', `large-${i % 5}`], { blob })
    const { bins: found } = await client.get(['test', 'bench', `large-${i % 5}`])
    assert.equal(Buffer.compare(found.blob, blob), 0)
  }
})

await report('once more 10,000 gets in flight', async (client) => {
  await Promise.all(Array.from({ length: 10_000 }, (_, i) => client.get(key(i))))
})
console.log('nothing grew')
