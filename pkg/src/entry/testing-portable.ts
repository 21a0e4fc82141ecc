/*
 * The test server where no port can be opened, such as a browser: clients reach it by its own transport.
 *
 * May import: anything of testing/, and the module's bindings in `wasm/`.
 * Invariant: the module is fetched from beside this file once, by the first `start`.
 */

import { instantiate, type TestServerModule } from '../testing/machine.js'
import { EmbeddedServer, prepare, type TestHost } from '../testing/server.js'
import type { TestServerOptions } from '../testing/types.js'
import { bindings } from './testing-bindings.js'
import { unloadable } from './unloadable.js'

let loading: Promise<TestServerModule> | null = null

const host: TestHost = {
  load() {
    loading ??= fetchModule().catch((error: unknown) => {
      loading = null
      throw unloadable(error)
    })
    return loading
  },
  listen: null
}

async function fetchModule(): Promise<TestServerModule> {
  const response = await fetch(new URL('../../wasm/aerospike_testserver_js_bg.wasm', import.meta.url))
  if (!response.ok) throw new Error(`${response.url} answered ${response.status}`)
  return instantiate(bindings, await WebAssembly.compile(await response.arrayBuffer()))
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
  /** Starts a server: by default one node with the namespaces `test` and `bar`. */
  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    return new TestServer(await prepare(host, options))
  }
}

export { EmbeddedServer }
export type * from '../testing/types.js'
