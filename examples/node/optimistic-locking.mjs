/*
 * Optimistic locking: read, compute, write only if nobody else wrote in between, and try again if somebody did.
 *
 * Twenty tellers pay out from three accounts at the same time, five hundred payments in all. A payment follows a rule that
 * no operation of the server knows (a fee, and no debt), so it reads the record, computes the new one and writes it with the
 * generation it has read. A write that comes too late fails with RecordGenerationError and changes nothing; the teller reads
 * again. At the end not one update is lost.
 *
 *   node optimistic-locking.mjs
 *
 * Needs a server at AEROSPIKE_HOSTS (default 127.0.0.1:3000) with a namespace `test`.
 */

import assert from 'node:assert/strict'
import { connect, POLICY_EXISTS_REPLACE, POLICY_GEN_EQ, RecordGenerationError } from 'aerospike-wasm'

const ACCOUNTS = 3
const TELLERS = 20
const PAYMENTS_EACH = 25
const OPENING_BALANCE = 600

const client = await connect({ hosts: process.env.AEROSPIKE_HOSTS ?? '127.0.0.1:3000' })
const account = (n) => ['test', 'accounts', `account ${n}`]
let conflicts = 0

/**
 * Changes the record by `change(bins)`, which gives the new bins, as often as it takes. Only a conflict is tried again: any
 * other error, a timeout for one, is the caller's to judge, because the write may have happened (`error.inDoubt`).
 */
async function update(key, change) {
  for (let attempt = 1; ; attempt++) {
    const { meta, bins } = await client.get(key)
    try {
      await client.put(key, change(bins), {
        meta: { gen: meta.gen },
        policy: { gen: POLICY_GEN_EQ, exists: POLICY_EXISTS_REPLACE }
      })
      return attempt
    } catch (error) {
      if (!(error instanceof RecordGenerationError)) throw error
      conflicts += 1
      // The more often it collides, the longer it waits, and never as long as its neighbours.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2 ** attempt, 50)))
    }
  }
}

function payOut(bins, amount) {
  const fee = Math.ceil(amount / 100)
  if (bins.balance < amount + fee) return { ...bins, refused: bins.refused + 1 }
  return { ...bins, balance: bins.balance - amount - fee, fees: bins.fees + fee, out: bins.out + amount, payments: bins.payments + 1 }
}

async function teller(number) {
  let most = 0
  for (let i = 0; i < PAYMENTS_EACH; i++) {
    const attempts = await update(account((number + i) % ACCOUNTS), (bins) => payOut(bins, 1 + ((number * i) % 7)))
    most = Math.max(most, attempts)
  }
  return most
}

const empty = { balance: OPENING_BALANCE, fees: 0, out: 0, payments: 0, refused: 0 }
await Promise.all(Array.from({ length: ACCOUNTS }, (_, n) => client.put(account(n), empty, { policy: { exists: POLICY_EXISTS_REPLACE } })))

const attempts = await Promise.all(Array.from({ length: TELLERS }, (_, number) => teller(number)))

const rows = await client.batchRead(Array.from({ length: ACCOUNTS }, (_, n) => account(n)))
const sum = (bin) => rows.reduce((total, row) => total + row.bins[bin], 0)
console.log(`${TELLERS} tellers, ${conflicts} conflicts, at most ${Math.max(...attempts)} attempts for one payment`)
console.log(`payments ${sum('payments')}, refused ${sum('refused')}, together ${sum('payments') + sum('refused')}`)
console.log(`money ${sum('balance') + sum('fees') + sum('out')} of ${ACCOUNTS * OPENING_BALANCE}`)
assert.equal(sum('payments') + sum('refused'), TELLERS * PAYMENTS_EACH, 'an update was lost')
assert.equal(sum('balance') + sum('fees') + sum('out'), ACCOUNTS * OPENING_BALANCE, 'money was lost')

await client.batchRemove(rows.map((row) => row.key))
await client.close()
