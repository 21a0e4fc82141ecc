/*
 * This project's npm package under measurement.
 *
 * May import: lib.mjs, and the built package.
 */

import { serve } from './lib.mjs'

const SET = 'bench'
function failed(rows) {
  for (const row of rows) if (row.result !== 0) throw row.error
}

await serve(async (hosts) => {
  const { connect, OPERATOR_INCR, OPERATOR_READ } = await import('../../target/stage/dist/entry/node.js')
  const { bins } = await import('./lib.mjs')
  const depth = process.env.BENCH_PIPELINE_DEPTH
  const client = await connect(depth === undefined ? { hosts } : { hosts, pipelineDepth: Number(depth) })
  const count = [{ op: OPERATOR_INCR, bin: 'count', val: 1 }, { op: OPERATOR_READ, bin: 'count' }]
  const keys = (names) => names.map((name) => ['test', SET, name])
  return {
    put: (name, record) => client.put(['test', SET, name], record),
    get: async (name) => (await client.get(['test', SET, name])).bins,
    batchRead: async (names) => failed(await client.batchRead(keys(names))),
    batchWrite: async (names, first) =>
      failed(await client.batchWrite(names.map((name, i) => [['test', SET, name], bins(first + i)]))),
    batchOperate: async (names) => failed(await client.batchOperate(keys(names), count)),
    close: () => client.close()
  }
})
