/*
 * Programs of other runtimes as child processes, bounded in time.
 *
 * Imports Node only.
 */

import { spawn } from 'node:child_process'

/** Runs a program; resolves with its exit code and what it printed. It is killed after `limit` milliseconds. */
export function runProgram(program, args, { env = {}, cwd, limit = 240_000, input = '' } = {}) {
  // Whatever runs tests of its own must not take them for a part of these.
  const own = { ...process.env, NODE_TEST_CONTEXT: undefined, NO_COLOR: '1', ...env }
  const child = spawn(program, args, { cwd, env: own, stdio: ['pipe', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), limit)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  child.stdin.on('error', () => {})
  child.stdin.end(input)
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ code, signal, stdout, stderr })
    })
  })
}
