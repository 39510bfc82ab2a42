// `npm run test:glue [NAME...]`: packages of npm that bring WebAssembly and the JavaScript that calls it, unchanged, with ours as their
// `WebAssembly` in a Node without one (--jitless), and on the Node's own; what they print is compared.
import { parseArgs } from "node:util";
import { cache, install } from "../programs/install.ts";
import { difference } from "./compare.ts";
import { gluePrograms } from "./programs.ts";
import { prepare, runNatively, runOnUs } from "./run.ts";

const usage = `usage: npm run test:glue -- [NAME...]

Runs packages of npm with our JavaScript interface in a Node without WebAssembly (--jitless), and with the Node's own, and compares
what they print. With NAMEs, only the programs of these names. The packages are installed into .cache/programs.

  --jit           ours beside V8's compiler, too: much faster
  --node FILE     with this Node
  --help          print this

The last line is "N passed, N failed"; the exit code is 1 where something failed or nothing passed.
`;

function main(): number {
  const { values, positionals: names } = parseArgs({
    allowPositionals: true,
    options: {
      jit: { type: "boolean", default: false },
      node: { type: "string", default: process.execPath },
      help: { type: "boolean", default: false },
    },
  });
  const unknown = names.filter((name) => !gluePrograms.some((program) => program.name === name));
  if (values.help || unknown.length > 0) {
    if (unknown.length > 0) console.log(`there is no program ${unknown.join(", ")}`);
    console.log(usage);
    return values.help ? 0 : 2;
  }
  let passed = 0;
  let failed = 0;
  for (const program of gluePrograms.filter(({ name }) => names.length === 0 || names.includes(name))) {
    for (const [item, version] of Object.entries(program.packages)) install({ package: item, version });
    const file = prepare(program.name, cache);
    const native = runNatively(file, values.node);
    for (const jitless of values.jit ? [false, true] : [true]) {
      const ours = runOnUs(file, values.node, jitless);
      const found = difference(ours, native);
      const how = `${program.name} (${program.glue})${jitless ? "" : ", with V8's compiler"}`;
      const times = `${ours.calls ?? 0} calls, ${ours.seconds.toFixed(1)} s instead of ${native.seconds.toFixed(1)}`;
      console.log(`${how}: ${found === undefined ? "the same" : "DIFFERENT"}, ${times}`);
      if (found === undefined) passed++;
      else {
        failed++;
        console.log(found.replace(/^/gm, "    "));
      }
    }
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

process.exitCode = main();
