/*
 * The bindings of the test server's module that are used. Its module namespace would ship all of them.
 *
 * May import: the module's bindings in `wasm/`.
 */

import { build, initSync, TestServer, TestServerConfig } from '../../wasm/aerospike_testserver_js.js'

export const bindings = { build, initSync, TestServer, TestServerConfig }
