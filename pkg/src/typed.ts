/*
 * Types that check bin names, values and operations where they are written as literals.
 *
 * May import: types of types.ts, values.ts, constants.ts.
 * Invariants: a name that the compiler does not know passes, as the client checks it again; where a check fails, the
 * expected type is a sentence that says what is wrong.
 */

import type { BinValue, KeyLike, Operation, ReadBins, ReadValue, WriteMeta } from './types.js'
import type { Double } from './values.js'

/** True for text of 16 characters or more. */
type IsLong<S extends string> =
  // One letter each, and the rest.
  S extends `${infer _1}${infer _2}${infer _3}${infer _4}${infer _5}${infer _6}${infer _7}${infer _8}${infer _9}${infer _10}${infer _11}${infer _12}${infer _13}${infer _14}${infer _15}${infer _16}${infer _17}`
    ? true
    : false

/**
 * The name of a bin. A literal name of no or more than 15 characters is refused by the compiler; any other is checked
 * by the client, which counts the bytes.
 *
 * @example
 * ```ts
 * const read = <const N extends string>(bin: BinName<N>) => client.get(key).then(({ bins }) => bins[bin])
 * await read('name') // read('averylongbinname') does not compile
 * ```
 */
export type BinName<N extends string> = N extends ''
  ? 'a bin name has 1 to 15 bytes'
  : IsLong<N> extends true
    ? `the bin name '${N}' is longer than 15 bytes`
    : N

type NotStorable = 'this is not a value that can be stored in a bin'

/**
 * `T` when it can be stored in a bin; interfaces and classes of plain data count as maps.
 *
 * @example
 * ```ts
 * interface User { name: string; tags: string[] }
 * const save = <T extends object>(user: Storable<T>) => client.put(key, { user })
 * await save<User>({ name: 'Ann', tags: [] }) // save<{ at: Date }>(...) does not compile
 * ```
 */
export type Storable<T> = T extends BinValue
  ? T
  : T extends Date | ReadonlySet<unknown> | ArrayBufferView | ArrayBuffer | symbol | ((...args: never) => unknown)
    ? NotStorable
    : T extends object
      ? { readonly [K in keyof T]: StorableProperty<T, K> }
      : NotStorable

type StorableProperty<T, K extends keyof T> =
  object extends Pick<T, K> ? Storable<Exclude<T[K], undefined>> : Storable<T[K]>

type NamedProperty<T, K extends keyof T> = K extends string
  ? BinName<K> extends K
    ? StorableProperty<T, K>
    : BinName<K>
  : never

/**
 * Bins to write, of whatever shape, with their names and values checked.
 *
 * @example
 * ```ts
 * const save = <const B extends object>(bins: CheckedBins<B>) => client.put<B>(key, bins, { policy: { key: POLICY_KEY_SEND } })
 * await save({ name: 'Ann', age: 30 }) // save({ at: new Date() }) does not compile
 * ```
 */
export type CheckedBins<B> = { readonly [K in keyof B]: NamedProperty<B, K> }

/**
 * What a record of a typed set may look like: names that are not too long, values that can be stored.
 *
 * @example
 * ```ts
 * interface User { name: string; age?: number }
 * const open = <B extends BinsOf<B>>(name: string) => client.set<B>('test', name)
 * const users = open<User>('users')
 * ```
 */
export type BinsOf<B> = { [K in keyof B]: NamedProperty<B, K> }

/**
 * Operations, with the names of their bins checked.
 *
 * @example
 * ```ts
 * const run = <const O extends readonly Operation[]>(ops: O & CheckedOperations<O>) => client.operate(key, ops)
 * await run([op.incr('n'), { op: OPERATOR_READ, bin: 'n' }])
 * ```
 */
export type CheckedOperations<O extends readonly Operation[]> = {
  readonly [I in keyof O]: O[I] extends { readonly bin: infer N extends string }
    ? BinName<N> extends N
      ? O[I]
      : O[I] & { readonly bin: BinName<N> }
    : O[I]
}

/**
 * The bins that `select` answers for the names `N`.
 *
 * @example
 * ```ts
 * const bins: SelectedBins<'name' | 'age'> = (await client.select(key, ['name', 'age'])).bins
 * console.log(bins.name, bins.age)
 * ```
 */
export type SelectedBins<N extends string> = string extends N ? ReadBins : { [K in N]?: ReadValue }

/**
 * Names of the bins of `B`.
 *
 * @example
 * ```ts
 * interface User { name: string; age: number }
 * const columns: NameOf<User>[] = ['name', 'age']
 * const rows = await client.set<User>('test', 'users').batchRead(['ann', 'bob'], columns)
 * ```
 */
export type NameOf<B> = keyof B & string

/**
 * `T` where the caller names the type `B`; nothing where the compiler would have to guess it.
 *
 * @example
 * ```ts
 * const read = <B = never,>(bins: Given<B, readonly (keyof B & string)[]>) => bins.length
 * read<{ name: string }>(['name']) // read(['name']) does not compile: the type has to be named
 * ```
 */
export type Given<B, T> = [B] extends [never] ? never : T

/**
 * A list of names of bins of `B`, which the caller names.
 *
 * @example
 * ```ts
 * interface User { name: string; age: number }
 * const names: NamesOf<User> = ['name']
 * const { bins } = await client.select<User>(key, names)
 * ```
 */
