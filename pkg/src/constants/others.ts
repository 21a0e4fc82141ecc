/*
 * Constants of what has no call yet (queries, indexes, roles, logging) and of packed filter expressions.
 *
 * May import: nothing. What an example uses without declaring it, docs/test/reference.test.mjs declares.
 */

// BATCH_CONCURRENCY_*: How a batch visits the nodes (`policy.concurrency`).
/**
 * One node after another.
 * @example await client.batchRead(keys, null, { policy: { concurrency: BATCH_CONCURRENCY_SEQUENTIAL } })
 */
export const BATCH_CONCURRENCY_SEQUENTIAL = 0 as const
/**
 * All nodes at once (default).
 * @example await client.batchRead(keys, null, { policy: { concurrency: BATCH_CONCURRENCY_PARALLEL } })
 */
export const BATCH_CONCURRENCY_PARALLEL = 1 as const

// QUERY_DURATION_*: Expected duration of a query.
/**
 * More than a hundred records or so (default).
 * @example const job = { expectedDuration: QUERY_DURATION_LONG } // for a service with another client
 */
export const QUERY_DURATION_LONG = 0 as const
/**
 * Few records; lower latency.
 * @example const job = { expectedDuration: QUERY_DURATION_SHORT } // for a service with another client
 */
export const QUERY_DURATION_SHORT = 1 as const
/**
 * Long, and records may be missed while partitions migrate.
 * @example const job = { expectedDuration: QUERY_DURATION_LONG_RELAX_AP } // for a service with another client
 */
export const QUERY_DURATION_LONG_RELAX_AP = 2 as const

// INDEX_TYPE_*: What a secondary index covers.
/**
 * The value of a bin.
 * @example const job = { bin: 'tags', collection: INDEX_TYPE_DEFAULT } // for a service with another client
 */
export const INDEX_TYPE_DEFAULT = 0 as const
/**
 * The elements of a list.
 * @example const job = { bin: 'tags', collection: INDEX_TYPE_LIST } // for a service with another client
 */
export const INDEX_TYPE_LIST = 1 as const
/**
 * The keys of a map.
 * @example const job = { bin: 'tags', collection: INDEX_TYPE_MAPKEYS } // for a service with another client
 */
export const INDEX_TYPE_MAPKEYS = 2 as const
/**
 * The values of a map.
 * @example const job = { bin: 'tags', collection: INDEX_TYPE_MAPVALUES } // for a service with another client
 */
export const INDEX_TYPE_MAPVALUES = 3 as const

// INDEX_*: Data type of a secondary index.
/**
 * Integers.
 * @example const job = { bin: 'age', type: INDEX_NUMERIC } // for a service with another client
 */
export const INDEX_NUMERIC = 0 as const
/**
 * Strings.
 * @example const job = { bin: 'age', type: INDEX_STRING } // for a service with another client
 */
export const INDEX_STRING = 1 as const
/**
 * Bytes.
 * @example const job = { bin: 'age', type: INDEX_BLOB } // for a service with another client
 */
export const INDEX_BLOB = 2 as const
/**
 * GeoJSON.
 * @example const job = { bin: 'age', type: INDEX_GEO2DSPHERE } // for a service with another client
 */
export const INDEX_GEO2DSPHERE = 3 as const

// LOG_LEVEL_*: Levels of logging.
/**
 * Nothing.
 * @example const logger = { level: LOG_LEVEL_OFF }
 */
export const LOG_LEVEL_OFF = -1 as const
/**
 * Errors.
 * @example const logger = { level: LOG_LEVEL_ERROR }
 */
export const LOG_LEVEL_ERROR = 0 as const
/**
 * Warnings.
 * @example const logger = { level: LOG_LEVEL_WARN }
 */
export const LOG_LEVEL_WARN = 1 as const
/**
 * Information.
 * @example const logger = { level: LOG_LEVEL_INFO }
 */
export const LOG_LEVEL_INFO = 2 as const
/**
 * Details for debugging.
 * @example const logger = { level: LOG_LEVEL_DEBUG }
 */
export const LOG_LEVEL_DEBUG = 3 as const
/**
 * Everything.
 * @example const logger = { level: LOG_LEVEL_TRACE }
 */
export const LOG_LEVEL_TRACE = 4 as const

// SERIALIZER_*: How values without a type of the server are stored. Only NONE is supported.
/**
 * They are refused.
 * @example const job = { serializer: SERIALIZER_NONE } // for a service with another client
 */
export const SERIALIZER_NONE = 0 as const
/**
 * As pickled Python objects.
 * @example const job = { serializer: SERIALIZER_PYTHON } // for a service with another client
 */
