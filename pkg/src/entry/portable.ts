/*
 * The package where no TCP is known, such as a browser: it connects by the transport that its user passes.
 *
 * May import: anything, and the module's bindings in `wasm/`.
 * Invariants: the module is fetched from beside this file, once, on the first `connect` that has a transport; without
 * one nothing is fetched.
 */

import { Client } from '../client.js'
import { connectWith } from '../connect.js'
import { Fault } from '../fault.js'
import * as api from '../index.js'
import { PortableText } from '../text.js'
import type { Runtime } from '../transport.js'
import type { ClientConfig, ConnectOptions } from '../types.js'
import type { EngineModule } from '../wasm.js'
import { bindings } from './engine-bindings.js'
import { instantiate } from './load.js'
import { unloadable } from './unloadable.js'

const runtime: Omit<Runtime, 'transport'> = {
  text: () => new PortableText(),
  defer: (flush) => queueMicrotask(flush)
}

let loading: Promise<EngineModule> | null = null

function load(): Promise<EngineModule> {
  loading ??= fetchModule().catch((error: unknown) => {
    loading = null
    throw error
  })
  return loading
}

async function fetchModule(): Promise<EngineModule> {
  const compiled = await compile().catch((error: unknown) => {
    throw unloadable(error)
  })
  return instantiate(bindings, () => compiled)
}

async function compile(): Promise<WebAssembly.Module> {
  const response = await fetch(new URL('../../wasm/aerospike_js_bg.wasm', import.meta.url))
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`)
  return WebAssembly.compile(await response.arrayBuffer())
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
  const transport = options?.transport
  if (transport == null) {
    const reason = 'this runtime has no TCP sockets; pass a transport of your own: connect(config, { transport })'
    throw new Fault('transport', reason).toError('connect')
  }
  return connectWith(await load(), { ...runtime, transport }, config, options)
}

export * from '../index.js'
/**
 * Everything that is exported by name.
 *
 * @hidden
 */
const aerospike: typeof api & { readonly connect: typeof connect } = { ...api, connect }
export default aerospike
