/*
 * What wasm-bindgen generates, as far as an entry needs it, so that the sources compile before the module is built; a
 * module imported as workerd does; and the few names of WebAssembly in use, which are otherwise only in the DOM's types.
 */

declare module '*/aerospike_js.js' {
  export class Engine {}
  export class EngineConfig {}
  export function build(): string
  export function initSync(options: { module: WebAssembly.Module }): { readonly memory: WebAssembly.Memory }
}

declare module '*/aerospike_testserver_js.js' {
  export class TestServer {}
  export class TestServerConfig {}
  export function build(): string
  export function initSync(options: { module: WebAssembly.Module }): { readonly memory: WebAssembly.Memory }
}

declare module '*.wasm' {
  const module: WebAssembly.Module
  export default module
}

declare namespace WebAssembly {
  class Module {
    constructor(bytes: Uint8Array)
  }
  class RuntimeError extends Error {}
  interface Memory {
    readonly buffer: ArrayBuffer
  }
  function compile(bytes: ArrayBuffer): Promise<Module>
}
