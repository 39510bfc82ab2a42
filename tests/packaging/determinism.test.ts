import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { getQuickJS } from "quickjs-emscripten";
import { describe, expect, it } from "vitest";
import { coreAsScript } from "../../scripts/core-as-script.ts";
import { assemble } from "./portable-programs.ts";
import { dist, temporaryFolder } from "./support.ts";

/**
 * Floats that become NaN in many ways and leave their bits in memory, time and random bytes of WASI, a wait, a growing memory,
 * calls through a table: what engines and hosts do differently where nobody sees to it.
 */
const program = `(module
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "poll_oneoff" (func $poll (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_filestat_get" (func $stat (param i32 i32) (result i32)))
  (memory (export "memory") 1 3)
  (table funcref (elem $zero $infinite))
  (global $seed (mut i64) (i64.const 88172645463325252))
  (func $zero (param f64) (result f64) (f64.div (f64.sub (local.get 0) (local.get 0)) (f64.const -0)))
  (func $infinite (param f64) (result f64) (f64.mul (f64.const inf) (f64.sub (local.get 0) (local.get 0))))
  (func $next (result i64)
    (global.set $seed (i64.xor (global.get $seed) (i64.shl (global.get $seed) (i64.const 13))))
    (global.set $seed (i64.xor (global.get $seed) (i64.shr_u (global.get $seed) (i64.const 7))))
    (global.set $seed (i64.xor (global.get $seed) (i64.shl (global.get $seed) (i64.const 17))))
    (global.get $seed))
  (func (export "run") (param $n i32) (result i64) (local $x f64) (local $y f32) (local $at i32)
    (drop (call $random (i32.const 0) (i32.const 40)))
    (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 48)))
    (i64.store (i32.const 96) (i64.const 7))
    (i32.store8 (i32.const 104) (i32.const 0))
    (i32.store (i32.const 112) (i32.const 1))
    (i64.store (i32.const 120) (i64.const 3600000000000))
    (drop (call $poll (i32.const 96) (i32.const 160) (i32.const 1) (i32.const 200)))
    (drop (call $clock (i32.const 1) (i64.const 0) (i32.const 56)))
    (drop (call $stat (i32.const 1) (i32.const 256)))
    (drop (memory.grow (i32.const 1)))
    (drop (memory.grow (i32.const 9)))
    (loop $again
      (local.set $x (f64.reinterpret_i64 (call $next)))
      (local.set $y (f32.demote_f64 (f64.add (local.get $x) (f64.sqrt (f64.neg (local.get $x))))))
      (local.set $at (i32.add (i32.const 65536) (i32.and (i32.mul (local.get $n) (i32.const 16)) (i32.const 0xfff0))))
      (f64.store (local.get $at) (call_indirect (param f64) (result f64) (f64.promote_f32 (local.get $y))
        (i32.and (local.get $n) (i32.const 1))))
      (f32.store offset=8 (local.get $at) (f32.min (local.get $y) (f32.mul (local.get $y) (f32.const inf))))
      (f32.store offset=12 (local.get $at) (f32.nearest (f32.div (local.get $y) (f32.const 0))))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1)))))
    (i64.xor (call $next) (i64.load (i32.const 48)))))`;

/** An expression over the global `wasmedge` whose value is the hash of the run, its count and its result. */
async function expression(times: number): Promise<string> {
  const bytes = await assemble("determinism.wat", program);
  return `(function () {
  const { Configure, HostRegistration, VM, setLogLevel } = wasmedge;
  setLogLevel("off");
  const configure = new Configure().addHostRegistration(HostRegistration.Wasi);
  configure.runtime.deterministic = true;
  configure.statistics.instructionCounting = true;
  const vm = new VM(configure);
  vm.getImportModule(HostRegistration.Wasi).init([], "program");
  vm.loadWasm(Uint8Array.of(${bytes.join(",")}));
  vm.validate();
  vm.instantiate();
  const travel = vm.record("run", [${times}], { interval: 500, hash: true });
  const results = travel.finish();
  return travel.traceHash + " " + travel.count + " " + results[0];
})()`;
}

const folder = temporaryFolder();

describe("a deterministic run has the same hash of all that it does", () => {
  it("on QuickJS, on V8, and on V8 without its compilers, in processes of their own", async () => {
    const script = coreAsScript(dist);
    const text = await expression(200);
    const context = (await getQuickJS()).newContext();
    let onQuickJS: unknown;
    try {
      context.unwrapResult(context.evalCode(script, "core.js")).dispose();
      const result = context.unwrapResult(context.evalCode(text, "program.js"));
      onQuickJS = context.dump(result);
      result.dispose();
    } finally {
      context.dispose();
    }
    const file = join(folder, "determinism.cjs");
    writeFileSync(file, `${script}\nconsole.log(${text});\n`);
    const onNode = [[], ["--jitless"]].map((flags) => {
      const { stdout, stderr } = spawnSync(process.execPath, [...flags, file], { encoding: "utf8" });
      return stdout.trim() || stderr;
    });
    expect(onQuickJS).toMatch(/^[0-9a-f]{64} \d+ -?\d+$/);
    expect(onNode).toEqual([onQuickJS, onQuickJS]);
  });
});
