import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { setLogCallback } from "../../src/common/log.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import { wasiFunctions } from "../../src/wasi/functions/index.ts";
import { inputFromBytes, OutputBuffer } from "../../src/wasi/streams.ts";
import { backends, ROOT, type Volume } from "./backends.ts";
import { calls, FILE, isPointer, type Param, place, socketCalls } from "./example-calls.ts";
import { ALL_FILE_RIGHTS, Guest, OUTSIDE } from "./guest.ts";
import { enter, portrait, surround, writeFile } from "./surroundings.ts";

/**
 * Random calls of all functions with arguments that are good, nearly good, or anything: each ends with an errno that there is, or ends
 * the run where it should; one that fails has changed nothing; and the outside is what it was.
 * `WASMEDGE_TS_FUZZ_RUNS` and `WASMEDGE_TS_FUZZ_SEED` ask for more, or others, than CI runs.
 */

const numRuns = Number(process.env["WASMEDGE_TS_FUZZ_RUNS"] ?? 100);
const seed = Number(process.env["WASMEDGE_TS_FUZZ_SEED"] ?? 2026);

const everyCall: Readonly<Record<string, readonly Param[]>> = { ...calls, ...socketCalls };
const types = new Map(wasiFunctions.map(({ name, params }) => [name, params]));

const small = fc.integer({ min: -1, max: 12 });
const value = fc.oneof(
  { arbitrary: small, weight: 6 },
  // Where examples have their structures and texts, or just beside.
  { arbitrary: fc.tuple(fc.nat(8), fc.integer({ min: -2, max: 9 })).map(([i, by]) => 1024 + i * 128 + by), weight: 4 },
  fc.constantFrom(OUTSIDE, OUTSIDE - 1, OUTSIDE - 8, 0x7fffffff, -0x80000000, -8, 1 << 28, 4095, 4096),
  fc.integer(),
);
const wide = fc.oneof(
  small.map(BigInt),
  fc.constantFrom(
    1n << 63n,
    (1n << 63n) - 1n,
    (1n << 53n) + 1n,
    -1n,
    1n << 32n,
    ALL_FILE_RIGHTS,
    (1n << 29n) - 1n,
    1n << 36n,
  ),
  fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
);
/** Bytes that a call finds at one of its pointers, in place of the example's. */
const texts = fc.constantFrom(
  "file",
  "dir",
  "..",
  "../outside/file",
  "dir/../file",
  "/",
  "link",
  "new",
  "out",
  "a\0",
  "dir/",
  ".",
);

/** One call: the function, which arguments are replaced and by what, and what stands at its pointers. */
const step = fc.record({
  name: fc.constantFrom(...Object.keys(everyCall)),
  replaced: fc.array(fc.tuple(fc.nat(8), value, wide), { maxLength: 2 }),
  texts: fc.array(fc.tuple(fc.nat(7), texts), { maxLength: 2 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function argumentsOf(guest: Guest, { name, replaced, texts }: Step): Value[] {
  const params = everyCall[name] ?? [];
  const args = place(guest, params);
  for (const [i, text] of texts) {
    const param = params[i];
    // A text stands where a path does, with its length after it.
    if (param === undefined || !isPointer(param) || param.size !== param.bytes.length || params[i + 1] !== param.size)
      continue;
    guest.memory.setBytes(new TextEncoder().encode(text), 1024 + i * 128);
    args[i + 1] = text.length;
  }
  for (const [i, narrow, large] of replaced) {
    if (i < args.length) args[i] = types.get(name)?.[i] === "i64" ? large : narrow;
  }
  return args;
}

const lines: string[] = [];
afterEach(() => setLogCallback(null));

function setUp(volume: Volume) {
  const surroundings = surround(volume);
  const { fileSystem, path, inside } = surroundings;
  writeFile(inside, "file", "content");
  inside.makeDirectoryAt("dir");
  writeFile(enter(inside, "dir"), "file", "other");
  inside.symlinkAt("file", "link");
  inside.symlinkAt("../outside", "out");
  const options = { fileSystem, stdin: inputFromBytes(new Uint8Array(100)), stdout: new OutputBuffer(1000) };
  const guest = new Guest({ ...options, stderr: new OutputBuffer(1000) });
  guest.wasi.init([{ guest: "/", host: path }], "program", ["ab"], ["A=B"]);
  guest.open(ROOT, "file", { base: ALL_FILE_RIGHTS | Right.FD_FILESTAT_SET_TIMES });
  guest.openDirectory(ROOT, "dir");
  expect(guest.fdstat(FILE).filetype).toBe(4);
  return { ...surroundings, guest };
}

/** The errno, or how the run was to end. */
function run(guest: Guest, name: string, args: Value[]): string {
  try {
    // A number that is no errno has no name.
    const errno: string | undefined = guest.call(name, ...args);
    return errno ?? (name === "proc_exit" ? "returned" : "no errno");
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    expect([name, error.code]).toEqual([expect.stringMatching(/^proc_/), ErrCode.Terminated]);
    return "ended";
  }
}

it.each(backends)(
  "every call ends well, and one that fails changes nothing: over $name",
  ({ name: backend, create }) => {
    const runs = backend === "in memory" ? numRuns : Math.ceil(numRuns / 4);
    setLogCallback(({ message }) => lines.push(message));
    const seen = new Map<string, Set<string>>();
    fc.assert(
      fc.property(fc.array(step, { minLength: 5, maxLength: 25 }), (steps) => {
        const { guest, inside, expectUntouched } = setUp(create());
        for (const each of steps) {
          const args = argumentsOf(guest, each);
          const files = portrait(inside);
          const memory = guest.memory.getBytes(0, OUTSIDE).slice();
          const outcome = run(guest, each.name, args);
          seen.set(each.name, (seen.get(each.name) ?? new Set()).add(outcome));
          if (outcome === "SUCCESS" || outcome === "ended") continue;
          expect([each.name, args, outcome]).toEqual([each.name, args, expect.stringMatching(/^[A-Z0-9]+$/)]);
          expect([each.name, args, Buffer.compare(memory, guest.memory.getBytes(0, OUTSIDE))]).toEqual([
            each.name,
            args,
            0,
          ]);
          expect([each.name, args, portrait(inside)]).toEqual([each.name, args, files]);
        }
        expectUntouched();
        guest.wasi.fini();
      }),
      { numRuns: runs, seed },
    );
    // What nobody expected would be an I/O error with a line that tells it.
    expect(lines.filter((line) => / failed: /.test(line))).toEqual([]);
    if (runs < 100) return;
    for (const name of Object.keys(calls)) expect([name, seen.get(name)?.size ?? 0]).not.toEqual([name, 0]);
  },
);
