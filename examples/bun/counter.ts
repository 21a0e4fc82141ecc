/*
 * An HTTP server on Bun that counts visits: one client for all requests, whose commands share a few connections.
 *
 *   bun run counter.ts
 *   curl http://127.0.0.1:PORT/some/page
 *
 * Needs a server at AEROSPIKE_HOSTS (default 127.0.0.1:3000) with a namespace `test`; listens on PORT (default: any).
 */

import aerospike, { AerospikeError, connect } from 'aerospike-wasm'

const client = await connect({ hosts: process.env.AEROSPIKE_HOSTS ?? '127.0.0.1:3000' })

async function visit(page: string): Promise<number> {
  const { bins } = await client.operate<{ visits: number }>(['test', 'visits', page], [
    { op: aerospike.OPERATOR_INCR, bin: 'visits', val: 1 },
    { op: aerospike.OPERATOR_READ, bin: 'visits' }
  ], { meta: { ttl: 86_400 } })
  return bins.visits
}

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(process.env.PORT ?? 0),
  async fetch(request) {
    const page = new URL(request.url).pathname
    try {
      return Response.json({ page, visits: await visit(page) })
    } catch (error) {
      if (!(error instanceof AerospikeError)) throw error
      return Response.json({ error: error.message }, { status: 503 })
    }
  }
})
console.log(`listening on ${server.url}`)

process.on('SIGTERM', async () => {
  await server.stop()
  await client.close()
  console.log('closed')
})
