/*
 * Connects as a configuration says, writes and reads a record, and tells what came of it: on workerd for the `config` of a
 * request, anywhere else for each line of standard input.
 */

import { connect } from 'aerospike-wasm'

async function attempt(config) {
  try {
    const client = await connect(config)
    const key = ['test', 'secure', 'k']
    await client.put(key, { alive: true })
    const { bins } = await client.get(key)
    await client.close()
    return { bins }
  } catch (error) {
    return { name: error.name, message: error.message, resultCode: error.resultCode, check: error.check }
  }
}

export default {
  async fetch(request) {
    return Response.json(await attempt(await request.json()))
  }
}

/** Answers line by line, where there is a process. */
export async function main(process) {
  let text = ''
  for await (const chunk of process.stdin) text += chunk
  for (const line of text.trim().split('\n')) console.log(JSON.stringify(await attempt(JSON.parse(line))))
}
