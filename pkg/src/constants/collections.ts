/*
 * Constants of list, map, bit and HyperLogLog operations. No call takes them yet: they are for what is told
 * to a program with another client, and for packed filter expressions.
 *
 * May import: nothing. What an example uses without declaring it, docs/test/reference.test.mjs declares.
 */

// LIST_RETURN_*: What a list operation returns.
/**
 * Nothing.
 * @example const job = { bin: 'tags', returnType: LIST_RETURN_NONE } // for a service with another client
 */
export const LIST_RETURN_NONE = 0 as const
/**
 * The index.
 * @example const job = { bin: 'tags', returnType: LIST_RETURN_INDEX } // for a service with another client
 */
export const LIST_RETURN_INDEX = 1 as const
/**
 * The index from the end.
 * @example const job = { bin: 'tags', returnType: LIST_RETURN_REVERSE_INDEX } // for a service with another client
 */
export const LIST_RETURN_REVERSE_INDEX = 2 as const
/**
 * The rank.
 * @example const job = { bin: 'tags', returnType: LIST_RETURN_RANK } // for a service with another client
 */
export const LIST_RETURN_RANK = 3 as const
/**
 * The rank from the greatest.
 * @example const job = { bin: 'tags', returnType: LIST_RETURN_REVERSE_RANK } // for a service with another client
 */
export const LIST_RETURN_REVERSE_RANK = 4 as const
/**
 * The number of elements.
 * @example const job = { bin: 'tags', returnType: LIST_RETURN_COUNT } // for a service with another client
 */
export const LIST_RETURN_COUNT = 5 as const
/**
 * The value.
 * @example const job = { bin: 'tags', returnType: LIST_RETURN_VALUE } // for a service with another client
 */
export const LIST_RETURN_VALUE = 7 as const
/**
 * Whether there is any.
 * @example const job = { bin: 'tags', returnType: LIST_RETURN_EXISTS } // for a service with another client
 */
export const LIST_RETURN_EXISTS = 13 as const

// LIST_SORT_*: Flags of a list sort.
/**
 * Keep duplicates.
 * @example const job = { bin: 'tags', sortFlags: LIST_SORT_DEFAULT } // for a service with another client
 */
export const LIST_SORT_DEFAULT = 0 as const
/**
 * Drop duplicates.
 * @example const job = { bin: 'tags', sortFlags: LIST_SORT_DROP_DUPLICATES } // for a service with another client
 */
export const LIST_SORT_DROP_DUPLICATES = 2 as const

// LIST_WRITE_*: Flags of list writes.
/**
 * No restriction.
 * @example const job = { bin: 'tags', writeFlags: LIST_WRITE_DEFAULT } // for a service with another client
 */
export const LIST_WRITE_DEFAULT = 0 as const
/**
 * Only values that are not in the list.
 * @example const job = { bin: 'tags', writeFlags: LIST_WRITE_ADD_UNIQUE } // for a service with another client
 */
export const LIST_WRITE_ADD_UNIQUE = 1 as const
/**
 * Not beyond the end of the list.
 * @example const job = { bin: 'tags', writeFlags: LIST_WRITE_INSERT_BOUNDED } // for a service with another client
 */
export const LIST_WRITE_INSERT_BOUNDED = 2 as const
/**
 * No error when a value is refused.
 * @example const job = { bin: 'tags', writeFlags: LIST_WRITE_NO_FAIL } // for a service with another client
 */
export const LIST_WRITE_NO_FAIL = 4 as const
/**
 * Keep the values that are allowed.
 * @example const job = { bin: 'tags', writeFlags: LIST_WRITE_PARTIAL } // for a service with another client
 */
export const LIST_WRITE_PARTIAL = 8 as const

// LIST_*: Order of a list.
/**
 * In the order of insertion.
 * @example const job = { bin: 'tags', order: LIST_UNORDERED } // for a service with another client
 */
export const LIST_UNORDERED = 0 as const
/**
 * Sorted by value.
 * @example const job = { bin: 'tags', order: LIST_ORDERED } // for a service with another client
 */
export const LIST_ORDERED = 1 as const

