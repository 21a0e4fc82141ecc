/*
 * Constants of policies, meta, configuration and operations.
 *
 * May import: nothing. What an example uses without declaring it, docs/test/reference.test.mjs declares.
 */

// POLICY_KEY_*: Whether the user key is sent and stored with the record (`policy.key`).
/**
 * Only the digest of the key is sent (default).
 * @example await client.put(key, { n: 1 }, { policy: { key: POLICY_KEY_DIGEST } })
 */
export const POLICY_KEY_DIGEST = 0 as const
/**
 * The user key is sent and stored with the record.
 * @example await client.put(key, { n: 1 }, { policy: { key: POLICY_KEY_SEND } })
 */
export const POLICY_KEY_SEND = 1 as const

// POLICY_EXISTS_*: What a write does when the record exists or not (`policy.exists`).
/**
 * Create the record or update it (default).
 * @example await client.put(key, { n: 1 }, { policy: { exists: POLICY_EXISTS_IGNORE } })
 */
export const POLICY_EXISTS_IGNORE = 0 as const
/**
 * Same as {@link POLICY_EXISTS_UPDATE_ONLY}.
 * @example await client.put(key, { n: 1 }, { policy: { exists: POLICY_EXISTS_UPDATE } })
 */
export const POLICY_EXISTS_UPDATE = 1 as const
/**
 * Update; RecordNotFound when there is no record.
 * @example await client.put(key, { n: 1 }, { policy: { exists: POLICY_EXISTS_UPDATE_ONLY } })
 */
export const POLICY_EXISTS_UPDATE_ONLY = 1 as const
/**
 * Create the record or replace all its bins.
 * @example await client.put(key, { nothing: 'else' }, { policy: { exists: POLICY_EXISTS_REPLACE } })
 */
export const POLICY_EXISTS_REPLACE = 2 as const
/**
 * Replace all bins; RecordNotFound when there is no record.
 * @example await client.put(key, { nothing: 'else' }, { policy: { exists: POLICY_EXISTS_REPLACE_ONLY } })
 */
export const POLICY_EXISTS_REPLACE_ONLY = 3 as const
/**
 * Create; RecordExistsError when there is a record.
 * @example await client.put(key, { n: 1 }, { policy: { exists: POLICY_EXISTS_CREATE_ONLY } })
 */
export const POLICY_EXISTS_CREATE_ONLY = 4 as const

// POLICY_GEN_*: How a write compares the record's generation with `meta.gen` (`policy.gen`).
/**
 * The generation is not compared (default).
 * @example await client.put(key, { n: 1 }, { meta: { gen: 3 }, policy: { gen: POLICY_GEN_IGNORE } })
 */
export const POLICY_GEN_IGNORE = 0 as const
/**
 * Write only when the generations are equal.
 * @example await client.put(key, { n: 1 }, { meta: { gen: 3 }, policy: { gen: POLICY_GEN_EQ } })
 */
export const POLICY_GEN_EQ = 1 as const
/**
 * Write only when `meta.gen` is greater than the record's generation.
 * @example await client.put(key, { n: 1 }, { meta: { gen: 3 }, policy: { gen: POLICY_GEN_GT } })
 */
export const POLICY_GEN_GT = 2 as const

// POLICY_REPLICA_*: Which replica a read goes to (`policy.replica`).
/**
 * Always the master.
 * @example await client.get(key, { policy: { replica: POLICY_REPLICA_MASTER } })
 */
export const POLICY_REPLICA_MASTER = 0 as const
/**
 * The master, on a retry the next replica (default).
 * @example await client.get(key, { policy: { replica: POLICY_REPLICA_SEQUENCE } })
 */
export const POLICY_REPLICA_SEQUENCE = 1 as const
/**
 * A replica in one of the client's racks (`config.rackIds`) when there is one.
 * @example const near = await connect({ hosts: 'db', rackIds: [1], policies: { read: { replica: POLICY_REPLICA_PREFER_RACK } } })
 */
export const POLICY_REPLICA_PREFER_RACK = 2 as const
/**
 * Each read begins with the next replica, which spreads reads over all of them. Not in aerospike-py.
 * @example await client.get(key, { policy: { replica: POLICY_REPLICA_ANY } })
 */
export const POLICY_REPLICA_ANY = 3 as const

// POLICY_COMMIT_LEVEL_*: When the server answers a write (`policy.commitLevel`).
/**
 * After master and replicas have it (default).
 * @example await client.put(key, { n: 1 }, { policy: { commitLevel: POLICY_COMMIT_LEVEL_ALL } })
 */
export const POLICY_COMMIT_LEVEL_ALL = 0 as const
/**
 * After the master has it.
 * @example await client.put(key, { n: 1 }, { policy: { commitLevel: POLICY_COMMIT_LEVEL_MASTER } })
 */
export const POLICY_COMMIT_LEVEL_MASTER = 1 as const

// POLICY_READ_MODE_AP_*: How many replicas a read asks in an available namespace (`policy.readModeAp`).
/**
 * One replica (default).
 * @example await client.get(key, { policy: { readModeAp: POLICY_READ_MODE_AP_ONE } })
 */
export const POLICY_READ_MODE_AP_ONE = 0 as const
/**
 * All replicas, when they may differ.
 * @example await client.get(key, { policy: { readModeAp: POLICY_READ_MODE_AP_ALL } })
 */
