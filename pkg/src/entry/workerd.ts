/*
 * The package on workerd (Cloudflare Workers): the module is imported, connections are made by `cloudflare:sockets`.
 *
 * May import: anything, and the module with its bindings in `wasm/`.
 * Invariants: nothing runs before the first `connect`; the module is instantiated once per isolate. The end of the turn
 * is a microtask: a timer would cost a turn of the request's own loop.
 */

import module from '../../wasm/aerospike_js_bg.wasm'
import { Client } from '../client.js'
import { connectWith } from '../connect.js'
import * as api from '../index.js'
import { PortableText } from '../text.js'
import { claimRequest, workerdTransport } from '../transport/workerd.js'
import type { Runtime } from '../transport.js'
import type { ClientConfig, ConnectOptions } from '../types.js'
import type { EngineModule } from '../wasm.js'
import { bindings } from './engine-bindings.js'
import { instantiate } from './load.js'

const runtime: Runtime = {
  transport: workerdTransport,
  text: () => new PortableText(),
  defer: (flush) => queueMicrotask(flush),
  claim: claimRequest
}

let loaded: EngineModule | null = null

function load(): EngineModule {
  loaded ??= instantiate(bindings, () => module)
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
