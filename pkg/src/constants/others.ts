/*
 * Constants of what has no call yet (queries, indexes, roles, logging) and of packed filter expressions.
 *
 * May import: nothing.
 */

// BATCH_CONCURRENCY_*: How a batch visits the nodes (`policy.concurrency`).
/** One node after another. */
export const BATCH_CONCURRENCY_SEQUENTIAL = 0 as const
/** All nodes at once (default). */
export const BATCH_CONCURRENCY_PARALLEL = 1 as const

// QUERY_DURATION_*: Expected duration of a query.
/** More than a hundred records or so (default). */
export const QUERY_DURATION_LONG = 0 as const
/** Few records; lower latency. */
export const QUERY_DURATION_SHORT = 1 as const
/** Long, and records may be missed while partitions migrate. */
export const QUERY_DURATION_LONG_RELAX_AP = 2 as const

// INDEX_TYPE_*: What a secondary index covers.
/** The value of a bin. */
export const INDEX_TYPE_DEFAULT = 0 as const
/** The elements of a list. */
export const INDEX_TYPE_LIST = 1 as const
/** The keys of a map. */
export const INDEX_TYPE_MAPKEYS = 2 as const
/** The values of a map. */
export const INDEX_TYPE_MAPVALUES = 3 as const

// INDEX_*: Data type of a secondary index.
/** Integers. */
export const INDEX_NUMERIC = 0 as const
/** Strings. */
export const INDEX_STRING = 1 as const
/** Bytes. */
export const INDEX_BLOB = 2 as const
/** GeoJSON. */
export const INDEX_GEO2DSPHERE = 3 as const

// LOG_LEVEL_*: Levels of logging.
/** Nothing. */
export const LOG_LEVEL_OFF = -1 as const
/** Errors. */
export const LOG_LEVEL_ERROR = 0 as const
/** Warnings. */
export const LOG_LEVEL_WARN = 1 as const
/** Information. */
export const LOG_LEVEL_INFO = 2 as const
/** Details for debugging. */
export const LOG_LEVEL_DEBUG = 3 as const
/** Everything. */
export const LOG_LEVEL_TRACE = 4 as const

// SERIALIZER_*: How values without a type of the server are stored. Only NONE is supported.
/** They are refused. */
export const SERIALIZER_NONE = 0 as const
/** As pickled Python objects. */
export const SERIALIZER_PYTHON = 1 as const
/** By the user's function. */
export const SERIALIZER_USER = 2 as const

// REGEX_*: Flags of a regular expression.
/** Basic syntax. */
export const REGEX_NONE = 0 as const
/** Extended syntax. */
export const REGEX_EXTENDED = 1 as const
/** Case is ignored. */
export const REGEX_ICASE = 2 as const
/** Positions are not reported. */
export const REGEX_NOSUB = 4 as const
/** `.` does not match a newline. */
export const REGEX_NEWLINE = 8 as const

// PRIV_*: Privileges of a role.
/** Manage users and roles. */
export const PRIV_USER_ADMIN = 0 as const
/** Manage the system. */
export const PRIV_SYS_ADMIN = 1 as const
/** Truncate, manage indexes and functions. */
export const PRIV_DATA_ADMIN = 2 as const
/** Manage functions. */
export const PRIV_UDF_ADMIN = 3 as const
/** Manage indexes. */
export const PRIV_SINDEX_ADMIN = 4 as const
/** Read. */
export const PRIV_READ = 10 as const
/** Read and write. */
export const PRIV_READ_WRITE = 11 as const
/** Read, write and call functions. */
export const PRIV_READ_WRITE_UDF = 12 as const
/** Write. */
export const PRIV_WRITE = 13 as const
/** Truncate. */
export const PRIV_TRUNCATE = 14 as const

// EXP_TYPE_*: types of a value in a filter expression.
/** Type NIL */
export const EXP_TYPE_NIL = 0 as const
/** Type BOOL */
export const EXP_TYPE_BOOL = 1 as const
/** Type INT */
export const EXP_TYPE_INT = 2 as const
/** Type STRING */
export const EXP_TYPE_STRING = 3 as const
/** Type LIST */
export const EXP_TYPE_LIST = 4 as const
/** Type MAP */
export const EXP_TYPE_MAP = 5 as const
/** Type BLOB */
export const EXP_TYPE_BLOB = 6 as const
/** Type FLOAT */
export const EXP_TYPE_FLOAT = 7 as const
/** Type GEO */
export const EXP_TYPE_GEO = 8 as const
/** Type HLL */
export const EXP_TYPE_HLL = 9 as const
