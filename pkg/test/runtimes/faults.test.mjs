/*
 * The tests of faults (../e2e/faults.test.mjs) by Deno's and Bun's own test runners: cut connections, bad peers, late and
 * missing replies, nodes that leave, programs that end by themselves.
 *
 * Imports Node, support/. Needs the built package and AEROSPIKE_TESTSERVER.
 */

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { runProgram } from './support/run.mjs'
import { missing, tools } from './support/tools.mjs'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const FILE = './pkg/test/e2e/faults.test.mjs'
const LEAST = 80

/** How to run a file of tests, and how many passed and failed according to what was printed. */
const runners = {
  deno: [['test', '--allow-all', '--no-check', '--no-lock', FILE], /passed \((\d+) steps\) \| (\d+) failed/],
  bun: [['test', FILE], /(\d+) pass\n\s*(\d+) fail/]
}

for (const [name, [args, counts]] of Object.entries(runners)) {
  test(`faults in ${name}`, { skip: tools[name] === null && missing(name) }, async (context) => {
    const { code, stdout, stderr } = await runProgram(tools[name], args, { cwd: ROOT })
    const [, passed, failed] = counts.exec(`${stdout}\n${stderr}`) ?? []
    assert.deepEqual([code, failed], [0, '0'], `${stdout}\n${stderr}`)
    assert.ok(Number(passed) >= LEAST, `only ${passed} ran`)
    context.diagnostic(`${passed} tests of faults passed in ${name}`)
  })
}
