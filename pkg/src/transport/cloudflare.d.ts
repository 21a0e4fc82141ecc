/*
 * What workerd offers beside the standard, as far as it is used.
 */

declare class WebSocketPair {
  readonly 0: { readonly readyState: number }
}

declare module 'cloudflare:sockets' {
  export interface Socket {
    readonly readable: ReadableStream<Uint8Array>
    readonly writable: WritableStream<Uint8Array>
    /** Fulfilled when the connection is made. */
    readonly opened: Promise<unknown>
    /** Fulfilled when the connection has ended in good order. */
    readonly closed: Promise<void>
    close(): Promise<void>
    /** Gives the connection that continues this one with TLS. */
    startTls(options: { readonly expectedServerHostname: string }): Socket
  }
  export interface SocketOptions {
    readonly secureTransport: 'off' | 'on' | 'starttls'
    readonly allowHalfOpen: boolean
  }
  export function connect(address: { readonly hostname: string; readonly port: number }, options: SocketOptions): Socket
}
