import fc from "fast-check";
import { compile } from "watr";
import { instructions } from "../../../src/ast/instruction-list.ts";
import type { InstructionInfo } from "../../../src/ast/instructions.ts";
import { Proposal } from "../../../src/common/proposal.ts";
import { type ValType, valTypeName } from "../../../src/common/value-type.ts";
import { Engine, type EngineOptions, exported, failureOf } from "../../support/engine.ts";
import { instantiateNatively, native } from "../../support/native.ts";

/** Modules that run on us and on the native engine and leave what they compute in memory, where both can be compared. */

/** The vector instructions that every engine has. */
export const vectorInstructions: readonly InstructionInfo[] = instructions.filter(({ proposals }) =>
  proposals.includes(Proposal.SIMD),
);

/** Those that compute with nothing but their operands; each lane, and some shuffles, where there are such immediates. */
export const pureInstructions = vectorInstructions.filter(
  ({ immediate }) => immediate === "none" || immediate === "lane",
);

export const memoryInstructions = vectorInstructions.filter(
  ({ immediate }) => immediate === "memArg" || immediate === "memArgLane",
);

/** Where the operands stand in memory, 16 bytes each, and where the result is left. */
export const RESULT = 64;

export function operandTypes(info: InstructionInfo): readonly ValType[] {
  return info.operands as readonly ValType[];
}

export function resultType(info: InstructionInfo): ValType {
  return (info.results as readonly ValType[])[0];
}

/** The types that are accessed by `type.load` and `type.store`. */
function load(type: ValType, address: number): string {
  return `(${valTypeName(type)}.load (i32.const ${address}))`;
}

function store(type: ValType, value: string): string {
  return `(${valTypeName(type)}.store (i32.const ${RESULT}) ${value})`;
}

/** A way to get at operands and result: all on the operand stack, or in locals, of which one receives the result. */
export type Placement = "stack" | "into a" | "into b" | "into c";

/** A function that computes one instruction; undefined where the result does not fit that local. */
export function operationText(
  info: InstructionInfo,
  name: string,
  placement: Placement,
  immediates = "",
): string | undefined {
  const operands = operandTypes(info);
  const operation = `${info.name} ${immediates}`;
  const result = resultType(info);
  if (placement === "stack") {
    const values = operands.map((type, i) => load(type, 16 * i)).join(" ");
    return `(func (export "${name}") ${store(result, `(${operation} ${values})`)})`;
  }
  const local = ["into a", "into b", "into c"].indexOf(placement);
  if (operands[local] !== result) return undefined;
  const locals = operands.map((type) => valTypeName(type)).join(" ");
  const sets = operands.map((type, i) => `(local.set ${i} ${load(type, 16 * i)})`).join(" ");
  const gets = operands.map((_, i) => `(local.get ${i})`).join(" ");
  const text = `${sets} (local.set ${local} (${operation} ${gets})) ${store(result, `(local.get ${local})`)}`;
  return `(func (export "${name}") (local ${locals}) ${text})`;
}

/** The same functions and memory on us and on the native engine. */
export class Pair {
  readonly ours: Uint8Array;
  readonly native: Uint8Array;
  private readonly engine: Engine;
  private readonly instance: ReturnType<Engine["instantiate"]>;
  private readonly nativeExports: ReturnType<typeof instantiateNatively>;

  /** @param functions the fields of a module that has a memory of one page */
  constructor(functions: readonly string[], options?: EngineOptions) {
    const bytes = compile(`(module (memory (export "memory") 1) ${functions.join("\n")})`);
    this.engine = new Engine(options);
    this.instance = this.engine.instantiate(bytes);
    this.nativeExports = instantiateNatively(bytes);
    const memory = this.instance.findMemoryExports("memory");
    if (memory === null) throw new Error("no memory");
    this.ours = memory.bytes;
    this.native = new Uint8Array((this.nativeExports["memory"] as { readonly buffer: ArrayBuffer }).buffer);
  }

  /** Puts bytes into both memories. */
  write(at: number, bytes: Uint8Array): void {
    this.ours.set(bytes, at);
    this.native.set(bytes, at);
  }

  /** Runs a function on both. @returns whether it trapped, which it does on both or on none */
  run(name: string): boolean {
    let trapped = false;
    try {
      (this.nativeExports[name] as () => void)();
    } catch (error) {
      if (!(error instanceof native.RuntimeError)) throw error;
      trapped = true;
    }
    const func = exported(this.instance, name);
    if (trapped) failureOf(() => this.engine.executor.invoke(func, []));
    else this.engine.executor.invoke(func, []);
    return trapped;
  }
}

