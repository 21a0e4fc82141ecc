/*
 * A command in flight: its promise and what its answer is to become.
 *
 * May import: errors.ts, record.ts, signals.ts, layout.ts, operations.ts, read.ts.
 * Invariants: a Pending is settled once; it allocates no closure, as one is made per call.
 */

import { clientError, serverError } from './errors.js'
import { BatchRecord, ExistsResult, type Key, Record, type RecordMetadata } from './record.js'
import { unwatch, watch } from './signals.js'
import { FAILURE, OP, OUTCOME } from './tape/layout.js'
import type { Plan } from './tape/operations.js'
import type { Answers, TapeReader } from './tape/read.js'
import type { BinTuple } from './record.js'
import type { ReadBins } from './types.js'

/** What a command's answer becomes. */
export const EXPECT = { nothing: 0, record: 1, exists: 2, ordered: 3, batch: 4 } as const

const NOT_FOUND = 2

let resolveOfLast: (value: unknown) => void
let rejectOfLast: (reason: unknown) => void

function keepFunctions(resolve: (value: unknown) => void, reject: (reason: unknown) => void): void {
  resolveOfLast = resolve
  rejectOfLast = reject
}

/** Whatever can cancel a command by its Pending. */
export interface Canceller {
  cancel(pending: Pending): void
}

/** One command in flight. */
export class Pending {
  /** Id the engine gave it. */
  id = -1
  readonly promise: Promise<unknown>
  private readonly resolve: (value: unknown) => void
  private readonly reject: (reason: unknown) => void
  readonly operation: string
  private readonly expect: number
  readonly key: Key | null
  readonly keys: readonly Key[] | null
  private readonly rows: BatchRecord[] | null
  private readonly plan: Plan | null
  private signal: AbortSignal | null = null
  private canceller: Canceller | null = null

  constructor(operation: string, expect: number, key: Key | null, keys: readonly Key[] | null, plan: Plan | null) {
    this.promise = new Promise(keepFunctions)
    this.resolve = resolveOfLast
    this.reject = rejectOfLast
    this.operation = operation
    this.expect = expect
    this.key = key
    this.keys = keys
    this.rows = keys === null ? null : new Array<BatchRecord>(keys.length)
    this.plan = plan
  }

  /** The call and what it is about, as messages name it. */
  get subject(): string {
    if (this.key !== null) return `${this.operation} ${this.key}`
    return this.keys === null ? this.operation : `${this.operation} of ${this.keys.length} keys`
  }

  /** Lets `signal` cancel the command. */
  watch(signal: AbortSignal, canceller: Canceller): void {
    this.signal = signal
    this.canceller = canceller
    watch(signal, this)
  }

  /** What the signal does. */
  cancel(): void {
    this.canceller?.cancel(this)
  }

  private settle(): void {
    if (this.signal !== null) unwatch(this.signal, this)
  }

  fail(error: unknown): void {
    this.settle()
    this.reject(error)
  }

  /** Reads an outcome and settles the promise. */
  finish(tape: TapeReader): void {
    switch (tape.u8()) {
      case OUTCOME.ok:
        return this.succeed(tape)
      case OUTCOME.server:
        return this.failByServer(tape)
      default:
        return this.failByClient(tape)
    }
  }

  private succeed(tape: TapeReader): void {
    if (this.signal !== null) this.settle()
    switch (this.expect) {
      case EXPECT.nothing:
        tape.skipAnswer()
        return this.resolve(undefined)
      case EXPECT.record: {
        const meta = tape.meta()
        return this.resolve(new Record(this.key as Key, meta, tape.bins()))
      }
      case EXPECT.exists: {
        const meta = tape.meta()
        tape.bins()
        return this.resolve(new ExistsResult(this.key as Key, meta))
      }
      case EXPECT.ordered: {
        const meta = tape.meta()
        return this.resolve(new Record(this.key as Key, meta, (this.plan as Plan).order(tape.answers())))
      }
      default:
        tape.skipAnswer()
        return this.resolve(this.rows)
    }
  }

  private failByServer(tape: TapeReader): void {
    const code = tape.u8()
    const inDoubt = tape.u8() !== 0
    const attempts = tape.u16()
    const node = tape.name()
    if (this.expect === EXPECT.exists && code === NOT_FOUND) {
      this.settle()
      return this.resolve(new ExistsResult(this.key as Key, null))
    }
    this.fail(serverError(this.subject, code, inDoubt, node, attempts))
  }

  private failByClient(tape: TapeReader): void {
    const kind = tape.u8()
    const inDoubt = tape.u8() !== 0
    const attempts = tape.u16()
    const node = tape.name()
    const text = tape.mediumText()
    const cause: unknown = kind === FAILURE.cancelled ? this.signal?.reason : undefined
    this.fail(clientError(this.subject, kind, text, inDoubt, node, attempts, cause))
  }

  /** Reads one row of a batch. */
  row(tape: TapeReader): void {
    const index = tape.u32()
    const code = tape.i16()
    const inDoubt = tape.u8() !== 0
    const node = tape.name()
    const key = (this.keys as readonly Key[])[index]
    if (code !== 0) {
      tape.skipAnswer()
      this.keep(index, new BatchRecord(this.operation, key, code, null, inDoubt, node, []))
      return
    }
    const meta: RecordMetadata = tape.meta()
    let results: BinTuple[] = []
    let bins: ReadBins
    if (this.plan === null) bins = tape.bins()
    else {
      const answers = tape.answers()
      results = tuples(answers)
      bins = lastValues(answers)
    }
    this.keep(index, new BatchRecord(this.operation, key, 0, new Record(key, meta, bins), false, node, results))
  }

  /** Keeps a row of a batch; a stream passes it on instead. */
  protected keep(index: number, row: BatchRecord): void {
    ;(this.rows as BatchRecord[])[index] = row
  }
}

/** Passes over a row whose command is gone. */
export function skipRow(tape: TapeReader): void {
  tape.pos += 7
  tape.shortText()
  tape.skipAnswer()
}

/** Passes over the outcome of a command that is gone. */
export function skipOutcome(tape: TapeReader): void {
  const outcome = tape.u8()
  if (outcome === OUTCOME.ok) return tape.skipAnswer()
  tape.pos += 4
  tape.shortText()
  if (outcome === OUTCOME.client) tape.mediumText()
}

function tuples(answers: Answers): BinTuple[] {
  const out: BinTuple[] = []
  for (let i = 0; i < answers.length; i++) out.push(answers.tuple(i))
  return out
}

/** The last real value of each bin: placeholders of writes do not count, a READ of an absent bin takes it away. */
function lastValues(answers: Answers): ReadBins {
  const last = new Map<string, ReadBins[string]>()
  for (let i = 0; i < answers.length; i++) {
    const value = answers.values[i]
    if (value !== null) last.set(answers.names[i], value)
    else if (answers.codes[i] === OP.read) last.delete(answers.names[i])
  }
  return Object.fromEntries(last)
}
