/*
 * Constants of list, map, bit and HyperLogLog operations. No call takes them yet: they are for what is told to a program
 * with another client, and for packed filter expressions.
 *
 * May import: nothing.
 */

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
