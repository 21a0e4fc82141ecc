/*
 * The constants of aerospike-py, under the same names and with the values its code has.
 *
 * May import: nothing.
 * Invariant: values are those sent on the wire or understood by the policy encoder; never renumber one.
 */

// POLICY_KEY_*: Whether the user key is sent and stored with the record (`policy.key`).
/** Only the digest of the key is sent (default). */
export const POLICY_KEY_DIGEST = 0 as const
/** The user key is sent and stored with the record. */
export const POLICY_KEY_SEND = 1 as const

// POLICY_EXISTS_*: What a write does when the record exists or not (`policy.exists`).
/** Create the record or update it (default). */
export const POLICY_EXISTS_IGNORE = 0 as const
/** Same as {@link POLICY_EXISTS_UPDATE_ONLY}. */
export const POLICY_EXISTS_UPDATE = 1 as const
/** Update; RecordNotFound when there is no record. */
export const POLICY_EXISTS_UPDATE_ONLY = 1 as const
/** Create the record or replace all its bins. */
export const POLICY_EXISTS_REPLACE = 2 as const
/** Replace all bins; RecordNotFound when there is no record. */
export const POLICY_EXISTS_REPLACE_ONLY = 3 as const
/** Create; RecordExistsError when there is a record. */
export const POLICY_EXISTS_CREATE_ONLY = 4 as const

// POLICY_GEN_*: How a write compares the record's generation with `meta.gen` (`policy.gen`).
/** The generation is not compared (default). */
export const POLICY_GEN_IGNORE = 0 as const
/** Write only when the generations are equal. */
export const POLICY_GEN_EQ = 1 as const
/** Write only when `meta.gen` is greater than the record's generation. */
export const POLICY_GEN_GT = 2 as const

// POLICY_REPLICA_*: Which replica a read goes to (`policy.replica`).
/** Always the master. */
export const POLICY_REPLICA_MASTER = 0 as const
/** The master, on a retry the next replica (default). */
export const POLICY_REPLICA_SEQUENCE = 1 as const
/** A replica in one of the client's racks (`config.rackIds`) when there is one. */
export const POLICY_REPLICA_PREFER_RACK = 2 as const
/** Each read begins with the next replica, which spreads reads over all of them. Not in aerospike-py. */
export const POLICY_REPLICA_ANY = 3 as const

// POLICY_COMMIT_LEVEL_*: When the server answers a write (`policy.commitLevel`).
/** After master and replicas have it (default). */
export const POLICY_COMMIT_LEVEL_ALL = 0 as const
/** After the master has it. */
export const POLICY_COMMIT_LEVEL_MASTER = 1 as const

// POLICY_READ_MODE_AP_*: How many replicas a read asks in an available namespace (`policy.readModeAp`).
/** One replica (default). */
export const POLICY_READ_MODE_AP_ONE = 0 as const
/** All replicas, when they may differ. */
export const POLICY_READ_MODE_AP_ALL = 1 as const

// POLICY_READ_MODE_SC_*: Consistency of strong-consistency reads (`policy.readModeSc`). Not in aerospike-py.
/** Session consistency (default). */
export const POLICY_READ_MODE_SC_SESSION = 0 as const
/** Linearizable reads. */
export const POLICY_READ_MODE_SC_LINEARIZE = 1 as const
/** Replicas may answer. */
export const POLICY_READ_MODE_SC_ALLOW_REPLICA = 2 as const
/** Unavailable partitions may answer. */
export const POLICY_READ_MODE_SC_ALLOW_UNAVAILABLE = 3 as const

// BATCH_CONCURRENCY_*: How a batch visits the nodes (`policy.concurrency`).
/** One node after another. */
export const BATCH_CONCURRENCY_SEQUENTIAL = 0 as const
/** All nodes at once (default). */
export const BATCH_CONCURRENCY_PARALLEL = 1 as const

// READ_TOUCH_TTL_PERCENT_*: Special values of `policy.readTouchTtlPercent`.
/** A read never extends the life of a record. */
export const READ_TOUCH_TTL_PERCENT_DONT_RESET = -1 as const
/** As the namespace or set is configured (default). */
export const READ_TOUCH_TTL_PERCENT_SERVER_DEFAULT = 0 as const

