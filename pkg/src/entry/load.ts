/*
 * Makes an engine module of compiled WebAssembly, and refuses one that is not this package's own.
 *
 * May import: errors.ts, version.ts, wasm.ts, unloadable.ts. The bindings of `wasm/` come in as a value.
 * Invariant: the version is compared before anything else of the module is used.
 */

import { ClientError } from '../errors.js'
import { BUILD } from '../version.js'
import type { EngineModule } from '../wasm.js'
import { unloadable } from './unloadable.js'

/** What wasm-bindgen generates in `wasm/aerospike_js.js`, as far as it is used. */
export interface Bindings {
  readonly Engine: unknown
  readonly EngineConfig: unknown
  /** Package version and tape version of the module. */
  build(): string
  initSync(options: { module: WebAssembly.Module }): { readonly memory: WebAssembly.Memory }
}

/** Instantiates what `compile` gives; throws a ClientError when that cannot be this package's engine. */
export function instantiate(bindings: Bindings, compile: () => WebAssembly.Module): EngineModule {
  const { memory, build } = open(bindings, compile)
  if (build !== BUILD) {
    throw new ClientError(
      `connect: the WebAssembly module is of build '${build}', the JavaScript of build '${BUILD}'; ` +
        'both must come from one installation of aerospike-wasm: install it again, or clear what a bundler or cache kept'
    )
  }
  return { memory, Engine: bindings.Engine, EngineConfig: bindings.EngineConfig } as EngineModule
}

function open(
  bindings: Bindings,
  compile: () => WebAssembly.Module
): { readonly memory: WebAssembly.Memory; readonly build: string } {
  try {
    const { memory } = bindings.initSync({ module: compile() })
    return { memory, build: bindings.build() }
  } catch (error) {
    throw unloadable(error)
  }
}
