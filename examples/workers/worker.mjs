/*
 * A rate limiter at the edge, under workerd: so many requests per client and window, counted in one place for all edges.
 *
 * One increment per request, on a record whose key names client and window and whose time to live removes it afterwards.
 * workerd keeps sockets to the request that opened them, so every request connects and closes; a Durable Object could keep
 * its client instead.
 *
 *   npm install && npm run build && npm start
 *
 * Variables (worker.capnp): AEROSPIKE_HOSTS, LIMIT, WINDOW in seconds.
 */

import aerospike, { AerospikeError, connect } from 'aerospike-wasm'

export default {
  async fetch(request, env) {
    const client = request.headers.get('cf-connecting-ip') ?? 'unknown'
    const window = Number(env.WINDOW)
    const now = Date.now() / 1000
    const resets = Math.ceil(window - (now % window))
    try {
      const used = await count(env.AEROSPIKE_HOSTS, `${client}/${Math.floor(now / window)}`, window)
      const left = Number(env.LIMIT) - used
      const headers = { 'ratelimit-remaining': String(Math.max(left, 0)), 'ratelimit-reset': String(resets) }
      if (left < 0) return new Response('too many requests\n', { status: 429, headers: { ...headers, 'retry-after': String(resets) } })
      return new Response('welcome\n', { headers })
    } catch (error) {
      // The limiter protects; it must not be what takes the site down.
      if (!(error instanceof AerospikeError)) throw error
      console.error(error.message)
      return new Response('welcome\n', { headers: { 'ratelimit-remaining': 'unknown' } })
    }
  }
}

/** Counts one request; the answer is how many there were in this window. */
async function count(hosts, name, window) {
  const client = await connect({ hosts, timeout: 500, maxConnsPerNode: 2, policies: { operate: { totalTimeout: 500 } } })
  try {
    const { bins } = await client.operate(['test', 'limits', name], [
      { op: aerospike.OPERATOR_INCR, bin: 'used', val: 1 },
      { op: aerospike.OPERATOR_READ, bin: 'used' }
    ], { meta: { ttl: 2 * window } })
    return bins.used
  } finally {
    await client.close()
  }
}
