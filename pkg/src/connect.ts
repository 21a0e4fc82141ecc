/*
 * From a configuration to a client: what every entry's `connect` does.
 *
 * May import: client.ts, config.ts, engine.ts, policy.ts, errors.ts, fault.ts, types.
 * Invariant: a configuration is checked whole before anything is opened.
 */

import { Client } from './client.js'
import { checkConfig } from './config.js'
import { EngineDriver } from './engine.js'
import { AerospikeError, ClientError } from './errors.js'
import { Fault } from './fault.js'
import { Policies } from './policy.js'
import type { Runtime } from './transport.js'
import type { ClientConfig, ConnectOptions } from './types.js'
import type { EngineModule } from './wasm.js'

const DEFAULT_MESSAGE_LIMIT = 134_217_728

/** Connects with a given module and runtime; entries bind both. */
export async function connectWith(
  module: EngineModule,
  runtime: Runtime,
  config: ClientConfig,
  options: ConnectOptions = {}
): Promise<Client> {
  const { driver, policies } = prepare(module, runtime, config, options)
  const signal = options.signal
  const cancel = (): void => {
    driver.abandon(new ClientError('connect: cancelled', { resultCode: -5, cause: signal?.reason }))
  }
  if (signal?.aborted) cancel()
  signal?.addEventListener('abort', cancel)
  try {
    await driver.start()
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
  return Client.over(driver, policies)
}

function prepare(
  module: EngineModule,
  runtime: Runtime,
  config: ClientConfig,
  options: ConnectOptions
): { driver: EngineDriver; policies: Policies } {
  try {
    const checked = checkConfig(config, () => runtime.hosts?.())
    const policies = new Policies(config.policies)
    const transport = options.transport ?? runtime.transport
    if (typeof transport.connect !== 'function') throw new Fault('transport', 'has no method connect(endpoint, on)')
    const limit = config.maxMessageBytes ?? DEFAULT_MESSAGE_LIMIT
    return { driver: new EngineDriver(module, checked, runtime, transport, limit), policies }
  } catch (error) {
    if (error instanceof Fault) throw error.toError('connect')
    if (error instanceof AerospikeError) throw error
    throw new ClientError(`connect: ${String(error)}`, { cause: error })
  }
}