export const POLICY_READ_MODE_AP_ALL = 1 as const

// POLICY_READ_MODE_SC_*: Consistency of strong-consistency reads (`policy.readModeSc`). Not in aerospike-py.
/**
 * Session consistency (default).
 * @example await client.get(key, { policy: { readModeSc: POLICY_READ_MODE_SC_SESSION } })
 */
export const POLICY_READ_MODE_SC_SESSION = 0 as const
/**
 * Linearizable reads.
 * @example await client.get(key, { policy: { readModeSc: POLICY_READ_MODE_SC_LINEARIZE } })
 */
export const POLICY_READ_MODE_SC_LINEARIZE = 1 as const
/**
 * Replicas may answer.
 * @example await client.get(key, { policy: { readModeSc: POLICY_READ_MODE_SC_ALLOW_REPLICA } })
 */
export const POLICY_READ_MODE_SC_ALLOW_REPLICA = 2 as const
/**
 * Unavailable partitions may answer.
 * @example await client.get(key, { policy: { readModeSc: POLICY_READ_MODE_SC_ALLOW_UNAVAILABLE } })
 */
export const POLICY_READ_MODE_SC_ALLOW_UNAVAILABLE = 3 as const

// READ_TOUCH_TTL_PERCENT_*: Special values of `policy.readTouchTtlPercent`.
/**
 * A read never extends the life of a record.
 * @example await client.get(key, { policy: { readTouchTtlPercent: READ_TOUCH_TTL_PERCENT_DONT_RESET } })
 */
export const READ_TOUCH_TTL_PERCENT_DONT_RESET = -1 as const
/**
 * As the namespace or set is configured (default).
 * @example await client.get(key, { policy: { readTouchTtlPercent: READ_TOUCH_TTL_PERCENT_SERVER_DEFAULT } })
 */
export const READ_TOUCH_TTL_PERCENT_SERVER_DEFAULT = 0 as const

// TTL_*: Special values of a TTL (`meta.ttl`, `policy.ttl`, `touch`). Any other is a number of seconds.
/**
 * The client's default (`policies.write.ttl` of the configuration), else the namespace's.
 * @example await client.put(key, { n: 1 }, { meta: { ttl: TTL_CLIENT_DEFAULT } })
 */
export const TTL_CLIENT_DEFAULT = -3 as const
/**
 * Keep the record's expiry.
 * @example await client.put(key, { n: 1 }, { meta: { ttl: TTL_DONT_UPDATE } })
 */
export const TTL_DONT_UPDATE = -2 as const
/**
 * The record never expires.
 * @example await client.touch(key, TTL_NEVER_EXPIRE)
 */
export const TTL_NEVER_EXPIRE = -1 as const
/**
 * The default of the namespace or set (default).
 * @example await client.touch(key, TTL_NAMESPACE_DEFAULT)
 */
export const TTL_NAMESPACE_DEFAULT = 0 as const

// AUTH_*: How the client logs in.
/**
 * Users of the server.
 * @example const known = await connect({ hosts: 'db', user: 'ann', password: 'secret', authMode: AUTH_INTERNAL })
 */
export const AUTH_INTERNAL = 0 as const
/**
 * An external directory such as LDAP.
 * @example const known = await connect({ hosts: 'db', tls: {}, user: 'ann', password: 'secret', authMode: AUTH_EXTERNAL })
 */
export const AUTH_EXTERNAL = 1 as const
/**
 * The certificate of the TLS connection.
 * @example const known = await connect({ hosts: 'db', tls: { cert: pem, key: pem }, authMode: AUTH_PKI })
 */
export const AUTH_PKI = 2 as const

// OPERATOR_*: Operations of `operate`, `operateOrdered` and `batchOperate` (`op`).
/**
 * Read a bin; without `bin`, all bins.
 * @example await client.operate(key, [{ op: OPERATOR_READ, bin: 'n' }])
 */
export const OPERATOR_READ = 1 as const
/**
 * Write `val` to a bin; null removes the bin.
 * @example await client.operate(key, [{ op: OPERATOR_WRITE, bin: 'n', val: 1 }])
 */
export const OPERATOR_WRITE = 2 as const
/**
 * Add `val` (default 1) to a number.
 * @example await client.operate(key, [{ op: OPERATOR_INCR, bin: 'n', val: 5 }])
 */
export const OPERATOR_INCR = 5 as const
/**
 * Append `val` to a string or to bytes.
 * @example await client.operate(key, [{ op: OPERATOR_APPEND, bin: 'log', val: '!' }])
 */
export const OPERATOR_APPEND = 9 as const
/**
 * Put `val` before a string or bytes.
 * @example await client.operate(key, [{ op: OPERATOR_PREPEND, bin: 'log', val: '> ' }])
 */
export const OPERATOR_PREPEND = 10 as const
/**
 * Renew the record's life; `val` or `meta.ttl` is the new TTL.
 * @example await client.operate(key, [{ op: OPERATOR_TOUCH, val: 60 }])
 */
export const OPERATOR_TOUCH = 11 as const
/**
 * Delete the record.
 * @example await client.operate(key, [{ op: OPERATOR_READ }, { op: OPERATOR_DELETE }])
 */
export const OPERATOR_DELETE = 12 as const
