/*
 * AbortSignals: what they are to cancel.
 *
 * May import: fault.ts.
 * Invariant: a signal has one listener however many calls it is given to (runtimes warn of more than ten), and none when
 * they have ended.
 */

import { Fault } from './fault.js'

/** What a signal cancels. */
export interface Cancellable {
  cancel(): void
}

class Listener {
  readonly calls = new Set<Cancellable>()

  handleEvent(): void {
    for (const call of this.calls) call.cancel()
  }
}

const listeners = new WeakMap<AbortSignal, Listener>()

/** Refuses what is no AbortSignal. */
export function checkSignal(signal: AbortSignal | null | undefined): void {
  if (signal != null && typeof signal.addEventListener !== 'function') throw new Fault('signal', 'is not an AbortSignal')
}

/** Lets `signal` cancel a call until {@link unwatch}. */
export function watch(signal: AbortSignal, call: Cancellable): void {
  let listener = listeners.get(signal)
  if (listener === undefined) {
    listener = new Listener()
    listeners.set(signal, listener)
    signal.addEventListener('abort', listener)
  }
  listener.calls.add(call)
}

/** Lets go of the signal. */
export function unwatch(signal: AbortSignal, call: Cancellable): void {
  const listener = listeners.get(signal)
  if (listener === undefined) return
  listener.calls.delete(call)
  if (listener.calls.size > 0) return
  listeners.delete(signal)
  signal.removeEventListener('abort', listener)
}
