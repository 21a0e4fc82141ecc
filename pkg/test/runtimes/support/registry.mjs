/*
 * An npm registry on a free port that has one package: the tarball, as it would be after `npm publish`.
 *
 * Imports Node only.
 */

import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'

/** Serves `tarball` whose package.json is `manifest`: `{ url, requests, stop() }`. */
export async function startRegistry(tarball, manifest) {
  const bytes = await readFile(tarball)
  const requests = []
  const server = createServer((request, response) => {
    requests.push(request.url)
    if (request.url.endsWith('.tgz')) return response.end(bytes)
    if (request.url !== `/${manifest.name}`) return response.writeHead(404).end('{}')
    const dist = {
      tarball: `http://127.0.0.1:${server.address().port}/${manifest.name}.tgz`,
      integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`,
      shasum: createHash('sha1').update(bytes).digest('hex')
    }
    const { name, version } = manifest
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({
      name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } }, time: { [version]: '2020-01-01T00:00:00.000Z' }
    }))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const stop = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return { url: `http://127.0.0.1:${server.address().port}/`, requests, stop }
}
