/*
 * Assertions for the scenarios, without any runtime's own: the same list runs on every runtime that has the package.
 *
 * Imports nothing. `equal` is strict: types, signs of zero, order of lists and of Map entries, kinds of numbers all count.
 */

/** A scenario found something other than it expects. */
export class CheckFailure extends Error {}

export function fail(message) {
  throw new CheckFailure(message)
}

export function ok(value, what) {
  if (!value) fail(`${what}: ${show(value)}`)
}

/** `actual` is exactly `expected`, of the same types all the way down. */
export function equal(actual, expected, what = '') {
  const where = difference(actual, expected, '')
  if (where === null) return
  fail(`${what === '' ? '' : `${what}: `}at ${where.path || 'the top'}: got ${show(where.actual)}, expected ${show(where.expected)}`)
}

/**
 * `promise` fails with an error of exactly this class whose properties include `properties`; a regular expression among
 * them must match. The answer is the error.
 */
export async function rejects(promise, expectedClass, properties = {}) {
  let error
  try {
    const value = await promise
    fail(`expected ${expectedClass.name}, but the call succeeded with ${show(value)}`)
  } catch (caught) {
    if (caught instanceof CheckFailure) throw caught
    error = caught
  }
  if (!(error instanceof Error) || error.constructor !== expectedClass) {
    fail(`expected ${expectedClass.name}, got ${error?.name}: ${error?.message}\n${error?.stack}`)
  }
  for (const [name, expected] of Object.entries(properties)) {
    const actual = error[name]
    if (!(expected instanceof RegExp)) equal(actual, expected, `${name} of ${error.name} '${error.message}'`)
    else if (!expected.test(String(actual))) fail(`${name} of ${error.name}: ${show(actual)} does not match ${expected}`)
  }
  return error
}

/** `value` is a number from `least` to `most`. */
export function within(value, least, most, what = 'value') {
  if (!(typeof value === 'number' && value >= least && value <= most)) {
    fail(`${what}: got ${show(value)}, expected ${least} to ${most}`)
  }
}

export function sleep(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

/** Asks `get` until `good` likes its answer, for at most five seconds; the answer is the last one. */
export async function eventually(get, good) {
  for (let i = 0; ; i++) {
    const value = await get()
    if (good(value) || i === 50) return value
    await sleep(100)
  }
}

function difference(actual, expected, path) {
  const differs = { path, actual, expected }
  if (Object.is(actual, expected)) return null
  if (typeof actual !== 'object' || typeof expected !== 'object' || actual === null || expected === null) return differs
  if (Object.getPrototypeOf(actual) !== Object.getPrototypeOf(expected)) return differs
  if (ArrayBuffer.isView(actual)) return sameBytes(actual, expected) ? null : differs
  if (actual instanceof Map) return mapDifference(actual, expected, path) ?? null
  if (Array.isArray(actual) && actual.length !== expected.length) return differs
  return objectDifference(actual, expected, path)
}

function sameBytes(a, b) {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}

function mapDifference(actual, expected, path) {
  if (actual.size !== expected.size) return { path, actual, expected }
  const others = [...expected]
  return firstOf([...actual].map((pair, i) => difference(pair, others[i], `${path}[entry ${i}]`)))
}

function objectDifference(actual, expected, path) {
  for (const name of Object.keys(expected)) {
    if (!Object.hasOwn(actual, name)) return { path: `${path}.${name}`, actual: undefined, expected: expected[name] }
  }
  for (const name of Object.keys(actual)) {
    if (!Object.hasOwn(expected, name)) return { path: `${path}.${name}`, actual: actual[name], expected: undefined }
  }
  return firstOf(Object.keys(expected).map((name) => difference(actual[name], expected[name], `${path}.${name}`)))
}

function firstOf(differences) {
  return differences.find((one) => one !== null) ?? null
}

/** A value, short enough for a message. */
export function show(value) {
  const text = plain(value, 0)
  return text.length > 300 ? `${text.slice(0, 297)}...` : text
}

function plain(value, depth) {
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value !== 'object' || value === null) return Object.is(value, -0) ? '-0' : String(value)
  if (depth > 4) return '...'
  if (ArrayBuffer.isView(value)) return `bytes(${value.length}) ${[...value.slice(0, 20)].join(' ')}`
  if (Array.isArray(value)) return `[${value.slice(0, 20).map((item) => plain(item, depth + 1)).join(', ')}]`
  if (value instanceof Map) {
    return `Map {${[...value].slice(0, 20).map(([k, v]) => `${plain(k, depth + 1)} => ${plain(v, depth + 1)}`).join(', ')}}`
  }
  if (value instanceof Error) return `${value.name}: ${value.message}`
  const name = value.constructor?.name
  const body = Object.entries(value).slice(0, 20).map(([k, v]) => `${k}: ${plain(v, depth + 1)}`)
  return `${name === 'Object' || name === undefined ? '' : `${name} `}{${body.join(', ')}}`
}
