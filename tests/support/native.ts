/** The native engine of the test's host: what ours is compared with. */

interface NativeExports {
  readonly [name: string]: unknown;
}

interface NativeInstance {
  readonly exports: NativeExports;
}

interface NativeWebAssembly {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => NativeInstance;
  instantiate(bytes: Uint8Array, imports?: object): Promise<{ readonly instance: object }>;
  readonly RuntimeError: new (message?: string) => Error;
  validate(bytes: Uint8Array): boolean;
}

export const native = (globalThis as unknown as { readonly WebAssembly: NativeWebAssembly }).WebAssembly;

export type NativeImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Instantiates a binary. */
export function instantiateNatively(bytes: Uint8Array, imports?: NativeImports): NativeExports {
  return new native.Instance(new native.Module(bytes), imports).exports;
}

/** V8's texts of traps, and what ours are called. Where V8 has one text for several, the kind is their common name. */
const trapKinds: readonly (readonly [RegExp, string])[] = [
  [/^unreachable$/, "Unreachable"],
  [/^memory access out of bounds$/, "MemoryOutOfBounds"],
  [/^(divide|remainder) by zero$/, "DivideByZero"],
  [/^divide result unrepresentable$/, "IntegerOverflow"],
  [/^float unrepresentable in integer range$/, "unrepresentable float"],
  [/^table index is out of bounds$/, "UndefinedElement"],
  [/^null function or function signature mismatch$/, "no function of that type"],
  [/^table access out of bounds$|^table index is out of bounds$/, "TableOutOfBounds"],
  [/^Maximum call stack size exceeded$/, "CallStackExhausted"],
];

/** The kind of trap that a native call ended with. @throws what is none */
export function nativeTrapKind(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const kind = trapKinds.find(([text]) => text.test(message));
  if (kind === undefined) throw error;
  return kind[1];
}

/** The same kinds for ours, by the name of the error code. */
export function trapKindOf(codeName: string, isConversion: boolean): string {
  switch (codeName) {
    case "InvalidConvToInt":
      return "unrepresentable float";
    case "IntegerOverflow":
      return isConversion ? "unrepresentable float" : codeName;
    case "UninitializedElement":
    case "IndirectCallTypeMismatch":
      return "no function of that type";
    case "TableOutOfBounds":
      return "UndefinedElement";
    case "ValueStackExhausted":
      return "CallStackExhausted";
    default:
      return codeName;
  }
}
