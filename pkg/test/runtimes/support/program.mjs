/*
 * A program that runs until it is stopped, spoken to by lines.
 *
 * Imports Node only.
 */

import { spawn } from 'node:child_process'

/**
 * Starts a program: `{ child, line(pattern), send(text), output(), stop(signal), ended }`. It is killed after `limit`
 * milliseconds, with whatever it started.
 */
export function startProgram(program, args, { env = {}, cwd, limit = 60_000 } = {}) {
  const stdio = ['pipe', 'pipe', 'pipe']
  const child = spawn(program, args, { cwd, env: { ...process.env, NO_COLOR: '1', ...env }, stdio, detached: true })
  const timer = setTimeout(() => signalAll('SIGKILL'), limit)
  let output = ''
  let taken = 0
  let code = null
  let wake = () => {}
  const hear = (chunk) => {
    output += chunk
    wake()
  }
  child.stdout.on('data', hear)
  child.stderr.on('data', hear)
  child.stdin.on('error', () => {})
  const ended = new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => {
      clearTimeout(timer)
      code = status ?? signal
      wake()
      resolve(code)
    })
  })
  ended.catch(() => {})

  /** Signals the program and those that it started. */
  function signalAll(signal) {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // It has ended.
    }
  }

  /** Waits for a line, after those that were taken before, that matches; gives the match. */
  async function line(pattern) {
    for (;;) {
      for (let end; (end = output.indexOf('\n', taken)) !== -1;) {
        const match = pattern.exec(output.slice(taken, end))
        taken = end + 1
        if (match !== null) return match
      }
      if (code !== null) throw new Error(`ended with ${code} before a line like ${pattern}: ${output}`)
      await new Promise((resolve) => (wake = resolve))
    }
  }

  const stop = (signal = 'SIGTERM') => {
    signalAll(signal)
    return ended
  }
  return { child, line, send: (text) => child.stdin.write(text), output: () => output, stop, ended }
}
