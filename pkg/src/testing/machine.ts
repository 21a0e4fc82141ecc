/*
 * The test server's machine in its WebAssembly module: bytes in and out through linear memory, and what becomes of a
 * machine that fails.
 *
 * May import: errors.ts, version.ts, types and check.ts.
 * Invariant: after a trap the instance is not called again; every later call throws the same error.
 */

import { ClientError } from '../errors.js'
import { VERSION } from '../version.js'
import type { CheckedOptions } from './check.js'
import type { TestFault, TestNamespace } from './types.js'

/** Settings, as the module exports them. */
interface ConfigBinding {
  cluster_name: string
  replication_factor: number
  add_namespace(name: string, settings: Int32Array): void
}

/** The server, as the module exports it. */
export interface ServerBinding {
  set_unix_millis(now: number): void
  advance(seconds: number): void
  unix_millis(): number
  open(node: number): number
  is_open(connection: number): boolean
  close(connection: number): void
  input(length: number): number
  receive(connection: number, length: number): boolean
  next_release(): number
  release(): number
  output(): number
  output_len(): number
  set_node_up(node: number, up: boolean): void
  is_node_up(node: number): boolean
  set_node_address(node: number, host: string, port: number): void
  node_name(node: number): string
  connection_count(node: number): number
  inject(node: number, kind: number, value: number, count: number): void
  clear_faults(): void
  record_count(namespace: string | undefined, set: string | undefined): number
  clear(namespace: string | undefined, set: string | undefined): void
  free(): void
}

/** What wasm-bindgen generates in `wasm/aerospike_testserver_js.js`, as far as it is used. @internal */
export interface TestServerBindings {
  readonly TestServerConfig: unknown
  readonly TestServer: unknown
  build(): string
  initSync(options: { module: WebAssembly.Module }): { readonly memory: WebAssembly.Memory }
}

/** A loaded module. `memory.buffer` is replaced when the memory grows. */
export interface TestServerModule {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly TestServerConfig: new (nodes: number) => ConfigBinding
  readonly TestServer: new (config: ConfigBinding, now: number) => ServerBinding
}

/** Instantiates a compiled module; refuses one of another version of the package. @internal */
export function instantiate(bindings: TestServerBindings, module: WebAssembly.Module): TestServerModule {
  const { memory } = bindings.initSync({ module })
  const version = bindings.build()
  if (version !== VERSION) {
    throw new ClientError(
      `TestServer.start: the WebAssembly module is of version ${version}, the JavaScript of version ${VERSION}; ` +
        'both must come from one installation of aerospike-wasm'
    )
  }
  return { memory, TestServerConfig: bindings.TestServerConfig, TestServer: bindings.TestServer } as unknown as TestServerModule
}

/** The settings of a namespace in the order in which the module takes them. */
const SETTINGS: readonly Exclude<keyof TestNamespace, 'name'>[] = [
  'defaultTtl', 'allowTtl', 'defaultReadTouchPercent', 'maxRecordSize', 'disallowNullSet', 'rejectWrites'
]

const KINDS: { readonly [kind in TestFault['kind']]: number } = { answer: 0, swallow: 1, cut: 2, garbage: 3, drop: 4, delay: 5 }

/** One machine. */
export class Machine {
  private readonly memory: { readonly buffer: ArrayBuffer }
  private readonly server: ServerBinding
  private failure: ClientError | null = null

  constructor(module: TestServerModule, options: CheckedOptions) {
    this.memory = module.memory
    const config = new module.TestServerConfig(options.nodes)
    config.cluster_name = options.clusterName
    config.replication_factor = Math.min(options.replicationFactor, options.nodes)
    for (const namespace of options.namespaces) {
      // What is not given is -1, which keeps the default.
      config.add_namespace(namespace.name, Int32Array.from(SETTINGS, (name) => Number(namespace[name] ?? -1)))
    }
    this.server = new module.TestServer(config, Date.now())
  }

  /** Runs one call on the machine. The clock is set before, so that every call sees the present. */
  call<T>(run: (server: ServerBinding) => T): T {
    if (this.failure !== null) throw this.failure
    try {
      this.server.set_unix_millis(Date.now())
      return run(this.server)
    } catch (cause) {
      this.failure = new ClientError('the test server failed by a defect of its own and is of no more use', { cause })
      throw this.failure
    }
  }

  /** Takes bytes in and gives what to send, and whether the connection stays open. */
  receive(connection: number, bytes: Uint8Array): { readonly reply: Uint8Array; readonly open: boolean } {
    return this.call((server) => {
      const at = server.input(bytes.length)
      new Uint8Array(this.memory.buffer, at, bytes.length).set(bytes)
      const open = server.receive(connection, bytes.length)
      return { reply: this.output(server), open }
    })
  }

  /** The held replies of one connection that are due; null when there are none. */
  release(): { readonly connection: number; readonly reply: Uint8Array } | null {
    return this.call((server) => {
      const connection = server.release()
      return connection < 0 ? null : { connection, reply: this.output(server) }
    })
  }

  private output(server: ServerBinding): Uint8Array {
    const at = server.output()
    return new Uint8Array(this.memory.buffer).slice(at, at + server.output_len())
  }

  inject(fault: TestFault): void {
    const { node = -1, count = 1 } = fault
    const value = fault.kind === 'answer' ? fault.resultCode : fault.kind === 'delay' ? fault.milliseconds : fault.kind === 'cut' ? fault.bytes : 0
    this.call((server) => server.inject(node, KINDS[fault.kind], value, count))
  }

  free(): void {
    if (this.failure === null) this.server.free()
    this.failure ??= new ClientError('the test server is closed')
  }
}
