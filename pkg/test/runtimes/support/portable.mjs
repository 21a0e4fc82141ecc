/*
 * What a runtime without TCP needs around it: the project's files by HTTP, and the relay of examples/websocket-tunnel.
 *
 * Imports Node, program.mjs, tools.mjs.
 */

import { readFile, symlink, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startProgram } from './program.mjs'
import { tools } from './tools.mjs'

const TYPES = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' }
const WS = fileURLToPath(new URL('../node_modules/ws', import.meta.url))
const TOKEN = 'token of this run'

/** Serves the files of `folder` on a free port: `{ url, stop() }`. */
async function startFiles(folder) {
  const server = createServer(async (request, response) => {
    const path = normalize(new URL(request.url, 'http://files').pathname)
    try {
      const bytes = await readFile(join(folder, path))
      response.setHeader('content-type', TYPES[extname(path)] ?? 'application/octet-stream')
      response.end(bytes)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${server.address().port}`, stop }
}

/** Prepares `folder`, which has the examples in it, for `programs/portable.mjs`: `{ program, args, stop() }`. */
export async function preparePortable(folder, hosts) {
  await symlink(WS, join(folder, 'node_modules/ws'), 'junction')
  const files = await startFiles(folder)
  const relay = startProgram(process.execPath, ['relay.mjs'], {
    cwd: join(folder, 'examples/websocket-tunnel'), env: { ALLOW: hosts, PORT: '0', TOKEN }, limit: 300_000
  })
  const stop = async () => {
    await relay.stop()
    await files.stop()
  }
  const [, url] = await relay.line(/^relay listening on (ws.*)$/)
  const entries = `${files.url}/node_modules/aerospike-wasm/dist/entry`
  const imports = { 'aerospike-wasm': `${entries}/portable.js`, 'aerospike-wasm/testing': `${entries}/testing-portable.js` }
  const map = join(folder, 'portable.json')
  await writeFile(map, JSON.stringify({ imports }))
  const allowed = ['--allow-net', `--allow-import=${files.url.slice('http://'.length)}`]
  const main = `${files.url}/programs/portable.mjs`
  const args = ['run', '--no-config', `--import-map=${map}`, ...allowed, main, hosts, url, TOKEN]
  return { program: tools.deno, args, env: { DENO_DIR: join(folder, 'deno') }, stop }
}
