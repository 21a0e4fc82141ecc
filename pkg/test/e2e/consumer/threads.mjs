/* The package in the main thread and in two worker threads at the same time. Needs AEROSPIKE_HOSTS. */

import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { connect } from 'aerospike-wasm'

const SHARED = ['test', 'package', 'threads']

async function work(name) {
  const client = await connect({ hosts: process.env.AEROSPIKE_HOSTS })
  const own = ['test', 'package', name]
  for (let i = 0; i < 100; i++) {
    await Promise.all([client.increment(SHARED, 'n', 1), client.increment(own, 'n', 1)])
  }
  const { bins } = await client.get(own)
  await client.remove(own)
  await client.close()
  return `${name} ${bins.n}`
}

function inWorker(name) {
  const worker = new Worker(new URL(import.meta.url), { workerData: name })
  return new Promise((resolve, reject) => {
    worker.on('message', resolve)
    worker.on('error', reject)
  })
}

if (isMainThread) {
  const done = await Promise.all([work('main'), inWorker('worker 1'), inWorker('worker 2')])
  const client = await connect({ hosts: process.env.AEROSPIKE_HOSTS })
  const { bins } = await client.get(SHARED)
  await client.remove(SHARED)
  await client.close()
  console.log(`${done.join(', ')}, together ${bins.n}`)
} else {
  parentPort.postMessage(await work(workerData))
}
