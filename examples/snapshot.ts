// A snapshot on disk: a program is stopped in the midst of its work, put into a file, and goes on from there in another process.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CommonConfigOptions,
  ConfigBuilder,
  ImportObjectBuilder,
  StatisticsConfigOptions,
  type Vm,
  VmBuilder,
} from "wasmedge-ts";
import { compile } from "watr";

/** The same host functions in each process: the snapshot knows them by their names. */
function makeVm(): Vm {
  const config = new ConfigBuilder(new CommonConfigOptions())
    .withStatisticsConfig(new StatisticsConfigOptions().countInstructions(true))
    .build();
  const env = new ImportObjectBuilder("env")
    .withFunc("report", ["i32"], [], (_caller, prime) => {
      console.log(`  prime: ${prime}`);
    })
    .build();
  return new VmBuilder().withConfig(config).build().registerImportModule(env);
}

const file = process.argv[2];
if (file !== undefined) {
  // The other process: it has the file and nothing else.
  const vm = makeVm();
  const run = vm.restore(new Uint8Array(readFileSync(file)));
  console.log("restored at", vm.statistics.getInstrCount());
  console.log("primes:", run?.finish()[0], "after", vm.statistics.getInstrCount(), "instructions");
} else {
  const primes = compile(`(module
    (import "env" "report" (func $report (param i32)))
    (func (export "primes") (param $limit i32) (result i32) (local $n i32) (local $d i32) (local $count i32)
      (local.set $n (i32.const 2))
      (loop $next
        (local.set $d (i32.const 2))
        (block $composite
          (loop $divide
            (if (i32.le_u (i32.mul (local.get $d) (local.get $d)) (local.get $n)) (then
              (br_if $composite (i32.eqz (i32.rem_u (local.get $n) (local.get $d))))
              (local.set $d (i32.add (local.get $d) (i32.const 1)))
              (br $divide))))
          (local.set $count (i32.add (local.get $count) (i32.const 1)))
          (call $report (local.get $n)))
        (br_if $next (i32.lt_u (local.tee $n (i32.add (local.get $n) (i32.const 1))) (local.get $limit))))
      (local.get $count)))`);

  const vm = makeVm().registerModuleFromBytes(null, primes);
  const run = vm.pausableFunc(null, "primes", [20]);
  run.runUntil(300);
  console.log("stopped at", vm.statistics.getInstrCount());

  const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-example-"));
  const path = join(folder, "primes.snapshot");
  writeFileSync(path, vm.snapshot(run));
  const script = join("examples", "snapshot.ts");
  spawnSync(process.execPath, ["scripts/run-ts.mjs", script, path], { stdio: "inherit" });
  rmSync(folder, { recursive: true });

  // This one stands where it stood, and can go on as well.
  console.log("here:");
  console.log("primes:", run.finish()[0], "after", vm.statistics.getInstrCount(), "instructions");
}
