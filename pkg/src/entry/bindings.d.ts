/*
 * What wasm-bindgen generates, as far as an entry needs it, so that the sources compile before the module is built; and
 * the few names of WebAssembly in use, which are otherwise only in the DOM's types.
 */

declare module '*/aerospike_js.js' {
  export class Engine {}
  export class EngineConfig {}
  export function initSync(options: { module: WebAssembly.Module }): { readonly memory: WebAssembly.Memory }
}

declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class RuntimeError extends Error {}
  interface Memory {
    readonly buffer: ArrayBuffer
  }
}