// QUERY_DURATION_*: Expected duration of a query.
/** More than a hundred records or so (default). */
export const QUERY_DURATION_LONG = 0 as const
/** Few records; lower latency. */
export const QUERY_DURATION_SHORT = 1 as const
/** Long, and records may be missed while partitions migrate. */
export const QUERY_DURATION_LONG_RELAX_AP = 2 as const

// TTL_*: Special values of a TTL (`meta.ttl`, `policy.ttl`, `touch`). Any other is a number of seconds.
/** The client's default (`policies.write.ttl` of the configuration), else the namespace's. */
export const TTL_CLIENT_DEFAULT = -3 as const
/** Keep the record's expiry. */
export const TTL_DONT_UPDATE = -2 as const
/** The record never expires. */
export const TTL_NEVER_EXPIRE = -1 as const
/** The default of the namespace or set (default). */
export const TTL_NAMESPACE_DEFAULT = 0 as const

// AUTH_*: How the client logs in.
/** Users of the server. */
export const AUTH_INTERNAL = 0 as const
/** An external directory such as LDAP. */
export const AUTH_EXTERNAL = 1 as const
/** The certificate of the TLS connection. */
export const AUTH_PKI = 2 as const

// OPERATOR_*: Operations of `operate`, `operateOrdered` and `batchOperate` (`op`).
/** Read a bin; without `bin`, all bins. */
export const OPERATOR_READ = 1 as const
/** Write `val` to a bin; null removes the bin. */
export const OPERATOR_WRITE = 2 as const
/** Add `val` (default 1) to a number. */
export const OPERATOR_INCR = 5 as const
/** Append `val` to a string or to bytes. */
export const OPERATOR_APPEND = 9 as const
/** Put `val` before a string or bytes. */
export const OPERATOR_PREPEND = 10 as const
/** Renew the record's life; `val` or `meta.ttl` is the new TTL. */
export const OPERATOR_TOUCH = 11 as const
/** Delete the record. */
export const OPERATOR_DELETE = 12 as const

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

// LIST_RETURN_*: What a list operation returns.
/** Nothing. */
export const LIST_RETURN_NONE = 0 as const
/** The index. */
export const LIST_RETURN_INDEX = 1 as const
/** The index from the end. */
export const LIST_RETURN_REVERSE_INDEX = 2 as const
/** The rank. */
export const LIST_RETURN_RANK = 3 as const
/** The rank from the greatest. */
export const LIST_RETURN_REVERSE_RANK = 4 as const
/** The number of elements. */
export const LIST_RETURN_COUNT = 5 as const
/** The value. */
export const LIST_RETURN_VALUE = 7 as const
/** Whether there is any. */
export const LIST_RETURN_EXISTS = 13 as const

// LIST_SORT_*: Flags of a list sort.
/** Keep duplicates. */
export const LIST_SORT_DEFAULT = 0 as const
/** Drop duplicates. */
export const LIST_SORT_DROP_DUPLICATES = 2 as const

// LIST_WRITE_*: Flags of list writes.
/** No restriction. */
export const LIST_WRITE_DEFAULT = 0 as const
/** Only values that are not in the list. */
export const LIST_WRITE_ADD_UNIQUE = 1 as const
/** Not beyond the end of the list. */
export const LIST_WRITE_INSERT_BOUNDED = 2 as const
/** No error when a value is refused. */
export const LIST_WRITE_NO_FAIL = 4 as const
/** Keep the values that are allowed. */
export const LIST_WRITE_PARTIAL = 8 as const

// LIST_*: Order of a list.
/** In the order of insertion. */
export const LIST_UNORDERED = 0 as const
/** Sorted by value. */
export const LIST_ORDERED = 1 as const

// MAP_RETURN_*: What a map operation returns.
/** Nothing. */
export const MAP_RETURN_NONE = 0 as const
/** The index by key. */
export const MAP_RETURN_INDEX = 1 as const
/** The index from the end. */
export const MAP_RETURN_REVERSE_INDEX = 2 as const
/** The rank by value. */
export const MAP_RETURN_RANK = 3 as const
/** The rank from the greatest. */
export const MAP_RETURN_REVERSE_RANK = 4 as const
/** The number of entries. */
export const MAP_RETURN_COUNT = 5 as const
/** The key. */
export const MAP_RETURN_KEY = 6 as const
/** The value. */
export const MAP_RETURN_VALUE = 7 as const
/** Key and value. */
export const MAP_RETURN_KEY_VALUE = 8 as const
/** Whether there is any. */
export const MAP_RETURN_EXISTS = 13 as const

