/*
 * Status codes: `resultCode` of errors and `result` of batch rows.
 *
 * May import: nothing. What an example uses without declaring it, docs/test/reference.test.mjs declares.
 */

/**
 * No node of the cluster could serve the command.
 * @example if (error.resultCode === AEROSPIKE_ERR_CLUSTER) console.log(error.message)
 */
export const AEROSPIKE_ERR_CLUSTER = -11 as const
/**
 * The connection failed.
 * @example if (error.resultCode === AEROSPIKE_ERR_CONNECTION) console.log(error.message)
 */
export const AEROSPIKE_ERR_CONNECTION = -10 as const
/**
 * The limit of connections to the node is reached.
 * @example if (error.resultCode === AEROSPIKE_ERR_NO_MORE_CONNECTIONS) console.log(error.message)
 */
export const AEROSPIKE_ERR_NO_MORE_CONNECTIONS = -7 as const
/**
 * A host of the configuration is not usable.
 * @example if (error.resultCode === AEROSPIKE_ERR_INVALID_HOST) console.log(error.message)
 */
export const AEROSPIKE_ERR_INVALID_HOST = -4 as const
/**
 * An error of the client without a code of its own.
 * @example if (error.resultCode === AEROSPIKE_ERR_CLIENT) console.log(error.message)
 */
export const AEROSPIKE_ERR_CLIENT = -1 as const
/**
 * Success.
 * @example const good = (await client.batchRead(keys)).filter((row) => row.result === AEROSPIKE_OK)
 */
export const AEROSPIKE_OK = 0 as const
/**
 * An error of the server without a code of its own.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_SERVER }) // a TestServer
 */
export const AEROSPIKE_ERR_SERVER = 1 as const
/**
 * There is no record under the key.
 * @example const missing = (await client.batchRead(keys)).filter((row) => row.result === AEROSPIKE_ERR_RECORD_NOT_FOUND)
 */
export const AEROSPIKE_ERR_RECORD_NOT_FOUND = 2 as const
/**
 * The record's generation is not the expected one.
 * @example const isLost = (row: BatchRecord) => row.result === AEROSPIKE_ERR_RECORD_GENERATION
 */
export const AEROSPIKE_ERR_RECORD_GENERATION = 3 as const
/**
 * The server refused a parameter.
 * @example if (error.resultCode === AEROSPIKE_ERR_PARAM) console.log(error.message)
 */
export const AEROSPIKE_ERR_PARAM = 4 as const
/**
 * There is a record under the key already.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_RECORD_EXISTS })
 */
export const AEROSPIKE_ERR_RECORD_EXISTS = 5 as const
/**
 * The bin exists already.
 * @example if (error.resultCode === AEROSPIKE_ERR_BIN_EXISTS) console.log(error.message)
 */
export const AEROSPIKE_ERR_BIN_EXISTS = 6 as const
/**
 * The cluster changed during the command.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_CLUSTER_KEY_MISMATCH }) // a TestServer
 */
export const AEROSPIKE_ERR_CLUSTER_KEY_MISMATCH = 7 as const
/**
 * The server is out of memory, or writes are stopped.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_SERVER_MEM }) // a TestServer
 */
export const AEROSPIKE_ERR_SERVER_MEM = 8 as const
/**
 * The command took too long.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_TIMEOUT }) // a TestServer
 */
export const AEROSPIKE_ERR_TIMEOUT = 9 as const
/**
 * The server is configured not to do this.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_ALWAYS_FORBIDDEN }) // a TestServer
 */
export const AEROSPIKE_ERR_ALWAYS_FORBIDDEN = 10 as const
/**
 * The partition has no node to serve it.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_PARTITION_UNAVAILABLE }) // a TestServer
 */
export const AEROSPIKE_ERR_PARTITION_UNAVAILABLE = 11 as const
/**
 * The operation does not fit the type of the bin.
 * @example if (error.resultCode === AEROSPIKE_ERR_BIN_TYPE) console.log(error.message)
 */
export const AEROSPIKE_ERR_BIN_TYPE = 12 as const
/**
 * The record is larger than the server allows.
 * @example if (error.resultCode === AEROSPIKE_ERR_RECORD_TOO_BIG) console.log(error.message)
 */
export const AEROSPIKE_ERR_RECORD_TOO_BIG = 13 as const
/**
 * Too many commands on one key at the same time.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_KEY_BUSY }) // a TestServer
 */
export const AEROSPIKE_ERR_KEY_BUSY = 14 as const
/**
 * The scan was aborted.
 * @example if (error.resultCode === AEROSPIKE_ERR_SCAN_ABORT) console.log(error.message)
 */
export const AEROSPIKE_ERR_SCAN_ABORT = 15 as const
/**
 * The server does not support this.
 * @example if (error.resultCode === AEROSPIKE_ERR_UNSUPPORTED_FEATURE) console.log(error.message)
 */
export const AEROSPIKE_ERR_UNSUPPORTED_FEATURE = 16 as const
/**
 * There is no such bin.
 * @example if (error.resultCode === AEROSPIKE_ERR_BIN_NOT_FOUND) console.log(error.message)
 */