const interestingBytes = fc.constantFrom(0, 1, 0x7f, 0x80, 0x81, 0xff);
const interestingHalves = fc.constantFrom(
  0,
  1,
  0x7f,
  0x80,
  0xff,
  0x100,
  0x7fff,
  0x8000,
  0x8001,
  0xff7f,
  0xff80,
  0xffff,
);
const interestingWords = fc.constantFrom(0, 1, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xffffffff);
const interestingLongs = fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n - 1n);

const interestingFloats = [
  0, 0.5, 1, 1.5, 2.5, 1e-45, 1e-310, 8388607.5, 4503599627370495.5, 3.4028235e38, 1.7976931348623157e308,
];
interestingFloats.push(
  2147483647,
  2147483648,
  4294967295,
  4294967296,
  2147483647.5,
  4294967295.5,
  Number.POSITIVE_INFINITY,
);
const floats = fc
  .tuple(fc.oneof(fc.constantFrom(...interestingFloats), fc.double({ noNaN: true })), fc.boolean())
  .map(([value, negative]) => (negative ? -value : value));

/** Bits of NaNs: canonical, with other payloads, signalling, of both signs. */
const singleNaNs = fc.constantFrom(0x7fc00000, 0xffc00000, 0x7fc00001, 0x7f800001, 0xff812345, 0xffffffff);
const doubleNaNs = fc.constantFrom(
  0x7ff8n << 48n,
  0xfff8n << 48n,
  (0x7ff8n << 48n) | 1n,
  (0x7ff0n << 48n) | 1n,
  2n ** 64n - 1n,
);

function lanes<T>(value: fc.Arbitrary<T>, count: number, write: (view: DataView, at: number, value: T) => void) {
  return fc.array(value, { minLength: count, maxLength: count }).map((values) => {
    const bytes = new Uint8Array(16);
    const view = new DataView(bytes.buffer);
    values.forEach((lane, i) => {
      write(view, (16 / count) * i, lane);
    });
    return bytes;
  });
}

/** The bytes of a vector: random ones, and lanes of each shape at and around what is special for them. */
export const vectorBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ minLength: 16, maxLength: 16 }),
  lanes(interestingBytes, 16, (view, at, value) => view.setUint8(at, value)),
  lanes(interestingHalves, 8, (view, at, value) => view.setUint16(at, value, true)),
  lanes(interestingWords, 4, (view, at, value) => view.setUint32(at, value, true)),
  lanes(interestingLongs, 2, (view, at, value) => view.setBigUint64(at, value, true)),
  lanes(floats, 4, (view, at, value) => view.setFloat32(at, value, true)),
  lanes(floats, 2, (view, at, value) => view.setFloat64(at, value, true)),
  lanes(singleNaNs, 4, (view, at, value) => view.setUint32(at, value, true)),
  lanes(doubleNaNs, 2, (view, at, value) => view.setBigUint64(at, value, true)),
);

/** Instructions of which wasm leaves open which NaN they give. */
const arithmetic =
  /^f\d+x\d\.(add|sub|mul|div|min|max|sqrt|ceil|floor|trunc|nearest|demote_f64x2_zero|promote_low_f32x4)$/;

const quiet32 = 0x7fc00000;
const quiet64 = 0x7ff8n << 48n;

function isNaN32(bits: number): boolean {
  return (bits & 0x7fffffff) > 0x7f800000;
}

function isNaN64(bits: bigint): boolean {
  return (bits & (2n ** 63n - 1n)) > 0x7ff0n << 48n;
}

/**
 * A result in a form in which equal ones are equal texts. Where any arithmetic NaN is right, a quiet one becomes the word NaN;
 * one that is not quiet never is right, and stays.
 */
export function resultText(info: InstructionInfo, bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const isArithmetic = arithmetic.test(info.name);
  if (isArithmetic && info.name.startsWith("f64x2")) {
    return [0, 8]
      .map((at) => view.getBigUint64(at, true))
      .map((bits) => (isNaN64(bits) && (bits & quiet64) === quiet64 ? "NaN" : bits.toString(16)))
      .join(" ");
  }
  return [0, 4, 8, 12]
    .map((at) => view.getUint32(at, true))
    .map((bits) => (isArithmetic && isNaN32(bits) && (bits & quiet32) === quiet32 ? "NaN" : bits.toString(16)))
    .join(" ");
}
