/*
 * Workers under workerd: bundled by esbuild as a user's tool would do it, with a configuration of its own.
 *
 * Imports Node, tools.mjs.
 */

import { spawn } from 'node:child_process'
import { readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { required, tools } from './tools.mjs'

/** Bundles `entry` of the project `folder` into `folder/out/worker.js`, the module beside it. */
export async function bundle(folder, entry) {
  await rm(join(folder, 'out'), { recursive: true, force: true })
  await required('esbuild').build({
    absWorkingDir: folder,
    entryPoints: { worker: entry },
    outdir: 'out',
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'import'],
    external: ['cloudflare:*'],
    loader: { '.wasm': 'copy' },
    assetNames: '[name]',
    logLevel: 'warning'
  })
}

const text = (value) => JSON.stringify(value)

/**
 * Writes `folder/worker.capnp` for the bundle in `folder/out`.
 *
 * @param bindings - Variables of the worker, from name to text.
 * @param objects - Classes of Durable Objects, each bound under its name in capitals.
 * @param trusted - PEM certificates of authorities that TLS connections trust.
 */
export async function configure(folder, { bindings = {}, objects = [], trusted = [] } = {}) {
  const copied = (await readdir(join(folder, 'out'))).filter((name) => name.endsWith('.wasm'))
  const modules = copied.map((name) => `(name = ${text(name)}, wasm = embed ${text(`out/${name}`)})`)
  const variables = Object.entries(bindings).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`)
  const namespaces = objects.map((name) => `(name = ${text(name.toUpperCase())}, durableObjectNamespace = ${text(name)})`)
  const classes = objects.map((name) => `(className = ${text(name)}, uniqueKey = ${text(name)})`)
  const config = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "main", worker = (
      modules = [
        (name = "worker", esModule = embed "out/worker.js"),
        ${modules.join(', ')}
      ],
      compatibilityDate = "2025-06-01",
      bindings = [${[...variables, ...namespaces].join(', ')}],
      durableObjectNamespaces = [${classes.join(', ')}],
      durableObjectStorage = (inMemory = void)
    )),
    (name = "internet", network = (
      allow = ["public", "private"],
      tlsOptions = (trustBrowserCas = true, trustedCertificates = [${trusted.map(text).join(', ')}])
    ))
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "main")]
);
`
  await writeFile(join(folder, 'worker.capnp'), config)
}

/** Starts the configured worker on a free port: `{ url, log(), stop() }`. It ends by itself after `seconds`. */
export async function serve(folder, seconds = 120) {
  const child = spawn(tools.workerd, ['serve', 'worker.capnp', '--control-fd=3'], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe', 'pipe'] })
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000)
  let log = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (log += chunk))
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const port = await new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`workerd ended with code ${code}: ${log}`)))
    child.stdio[3].on('data', (chunk) => {
      const said = /"port":(\d+)/.exec(String(chunk))
      if (said !== null) resolve(Number(said[1]))
    })
  })
  const stop = async () => {
    clearTimeout(timer)
    child.kill()
    await ended
  }
  return { url: `http://127.0.0.1:${port}`, log: () => log, stop }
}
