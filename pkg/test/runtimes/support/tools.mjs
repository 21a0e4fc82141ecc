/*
 * The runtimes, as `npm ci` in this folder installs them without running any script of theirs.
 *
 * Imports Node only.
 */

import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const MODULES = fileURLToPath(new URL('../node_modules', import.meta.url))
const EXE = process.platform === 'win32' ? '.exe' : ''
const PLATFORM = `${process.platform}-${process.arch}`

/** The first of `paths` below node_modules that is there; null when the platform has none. */
function firstOf(...paths) {
  if (!existsSync(join(MODULES, '.package-lock.json'))) throw new Error('the runtimes are not installed: npm --prefix pkg/test/runtimes ci --ignore-scripts')
  return paths.map((path) => join(MODULES, path)).find(existsSync) ?? null
}

/** Programs by name; null where this platform has none. */
export const tools = {
  node24: firstOf(`node-${PLATFORM}/bin/node${EXE}`),
  deno: firstOf(`@deno/${PLATFORM}-glibc/deno`, `@deno/${PLATFORM}/deno${EXE}`),
  bun: firstOf(
    `@oven/bun-${PLATFORM.replace('arm64', 'aarch64')}/bin/bun`,
    `@oven/bun-${PLATFORM.replace('win32', 'windows').replace('arm64', 'aarch64')}/bin/bun${EXE}`
  ),
  workerd: firstOf(
    `@cloudflare/workerd-${PLATFORM.replace('x64', '64').replace('win32', 'windows')}/bin/workerd${EXE}`
  )
}

/** Why a tool is not there. */
export const missing = (name) => `npm has no ${name} for ${PLATFORM}`

/** A module of this folder's node_modules. */
export const required = createRequire(join(MODULES, 'none.js'))
