/*
 * Commands on `node:diagnostics_channel`, as `tracingChannel('aerospike:command')` of Node names and orders its events.
 *
 * May import: node:diagnostics_channel, types of observe.ts.
 * Invariant: without subscribers nothing is published and nothing is made.
 */

import { channel } from 'node:diagnostics_channel'
import type { CommandChannels, ObservedCommand } from '../observe.js'

const start = channel('tracing:aerospike:command:start')
const end = channel('tracing:aerospike:command:end')
const asyncStart = channel('tracing:aerospike:command:asyncStart')
const asyncEnd = channel('tracing:aerospike:command:asyncEnd')
const error = channel('tracing:aerospike:command:error')

/** The channels of this process; all its clients share them. */
export const commandChannels: CommandChannels = {
  get hasSubscribers(): boolean {
    if (start.hasSubscribers || asyncEnd.hasSubscribers || error.hasSubscribers) return true
    return end.hasSubscribers || asyncStart.hasSubscribers
  },

  started(command: ObservedCommand): void {
    start.publish(command)
    end.publish(command)
  },

  ended(command: ObservedCommand): void {
    if (command.error !== null) error.publish(command)
    asyncStart.publish(command)
    asyncEnd.publish(command)
  }
}
