/*
 * The bindings of the engine's module that are used. Its module namespace would ship all of them.
 *
 * May import: the module's bindings in `wasm/`.
 */

import { build, Engine, EngineConfig, initSync } from '../../wasm/aerospike_js.js'

export const bindings = { build, Engine, EngineConfig, initSync }