// MAP_WRITE_FLAGS_*: Flags of map writes.
/** Create or update. */
export const MAP_WRITE_FLAGS_DEFAULT = 0 as const
/** Only new keys. */
export const MAP_WRITE_FLAGS_CREATE_ONLY = 1 as const
/** Only keys that exist. */
export const MAP_WRITE_FLAGS_UPDATE_ONLY = 2 as const
/** No error when a key is refused. */
export const MAP_WRITE_FLAGS_NO_FAIL = 4 as const
/** Keep the entries that are allowed. */
export const MAP_WRITE_FLAGS_PARTIAL = 8 as const

// MAP_*: Order of a map, and the older write modes.
/** No order. */
export const MAP_UNORDERED = 0 as const
/** Write mode: create or update. */
export const MAP_UPDATE = 0 as const
/** Sorted by key. */
export const MAP_KEY_ORDERED = 1 as const
/** Write mode: only new keys. */
export const MAP_CREATE_ONLY = 1 as const
/** Write mode: only keys that exist. */
export const MAP_UPDATE_ONLY = 2 as const
/** Sorted by key, with an index by value. */
export const MAP_KEY_VALUE_ORDERED = 3 as const

// BIT_WRITE_*: Flags of bit writes.
/** Create or update. */
export const BIT_WRITE_DEFAULT = 0 as const
/** Only a new bin. */
export const BIT_WRITE_CREATE_ONLY = 1 as const
/** Only a bin that exists. */
export const BIT_WRITE_UPDATE_ONLY = 2 as const
/** No error when refused. */
export const BIT_WRITE_NO_FAIL = 4 as const
/** Do what fits. */
export const BIT_WRITE_PARTIAL = 8 as const

// BIT_RESIZE_*: Flags of a resize of bytes.
/** Add or remove at the end. */
export const BIT_RESIZE_DEFAULT = 0 as const
/** Add or remove at the front. */
export const BIT_RESIZE_FROM_FRONT = 1 as const
/** Never shrink. */
export const BIT_RESIZE_GROW_ONLY = 2 as const
/** Never grow. */
export const BIT_RESIZE_SHRINK_ONLY = 4 as const

// BIT_OVERFLOW_*: What bit arithmetic does on overflow.
/** It fails. */
export const BIT_OVERFLOW_FAIL = 0 as const
/** The greatest or least value. */
export const BIT_OVERFLOW_SATURATE = 2 as const
/** It wraps around. */
export const BIT_OVERFLOW_WRAP = 4 as const

// HLL_WRITE_*: Flags of HyperLogLog writes.
/** Create or update. */
export const HLL_WRITE_DEFAULT = 0 as const
/** Only a new bin. */
export const HLL_WRITE_CREATE_ONLY = 1 as const
/** Only a bin that exists. */
export const HLL_WRITE_UPDATE_ONLY = 2 as const
/** No error when refused. */
export const HLL_WRITE_NO_FAIL = 4 as const
/** The result may have fewer index bits. */
export const HLL_WRITE_ALLOW_FOLD = 8 as const

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

// Status codes: `resultCode` of errors and `result` of batch rows.

