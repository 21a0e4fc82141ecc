/*
 * Calls the handler as a serverless platform does: one environment, one event after the other, from lines of standard
 * input; one line of output per answer.
 *
 *   echo '{"user":"ada"}' | node local.mjs
 */

import { createInterface } from 'node:readline'
import { handler } from './handler.mjs'

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(await handler(JSON.parse(line))))
  } catch (error) {
    console.log(JSON.stringify({ errorType: error.name, errorMessage: error.message }))
  }
}
// The platform ends an environment without a word; so do we, with its connections open.
process.exit()