export const AEROSPIKE_ERR_BIN_NOT_FOUND = 17 as const
/**
 * The storage of the node is overloaded.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_DEVICE_OVERLOAD }) // a TestServer
 */
export const AEROSPIKE_ERR_DEVICE_OVERLOAD = 18 as const
/**
 * The stored key is not the one sent.
 * @example if (error.resultCode === AEROSPIKE_ERR_KEY_MISMATCH) console.log(error.message)
 */
export const AEROSPIKE_ERR_KEY_MISMATCH = 19 as const
/**
 * The server has no such namespace.
 * @example if (error.resultCode === AEROSPIKE_ERR_INVALID_NAMESPACE) console.log(error.message)
 */
export const AEROSPIKE_ERR_INVALID_NAMESPACE = 20 as const
/**
 * The name of a bin is too long.
 * @example if (error.resultCode === AEROSPIKE_ERR_BIN_NAME) console.log(error.message)
 */
export const AEROSPIKE_ERR_BIN_NAME = 21 as const
/**
 * The server does not allow this now.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_FAIL_FORBIDDEN }) // a TestServer
 */
export const AEROSPIKE_ERR_FAIL_FORBIDDEN = 22 as const
/**
 * There is no such element.
 * @example if (error.resultCode === AEROSPIKE_ERR_ELEMENT_NOT_FOUND) console.log(error.message)
 */
export const AEROSPIKE_ERR_ELEMENT_NOT_FOUND = 23 as const
/**
 * The element exists already.
 * @example if (error.resultCode === AEROSPIKE_ERR_ELEMENT_EXISTS) console.log(error.message)
 */
export const AEROSPIKE_ERR_ELEMENT_EXISTS = 24 as const
/**
 * This needs the Enterprise Edition.
 * @example if (error.resultCode === AEROSPIKE_ERR_ENTERPRISE_ONLY) console.log(error.message)
 */
export const AEROSPIKE_ERR_ENTERPRISE_ONLY = 25 as const
/**
 * The operation cannot be applied to the value.
 * @example if (error.resultCode === AEROSPIKE_ERR_OP_NOT_APPLICABLE) console.log(error.message)
 */
export const AEROSPIKE_ERR_OP_NOT_APPLICABLE = 26 as const
/**
 * The filter expression was not true.
 * @example const others = (await client.batchRead(keys)).filter((row) => row.result === AEROSPIKE_ERR_FILTERED_OUT)
 */
export const AEROSPIKE_ERR_FILTERED_OUT = 27 as const
/**
 * The write lost against another from a remote cluster.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_LOST_CONFLICT }) // a TestServer
 */
export const AEROSPIKE_ERR_LOST_CONFLICT = 28 as const
/**
 * The end of a query.
 * @example if (error.resultCode === AEROSPIKE_QUERY_END) console.log(error.message)
 */
export const AEROSPIKE_QUERY_END = 50 as const
/**
 * The server has no security.
 * @example if (error.resultCode === AEROSPIKE_SECURITY_NOT_SUPPORTED) console.log(error.message)
 */
export const AEROSPIKE_SECURITY_NOT_SUPPORTED = 51 as const
/**
 * Security is switched off on the server.
 * @example if (error.resultCode === AEROSPIKE_SECURITY_NOT_ENABLED) console.log(error.message)
 */
export const AEROSPIKE_SECURITY_NOT_ENABLED = 52 as const
/**
 * There is no such user.
 * @example if (error.resultCode === AEROSPIKE_ERR_INVALID_USER) console.log(error.message)
 */
export const AEROSPIKE_ERR_INVALID_USER = 60 as const
/**
 * The connection is not logged in.
 * @example if (error.resultCode === AEROSPIKE_ERR_NOT_AUTHENTICATED) console.log(error.message)
 */
export const AEROSPIKE_ERR_NOT_AUTHENTICATED = 80 as const
/**
 * The user's role does not allow this.
 * @example if (error.resultCode === AEROSPIKE_ERR_ROLE_VIOLATION) console.log(error.message)
 */
export const AEROSPIKE_ERR_ROLE_VIOLATION = 81 as const
/**
 * The function failed.
 * @example if (error.resultCode === AEROSPIKE_ERR_UDF) console.log(error.message)
 */
export const AEROSPIKE_ERR_UDF = 100 as const
/**
 * Batches are switched off on the server.
 * @example server.fail({ kind: 'answer', resultCode: AEROSPIKE_ERR_BATCH_DISABLED }) // a TestServer
 */
export const AEROSPIKE_ERR_BATCH_DISABLED = 150 as const
/**
 * The index exists already.
 * @example if (error.resultCode === AEROSPIKE_ERR_INDEX_FOUND) console.log(error.message)
 */
export const AEROSPIKE_ERR_INDEX_FOUND = 200 as const
/**
 * There is no such index.
 * @example if (error.resultCode === AEROSPIKE_ERR_INDEX_NOT_FOUND) console.log(error.message)
 */
export const AEROSPIKE_ERR_INDEX_NOT_FOUND = 201 as const
/**
 * The query was aborted.
 * @example if (error.resultCode === AEROSPIKE_ERR_QUERY_ABORTED) console.log(error.message)
 */
export const AEROSPIKE_ERR_QUERY_ABORTED = 210 as const
