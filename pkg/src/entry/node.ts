/*
 * The package on Node, Deno and Bun: loads the module from the file beside it and connects by `node:net`.
 *
 * May import: anything, node:fs, node:timers, and the module's bindings in `wasm/`.
 * Invariant: the module is instantiated once per thread, on the first `connect`.
 */

import { readFileSync } from 'node:fs'
import { setImmediate } from 'node:timers'
import { Client } from '../client.js'
import { connectWith } from '../connect.js'
import * as api from '../index.js'
import { BufferText, nodeTransport } from '../transport/node.js'
import type { Runtime } from '../transport.js'
import type { ClientConfig, ConnectOptions } from '../types.js'
import type { EngineModule } from '../wasm.js'
import { commandChannels } from './diagnostics.js'
import { bindings } from './engine-bindings.js'
import { instantiate } from './load.js'

const runtime: Runtime = {
  transport: nodeTransport,
  text: () => new BufferText(),
  defer: (flush) => void setImmediate(flush),
  channels: commandChannels,
  hosts: hostsOfEnvironment
}

/**
 * `AEROSPIKE_HOSTS`, by the global `process`: an import of `node:process` would make Node open its standard streams.
 * Undefined when it is not set, or when the runtime does not let the program see it.
 */
function hostsOfEnvironment(): string | undefined {
  try {
    const hosts = process.env['AEROSPIKE_HOSTS']
    return hosts === '' ? undefined : hosts
  } catch {
    return undefined
  }
}

let loaded: EngineModule | null = null

function load(): EngineModule {
  loaded ??= instantiate(bindings, () => {
    return new WebAssembly.Module(readFileSync(new URL('../../wasm/aerospike_js_bg.wasm', import.meta.url)))
  })
  return loaded
}

/**
 * Connects to a cluster and resolves with a {@link Client} once it knows the cluster's nodes.
 *
 * @param config - Such as `{ hosts: [['127.0.0.1', 3000]] }` or `{ hosts: '127.0.0.1:3000' }`. Without `hosts`, the
 * environment variable `AEROSPIKE_HOSTS` names them, such as `h1:3000,h2:3000`, on Node, Deno and Bun.
 * @param options - A transport of your own, and a signal to give up.
 * @throws {@link InvalidArgError} for a configuration it refuses; {@link ClusterError} when no host can be reached,
 * with the reason for each.
 * @example
 * ```ts
 * await using client = await connect({ hosts: 'db1:3000,db2:3000', policies: { read: { totalTimeout: 100 } } })
 * ```
 */
export async function connect(config: ClientConfig = {}, options?: ConnectOptions): Promise<Client> {
  return connectWith(load(), runtime, config, options)
}

export * from '../index.js'
/**
 * Everything that is exported by name.
 *
 * @hidden
 */
const aerospike: typeof api & { readonly connect: typeof connect } = { ...api, connect }
export default aerospike
