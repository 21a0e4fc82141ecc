/*
 * The test server in this process: one machine, reached by ports or by its own transport.
 *
 * May import: errors.ts, fault.ts, transport.ts, this folder but listener.ts.
 * Invariants: the machine is told of every connection that ends; one timer at most is set, for replies that are held
 * back; `close` leaves no timer, port or socket.
 */

import { ClientError } from '../errors.js'
import { Fault } from '../fault.js'
import type { Transport } from '../transport.js'
import { type CheckedOptions, checkFault, checkFilter, checkNode, checkOptions, checkSeconds } from './check.js'
import { Machine, type TestServerModule } from './machine.js'
import { memoryTransport } from './memory.js'
import type { RecordFilter, TestFault, TestNode, TestServerOptions } from './types.js'

/** The client's end of a connection, as the server sees it. @internal */
export interface Sink {
  send(bytes: Uint8Array): void
  /** Ends it: after what was sent has left, or at once. */
  end(abrupt: boolean): void
}

/** An accepted connection, as a port sees it. @internal */
export interface Accepted {
  receive(bytes: Uint8Array): void
  closed(): void
}

/** An open port. @internal */
export interface Listener {
  readonly port: number
  close(): Promise<void>
}

/** Opens a port, or a free one for 0. `accept` gives null for a connection to be closed at once. @internal */
export type Listen = (port: number, accept: (sink: Sink) => Accepted | null, keepAlive: boolean) => Promise<Listener>

/** What an entry supplies for its runtime. @internal */
export interface TestHost {
  load(): TestServerModule | Promise<TestServerModule>
  /** Null where nothing can listen. */
  readonly listen: Listen | null
}

/** What `start` passes to the constructor. */
export interface Parts {
  /** @internal */
  readonly machine: Machine
  /** @internal */
  readonly options: CheckedOptions
  /** @internal */
  readonly listen: Listen | null
}

type Timer = ReturnType<typeof setTimeout>

const HOST = '127.0.0.1'
/** Addresses of nodes that open no port; they only tell nodes apart. */
const FIRST_PORT = 3000
const PORTS_APART = 100

/** Checks options and makes a machine. @internal */
export async function prepare(host: TestHost, options: TestServerOptions): Promise<Parts> {
  const checked = refusing('TestServer.start', () => checkOptions(options, host.listen !== null))
  return { machine: new Machine(await host.load(), checked), options: checked, listen: checked.tcp ? host.listen : null }
}

/** Runs checks and reports what they find at the public call. */
function refusing<T>(operation: string, check: () => T): T {
  try {
    return check()
  } catch (error) {
    throw error instanceof Fault ? error.toError(operation) : error
  }
}

/**
 * An in-memory Aerospike node or cluster in this process, for tests of applications. It speaks the real protocol and
 * answers as a Community Edition server 8.1.2 does. `TestServer.start` makes one.
 *
 * Not there are: users and TLS, queries and secondary indexes, user-defined functions, transactions; a command of that
 * kind fails with the result code with which a real server refuses it. Nothing is ever written to a disk.
 *
 * @example
 * ```js
 * await using server = await TestServer.start({ nodes: 3 })
 * await using client = await connect({ hosts: server.hosts })
 * await client.put(['test', 'demo', 1], { a: 1 })
 * ```
 */
export class EmbeddedServer {
  /**
   * Reaches this server without any port, in every runtime: `connect({ hosts: server.hosts }, { transport: server.transport })`.
   * It carries clear text only.
   *
   * @example
   * ```ts
   * await using quiet = await TestServer.start({ tcp: false })
   * await using client = await connect({ hosts: quiet.hosts }, { transport: quiet.transport })
   * ```
   */
  readonly transport: Transport
  readonly #machine: Machine
  readonly #options: CheckedOptions
  readonly #listen: Listen | null
  readonly #ports: number[]
  readonly #listeners: (Listener | null)[] = []
  readonly #sinks = new Map<number, { readonly node: number; readonly sink: Sink }>()
  #timer: Timer | null = null
  #changes: Promise<void> = Promise.resolve()
  #closing: Promise<void> | null = null

