/*
 * A program of its own, to see how it ends.
 *
 * Imports Node only.
 */

import { spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Runs Node; resolves with its exit code, what it printed, and how long it took in milliseconds. */
export function runNode(args, { env = {}, cwd, limit = 30_000 } = {}) {
  const started = performance.now()
  const child = spawn(process.execPath, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr, milliseconds: performance.now() - started })
    })
  })
}

/** Runs a module of this text by whatever runs the tests: Node, Deno or Bun. */
export async function runText(text, { env = {}, ...options } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'program-'))
  try {
    const file = join(folder, 'program.mjs')
    await writeFile(file, text)
    const args = process.versions.deno === undefined ? [file] : ['run', '--allow-all', file]
    return await runNode(args, { env: { NO_COLOR: '1', ...env }, ...options })
  } finally {
    await rm(folder, { recursive: true })
  }
}
