/*
 * What every JavaScript client under measurement shares: the work, the loop that does it, and the conversation with
 * `cargo xtask bench`, one JSON object per line on stdin and stdout.
 *
 * May import: node: modules only, so that it runs on Node, Deno and Bun.
 * Invariant: an operation that fails ends the process with its error; a number is printed only for work that succeeded.
 */

import { readFileSync, writeFileSync } from 'node:fs'
import { createInterface } from 'node:readline'

/** How many records of one kind a client works on. */
export const KEYS = 10_000
/** Records of more than a kilobyte: fewer, so that they fit into the server's memory. */
const LARGE_KEYS = 200
const NOTE = 'a note of twenty-four ch'

/** The four bins of record `i`. */
export function bins(i) {
  return { name: `user-${i}`, age: i, score: i + 0.5, note: NOTE }
}

/** Throws unless `found` is what `bins(i)` was. */
export function check(i, found) {
  const wanted = bins(i)
  for (const name of Object.keys(wanted)) {
    if (found[name] !== wanted[name]) throw new Error(`record ${i}: bin ${name} is ${found[name]}, not ${wanted[name]}`)
  }
}

/** The name of the record with index `i` that `prefix` wrote. */
export const keyName = (prefix, i) => `${prefix}-${i}`

/** `put:1024` and the like: the kind of work and its size. */
function parse(work) {
  const [kind, size] = work.split(':')
  return { kind, size: size === undefined ? 0 : Number(size) }
}

/** What one turn of a lane does, as a function of a running number; it returns a promise. */
function turn(client, work, prefix) {
  const { kind, size } = parse(work)
  const names = Array.from({ length: KEYS }, (_, i) => keyName(prefix, i))
  switch (kind) {
    case 'put':
      if (size > 0) return sized(client, 'put', size, prefix)
      return (n) => client.put(names[n % KEYS], bins(n % KEYS))
    case 'get':
      if (size > 0) return sized(client, 'get', size, prefix)
      return (n) => client.get(names[n % KEYS])
    case 'mix':
      return (n) => (n % 2 === 0 ? client.get(names[n % KEYS]) : client.put(names[n % KEYS], bins(n % KEYS)))
    case 'batch-read':
    case 'batch-write':
    case 'batch-operate':
      return batch(client, kind, size, names, `${prefix}-count`)
    default:
      throw new Error(`unknown work ${work}`)
  }
}

function sized(client, kind, size, prefix) {
  const bytes = Buffer.alloc(size, 0x61)
  const names = Array.from({ length: LARGE_KEYS }, (_, i) => `${prefix}-${size}-${i}`)
  return kind === 'put'
    ? (n) => client.put(names[n % LARGE_KEYS], { blob: bytes })
    : (n) => client.get(names[n % LARGE_KEYS])
}

function batch(client, kind, size, names, counter) {
  const groups = Math.floor(KEYS / size)
  const slices = Array.from({ length: groups }, (_, g) => names.slice(g * size, (g + 1) * size))
  if (kind === 'batch-read') return (n) => client.batchRead(slices[n % groups])
  if (kind === 'batch-write') return (n) => client.batchWrite(slices[n % groups], (n % groups) * size)
  return (n) => client.batchOperate(slices[n % groups].map((name) => `${counter}${name}`))
}

/** Resets the peak that `peak` reads, where the system can do that. */
function resetPeak() {
  try {
    writeFileSync('/proc/self/clear_refs', '5')
  } catch {
    // The peak of the whole life is told instead.
  }
}

/** Most resident memory since the reset, in kilobytes. */
function peak() {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return Math.round(process.memoryUsage().rss / 1024)
  }
}

function quantile(sorted, q) {
  return sorted.length === 0 ? 0 : sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))]
}

const MOST_LATENCIES = 2_000_000

/** Keeps `concurrency` operations in flight for `millis`. */
async function drive(step, concurrency, millis, latencies) {
  const start = performance.now()
  const end = start + millis
  let started = 0
  let done = 0
  async function lane() {
    for (;;) {
      const from = performance.now()
      if (from >= end) return
      await step(started++)
      if (done < MOST_LATENCIES) latencies[done] = performance.now() - from
      done += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, lane))
  return { done, seconds: (performance.now() - start) / 1000 }
}

/** The floor drives its sockets itself; clients are driven lane by lane. */
function runner(client, work, prefix, concurrency, latencies) {
  if (client.drive !== undefined) return (millis) => client.drive(work, concurrency, millis, latencies)
  const step = turn(client, work, prefix)
  return (millis) => drive(step, concurrency, millis, latencies)
}

async function measure(client, { work, prefix, concurrency, millis, warmup }, latencies) {
  const run = runner(client, work, prefix, concurrency, latencies)
  await run(warmup)
  resetPeak()
  const before = process.cpuUsage()
  const { done, seconds } = await run(millis)
  const cpu = process.cpuUsage(before)
  const sorted = latencies.slice(0, Math.min(done, MOST_LATENCIES)).sort()
  return {
    ops: done,
    seconds,
    cpu: cpu.user + cpu.system,
    p50: quantile(sorted, 0.5) * 1000,
    p99: quantile(sorted, 0.99) * 1000,
    rss: peak()
  }
}

async function verify(client, prefix) {
  for (let i = 0; i < KEYS; i += 97) check(i, await client.get(keyName(prefix, i)))
  return { verified: Math.ceil(KEYS / 97) }
}

/** Writes every record that the measurements read. */
async function prepare(client, { prefix, sizes }) {
  const chunk = 100
  for (let i = 0; i < KEYS; i += chunk) {
    await Promise.all(Array.from({ length: chunk }, (_, j) => client.put(keyName(prefix, i + j), bins(i + j))))
  }
  for (const size of sizes) {
    for (let i = 0; i < LARGE_KEYS; i++) await client.put(`${prefix}-${size}-${i}`, { blob: Buffer.alloc(size, 0x61) })
  }
  return { prepared: KEYS }
}

/** Import, connect and first get, in milliseconds; `open` does all of it. */
export async function cold(open) {
  const before = process.cpuUsage()
  const from = performance.now()
  const client = await open()
  await client.get(keyName('shared', 1))
  const millis = performance.now() - from
  const cpu = process.cpuUsage(before)
  console.log(JSON.stringify({ millis, cpu: cpu.user + cpu.system, rss: peak() }))
  await client.close()
}

/** Answers the commands on stdin until it ends. `open(hosts)` gives the client. */
export async function serve(open) {
  const hosts = process.argv[2]
  if (process.argv[3] === 'cold') return cold(() => open(hosts))
  const client = await open(hosts)
  const latencies = new Float64Array(MOST_LATENCIES)
  const actions = { measure, verify: (c, { prefix }) => verify(c, prefix), prepare }
  console.log(JSON.stringify({ ready: true, version: client.version ?? '' }))
  for await (const line of createInterface({ input: process.stdin })) {
    const command = JSON.parse(line)
    console.log(JSON.stringify(await actions[command.do](client, command, latencies)))
  }
  await client.close()
  process.exit(0)
}
