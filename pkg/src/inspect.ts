/*
 * How objects of this package look in `console.log`: by the hooks that Node, Bun and Deno ask for.
 *
 * May import: nothing; the hooks are symbols that any module may make.
 * Invariant: an object never shows more than its caller gave or read; a client shows no configuration.
 */

/** Formats a value inside the object. */
export type Show = (value: unknown) => string

type Inspect = (value: unknown, options?: object) => string

/** Has objects of a class look as `render` says. */
export function inspectable<T>(constructor: { readonly prototype: T }, render: (self: T, show: Show) => string): void {
  define(constructor.prototype, 'nodejs.util.inspect.custom', function (depth: unknown, options: object, inspect: Inspect) {
    const left = { ...options, depth }
    return render(this as T, (value) => (typeof inspect === 'function' ? inspect(value, left) : String(value)))
  })
  define(constructor.prototype, 'Deno.customInspect', function (inspect: Inspect, options: object) {
    return render(this as T, (value) => (typeof inspect === 'function' ? inspect(value, options) : String(value)))
  })
}

function define(prototype: unknown, name: string, value: (this: unknown, ...args: never) => string): void {
  Object.defineProperty(prototype, Symbol.for(name), { value, configurable: true, writable: true })
}
