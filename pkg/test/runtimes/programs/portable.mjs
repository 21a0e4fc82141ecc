/*
 * All scenarios where there is no TCP: the package comes by HTTP, as to a browser, and connects through a WebSocket tunnel.
 * Arguments of Deno: the hosts, the relay and its token.
 */

import * as exported from 'aerospike-wasm'
import { webSocketTransport } from '../examples/websocket-tunnel/transport.mjs'
import { runInMemory } from './in-memory.mjs'
import { resultLine, runAll } from '../e2e/run-all.mjs'

const [hosts, relay, token] = Deno.args
const transport = webSocketTransport(relay, token)
const connect = (config, options) => exported.connect(config, { transport, ...options })
const aerospike = { ...exported, connect, default: { ...exported.default, connect } }
const name = 'No TCP: module by HTTP, connections through a WebSocket tunnel (in Deno'
const sockets = await runAll(aerospike, hosts, console.log)
console.log(resultLine(`${name} ${Deno.version.deno})`, sockets, await runInMemory(console.log)))
