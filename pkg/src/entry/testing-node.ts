/*
 * The test server on Node, Deno and Bun: its module lies in the file beside it, its ports are opened by `node:net`.
 *
 * May import: anything of testing/, node:fs, and the module's bindings in `wasm/`.
 * Invariant: the module is instantiated once per thread, by the first `start`.
 */

import { readFileSync } from 'node:fs'
import { listen } from '../testing/listener.js'
import { instantiate, type TestServerModule } from '../testing/machine.js'
import { EmbeddedServer, prepare, type TestHost } from '../testing/server.js'
import type { TestServerOptions } from '../testing/types.js'
import { bindings } from './testing-bindings.js'

let loaded: TestServerModule | null = null

const host: TestHost = {
  load() {
    const file = new URL('../../wasm/aerospike_testserver_js_bg.wasm', import.meta.url)
    loaded ??= instantiate(bindings, new WebAssembly.Module(readFileSync(file)))
    return loaded
  },
  listen
}

/**
 * An in-memory Aerospike server in this process; see {@link EmbeddedServer} for what it can do.
 *
 * @example
 * ```js
 * import { connect } from 'aerospike-wasm'
 * import { TestServer } from 'aerospike-wasm/testing'
 *
 * const server = await TestServer.start()
 * const client = await connect({ hosts: server.hosts }, { transport: server.transport })
 * ```
 */
export class TestServer extends EmbeddedServer {
  /**
   * Starts a server: by default one node with the namespaces `test` and `bar`, on a free port of 127.0.0.1.
   *
   * @example
   * ```js
   * const server = await TestServer.start({ nodes: 3 })
   * const client = await connect({ hosts: server.hosts })
   * ```
   * @throws `InvalidArgError` for options it refuses; an `Error` with the system's reason when a port cannot be opened.
   */
  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const server = new TestServer(await prepare(host, options))
    await server.listen()
    return server
  }
}

export { EmbeddedServer }
export type * from '../testing/types.js'
