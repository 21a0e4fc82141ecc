/*
 * A node dies and returns while commands run: are acknowledged writes lost, who gets errors, how long does it take?
 *
 * Needs AEROSPIKE_HOSTS, OUTAGE_DOWN and OUTAGE_UP: shell commands that end one node of the cluster and start it again.
 * Every worker increments counters of its own and keeps count; afterwards the stored number of each counter must be
 * between what was acknowledged and that plus what is in doubt. A command has met the dead node if that node owned its
 * partition, be it as master or as the replica whose acknowledgement the master waits for.
 */

import assert from 'node:assert/strict'
import { exec } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { connect } from '../../dist/entry/node.js'
import { listens, ownersOf, partitionOf } from './support/owners.mjs'

/** With 256 commands of one turn for one node are merged. */
const WORKERS = Number(process.env.OUTAGE_WORKERS ?? 64)
const KEYS = 16
const PHASE = Number(process.env.OUTAGE_SECONDS ?? 10) * 1000
const run = promisify(exec)

const hosts = process.env.AEROSPIKE_HOSTS
assert.ok(hosts, 'AEROSPIKE_HOSTS says where the cluster is')
for (const name of ['OUTAGE_DOWN', 'OUTAGE_UP']) assert.ok(process.env[name], `${name} is a shell command`)

const events = []
const client = await connect({ hosts, onEvent: (event) => events.push({ at: Date.now(), ...event }) })
const nodes = client.getNodeNames()
const counters = []
const errors = new Map()
const failures = []
let answered = 0
let stopped = false

async function work(worker) {
  for (let turn = 0; !stopped; turn++) {
    const counter = counters[worker * KEYS + (turn % KEYS)]
    const began = Date.now()
    try {
      await client.increment(counter.key, 'n', 1)
      counter.acknowledged += 1
      answered += 1
    } catch (error) {
      if (error.inDoubt) counter.inDoubt += 1
      failures.push({ at: Date.now(), began, counter, error })
      const kind = `${error.name} ${error.resultCode}${error.inDoubt ? ', in doubt' : ''}`
      errors.set(kind, (errors.get(kind) ?? 0) + 1)
      await sleep(20)
    }
  }
}

for (let i = 0; i < WORKERS * KEYS; i++) {
  const key = ['test', 'outage', `${process.pid}-${i}`]
  await client.remove(key).catch(() => {})
  counters.push({ key, partition: partitionOf(key[1], key[2]), acknowledged: 0, inDoubt: 0 })
}
const workers = Array.from({ length: WORKERS }, (_, worker) => work(worker))
const rate = async (label) => {
  const before = answered
  await sleep(PHASE)
  console.log(`${label}: ${Math.round((answered - before) / (PHASE / 1000))} writes/s, nodes ${client.getNodeNames().join(' ')}`)
}

await rate('before    ')
const known = client.statistics().nodes
const ownedBefore = await ownersOf('test', known)
const down = Date.now()
await run(process.env.OUTAGE_DOWN)
await rate('node dead ')
const heard = await Promise.all(known.map(listens))
const dead = known[heard.indexOf(false)].name
const recovered = (failures.findLast(({ at }) => at >= down)?.at ?? down) - down
const up = Date.now()
await run(process.env.OUTAGE_UP)
await rate('node back ')
await rate('after     ')
stopped = true
await Promise.all(workers)

let lost = 0
let doubled = 0
for (let at = 0; at < counters.length; at += 100) {
  const part = counters.slice(at, at + 100)
  const rows = await client.batchRead(part.map(({ key }) => key), null, { policy: { totalTimeout: 10_000 } })
  rows.forEach((row, i) => {
    const { acknowledged, inDoubt } = part[i]
    const stored = row.bins?.n ?? 0
    lost += Math.max(0, acknowledged - stored)
    doubled += Math.max(0, stored - acknowledged - inDoubt)
  })
}
await client.batchRemove(counters.map(({ key }) => key), { policy: { totalTimeout: 10_000 } })

console.log(`acknowledged writes: ${answered}`)
console.log(`by kind: ${[...errors].map(([kind, count]) => `${kind}: ${count}`).join('; ') || 'none'}`)
const ownedAfter = await ownersOf('test', known)
const owners = (at) => (at < up ? ownedBefore : ownedAfter)
const strangers = failures.filter(({ at, counter }) => at >= down && !owners(at)[counter.partition].has(dead))
for (const { at, began, error } of strangers) {
  console.log(`did not meet the dead node: sent +${began - down} ms, failed +${at - down} ms: ${error.message}`)
}
console.log(`errors: ${failures.length}, of commands that did not meet the dead node: ${strangers.length}`)
console.log(`last error ${recovered} ms after the node was ended`)
console.log(`events: ${events.filter(({ at }) => at >= down).map((event) => `${event.type} ${event.node ?? ''} +${event.at - down} ms`).join('; ')}`)
console.log(`acknowledged writes lost: ${lost}; applied more often than sent: ${doubled}`)
assert.deepEqual(client.getNodeNames().sort(), nodes.sort(), 'all nodes are back')
await client.close()
assert.equal(lost, 0)
assert.equal(doubled, 0)
assert.equal(strangers.length, 0)
