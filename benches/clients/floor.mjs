/*
 * The floor: what Node's sockets cost without any client. Requests are encoded beforehand and replies only counted.
 *
 * `floor` has one request at a time per connection and a connection per lane; `floor-pipelined` keeps all lanes on two
 * connections and writes once per turn of the event loop. May import: lib.mjs, node:net, and the built package, whose
 * requests it records.
 */

import { connect as open } from 'node:net'
import { KEYS, bins, keyName, serve } from './lib.mjs'

const PIPELINED = process.argv[4] === 'pipelined'
const REQUESTS = 1_000

/** The bytes that the package sends for one call, taken down by a transport that listens in. */
async function record(hosts, prefix) {
  const { connect } = await import('../../target/stage/dist/entry/node.js')
  const { nodeTransport } = await import('../../pkg/dist/transport/node.js')
  let sent = null
  const transport = {
    connect(endpoint, on) {
      const inner = nodeTransport.connect(endpoint, on)
      return {
        write(bytes) {
          if (sent !== null && bytes[1] === 3) sent = Buffer.from(bytes)
          inner.write(bytes)
        },
        close: () => inner.close()
      }
    }
  }
  const client = await connect({ hosts }, { transport })
  const requests = { put: [], get: [] }
  for (let i = 0; i < REQUESTS; i++) {
    const key = ['test', 'bench', keyName(prefix, i % KEYS)]
    for (const kind of ['put', 'get']) {
      sent = Buffer.alloc(0)
      await (kind === 'put' ? client.put(key, bins(i)) : client.get(key))
      requests[kind].push(sent)
    }
  }
  await client.close()
  return requests
}

/** One connection that keeps `depth` requests in flight until `end`. */
function pump(port, host, depth, end, next, answered) {
  return new Promise((resolve, reject) => {
    let inFlight = 0
    let queued = []
    let left = Buffer.alloc(0)
    const starts = []
    const socket = open({ host, port, noDelay: true }, () => fill())
    function fill() {
      while (inFlight < depth && performance.now() < end) {
        queued.push(next())
        starts.push(performance.now())
        inFlight += 1
      }
      if (queued.length > 0) socket.write(queued.length === 1 ? queued[0] : Buffer.concat(queued))
      queued = []
      if (inFlight === 0) socket.destroy()
    }
    socket.on('data', (chunk) => {
      left = left.length === 0 ? chunk : Buffer.concat([left, chunk])
      let at = 0
      while (left.length - at >= 8) {
        const length = left.readUInt32BE(at + 4) + 8
        if (left.length - at < length) break
        if (left[at + 13] !== 0) return reject(new Error(`the server answered ${left[at + 13]}`))
        at += length
        inFlight -= 1
        answered(starts.shift())
      }
      left = left.subarray(at)
      fill()
    })
    socket.on('error', reject)
    socket.on('close', resolve)
  })
}

await serve(async (hosts) => {
  const [first] = hosts.split(',')
  const host = first.slice(0, first.lastIndexOf(':'))
  const port = Number(first.slice(first.lastIndexOf(':') + 1))
  const requests = await record(hosts, 'shared')
  return {
    async drive(work, concurrency, millis, latencies) {
      const start = performance.now()
      const end = start + millis
      let done = 0
      let turn = 0
      const next = () => {
        const kind = work === 'mix' ? (turn % 2 === 0 ? 'get' : 'put') : work
        return requests[kind][turn++ % REQUESTS]
      }
      const answered = (from) => {
        if (done < latencies.length) latencies[done] = performance.now() - from
        done += 1
      }
      const connections = PIPELINED ? Math.min(2, concurrency) : concurrency
      const depth = Math.ceil(concurrency / connections)
      await Promise.all(Array.from({ length: connections }, () => pump(port, host, depth, end, next, answered)))
      return { done, seconds: (performance.now() - start) / 1000 }
    },
    close() {}
  }
})