// MAP_RETURN_*: What a map operation returns.
/**
 * Nothing.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_NONE } // for a service with another client
 */
export const MAP_RETURN_NONE = 0 as const
/**
 * The index by key.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_INDEX } // for a service with another client
 */
export const MAP_RETURN_INDEX = 1 as const
/**
 * The index from the end.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_REVERSE_INDEX } // for a service with another client
 */
export const MAP_RETURN_REVERSE_INDEX = 2 as const
/**
 * The rank by value.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_RANK } // for a service with another client
 */
export const MAP_RETURN_RANK = 3 as const
/**
 * The rank from the greatest.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_REVERSE_RANK } // for a service with another client
 */
export const MAP_RETURN_REVERSE_RANK = 4 as const
/**
 * The number of entries.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_COUNT } // for a service with another client
 */
export const MAP_RETURN_COUNT = 5 as const
/**
 * The key.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_KEY } // for a service with another client
 */
export const MAP_RETURN_KEY = 6 as const
/**
 * The value.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_VALUE } // for a service with another client
 */
export const MAP_RETURN_VALUE = 7 as const
/**
 * Key and value.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_KEY_VALUE } // for a service with another client
 */
export const MAP_RETURN_KEY_VALUE = 8 as const
/**
 * Whether there is any.
 * @example const job = { bin: 'scores', returnType: MAP_RETURN_EXISTS } // for a service with another client
 */
export const MAP_RETURN_EXISTS = 13 as const

// MAP_WRITE_FLAGS_*: Flags of map writes.
/**
 * Create or update.
 * @example const job = { bin: 'scores', writeFlags: MAP_WRITE_FLAGS_DEFAULT } // for a service with another client
 */
export const MAP_WRITE_FLAGS_DEFAULT = 0 as const
/**
 * Only new keys.
 * @example const job = { bin: 'scores', writeFlags: MAP_WRITE_FLAGS_CREATE_ONLY } // for a service with another client
 */
export const MAP_WRITE_FLAGS_CREATE_ONLY = 1 as const
/**
 * Only keys that exist.
 * @example const job = { bin: 'scores', writeFlags: MAP_WRITE_FLAGS_UPDATE_ONLY } // for a service with another client
 */
export const MAP_WRITE_FLAGS_UPDATE_ONLY = 2 as const
/**
 * No error when a key is refused.
 * @example const job = { bin: 'scores', writeFlags: MAP_WRITE_FLAGS_NO_FAIL } // for a service with another client
 */
export const MAP_WRITE_FLAGS_NO_FAIL = 4 as const
/**
 * Keep the entries that are allowed.
 * @example const job = { bin: 'scores', writeFlags: MAP_WRITE_FLAGS_PARTIAL } // for a service with another client
 */
export const MAP_WRITE_FLAGS_PARTIAL = 8 as const

// MAP_*: Order of a map, and the older write modes.
/**
 * No order.
 * @example const job = { bin: 'scores', order: MAP_UNORDERED } // for a service with another client
 */
export const MAP_UNORDERED = 0 as const
/**
 * Write mode: create or update.
 * @example const job = { bin: 'scores', writeMode: MAP_UPDATE } // for a service with another client
 */
export const MAP_UPDATE = 0 as const
/**
 * Sorted by key.
 * @example const job = { bin: 'scores', order: MAP_KEY_ORDERED } // for a service with another client
 */
export const MAP_KEY_ORDERED = 1 as const
/**
 * Write mode: only new keys.
 * @example const job = { bin: 'scores', writeMode: MAP_CREATE_ONLY } // for a service with another client
 */
export const MAP_CREATE_ONLY = 1 as const
/**
 * Write mode: only keys that exist.
 * @example const job = { bin: 'scores', writeMode: MAP_UPDATE_ONLY } // for a service with another client
 */
export const MAP_UPDATE_ONLY = 2 as const
/**
 * Sorted by key, with an index by value.
 * @example const job = { bin: 'scores', order: MAP_KEY_VALUE_ORDERED } // for a service with another client
 */
export const MAP_KEY_VALUE_ORDERED = 3 as const