/** No node of the cluster could serve the command. */
export const AEROSPIKE_ERR_CLUSTER = -11 as const
/** The connection failed. */
export const AEROSPIKE_ERR_CONNECTION = -10 as const
/** The limit of connections to the node is reached. */
export const AEROSPIKE_ERR_NO_MORE_CONNECTIONS = -7 as const
/** A host of the configuration is not usable. */
export const AEROSPIKE_ERR_INVALID_HOST = -4 as const
/** An error of the client without a code of its own. */
export const AEROSPIKE_ERR_CLIENT = -1 as const
/** Success. */
export const AEROSPIKE_OK = 0 as const
/** An error of the server without a code of its own. */
export const AEROSPIKE_ERR_SERVER = 1 as const
/** There is no record under the key. */
export const AEROSPIKE_ERR_RECORD_NOT_FOUND = 2 as const
/** The record's generation is not the expected one. */
export const AEROSPIKE_ERR_RECORD_GENERATION = 3 as const
/** The server refused a parameter. */
export const AEROSPIKE_ERR_PARAM = 4 as const
/** There is a record under the key already. */
export const AEROSPIKE_ERR_RECORD_EXISTS = 5 as const
/** The bin exists already. */
export const AEROSPIKE_ERR_BIN_EXISTS = 6 as const
/** The cluster changed during the command. */
export const AEROSPIKE_ERR_CLUSTER_KEY_MISMATCH = 7 as const
/** The server is out of memory, or writes are stopped. */
export const AEROSPIKE_ERR_SERVER_MEM = 8 as const
/** The command took too long. */
export const AEROSPIKE_ERR_TIMEOUT = 9 as const
/** The server is configured not to do this. */
export const AEROSPIKE_ERR_ALWAYS_FORBIDDEN = 10 as const
/** The partition has no node to serve it. */
export const AEROSPIKE_ERR_PARTITION_UNAVAILABLE = 11 as const
/** The operation does not fit the type of the bin. */
export const AEROSPIKE_ERR_BIN_TYPE = 12 as const
/** The record is larger than the server allows. */
export const AEROSPIKE_ERR_RECORD_TOO_BIG = 13 as const
/** Too many commands on one key at the same time. */
export const AEROSPIKE_ERR_KEY_BUSY = 14 as const
/** The scan was aborted. */
export const AEROSPIKE_ERR_SCAN_ABORT = 15 as const
/** The server does not support this. */
export const AEROSPIKE_ERR_UNSUPPORTED_FEATURE = 16 as const
/** There is no such bin. */
export const AEROSPIKE_ERR_BIN_NOT_FOUND = 17 as const
/** The storage of the node is overloaded. */
export const AEROSPIKE_ERR_DEVICE_OVERLOAD = 18 as const
/** The stored key is not the one sent. */
export const AEROSPIKE_ERR_KEY_MISMATCH = 19 as const
/** The server has no such namespace. */
export const AEROSPIKE_ERR_INVALID_NAMESPACE = 20 as const
/** The name of a bin is too long. */
export const AEROSPIKE_ERR_BIN_NAME = 21 as const
/** The server does not allow this now. */
export const AEROSPIKE_ERR_FAIL_FORBIDDEN = 22 as const
/** There is no such element. */
export const AEROSPIKE_ERR_ELEMENT_NOT_FOUND = 23 as const
/** The element exists already. */
export const AEROSPIKE_ERR_ELEMENT_EXISTS = 24 as const
/** This needs the Enterprise Edition. */
export const AEROSPIKE_ERR_ENTERPRISE_ONLY = 25 as const
/** The operation cannot be applied to the value. */
export const AEROSPIKE_ERR_OP_NOT_APPLICABLE = 26 as const
/** The filter expression was not true. */
export const AEROSPIKE_ERR_FILTERED_OUT = 27 as const
/** The write lost against another from a remote cluster. */
export const AEROSPIKE_ERR_LOST_CONFLICT = 28 as const
/** The end of a query. */
export const AEROSPIKE_QUERY_END = 50 as const
/** The server has no security. */
export const AEROSPIKE_SECURITY_NOT_SUPPORTED = 51 as const
/** Security is switched off on the server. */
export const AEROSPIKE_SECURITY_NOT_ENABLED = 52 as const
/** There is no such user. */
export const AEROSPIKE_ERR_INVALID_USER = 60 as const
/** The connection is not logged in. */
export const AEROSPIKE_ERR_NOT_AUTHENTICATED = 80 as const
/** The user's role does not allow this. */
export const AEROSPIKE_ERR_ROLE_VIOLATION = 81 as const
/** The function failed. */
export const AEROSPIKE_ERR_UDF = 100 as const
/** Batches are switched off on the server. */
export const AEROSPIKE_ERR_BATCH_DISABLED = 150 as const
/** The index exists already. */
export const AEROSPIKE_ERR_INDEX_FOUND = 200 as const
/** There is no such index. */
export const AEROSPIKE_ERR_INDEX_NOT_FOUND = 201 as const
/** The query was aborted. */
export const AEROSPIKE_ERR_QUERY_ABORTED = 210 as const

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
