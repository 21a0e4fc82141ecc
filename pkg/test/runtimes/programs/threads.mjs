/* All scenarios in two worker threads of Node at the same time, each with a client of its own. Needs AEROSPIKE_HOSTS. */

import process from 'node:process'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { resultLine, runAll } from '../e2e/run-all.mjs'

function inThread() {
  const worker = new Worker(new URL(import.meta.url))
  return new Promise((resolve, reject) => {
    worker.on('message', resolve)
    worker.on('error', reject)
  })
}

if (isMainThread) {
  const [one, two] = await Promise.all([inThread(), inThread()])
  const sum = (kind) => ({ passed: one[kind].passed + two[kind].passed, failed: one[kind].failed + two[kind].failed })
  console.log(resultLine(`Node ${process.versions.node}, two worker threads`, sum('sockets'), sum('memory')))
} else {
  const aerospike = await import('aerospike-wasm')
  const { runInMemory } = await import('./in-memory.mjs')
  const sockets = await runAll(aerospike, process.env.AEROSPIKE_HOSTS, console.log)
  parentPort.postMessage({ sockets, memory: await runInMemory(console.log) })
}
