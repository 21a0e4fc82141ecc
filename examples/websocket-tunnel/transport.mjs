/*
 * A transport over WebSockets, for browsers and any other runtime that has those but no TCP. The other end is relay.mjs.
 *
 * A transport makes connections: `connect(endpoint, on)` gives `{ write(bytes), close() }` at once and tells `on` what
 * happens, `open()`, `bytes(chunk)`, `close(reason)`. After `close()` it tells nothing more.
 */

import { CLOSE_REASON } from 'aerospike-wasm'

const REASONS = Object.values(CLOSE_REASON)

/** Connections through the relay at `url`, for which one needs its `token`. */
export function webSocketTransport(url, token) {
  return {
    connect({ host, port }, on) {
      const target = new URL(url)
      target.search = new URLSearchParams({ host, port: String(port), token }).toString()
      const socket = new WebSocket(target)
      socket.binaryType = 'arraybuffer'
      let ended = false
      const end = (reason) => {
        if (ended) return
        ended = true
        on.close(reason)
      }
      socket.onmessage = ({ data }) => {
        if (ended) return
        if (typeof data === 'string') on.open()
        else on.bytes(new Uint8Array(data))
      }
      socket.onclose = ({ code }) => end(REASONS.includes(code - 4000) ? code - 4000 : CLOSE_REASON.other)
      socket.onerror = () => end(CLOSE_REASON.other)
      return {
        write: (bytes) => ended || socket.send(bytes),
        close() {
          ended = true
          socket.close()
        }
      }
    }
  }
}
