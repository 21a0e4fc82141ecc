/* What is special about workerd, one path per case. Bindings: AEROSPIKE_HOSTS, SILENT (a peer that never answers), OBJECT. */

import * as aerospike from 'aerospike-wasm'

const { connect } = aerospike
const KEY = ['test', 'workerd', 'k']
/** Longer than any test waits, in milliseconds. */
const PATIENCE = 60_000
const atTop = await connect({ hosts: '127.0.0.1:3000' }).catch((error) => error)
let kept
let waiting

const describe = (error) => ({ class: error?.constructor?.name, message: error?.message, inDoubt: error?.inDoubt, cause: error?.cause?.message })
const failure = (promise) => promise.then((value) => ({ value }), describe)

const cases = {
  top: () => describe(atTop),
  async keep(env) {
    kept = await connect({ hosts: env.AEROSPIKE_HOSTS })
    await kept.put(KEY, { n: 1 })
    return (await kept.get(KEY)).bins
  },
  /** Every kind of call on a client of another request. */
  async elsewhere() {
    const op = [{ op: aerospike.OPERATOR_READ }]
    const calls = [
      () => kept.get(KEY), () => kept.put(KEY, { n: 2 }), () => kept.exists(KEY), () => kept.remove(KEY), () => kept.increment(KEY, 'n', 1),
      () => kept.operate(KEY, op), () => kept.batchRead([KEY]), () => kept.batchOperate([KEY], op), () => kept.batchRemove([KEY])
    ]
    return Promise.all(calls.map((call) => failure(call())))
  },
  async closeElsewhere() {
    await kept.close()
    await kept.close()
    return failure(kept.get(KEY))
  },
  /** Leaves a command behind that is in flight when the request ends. */
  async abandon(env) {
    kept = await connect({ hosts: env.AEROSPIKE_HOSTS })
    waiting = kept.get(KEY)
    return 'left'
  },
  async anew(env) {
    const client = await connect({ hosts: env.AEROSPIKE_HOSTS })
    const { bins } = await client.get(KEY)
    await client.close()
    return { bins, abandoned: waiting !== undefined }
  },
  async refused() {
    return Promise.all(['127.0.0.1:1', 'no-such-host.invalid:3000'].map((hosts) => failure(connect({ hosts }))))
  },
  /** A peer that takes the connection and says nothing. */
  async silent(env) {
    const start = Date.now()
    const error = await failure(connect({ hosts: env.SILENT, timeout: 300 }))
    return { error, took: Date.now() - start }
  },
  /** A server that answers the first record message and no other: `hosts` comes with the request. */
  async stalled(_env, hosts) {
    const patient = { totalTimeout: PATIENCE, socketTimeout: PATIENCE }
    const client = await connect({ hosts, useServicesAlternate: false, timeout: PATIENCE, policies: { read: patient, write: patient } })
    // Opens the connection: on a busy machine a write that waits for one may end unsent, and is then not in doubt.
    await client.exists(KEY)
    const policy = { totalTimeout: 300, maxRetries: 0 }
    const start = Date.now()
    const [get, put] = await Promise.all([failure(client.get(KEY, { policy })), failure(client.put(KEY, { n: 9 }, { policy }))])
    const took = Date.now() - start
    await client.close()
    return { get, put, took }
  },
  /** A clock that stands still, as deployed workers have it while they compute, and then jumps. */
  async clock(env) {
    const now = performance.now()
    let jump = 0
    const real = performance.now
    performance.now = () => now + jump
    try {
      const client = await connect({ hosts: env.AEROSPIKE_HOSTS })
      await client.put(KEY, { n: 1 })
      const all = await Promise.all(Array.from({ length: 100 }, () => client.get(KEY)))
      jump = 10_000
      const { bins } = await client.get(KEY, { policy: { totalTimeout: 1000 } })
      await client.close()
      return { stood: real.call(performance) - now > 0, all: all.every((record) => record.bins.n === 1), bins }
    } finally {
      performance.now = real
    }
  },
  /** Two clients of one request, and 200 commands at once. */
  async many(env) {
    const clients = await Promise.all([1, 2].map(() => connect({ hosts: env.AEROSPIKE_HOSTS, maxConnsPerNode: 2 })))
    const keys = Array.from({ length: 200 }, (_, i) => ['test', 'workerd', `many ${i}`])
    await Promise.all(keys.map((key, i) => clients[i % 2].put(key, { i })))
    const records = await Promise.all(keys.map((key, i) => clients[(i + 1) % 2].get(key)))
    await clients[0].batchRemove(keys)
    await Promise.all(clients.map((client) => client.close()))
    return records.every(({ bins }, i) => bins.i === i)
  },
  async object(env, _hosts, request) {
    return (await env.OBJECT.get(env.OBJECT.idFromName('one')).fetch(request)).json()
  }
}

/** Keeps its client from request to request: all requests of an object share what it owns. */
export class Object {
  constructor(_state, env) {
    this.env = env
    this.client = null
  }

  async fetch() {
    this.client ??= connect({ hosts: this.env.AEROSPIKE_HOSTS })
    const client = await this.client
    const { bins } = await client.operate(['test', 'workerd', 'object'], [
      { op: aerospike.OPERATOR_INCR, bin: 'n', val: 1 }, { op: aerospike.OPERATOR_READ, bin: 'n' }
    ])
    return Response.json({ n: bins.n, opened: client.statistics().nodes.reduce((sum, node) => sum + node.opened, 0) })
  }
}

export default {
  async fetch(request, env) {
    const { pathname, searchParams } = new URL(request.url)
    try {
      return Response.json(await cases[pathname.slice(1)](env, searchParams.get('hosts'), request))
    } catch (error) {
      return Response.json({ unexpected: String(error?.stack ?? error) }, { status: 500 })
    }
  }
}