// BIT_WRITE_*: Flags of bit writes.
/**
 * Create or update.
 * @example const job = { bin: 'bits', writeFlags: BIT_WRITE_DEFAULT } // for a service with another client
 */
export const BIT_WRITE_DEFAULT = 0 as const
/**
 * Only a new bin.
 * @example const job = { bin: 'bits', writeFlags: BIT_WRITE_CREATE_ONLY } // for a service with another client
 */
export const BIT_WRITE_CREATE_ONLY = 1 as const
/**
 * Only a bin that exists.
 * @example const job = { bin: 'bits', writeFlags: BIT_WRITE_UPDATE_ONLY } // for a service with another client
 */
export const BIT_WRITE_UPDATE_ONLY = 2 as const
/**
 * No error when refused.
 * @example const job = { bin: 'bits', writeFlags: BIT_WRITE_NO_FAIL } // for a service with another client
 */
export const BIT_WRITE_NO_FAIL = 4 as const
/**
 * Do what fits.
 * @example const job = { bin: 'bits', writeFlags: BIT_WRITE_PARTIAL } // for a service with another client
 */
export const BIT_WRITE_PARTIAL = 8 as const

// BIT_RESIZE_*: Flags of a resize of bytes.
/**
 * Add or remove at the end.
 * @example const job = { bin: 'bits', resizeFlags: BIT_RESIZE_DEFAULT } // for a service with another client
 */
export const BIT_RESIZE_DEFAULT = 0 as const
/**
 * Add or remove at the front.
 * @example const job = { bin: 'bits', resizeFlags: BIT_RESIZE_FROM_FRONT } // for a service with another client
 */
export const BIT_RESIZE_FROM_FRONT = 1 as const
/**
 * Never shrink.
 * @example const job = { bin: 'bits', resizeFlags: BIT_RESIZE_GROW_ONLY } // for a service with another client
 */
export const BIT_RESIZE_GROW_ONLY = 2 as const
/**
 * Never grow.
 * @example const job = { bin: 'bits', resizeFlags: BIT_RESIZE_SHRINK_ONLY } // for a service with another client
 */
export const BIT_RESIZE_SHRINK_ONLY = 4 as const

// BIT_OVERFLOW_*: What bit arithmetic does on overflow.
/**
 * It fails.
 * @example const job = { bin: 'bits', onOverflow: BIT_OVERFLOW_FAIL } // for a service with another client
 */
export const BIT_OVERFLOW_FAIL = 0 as const
/**
 * The greatest or least value.
 * @example const job = { bin: 'bits', onOverflow: BIT_OVERFLOW_SATURATE } // for a service with another client
 */
export const BIT_OVERFLOW_SATURATE = 2 as const
/**
 * It wraps around.
 * @example const job = { bin: 'bits', onOverflow: BIT_OVERFLOW_WRAP } // for a service with another client
 */
export const BIT_OVERFLOW_WRAP = 4 as const

// HLL_WRITE_*: Flags of HyperLogLog writes.
/**
 * Create or update.
 * @example const job = { bin: 'visitors', writeFlags: HLL_WRITE_DEFAULT } // for a service with another client
 */
export const HLL_WRITE_DEFAULT = 0 as const
/**
 * Only a new bin.
 * @example const job = { bin: 'visitors', writeFlags: HLL_WRITE_CREATE_ONLY } // for a service with another client
 */
export const HLL_WRITE_CREATE_ONLY = 1 as const
/**
 * Only a bin that exists.
 * @example const job = { bin: 'visitors', writeFlags: HLL_WRITE_UPDATE_ONLY } // for a service with another client
 */
export const HLL_WRITE_UPDATE_ONLY = 2 as const
/**
 * No error when refused.
 * @example const job = { bin: 'visitors', writeFlags: HLL_WRITE_NO_FAIL } // for a service with another client
 */
export const HLL_WRITE_NO_FAIL = 4 as const
/**
 * The result may have fewer index bits.
 * @example const job = { bin: 'visitors', writeFlags: HLL_WRITE_ALLOW_FOLD } // for a service with another client
 */
export const HLL_WRITE_ALLOW_FOLD = 8 as const