export type NamesOf<B> = Given<B, readonly NameOf<NoInfer<B>>[]>

/**
 * Names of those bins of `B` whose values are of type `V`.
 *
 * @example
 * ```ts
 * interface Page { title: string; visits: number }
 * const counters: NameOfType<Page, number>[] = ['visits'] // not 'title'
 * await client.set<Page>('test', 'pages').increment('home', counters[0])
 * ```
 */
export type NameOfType<B, V> = { [K in NameOf<B>]-?: Exclude<B[K], undefined> extends V ? K : never }[NameOf<B>]

/**
 * Names of bins that a record of type `B` may lack.
 *
 * @example
 * ```ts
 * interface User { name: string; email?: string }
 * const personal: OptionalName<User>[] = ['email'] // not 'name'
 * await client.set<User>('test', 'users').removeBin('ann', personal)
 * ```
 */
export type OptionalName<B> = { [K in NameOf<B>]-?: object extends Pick<B, K> ? K : never }[NameOf<B>]

/**
 * A value to write to a bin that reads back as `T`: numbers also as BigInt or {@link Double}.
 *
 * @example
 * ```ts
 * const visits: Written<number> = 5n // or 5, or new Double(5)
 * await client.set<{ visits: number }>('test', 'pages').put('home', { visits })
 * ```
 */
export type Written<T> = T extends number ? T | bigint | Double : T extends bigint ? T | number : T

/**
 * Bins of `B` to write: any of them; null removes one that a record may lack.
 *
 * @example
 * ```ts
 * interface User { name: string; email?: string }
 * const change: WrittenBins<User> = { email: null } // removes it; `name: null` does not compile
 * await client.set<User>('test', 'users').put('ann', change)
 * ```
 */
export type WrittenBins<B> = {
  readonly [K in keyof B]?: Written<Exclude<B[K], undefined>> | (object extends Pick<B, K> ? null : never)
}

type ValueOperation<B, K extends NameOf<B>> =
  | { readonly op: 1; readonly bin: K; readonly val?: undefined }
  | { readonly op: 2; readonly bin: K; readonly val: Exclude<WrittenBins<B>[K], undefined> }

type NumberOperation<K> = { readonly op: 5; readonly bin: K; readonly val?: number | bigint | Double | undefined }
type TextOperation<K, V> = { readonly op: 9 | 10; readonly bin: K; readonly val: V }

/**
 * An operation on a record of type `B`: its bins exist, and its values and its kind fit them.
 *
 * @example
 * ```ts
 * interface Page { title: string; visits: number }
 * const operations: OperationOn<Page>[] = [op.incr('visits'), op.append('title', '!')]
 * await client.set<Page>('test', 'pages').operate('home', operations)
 * ```
 */
export type OperationOn<B> =
  | { [K in NameOf<B>]: ValueOperation<B, K> }[NameOf<B>]
  | NumberOperation<NameOfType<B, number | bigint>>
  | TextOperation<NameOfType<B, string>, string>
  | TextOperation<NameOfType<B, Uint8Array>, Uint8Array>
  | { readonly op: 1; readonly bin?: undefined; readonly val?: undefined }
  | { readonly op: 11; readonly bin?: undefined; readonly val?: number | undefined }
  | { readonly op: 12; readonly bin?: undefined; readonly val?: undefined }

/** Names of the bins that operations read. */
type ReadName<O> = O extends { readonly op: 1; readonly bin: infer K } ? K : never

/** Whether operations read all bins. */
type ReadsAll<O> = O extends { readonly op: 1 } ? (O extends { readonly bin: string } ? never : true) : never

/**
 * The bins of `B` that an answer to the operations `O` holds.
 *
 * @example
 * ```ts
 * interface Page { title: string; visits: number }
 * const ops = [op.incr('visits'), op.read('visits')] as const
 * const { bins } = await client.set<Page>('test', 'pages').operate('home', ops)
 * const answered: AnsweredBins<Page, typeof ops> = bins // { visits: number }
 * ```
 */
export type AnsweredBins<B, O> = [ReadsAll<O>] extends [never] ? Pick<B, Extract<ReadName<O>, keyof B>> : B

/**
 * A row of a typed `batchWrite`.
 *
 * @example
 * ```ts
 * interface User { name: string; age: number }
 * const rows: TypedRow<string, User>[] = [['ann', { name: 'Ann', age: 30 }], ['bob', { age: 31 }, { ttl: 60 }]]
 * await client.set<User, string>('test', 'users').batchWrite(rows)
 * ```
 */
export type TypedRow<U, B> = readonly [userKey: U, bins: WrittenBins<B>, meta?: WriteMeta]

/**
 * Rows of `batchWrite`, with the names and values of their bins checked.
 *
 * @example
 * ```ts
 * const save = <const R extends readonly unknown[]>(rows: CheckedRows<R>): number => rows.length
 * save([[['test', 'demo', 'ann'], { name: 'Ann' }], [['test', 'demo', 'bob'], { name: 'Bob' }, { ttl: 60 }]])
 * ```
 */
export type CheckedRows<R extends readonly unknown[]> = {
  readonly [I in keyof R]: R[I] extends readonly [KeyLike, infer B, WriteMeta?]
    ? readonly [key: KeyLike, bins: CheckedBins<B>, meta?: WriteMeta]
    : R[I]
}
