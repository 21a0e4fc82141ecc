/*
 * The error for WebAssembly that cannot be loaded, the engine's or the test server's.
 *
 * May import: errors.ts.
 * Invariant: a file of its own, so that what the entries share is joined into as few files as can be.
 */

import { ClientError } from '../errors.js'

/** The error for a module that cannot be read, compiled or instantiated. */
export function unloadable(cause: unknown): ClientError {
  return new ClientError(
    `connect: the WebAssembly module of this package cannot be loaded (${cause instanceof Error ? cause.message : String(cause)}); ` +
      'it must lie in aerospike-wasm/wasm/ as installed, so a bundler must keep the package external or copy that folder too',
    { cause }
  )
}
