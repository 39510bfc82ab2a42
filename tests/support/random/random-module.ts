import { CodeWriter, type FunctionShape, type ModulePlan, type TypeName } from "../wasm-writer.ts";
import { FunctionMaker } from "./function-maker.ts";
import { fixedTypes, globalOf, HOST_TYPE } from "./layout.ts";
import { edges, type NumberType, numberTypes } from "./operations.ts";
import { Tape } from "./tape.ts";

/**
 * Valid modules made from a tape of random bytes: the same tape, the same module. At its end the tape reads zeros, which
 * choose the simplest of everything; so a shorter tape with smaller bytes is a simpler module, as shrinking wants it.
 *
 * Whatever a module computes is determined: where the specification leaves a NaN's bits open, it is replaced by the
 * canonical NaN before anyone can see them. Loops, branches backwards and calls use up fuel, and trap without.
 */

/** Integers in, integers out, so that no bits are lost on the way through JavaScript. */
const asInteger: Readonly<Record<string, TypeName>> = { i32: "i32", i64: "i64", f32: "i32", f64: "i64" };

/** A function `run` that calls function `func` with the bits of its arguments and gives the bits of its results. */
function wrapper(shape: FunctionShape, func: number): { shape: FunctionShape; code: CodeWriter; locals: TypeName[] } {
  const code = new CodeWriter();
  const reinterpret = (type: TypeName, from: string): void => {
    if (type === "f32") code.op(from === "integer" ? "f32.reinterpret_i32" : "i32.reinterpret_f32");
    if (type === "f64") code.op(from === "integer" ? "f64.reinterpret_i64" : "i64.reinterpret_f64");
  };
  shape.params.forEach((type, i) => {
    code.op("local.get", i);
    reinterpret(type, "integer");
  });
  code.op("call", func);
  const first = shape.params.length;
  const { results } = shape;
  for (let i = results.length - 1; i >= 0; i--) code.op("local.set", first + i);
  results.forEach((type, i) => {
    code.op("local.get", first + i);
    reinterpret(type, "float");
  });
  code.end();
  const integers = (types: readonly TypeName[]): TypeName[] => types.map((type) => asInteger[type] as TypeName);
  return { shape: { params: integers(shape.params), results: integers(results) }, code, locals: [...results] };
}

function stateReader(): CodeWriter {
  const code = new CodeWriter();
  code.op("global.get", globalOf.i32).op("global.get", globalOf.i64);
  code.op("global.get", globalOf.f32).op("i32.reinterpret_f32");
  return code.op("global.get", globalOf.f64).op("i64.reinterpret_f64").end();
}

/** A module, and arguments for its export `run`. `state` gives its globals; `memory` is its memory. */
export interface RandomModule {
  readonly plan: ModulePlan;
  readonly params: readonly (number | bigint)[];
}

export function randomModule(bytes: Uint8Array): RandomModule {
  const tape = new Tape(bytes);
  const types = fixedTypes.slice();
  const shapes = Array.from({ length: 1 + tape.below(4) }, (): FunctionShape => {
    const list = (most: number): NumberType[] => Array.from({ length: tape.below(most) }, () => tape.pick(numberTypes));
    return { params: list(5), results: list(4) };
  });
  types.push(...shapes);
  // The index space: the host function, the random ones, then the wrapper and the reader of the state.
  const functions = [HOST_TYPE, ...shapes.map((_, i) => fixedTypes.length + i)];
  const table = Array.from({ length: 6 }, () => (tape.chance(3) ? undefined : tape.below(functions.length)));
  const makers = shapes.map((_, i) => {
    const maker = new FunctionMaker(tape, types, functions, fixedTypes.length + i, i === 0 ? 160 : 80);
    maker.write();
    return maker;
  });
  const entry = wrapper(shapes[0] as FunctionShape, 1);
  types.push(entry.shape);
  const params = entry.shape.params.map((type) => {
    const bits = tape.pick(edges[type as NumberType]);
    return type === "i64" ? BigInt.asIntN(64, bits) : Number(BigInt.asIntN(32, bits));
  });
  return {
    params,
    plan: {
      types,
      imports: [["host", "mix", HOST_TYPE]],
      functions: [
        ...makers.map(({ locals, code }, i) => ({ type: fixedTypes.length + i, locals, code, exports: [`f${i}`] })),
        { type: types.length - 1, locals: entry.locals, code: entry.code, exports: ["run"] },
        { type: 1, locals: [], code: stateReader(), exports: ["state"] },
      ],
      table,
      memory: [1, 3],
      globals: [
        { type: "i32", bits: 150n },
        { type: "i32", bits: 1n },
        { type: "i64", bits: -2n },
        { type: "f32", bits: 0x40490fdbn },
        { type: "f64", bits: 0xc005bf0a8b145769n },
      ],
      data: [Uint8Array.of(1, 2, 3, 250, 251, 252, 253, 254)],
    },
  };
}
