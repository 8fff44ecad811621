/** What is used of WebAssembly, which neither the language's nor Node's type library declares. */
interface WebAssemblyApi {
  Module: new (bytes: Buffer) => object;
  Instance: new (module: object) => { exports: unknown };
}

/** A module that is compiled when it is used first; V8 shares the code of the same bytes among threads. */
export class WasmModule<Exports> {
  readonly #code: string;
  #module: object | undefined;
  #missing = false;

  /** @param code base64. */
  constructor(code: string) {
    this.#code = code;
  }

  /**
   * A new instance. Undefined where there is no WebAssembly with what the module needs (`--jitless`, for SIMD processors before
   * 2008), or no memory for it.
   */
  instance(): Exports | undefined {
    if (this.#missing) return undefined;
    try {
      const { Module, Instance } = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;
      this.#module ??= new Module(Buffer.from(this.#code, 'base64'));
      return new Instance(this.#module).exports as Exports;
    } catch {
      this.#missing = true;
      return undefined;
    }
  }
}
