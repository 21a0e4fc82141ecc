/*
 * From a configuration to a client: what every entry's `connect` does.
 *
 * May import: client.ts, config.ts, engine.ts, policy.ts, errors.ts, fault.ts, signals.ts, types of security.ts, transport.ts.
 * Invariant: a configuration is checked whole before anything is opened.
 */

import { Client } from './client.js'
import { checkConfig } from './config.js'
import { EngineDriver } from './engine.js'
import { AerospikeError, ClientError, InvalidArgError } from './errors.js'
import { Fault, show, unknownName } from './fault.js'
import { Policies } from './policy.js'
import type { TlsOptions } from './security.js'
import { checkSignal, unwatch, watch } from './signals.js'
import type { Runtime, Transport } from './transport.js'
import type { ClientConfig, ConnectOptions } from './types.js'
import type { EngineModule } from './wasm.js'

const DEFAULT_MESSAGE_LIMIT = 134_217_728
const OPTIONS = ['transport', 'signal']

/** Connects with a given module and runtime; entries bind both. */
export async function connectWith(
  module: EngineModule,
  runtime: Runtime,
  config: ClientConfig,
  options: ConnectOptions = {}
): Promise<Client> {
  const { driver, policies, tls, transport } = prepare(module, runtime, config, options)
  try {
    if (tls !== null) await prepareTls(transport, tls)
  } catch (error) {
    void driver.close()
    throw error
  }
  const signal = options.signal
  const call = {
    cancel: () => driver.abandon(new ClientError('connect: cancelled', { resultCode: -5, cause: signal?.reason }))
  }
  if (signal?.aborted) call.cancel()
  if (signal != null) watch(signal, call)
  try {
    await driver.start()
  } finally {
    if (signal != null) unwatch(signal, call)
  }
  return Client.over(driver, policies)
}

function checkOptions(options: ConnectOptions): void {
  if (typeof options !== 'object' || options === null) throw new Fault('options', `${show(options)} is not an object`)
  for (const name of Object.keys(options)) if (!OPTIONS.includes(name)) throw unknownName('', name, OPTIONS)
  const { signal } = options
  checkSignal(signal)
}

/** Lets the transport look at certificates and keys. */
async function prepareTls(transport: Transport, tls: TlsOptions): Promise<void> {
  try {
    await transport.prepareTls?.(tls)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw new InvalidArgError(`connect: config.tls: ${problem}`, { field: 'config.tls', cause })
  }
}

function prepare(
  module: EngineModule,
  runtime: Runtime,
  config: ClientConfig,
  options: ConnectOptions
): { driver: EngineDriver; policies: Policies; tls: TlsOptions | null; transport: Transport } {
  try {
    const checked = checkConfig(config, () => runtime.hosts?.())
    const policies = new Policies(config.policies)
    checkOptions(options)
    const transport = options.transport ?? runtime.transport
    if (typeof transport.connect !== 'function') throw new Fault('transport', 'has no method connect(endpoint, on)')
    const limit = config.maxMessageBytes ?? DEFAULT_MESSAGE_LIMIT
    const driver = new EngineDriver(module, checked, runtime, transport, limit)
    return { driver, policies, tls: checked.tls, transport }
  } catch (error) {
    if (error instanceof Fault) throw error.toError('connect')
    if (error instanceof AerospikeError) throw error
    throw new ClientError(`connect: ${String(error)}`, { cause: error })
  }
}