  /** @param parts - From {@link TestServerOptions}; `TestServer.start` has them. */
  protected constructor(parts: Parts) {
    this.#machine = parts.machine
    this.#options = parts.options
    this.#listen = parts.listen
    this.#ports = Array.from({ length: parts.options.nodes }, (_, node) => FIRST_PORT + PORTS_APART * node)
    this.transport = memoryTransport({
      nodeAt: (host, port) => (host === HOST || host === 'localhost' ? this.#ports.indexOf(port) : -1),
      open: (node, sink) => this.#open(node, sink),
      receive: (connection, bytes) => this.#receive(connection, bytes),
      closed: (connection) => this.#closed(connection)
    })
  }

  /**
   * Opens the ports.
   *
   * @hidden
   */
  protected async listen(): Promise<void> {
    try {
      for (let node = 0; this.#listen !== null && node < this.#ports.length; node++) {
        const port = this.#options.port === 0 ? 0 : this.#options.port + node
        this.#listeners[node] = await this.#listenOn(node, port)
      }
    } catch (error) {
      await this.close()
      throw error
    }
    this.#ports.forEach((port, node) => this.#machine.call((server) => server.set_node_address(node, HOST, port)))
  }

  async #listenOn(node: number, port: number): Promise<Listener | null> {
    if (this.#listen === null) return null
    const listener = await this.#listen(port, (sink) => this.#accept(node, sink), this.#options.keepAlive)
    this.#ports[node] = listener.port
    return listener
  }

  /**
   * Where the nodes are, as `connect` takes it: `connect({ hosts: server.hosts })`.
   *
   * @example
   * ```js
   * const client = await connect({ hosts: server.hosts })
   * ```
   */
  get hosts(): [host: string, port: number][] {
    return this.#ports.map((port) => [HOST, port])
  }

  /**
   * The nodes, by index.
   *
   * @example
   * ```js
   * console.log(server.nodes.filter((node) => node.up).map((node) => node.name))
   * ```
   */
  get nodes(): TestNode[] {
    return this.#ports.map((port, node) => {
      const [name, up] = this.#machine.call((server) => [server.node_name(node), server.is_node_up(node)] as const)
      return { name, host: HOST, port, up }
    })
  }

  /**
   * The server's clock: Unix time in milliseconds, ahead of the system's by what {@link advance} added.
   *
   * @example
   * ```js
   * console.log(new Date(server.now()))
   * ```
   */
  now(): number {
    return this.#machine.call((server) => server.unix_millis())
  }

  /**
   * Moves the server's clock ahead, so that records expire without waiting. It never moves back. The client's clock is not
   * moved, and `meta.ttl` is what remains by that one.
   *
   * @param seconds - An integer from 0.
   * @example
   * ```js
   * await client.put(key, { session: 'x' }, { meta: { ttl: 60 } })
   * server.advance(61)
   * await client.exists(key)                       // { exists: false }
   * ```
   */
  advance(seconds: number): void {
    refusing('TestServer.advance', () => checkSeconds(seconds, 'seconds'))
    this.#machine.call((server) => server.advance(seconds))
  }

  /**
   * Makes the next commands fail. Faults wait until commands use them up, in the order in which they were added, each on
   * its node; what a client does by itself to know its cluster is not met by them.
   *
   * @example
   * ```js
   * server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_DEVICE_OVERLOAD, count: 2 })
   * server.fail({ kind: 'delay', milliseconds: 200 })        // the one after these two
   * ```
   * @throws `InvalidArgError` for a fault that says too little, too much or a number out of range.
   */
  fail(fault: TestFault): void {
    refusing('TestServer.fail', () => checkFault(fault, this.#options.nodes))
    this.#machine.inject(fault)
  }

  /**
   * Forgets all faults that wait. Answers that a fault holds back still come when they are due; nodes that are stopped stay so.
   *
   * @example
   * ```js
   * server.fail({ kind: 'drop', count: 100 })
   * server.heal()
   * ```
   */
  heal(): void {
    this.#machine.call((server) => server.clear_faults())
  }

  /**
   * Takes a node out of the cluster: its connections break, its port closes, and the other nodes tell clients so. The
   * records stay, because all nodes share them, as if every partition were on every node.
   *
   * @param node - Its index, from 0.
   * @example
   * ```js
   * await server.stopNode(1)
   * await client.put(key, { a: 1 }) // by another node
   * ```
   */
  async stopNode(node: number): Promise<void> {
    refusing('TestServer.stopNode', () => checkNode(node, this.#options.nodes))
    await this.#change(async () => {
      this.#machine.call((server) => server.set_node_up(node, false))
      this.#endAll((one) => one.node === node)
      const listener = this.#listeners[node]
      this.#listeners[node] = null
      await listener?.close()
    })
  }

  /**
   * Takes a stopped node back into the cluster, at its old address. Clients find it when they look at the cluster next:
   * within `tendInterval`.
   *
   * @param node - Its index, from 0.
   * @example
   * ```js
   * await server.stopNode(1)
   * await server.startNode(1)
   * ```
   */
  async startNode(node: number): Promise<void> {
    refusing('TestServer.startNode', () => checkNode(node, this.#options.nodes))
    await this.#change(async () => {
      if (this.#machine.call((server) => server.is_node_up(node))) return
      this.#listeners[node] = await this.#listenOn(node, this.#ports[node])
      this.#machine.call((server) => server.set_node_up(node, true))
    })
  }

  /** Runs changes of the cluster one after another. */
  #change(run: () => Promise<void>): Promise<void> {
    const done = this.#changes.then(run)
    this.#changes = done.catch(() => {})
    return done
  }

  /**
   * Removes records at once, whenever they were written: all of them, or those of a namespace and set. Faults and the
   * clock stay as they are.
   *
   * @example
   * ```js
   * server.clear({ namespace: 'test', set: 'demo' })
   * ```
   */
  clear(filter: RecordFilter = {}): void {
    refusing('TestServer.clear', () => checkFilter(filter, this.#options.namespaces))
    this.#machine.call((server) => server.clear(filter.namespace, setOf(filter)))
  }

  /**
   * How many records there are that have not expired: all, or those of a namespace and set.
   *
   * @example
   * ```js
   * console.log(server.recordCount({ namespace: 'test' }))
   * ```
   */
  recordCount(filter: RecordFilter = {}): number {
    refusing('TestServer.recordCount', () => checkFilter(filter, this.#options.namespaces))
    return this.#machine.call((server) => server.record_count(filter.namespace, setOf(filter)))
  }

  /**
   * How many connections clients have to a node, or to all.
   *
   * @example
   * ```js
   * console.log(server.connectionCount())
   * ```
   */
  connectionCount(node?: number): number {
    if (node !== undefined) refusing('TestServer.connectionCount', () => checkNode(node, this.#options.nodes))
    const nodes = node === undefined ? this.#ports.keys() : [node]
    return this.#machine.call((server) => [...nodes].reduce((sum, one) => sum + server.connection_count(one), 0))
  }

  /**
   * Ends all connections, closes all ports and forgets all records. Every later call but this one throws.
   *
   * @example
   * ```js
   * await server.close()
   * ```
   */
  close(): Promise<void> {
    this.#closing ??= this.#closeAll()
    return this.#closing
  }

  async #closeAll(): Promise<void> {
    await this.#changes
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#endAll(() => true)
    this.#machine.free()
    await Promise.all(this.#listeners.map((listener) => listener?.close()))
  }

  /**
   * Closes the server at the end of an `await using` block.
   *
   * @example
   * ```js
   * await using server = await TestServer.start()
   * await using client = await connect({ hosts: server.hosts })
   * ```
   */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close()
  }

  #accept(node: number, sink: Sink): Accepted | null {
    const connection = this.#open(node, sink)
    if (connection < 0) return null
    return { receive: (bytes) => this.#receive(connection, bytes), closed: () => this.#closed(connection) }
  }

  #open(node: number, sink: Sink): number {
    const connection = this.#guard(-1, () => this.#machine.call((server) => server.open(node)))
    if (connection >= 0) this.#sinks.set(connection, { node, sink })
    return connection
  }

  #closed(connection: number): void {
    if (!this.#sinks.delete(connection)) return
    this.#guard(undefined, () => this.#machine.call((server) => server.close(connection)))
  }

  #receive(connection: number, bytes: Uint8Array): void {
    const to = this.#sinks.get(connection)
    if (to === undefined) return
    this.#guard(undefined, () => {
      const { reply, open } = this.#machine.receive(connection, bytes)
      if (reply.length > 0) to.sink.send(reply)
      if (!open && this.#sinks.delete(connection)) to.sink.end(false)
      this.#arm()
    })
  }

  /** Has the timer fire when the next reply that is held back is due. */
  #arm(): void {
    const at = this.#machine.call((server) => server.next_release())
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = Number.isNaN(at) ? null : setTimeout(() => this.#guard(undefined, () => this.#release()), Math.max(1, at - Date.now()))
  }

  #release(): void {
    this.#timer = null
    for (let due = this.#machine.release(); due !== null; due = this.#machine.release()) {
      this.#sinks.get(due.connection)?.sink.send(due.reply)
    }
    this.#arm()
  }

  /** Runs what a connection or the timer sets off: nobody is there to catch, so a failed machine ends all connections. */
  #guard<T>(otherwise: T, run: () => T): T {
    try {
      return run()
    } catch (error) {
      if (!(error instanceof ClientError)) throw error
      this.#endAll(() => true)
      return otherwise
    }
  }

  #endAll(isMeant: (one: { readonly node: number }) => boolean): void {
    for (const [connection, one] of this.#sinks) {
      if (!isMeant(one)) continue
      this.#sinks.delete(connection)
      one.sink.end(true)
    }
  }
}

/** The set of a filter as the machine takes it: empty for records without one. */
function setOf(filter: RecordFilter): string | undefined {
  return filter.set === null ? '' : filter.set
}
