/*
 * The constants of aerospike-py, under the same names and with the values its code has.
 *
 * May import: constants/.
 * Invariant: values are those sent on the wire or understood by the policy encoder; never renumber one.
 */

export * from './constants/policy.js'
export * from './constants/status.js'
export * from './constants/collections.js'
export * from './constants/others.js'
