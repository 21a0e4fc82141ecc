/*
 * The seam between the client and a runtime: bytes, close reasons, a clock and a hook for the end of the turn.
 *
 * May import: text.ts, types of observe.ts and security.ts. One file in `transport/` per runtime implements it; nothing
 * else in the package knows sockets.
 */

import type { CommandChannels } from './observe.js'
import type { TlsOptions } from './security.js'
import type { TextCodec } from './text.js'

/**
 * Where to connect.
 *
 * @example
 * ```ts
 * const open = ({ host, port, tls, tlsName, timeout }: Endpoint): void => {
 *   console.log(tls === null ? 'clear text' : `TLS for ${tlsName}`, host, port, `within ${timeout} ms`)
 * }
 * ```
 */
export interface Endpoint {
  /** Name or address; names are resolved by the transport. */
  readonly host: string
  /** TCP port. */
  readonly port: number
  /** Name to verify with TLS; empty for a clear-text connection. */
  readonly tlsName: string
  /** How to make a TLS connection, as in `config.tls`; null for a clear-text connection. */
  readonly tls: TlsOptions | null
  /** How long the client waits for the connection, in milliseconds; 0 for no limit. The client keeps the clock. */
  readonly timeout: number
}

/**
 * Why a connection ended or was never made.
 *
 * @example
 * ```ts
 * const REASONS: { [code: string]: CloseReason } = {
 *   ECONNREFUSED: CLOSE_REASON.refused, EHOSTUNREACH: CLOSE_REASON.unreachable, ECONNRESET: CLOSE_REASON.reset,
 *   ETIMEDOUT: CLOSE_REASON.timedOut, ENOTFOUND: CLOSE_REASON.nameNotFound, EPROTO: CLOSE_REASON.tls,
 *   CERT_HAS_EXPIRED: CLOSE_REASON.certificateExpired, ERR_TLS_CERT_ALTNAME_INVALID: CLOSE_REASON.certificateName,
 *   DEPTH_ZERO_SELF_SIGNED_CERT: CLOSE_REASON.certificateSelfSigned, SELF_SIGNED_CERT_IN_CHAIN: CLOSE_REASON.certificateUntrusted,
 *   ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: CLOSE_REASON.clientCertificate
 * }
 * const reasonOf = (error: { code: string } | null) => error === null ? CLOSE_REASON.closed : REASONS[error.code] ?? CLOSE_REASON.other
 * ```
 */
export const CLOSE_REASON = {
  /** The other side closed it. */
  closed: 0,
  /** Nothing listens there. */
  refused: 1,
  /** No route to the host. */
  unreachable: 2,
  /** The other side reset it. */
  reset: 3,
  /** The operating system gave up waiting. */
  timedOut: 4,
  /** The name does not resolve. */
  nameNotFound: 5,
  /** Anything else. */
  other: 6,
  /** TLS: the server's certificate has expired or is not valid yet. */
  certificateExpired: 7,
  /** TLS: the server's certificate is for another name than `tlsName`. */
  certificateName: 8,
  /** TLS: the server's certificate is self-signed and not trusted. */
  certificateSelfSigned: 9,
  /** TLS: the server's certificate comes from an authority that is not trusted. */
  certificateUntrusted: 10,
  /** TLS: the server refused the certificate of the client, or that it has none. */
  clientCertificate: 11,
  /** TLS: the handshake failed in another way. */
  tls: 12
} as const

/**
 * One of {@link CLOSE_REASON}.
 *
 * @example
 * ```ts
 * const isTls = (reason: CloseReason): boolean => reason >= CLOSE_REASON.certificateExpired
 * ```
 */
export type CloseReason = (typeof CLOSE_REASON)[keyof typeof CLOSE_REASON]

/**
 * What a transport reports about one connection.
 *
 * @example
 * ```ts
 * declare const socket: WebSocket
 * interface WebSocket { onopen(): void; onmessage(event: { data: ArrayBuffer }): void; onclose(): void }
 *
 * function report(on: TransportEvents): void {
 *   socket.onopen = () => on.open()
 *   socket.onmessage = ({ data }) => on.bytes(new Uint8Array(data))
 *   socket.onclose = () => on.close(CLOSE_REASON.closed)
 * }
 * ```
 */
export interface TransportEvents {
  /** The connection is made. Called at most once, before any `bytes`. */
  open(): void
  /** Bytes arrived. They are copied before the call returns, so the transport may reuse the buffer. */
  bytes(chunk: Uint8Array): void
  /** The connection ended, or could not be made. Called once at most; nothing is reported after it. */
  close(reason: CloseReason): void
}

/**
 * An outgoing connection. Neither method throws; what goes wrong arrives as `close`.
 *
 * @example
 * ```ts
 * declare const socket: { send(bytes: Uint8Array): void; close(): void }
 * const connection: TransportConnection = { write: (bytes) => socket.send(bytes), close: () => socket.close() }
 * ```
 */
export interface TransportConnection {
  /** Sends bytes in one write. They belong to the transport from now on. */
  write(bytes: Uint8Array): void
  /** Ends the connection at once. No event follows. */
  close(): void
}

/**
 * Makes connections. Pass your own as `connect(config, { transport })`.
 *
 * @example
 * ```ts
 * import { createConnection } from 'node:net'
 *
 * const transport: Transport = {
 *   connect({ host, port }, on) {
 *     const socket = createConnection({ host, port }, () => on.open())
 *     socket.on('data', (chunk) => on.bytes(chunk))
 *     socket.on('error', () => on.close(CLOSE_REASON.other))
 *     socket.on('close', () => on.close(CLOSE_REASON.closed))
 *     return { write: (bytes) => void socket.write(bytes), close: () => void socket.destroy() }
 *   }
 * }
 * const through = await connect({ hosts: 'db:3000' }, { transport })
 * ```
 * @example
 * ```ts
 * declare const transport: Transport
 * const checked: Transport = {
 *   connect: (endpoint, on) => transport.connect(endpoint, on),
 *   prepareTls(options) {
 *     if (options.cert !== undefined) throw new Error('there are no client certificates here')
 *   }
 * }
 * ```
 */
export interface Transport {
  /** Opens a connection and returns at once; what becomes of it is told to `on`. */
  connect(endpoint: Endpoint, on: TransportEvents): TransportConnection
  /**
   * Looks at `config.tls` before the first connection is asked for, if there will be TLS; what it throws refuses the
   * configuration.
   */
  prepareTls?(options: TlsOptions): void | Promise<void>
}

/** What an entry supplies for its runtime. @internal */
export interface Runtime {
  readonly transport: Transport
  /** A new codec for one client. */
  text(): TextCodec
  /** Runs `flush` once this turn of the event loop has queued what it wants to send. */
  defer(flush: () => void): void
  /**
   * For runtimes whose sockets and timers serve only the request that made them: called as a client begins; the answer
   * is called before every command, and throws when that one comes from elsewhere.
   */
  claim?(): (operation: string) => void
  /** Where commands are told of for whoever subscribes. */
  readonly channels?: CommandChannels
  /** Seeds of the environment, for a configuration without `hosts`. */
  hosts?(): string | undefined
}
