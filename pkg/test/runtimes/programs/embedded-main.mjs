/* The embedded test server in one process of Deno or Bun. */

import { embedded, features } from './embedded.mjs'

const results = []
for (const tcp of [false, true]) results.push(await embedded(2, tcp, console.log))
console.log(`RESULT ${JSON.stringify({ results, ...(await features()) })}`)
