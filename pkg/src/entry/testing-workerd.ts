/*
 * The test server on workerd: its module is imported, clients reach it by its own transport.
 *
 * May import: anything of testing/, and the module with its bindings in `wasm/`.
 * Invariant: the module is instantiated once per isolate, by the first `start`.
 */

import module from '../../wasm/aerospike_testserver_js_bg.wasm'
import { instantiate, type TestServerModule } from '../testing/machine.js'
import { EmbeddedServer, prepare, type TestHost } from '../testing/server.js'
import type { TestServerOptions } from '../testing/types.js'
import { bindings } from './testing-bindings.js'

let loaded: TestServerModule | null = null

const host: TestHost = {
  load() {
    loaded ??= instantiate(bindings, module)
    return loaded
  },
  listen: null
}

/**
 * An in-memory Aerospike server in this isolate; see {@link EmbeddedServer} for what it can do.
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
  /** Starts a server: by default one node with the namespaces `test` and `bar`. */
  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    return new TestServer(await prepare(host, options))
  }
}

export { EmbeddedServer }
export type * from '../testing/types.js'
