/*
 * One connection of the engine, between the driver and a transport.
 *
 * May import: transport.ts.
 * Invariants: after its end, from either side, nothing more is reported; whatever a transport throws counts as an end
 * of the connection.
 */

import { CLOSE_REASON, type CloseReason, type Endpoint, type Transport } from './transport.js'
import type { TransportConnection, TransportEvents } from './transport.js'

/** Who hears of a link. */
export interface LinkOwner {
  connected(link: Link): void
  received(link: Link, chunk: Uint8Array): void
  lost(link: Link, reason: CloseReason): void
}

/** One connection. `open`, `bytes` and `close` are the transport's to call, the rest the driver's. */
export class Link implements TransportEvents {
  readonly id: number
  private readonly owner: LinkOwner
  private connection: TransportConnection | null = null
  private ended = false

  constructor(owner: LinkOwner, id: number) {
    this.owner = owner
    this.id = id
  }

  open(): void {
    if (!this.ended) this.owner.connected(this)
  }

  bytes(chunk: Uint8Array): void {
    if (!this.ended) this.owner.received(this, chunk)
  }

  close(reason: CloseReason): void {
    if (this.ended) return
    this.ended = true
    this.owner.lost(this, reason)
  }

  /** Asks the transport for the connection. */
  connect(transport: Transport, endpoint: Endpoint): void {
    try {
      this.connection = transport.connect(endpoint, this)
    } catch {
      this.close(CLOSE_REASON.other)
    }
  }

  write(bytes: Uint8Array): void {
    if (this.ended || this.connection === null) return
    try {
      this.connection.write(bytes)
    } catch {
      this.close(CLOSE_REASON.other)
      this.shut()
    }
  }

  /** Ends the connection from this side. */
  shut(): void {
    this.ended = true
    try {
      this.connection?.close()
    } catch {
      // Nothing is left to do for a connection that cannot even be closed.
    }
  }
}
