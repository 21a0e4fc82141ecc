/*
 * A program of its own, to see how it ends.
 *
 * Imports Node only.
 */

import { spawn } from 'node:child_process'

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
