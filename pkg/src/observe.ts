/*
 * Commands told to whoever watches: an observer of the configuration, and the runtime's diagnostics channels.
 *
 * May import: errors.ts, record.ts, pending.ts as a type. Attribute names are those of aerospike-py's spans, which
 * follow OpenTelemetry's semantic conventions for databases.
 * Invariants: nothing is made while nobody watches, and whether somebody does is asked once per turn; what a watcher
 * throws never reaches the command, it is thrown again on a later turn; an end follows every start.
 */

import type { AerospikeError } from './errors.js'
import type { Pending } from './pending.js'
import type { Key } from './record.js'

/** Names of operations as aerospike-py has them, where they differ from those of the calls. */
const NAMES: { readonly [name: string]: string } = {
  remove: 'delete', removeBin: 'remove_bin', operateOrdered: 'operate_ordered', batchRead: 'batch_read',
  batchReadStream: 'batch_read', batchWrite: 'batch_write', batchOperate: 'batch_operate', batchRemove: 'batch_remove'
}

/** Where the client was told to connect, for the attributes of its commands. @internal */
export interface ServerName {
  readonly address: string
  readonly port: number
  readonly clusterName: string
}

/**
 * One command as an {@link Observer} or a subscriber of the diagnostics channels sees it. Arguments that are refused before
 * anything is sent make none.
 *
 * @example
 * ```ts
 * const observer: Observer = {
 *   end({ operation, namespace, set, key, keys, startTime, duration, error }) {
 *     console.log(operation, `${namespace}.${set}`, key?.userKey ?? `${keys} keys`)
 *     console.log(`at ${startTime} for ${duration} ms`, error?.resultCode ?? 0)
 *   }
 * }
 * ```
 */
export class ObservedCommand {
  /** Operation as aerospike-py names it, such as `put`, `delete` or `batch_read`. */
  readonly operation: string
  /** Namespace; for a batch that of its first key. */
  readonly namespace: string
  /** Set; for a batch that of its first key. */
  readonly set: string
  /** The key; null for a batch. */
  readonly key: Key | null
  /** How many keys: 1, or the rows of a batch. */
  readonly keys: number
  /** When it began, on the clock of `performance.now()`, in milliseconds. */
  readonly startTime: number
  /** How long it took in milliseconds; 0 until its end. */
  duration = 0
  /** Why it failed; null until its end, and when it went well. A failed row of a batch is no failure of the command. */
  error: AerospikeError | null = null
  readonly #server: ServerName

  private constructor(pending: Pending, server: ServerName, now: number) {
    const first = pending.key ?? pending.keys?.[0]
    this.operation = NAMES[pending.operation] ?? pending.operation
    this.namespace = first?.namespace ?? ''
    this.set = first?.set ?? ''
    this.key = pending.key
    this.keys = pending.keys?.length ?? 1
    this.startTime = now
    this.#server = server
  }

  /** @internal */
  static of(pending: Pending, server: ServerName, now: number): ObservedCommand {
    return new ObservedCommand(pending, server, now)
  }

  /**
   * Name of a span for this command, such as `GET test.demo`.
   *
   * @example
   * ```ts
   * const observer: Observer = { end: (command) => console.log(`${command.name} took ${command.duration} ms`) }
   * ```
   */
  get name(): string {
    return `${this.operation.toUpperCase()} ${this.namespace}.${this.set}`
  }

  /**
   * Attributes of a span for this command: those of aerospike-py. After its end also `error.type` and
   * `db.response.status_code` when it failed. Keys and values of records are not among them.
   *
   * @example
   * ```ts
   * const observer: Observer = { end: (command) => console.log(command.attributes()['db.operation.name']) }
   * ```
   */
  attributes(): { [name: string]: string | number } {
    const all: { [name: string]: string | number } = {
      'db.system.name': 'aerospike',
      'db.namespace': this.namespace,
      'db.collection.name': this.set,
      'db.operation.name': this.operation.toUpperCase(),
      'server.address': this.#server.address,
      'server.port': this.#server.port,
      'db.aerospike.cluster_name': this.#server.clusterName
    }
    if (this.key === null) all['db.operation.batch.size'] = this.keys
    if (this.error !== null) {
      all['error.type'] = this.error.name
      all['db.response.status_code'] = String(this.error.resultCode)
    }
    return all
  }
}

/**
 * Hears of every command of a client: `connect({ observer })`. Both functions are optional and should be quick; what they
 * throw is thrown again on a later turn and leaves the command alone.
 *
 * @example
 * ```ts
 * // With a tracer of @opentelemetry/api: spans like those of aerospike-py.
 * declare const tracer: { startSpan(name: string, options: object): Span }
 * interface Span { setAttributes(attributes: object): void; recordException(error: Error): void; end(): void }
 *
 * const observer: Observer<Span> = {
 *   start: (command) => tracer.startSpan(command.name, { kind: 2, attributes: command.attributes() }),
 *   end(command, span) {
 *     if (command.error !== null) {
 *       span.setAttributes(command.attributes())
 *       span.recordException(command.error)
 *     }
 *     span.end()
 *   }
 * }
 * await using traced = await connect({ hosts: '127.0.0.1:3000', observer })
 * ```
 */
export interface Observer<S = unknown> {
  /**
   * A command is about to leave. Called by the call itself, so it sees the caller's asynchronous context; what it returns is
   * handed to `end`.
   */
  start?(command: ObservedCommand): S
  /** The command has ended: `duration` and `error` are set. */
  end?(command: ObservedCommand, state: S): void
}

/** The diagnostics channels of a runtime. @internal */
export interface CommandChannels {
  readonly hasSubscribers: boolean
  started(command: ObservedCommand): void
  ended(command: ObservedCommand): void
}

/** Tells of the commands of one client. @internal */
export class Observation {
  private readonly observers: readonly Observer[]
  private readonly channels: CommandChannels | null
  private readonly server: ServerName

  /** Null when there is nobody who could ever watch. */
  static of(observers: readonly Observer[], channels: CommandChannels | undefined, server: ServerName): Observation | null {
    return observers.length === 0 && channels === undefined ? null : new Observation(observers, channels ?? null, server)
  }

  private constructor(observers: readonly Observer[], channels: CommandChannels | null, server: ServerName) {
    this.observers = observers
    this.channels = channels
    this.server = server
  }

  /** Whether somebody watches now. */
  get active(): boolean {
    return this.observers.length > 0 || (this.channels as CommandChannels).hasSubscribers
  }

  /** A command was submitted. */
  begin(pending: Pending): void {
    const command = ObservedCommand.of(pending, this.server, performance.now())
    const { observers, channels } = this
    const states = observers.map((observer) => guarded(() => observer.start?.(command)))
    guarded(() => channels?.started(command))
    const finish = (error: unknown): void => {
      command.duration = performance.now() - command.startTime
      command.error = error as AerospikeError | null
      observers.forEach((observer, i) => guarded(() => observer.end?.(command, states[i])))
      guarded(() => channels?.ended(command))
    }
    pending.promise.then(() => finish(null), finish)
  }
}

function guarded<T>(call: () => T): T | undefined {
  try {
    return call()
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
    return undefined
  }
}
