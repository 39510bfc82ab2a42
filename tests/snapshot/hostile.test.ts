import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { seeded } from "../../spec-tests/programs/snapshots.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { getLogLevel, setLogLevel } from "../../src/common/log.ts";
import { checksum } from "../../src/snapshot/checksum.ts";
import { Engine, failureOf } from "../support/engine.ts";
import { counting, restore, Subject } from "./support.ts";

const level = getLogLevel();
beforeAll(() => setLogLevel("off"));
afterAll(() => setLogLevel(level));

/** Frames of several functions, references of all kinds, objects, an exception, tables, a memory, in little room. */
const source = `(module
  (rec (type $node (struct (field $next (mut (ref null $node))) (field $f (mut (ref null func))) (field $b (mut i8)))))
  (type $list (array (mut (ref null $node)))) (type $bytes (array (mut i8)))
  (type $callee (func (param i32 (ref null $node)) (result i64)))
  (tag $e (param i32 (ref null $node)))
  (memory 1) (table $t 3 funcref) (table $x 2 externref)
  (global $g (mut (ref null $list)) (ref.null $list)) (global $n (mut i64) (i64.const 5))
  (data $d "xyz") (elem $el func $deep)
  (func $deep (type $callee) (local $w (ref null $bytes)) (local $k f64)
    (local.set $w (array.new $bytes (i32.const 7) (i32.const 5)))
    (i32.store8 (i32.const 100) (i32.const 1))
    (if (i32.eqz (local.get 0)) (then (throw $e (i32.const 3) (local.get 1))))
    (i64.add (i64.const 1)
      (call_indirect $t (type $callee) (i32.sub (local.get 0) (i32.const 1)) (struct.get $node $next (local.get 1)) (i32.const 1))))
  (func (export "run") (param $h externref) (result i64) (local $a (ref null $node)) (local $b (ref null $node))
    (local.set $a (struct.new $node (ref.null $node) (ref.func $deep) (i32.const 9)))
    (local.set $b (struct.new $node (local.get $a) (ref.null func) (i32.const 200)))
    (struct.set $node $next (local.get $a) (local.get $b))
    (global.set $g (array.new_fixed $list 2 (local.get $a) (local.get $b)))
    (table.set $t (i32.const 1) (ref.func $deep))
    (table.set $x (i32.const 0) (local.get $h))
    (block $caught (result i32 (ref null $node))
      (try_table (catch $e $caught) (return (call $deep (i32.const 3) (local.get $b)))) (unreachable))
    (drop) (i64.extend_i32_u) (i64.add (global.get $n))
    (i64.add (i64.extend_i32_u (array.len (global.get $g))))))`;

/** Puts the right checksum behind what was changed. */
function sealed(bytes: Uint8Array): Uint8Array {
  const end = bytes.length - 4;
  if (end >= 0) new DataView(bytes.buffer, bytes.byteOffset).setInt32(end, checksum(bytes.subarray(0, end)), true);
  return bytes;
}

/** The codes with which restoring may fail. */
const refusals = new Set<number>([
  ErrCode.MalformedSnapshot,
  ErrCode.SnapshotMismatch,
  ErrCode.SnapshotVersion,
  ErrCode.CallStackExhausted,
  ErrCode.ValueStackExhausted,
  ErrCode.IncompatibleImportType,
  ErrCode.UnknownImport,
  ErrCode.RefTypeMismatch,
  ErrCode.NonNullRequired,
]);

/** Restores and runs on. @throws what is no error of ours */
function tryAll(bytes: Uint8Array, outcomes: Map<string, number>): void {
  const count = (what: string): void => void outcomes.set(what, (outcomes.get(what) ?? 0) + 1);
  const engine = new Engine(counting);
  let there: Subject;
  try {
    there = restore(bytes, engine, { modules: [engine.parse(source)], hostReference: (key) => ({ key }) });
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    // A snapshot may hold a module, which is no better.
    if (!refusals.has(error.code) && error.phase !== "loading" && error.phase !== "validation") throw error;
    count("refused");
    return;
  }
  count("restored");
  try {
    // A counter that was changed may make the run long.
    there.run?.runUntil(there.count + 20_000);
    there.snapshot({ hostReference: () => "object" });
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    count("ended with an error");
  }
}

