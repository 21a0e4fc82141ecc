/*
 * The transport that reaches a test server without a socket.
 *
 * May import: transport.ts.
 * Invariants: `connect` and `write` return before any of their effects is reported; what is reported comes in order, by
 * microtasks.
 */

import { CLOSE_REASON, type CloseReason, type Endpoint, type Transport } from '../transport.js'
import type { TransportConnection, TransportEvents } from '../transport.js'
import type { Sink } from './server.js'

/** What the transport needs of a server. */
export interface Reachable {
  /** The node at an address; -1 if there is none. */
  nodeAt(host: string, port: number): number
  /** Opens a connection; -1 if the node is down. */
  open(node: number, sink: Sink): number
  receive(connection: number, bytes: Uint8Array): void
  closed(connection: number): void
}

class MemoryConnection implements TransportConnection, Sink {
  private readonly server: Reachable
  private readonly on: TransportEvents
  private readonly waiting: (() => void)[] = []
  private id = -1
  private ended = false

  constructor(server: Reachable, endpoint: Endpoint, on: TransportEvents) {
    this.server = server
    this.on = on
    const node = server.nodeAt(endpoint.host, endpoint.port)
    if (endpoint.tlsName !== '') this.fail(CLOSE_REASON.other)
    else {
      this.id = node < 0 ? -1 : server.open(node, this)
      if (this.id < 0) this.fail(CLOSE_REASON.refused)
      else this.report(() => this.on.open())
    }
  }

  private fail(reason: CloseReason): void {
    this.report(() => {
      this.ended = true
      this.on.close(reason)
    })
  }

  private report(event: () => void): void {
    this.waiting.push(event)
    if (this.waiting.length > 1) return
    queueMicrotask(() => {
      // What an event leads to may add to the list.
      for (let event = this.waiting[0]; event !== undefined; event = this.waiting[0]) {
        try {
          if (!this.ended) event()
        } finally {
          this.waiting.shift()
        }
      }
    })
  }

  write(bytes: Uint8Array): void {
    if (!this.ended && this.id >= 0) this.server.receive(this.id, bytes)
  }

  close(): void {
    if (!this.ended && this.id >= 0) this.server.closed(this.id)
    this.ended = true
  }

  send(bytes: Uint8Array): void {
    this.report(() => this.on.bytes(bytes))
  }

  end(abrupt: boolean): void {
    this.id = -1
    this.fail(abrupt ? CLOSE_REASON.reset : CLOSE_REASON.closed)
  }
}

/** A transport to one server. */
export function memoryTransport(server: Reachable): Transport {
  return { connect: (endpoint, on) => new MemoryConnection(server, endpoint, on) }
}
