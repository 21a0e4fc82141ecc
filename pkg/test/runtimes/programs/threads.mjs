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
  const sum = { passed: one.passed + two.passed, failed: one.failed + two.failed }
  console.log(resultLine(`Node ${process.versions.node}, two worker threads`, sum))
} else {
  const aerospike = await import('aerospike-wasm')
  parentPort.postMessage(await runAll(aerospike, process.env.AEROSPIKE_HOSTS, console.log))
}
