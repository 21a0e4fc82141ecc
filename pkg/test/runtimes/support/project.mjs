/*
 * A project as a user would have it: empty but for the package, installed from its tarball, and some files.
 *
 * Imports Node only. Needs AEROSPIKE_TARBALL (`cargo xtask build` makes it in target/npm).
 */

import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runProgram } from './run.mjs'

const TARGET = fileURLToPath(new URL('../../../../target/runtimes', import.meta.url))

/** Path of the tarball. */
export function tarball() {
  if (!process.env.AEROSPIKE_TARBALL) {
    throw new Error('set AEROSPIKE_TARBALL to the path of the packed package (cargo xtask build makes it in target/npm)')
  }
  return resolve(process.env.AEROSPIKE_TARBALL)
}

/**
 * Makes the project `name` anew and gives its folder. `files` are copied into it: from URL to name. Unless `install` is
 * false, npm installs the package.
 */
export async function makeProject(name, files = {}, { install = true } = {}) {
  const folder = join(TARGET, name)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name, private: true, type: 'module' }))
  if (install) {
    const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
    const options = ['install', '--ignore-scripts', '--offline', '--no-audit', '--no-fund', '--cache', join(TARGET, 'npm-cache')]
    const { code, stderr } = await runProgram(npm, [...options, tarball()], { cwd: folder })
    if (code !== 0) throw new Error(`npm install failed: ${stderr}`)
  }
  for (const [from, to] of Object.entries(files)) await cp(fileURLToPath(from), join(folder, to), { recursive: true })
  return folder
}
