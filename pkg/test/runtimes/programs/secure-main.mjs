/* programs/secure.mjs as a process of Node, Deno or Bun. */

import process from 'node:process'
import { main } from './secure.mjs'

await main(process)
