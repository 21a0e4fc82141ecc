/*
 * What this package is, for the module to be compared with.
 *
 * May import: wasm.ts.
 * Invariant: `VERSION` equals the version in package.json and of the workspace in Cargo.toml.
 */

import { TAPE_VERSION } from './wasm.js'

/** Version of the package. */
export const VERSION = '0.1.0'

/** What the module's `build()` must say. */
export const BUILD = `${VERSION} tape ${TAPE_VERSION}`
