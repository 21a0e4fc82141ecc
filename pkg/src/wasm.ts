/*
 * The engine as the WebAssembly module exports it. An entry loads the module and hands it over as an `EngineModule`.
 *
 * May import: nothing.
 * Invariant: `TAPE_VERSION` is what the module's `build()` says; `entry/load.ts` refuses any other module.
 */

/** Version of the tapes; equal to the constant of the same name in `crates/js/src/tape`. */
export const TAPE_VERSION = 2

/** Settings of the engine; a field that is not set keeps the core's default. */
export interface EngineConfigBinding {
  add_seed(host: string, port: number, tls_name: string): void
  cluster_name: string
  set_auth(mode: number, user: string, password: string): void
  connect_timeout_ms: number
  login_timeout_ms: number
  tend_interval_ms: number
  idle_timeout_ms: number
  max_conns_per_node: number
  min_conns_per_node: number
  opening_connection_threshold: number
  add_rack(rack: number): void
  use_services_alternate: boolean
  max_message_bytes: number
  pipeline_depth: number
  pipeline_connections: number
  merge_commands: boolean
  max_error_rate: number
  error_rate_window: number
  max_concurrent_operations: number
  operation_queue_timeout_ms: number
  application_id: string
}

/** The engine: synchronous calls only, bytes through linear memory. */
export interface EngineBinding {
  input(length: number): number
  submit(length: number, now: number): number
  receive_buffer(length: number): number
  received(connection: number, length: number, now: number): void
  connected(connection: number, now: number): void
  closed(connection: number, reason: number, now: number): void
  timeout(now: number): void
  cancel(command: number, now: number): void
  close(now: number): void
  poll(now: number): number
  output(): number
  node_names(): string
  is_connected(): boolean
  statistics(): string
  free(): void
}

/** A loaded module. `memory.buffer` is replaced when the memory grows. */
export interface EngineModule {
  readonly memory: { readonly buffer: ArrayBuffer }
  readonly EngineConfig: new () => EngineConfigBinding
  readonly Engine: new (config: EngineConfigBinding, seed: bigint, now: number) => EngineBinding
}