describe("bytes that are no snapshot, or a changed one", () => {
  const start = (): Subject => Subject.start(source, "run", ["text"]);
  const snapshots: Uint8Array[] = [];
  const left = start();
  for (const count of [3, 24, 52, 75, 98, 120, 130]) {
    left.theRun.runUntil(left.count + count - left.count);
    if (!left.theRun.done) snapshots.push(left.snapshot({ modules: "hashed" }));
  }

  it("are there from the midst of a run, with frames and an exception on its way", () => {
    expect(snapshots.length).toBeGreaterThan(4);
    for (const bytes of snapshots) expect(tryAllQuietly(bytes)).toBe(true);
  });

  it("are refused by name: other files, later versions, what is cut off or damaged", () => {
    const [bytes] = snapshots as [Uint8Array];
    expect(failureOf(() => restore(new Uint8Array(0))).code).toBe(ErrCode.MalformedSnapshot);
    expect(failureOf(() => restore(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))).code).toBe(
      ErrCode.MalformedSnapshot,
    );
    const later = bytes.slice();
    later[8] = 2;
    expect(failureOf(() => restore(sealed(later))).code).toBe(ErrCode.SnapshotVersion);
    const damaged = bytes.slice();
    damaged[bytes.length >> 1] = (damaged[bytes.length >> 1] ?? 0) ^ 1;
    expect(failureOf(() => restore(damaged)).lines()).toContain("    It is cut off or damaged.");
    for (let length = 0; length < bytes.length; length += 7) {
      expect(failureOf(() => restore(bytes.slice(0, length))).code).toBe(ErrCode.MalformedSnapshot);
    }
  });

  it("do no harm at whichever byte they are changed: they are refused, or give a run of wasm", () => {
    const outcomes = new Map<string, number>();
    const random = seeded(200_000);
    let at = 0;
    const next = (below: number): number => Math.floor((random[at++ % random.length] as number) * below);
    for (const bytes of snapshots) {
      // Each byte of the body, with another value; the memory's are but data.
      for (let i = 12; i < Math.min(bytes.length - 4, 1200); i += 2) {
        const changed = bytes.slice();
        changed[i] = next(4) === 0 ? next(256) : (changed[i] as number) ^ (1 << next(8));
        tryAll(sealed(changed), outcomes);
      }
    }
    expect(outcomes.get("refused")).toBeGreaterThan(250);
    expect(outcomes.get("restored")).toBeGreaterThan(25);
  });

  it("do no harm with several changes, insertions and cuts at once", () => {
    const outcomes = new Map<string, number>();
    const random = seeded(100_000, 99);
    let at = 0;
    const next = (below: number): number => Math.floor((random[at++ % random.length] as number) * below);
    for (let round = 0; round < 1000; round++) {
      const bytes = Array.from(snapshots[next(snapshots.length)] as Uint8Array);
      for (let change = 1 + next(4); change > 0; change--) {
        const place = 12 + next(Math.min(bytes.length, 1200) - 16);
        const kind = next(3);
        if (kind === 0) bytes.splice(place, 1 + next(4));
        else if (kind === 1) bytes.splice(place, 0, next(256));
        else bytes[place] = next(2) === 0 ? next(12) : next(256);
      }
      tryAll(sealed(Uint8Array.from(bytes)), outcomes);
    }
    expect([...outcomes.keys()].length).toBeGreaterThan(1);
  });

  function tryAllQuietly(bytes: Uint8Array): boolean {
    const outcomes = new Map<string, number>();
    tryAll(bytes, outcomes);
    return outcomes.get("restored") === 1 && outcomes.get("refused") === undefined;
  }
});