export const SERIALIZER_PYTHON = 1 as const
/**
 * By the user's function.
 * @example const job = { serializer: SERIALIZER_USER } // for a service with another client
 */
export const SERIALIZER_USER = 2 as const

// REGEX_*: Flags of a regular expression.
/**
 * Basic syntax.
 * @example const start = [0x94, 7, REGEX_NONE] // a regular expression in a packed filterExpression
 */
export const REGEX_NONE = 0 as const
/**
 * Extended syntax.
 * @example const start = [0x94, 7, REGEX_EXTENDED] // a regular expression in a packed filterExpression
 */
export const REGEX_EXTENDED = 1 as const
/**
 * Case is ignored.
 * @example const start = [0x94, 7, REGEX_ICASE] // a regular expression in a packed filterExpression
 */
export const REGEX_ICASE = 2 as const
/**
 * Positions are not reported.
 * @example const start = [0x94, 7, REGEX_NOSUB] // a regular expression in a packed filterExpression
 */
export const REGEX_NOSUB = 4 as const
/**
 * `.` does not match a newline.
 * @example const start = [0x94, 7, REGEX_NEWLINE] // a regular expression in a packed filterExpression
 */
export const REGEX_NEWLINE = 8 as const

// PRIV_*: Privileges of a role.
/**
 * Manage users and roles.
 * @example const job = { role: 'app', privileges: [PRIV_USER_ADMIN] } // for a service with another client
 */
export const PRIV_USER_ADMIN = 0 as const
/**
 * Manage the system.
 * @example const job = { role: 'app', privileges: [PRIV_SYS_ADMIN] } // for a service with another client
 */
export const PRIV_SYS_ADMIN = 1 as const
/**
 * Truncate, manage indexes and functions.
 * @example const job = { role: 'app', privileges: [PRIV_DATA_ADMIN] } // for a service with another client
 */
export const PRIV_DATA_ADMIN = 2 as const
/**
 * Manage functions.
 * @example const job = { role: 'app', privileges: [PRIV_UDF_ADMIN] } // for a service with another client
 */
export const PRIV_UDF_ADMIN = 3 as const
/**
 * Manage indexes.
 * @example const job = { role: 'app', privileges: [PRIV_SINDEX_ADMIN] } // for a service with another client
 */
export const PRIV_SINDEX_ADMIN = 4 as const
/**
 * Read.
 * @example const job = { role: 'app', privileges: [PRIV_READ] } // for a service with another client
 */
export const PRIV_READ = 10 as const
/**
 * Read and write.
 * @example const job = { role: 'app', privileges: [PRIV_READ_WRITE] } // for a service with another client
 */
export const PRIV_READ_WRITE = 11 as const
/**
 * Read, write and call functions.
 * @example const job = { role: 'app', privileges: [PRIV_READ_WRITE_UDF] } // for a service with another client
 */
export const PRIV_READ_WRITE_UDF = 12 as const
/**
 * Write.
 * @example const job = { role: 'app', privileges: [PRIV_WRITE] } // for a service with another client
 */
export const PRIV_WRITE = 13 as const
/**
 * Truncate.
 * @example const job = { role: 'app', privileges: [PRIV_TRUNCATE] } // for a service with another client
 */
export const PRIV_TRUNCATE = 14 as const

// EXP_TYPE_*: types of a value in a filter expression.
/**
 * Type NIL
 * @example const bin = [0x93, 81, EXP_TYPE_NIL, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_NIL = 0 as const
/**
 * Type BOOL
 * @example const bin = [0x93, 81, EXP_TYPE_BOOL, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_BOOL = 1 as const
/**
 * Type INT
 * @example const bin = [0x93, 81, EXP_TYPE_INT, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_INT = 2 as const
/**
 * Type STRING
 * @example const bin = [0x93, 81, EXP_TYPE_STRING, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_STRING = 3 as const
/**
 * Type LIST
 * @example const bin = [0x93, 81, EXP_TYPE_LIST, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_LIST = 4 as const
/**
 * Type MAP
 * @example const bin = [0x93, 81, EXP_TYPE_MAP, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_MAP = 5 as const
/**
 * Type BLOB
 * @example const bin = [0x93, 81, EXP_TYPE_BLOB, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_BLOB = 6 as const
/**
 * Type FLOAT
 * @example const bin = [0x93, 81, EXP_TYPE_FLOAT, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_FLOAT = 7 as const
/**
 * Type GEO
 * @example const bin = [0x93, 81, EXP_TYPE_GEO, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_GEO = 8 as const
/**
 * Type HLL
 * @example const bin = [0x93, 81, EXP_TYPE_HLL, 0xa1, 0x6e] // bin "n" in a packed filterExpression
 */
export const EXP_TYPE_HLL = 9 as const
