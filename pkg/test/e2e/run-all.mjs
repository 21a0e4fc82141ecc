/*
 * Runs the whole list of scenarios with any runtime's package, and says how many passed.
 *
 * Imports the scenarios and support/context.mjs: nothing of any runtime.
 */

import { scenarios } from './scenarios.mjs'
import { clientConfig, Run } from './support/context.mjs'

const LIMIT = 60_000

/**
 * Runs every scenario against `hosts`.
 *
 * @param aerospike - What the package exports.
 * @param print - Takes one line of text for each scenario that fails.
 * @returns `{ passed, failed }`, as counts.
 */
export async function runAll(aerospike, hosts, print) {
  const client = await aerospike.connect({ hosts, ...clientConfig })
  const run = new Run(aerospike, client, hosts)
  let failed = 0
  for (const one of scenarios) {
    try {
      await inTime(run.scenario(one))
    } catch (error) {
      failed += 1
      print(`FAILED ${one.name}: ${error?.stack ?? error}`)
    }
  }
  await client.close()
  return { passed: scenarios.length - failed, failed }
}

/** `promise`, or an error after LIMIT milliseconds. */
function inTime(promise) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done after ${LIMIT} ms`)), LIMIT)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

/** The line by which a program tells its results, over sockets and in memory, to whoever started it. */
export function resultLine(runtime, sockets, memory) {
  return `RESULT ${JSON.stringify({ runtime, sockets, memory })}`
}
