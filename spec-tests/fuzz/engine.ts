/** What a run of the fuzzer asks of an engine. Values are in the form natural to JavaScript, which both engines have. */
export interface Engine {
  /**
   * Instantiates a module.
   * @param host the code of the host functions: by name and arguments, a v128 as its two halves
   * @throws what `errorText` tells
   */
  instantiate(bytes: Uint8Array, host: HostCode): Instance;
  /** Throws an exception of one of the host's tags, for a host function to end with. */
  throwException(tag: HostTag, payload: unknown): never;
  /** True for an exception that was thrown, as against a trap. */
  isException(error: unknown): boolean;
  /** What an instantiation or call ended with: the kind of trap, or the exception. @throws what is neither */
  errorText(error: unknown, instance: Instance | undefined, describe: (value: unknown) => string): string;
}

export type HostCode = (name: string, args: readonly unknown[]) => unknown;

/** The tags that the modules of binaryen's fuzzer import: with an i32, and with an external reference. */
export type HostTag = "wasmtag" | "jstag";

export interface Instance {
  /** Names of exports of that kind, in the order in which the module exports them. */
  names(kind: "function" | "table" | "memory" | "tag"): readonly string[];
  /** Calls an exported function without parameters. */
  call(name: string): readonly unknown[];
  /** The object that references to an exported function are. */
  functionObject(name: string): object;
  tableSize(name: string): number;
  tableGet(name: string, index: number): unknown;
  tableSet(name: string, index: number, value: unknown): void;
  memory(name: string): Uint8Array;
}

/** The external references that modules import as globals: which one follows from the name. */
export class External {
  readonly name: string;

  private constructor(name: string) {
    this.name = name;
  }

  private static readonly known = new Map<string, External>();

  static of(name: string): External {
    const external = External.known.get(name) ?? new External(name);
    External.known.set(name, external);
    return external;
  }
}
