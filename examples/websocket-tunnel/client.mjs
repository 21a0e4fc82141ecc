/*
 * A client that reaches the database through the relay; it runs unchanged in a browser, Deno, Bun and Node 22 or later.
 *
 *   RELAY=ws://127.0.0.1:8080 TOKEN=secret AEROSPIKE_HOSTS=127.0.0.1:3000 node client.mjs
 */

import { connect } from 'aerospike-wasm'
import process from 'node:process'
import { webSocketTransport } from './transport.mjs'

const { RELAY = 'ws://127.0.0.1:8080', TOKEN = '', AEROSPIKE_HOSTS = '127.0.0.1:3000' } = process.env
const client = await connect({ hosts: AEROSPIKE_HOSTS }, { transport: webSocketTransport(RELAY, TOKEN) })
const key = ['test', 'tunnel', 'greeting']

await client.put(key, { text: 'through the tunnel', count: 1 })
await client.increment(key, 'count', 1)
const { bins } = await client.get(key)
console.log(`${bins.text}: ${bins.count}`)

await client.remove(key)
await client.close()
