import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { coreAsScript } from "../scripts/core-as-script.ts";
import { install, type PackagedBinary } from "../spec-tests/programs/install.ts";
import { benchFolder, type Program, readProgram } from "./manifest.ts";
import { run, shippedDist, timeCommand } from "./processes.ts";
import type { Sample } from "./sample.ts";

/**
 * This project's bundle in Hermes, given by the path of its `hermes` command: an engine without a just-in-time compiler, which
 * compiles a script to bytecode and runs it.
 *
 * The `hermes` that the npm registry has, 0.12 in `hermes-engine-cli`, is from before classes. For an engine without them the
 * bundle is lowered by Babel, which is no part of the product, and installed into the cache when it is wanted.
 */

const folder = join(dirname(benchFolder), ".cache", "bench", `hermes-${process.pid}`);

const babel: PackagedBinary = { package: "@babel/standalone", version: "7.29.13", file: "babel.min.js" };

/** What this uses of Babel. */
interface Babel {
  transform(text: string, options: object): { readonly code: string };
}

/** What the engine must have, by an expression that fails or is false without it. */
const needs: { readonly [name: string]: string } = {
  "BigInt, in which an i64 of the API is": "BigInt.asIntN(64, BigInt('0x8000000000000000')) < BigInt(0)",
  "typed arrays": "new Float64Array(new ArrayBuffer(8)).length === 1",
  "DataView, in which linear memory is accessed": "new DataView(new ArrayBuffer(8)).getInt32(4, true) === 0",
  promises: "typeof Promise.resolve().then === 'function'",
};

/** Runs a script. @returns what it printed, or undefined where the engine does not take it */
function tryScript(hermes: string, name: string, text: string): string | undefined {
  const file = join(folder, `${name}.js`);
  writeFileSync(file, text);
  try {
    return run(hermes, ["-w", file]).stdout;
  } catch {
    return undefined;
  }
}

/**
 * What the engine is.
 * @throws Error that tells what it lacks
 */
export function hermesVersion(hermes: string): string {
  const { stdout } = run(hermes, ["--version"]);
  const version = /Hermes release version: (\S+)/.exec(stdout)?.[1];
  if (version === undefined) throw new Error(`${hermes} --version does not tell a version of Hermes: ${stdout}`);
  mkdirSync(folder, { recursive: true });
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  if (tryScript(hermes, "print", "print('here');") !== "here\n") throw new Error(`${hermes} runs no script`);
  for (const [name, expression] of Object.entries(needs)) {
    if (tryScript(hermes, "need", `print(${expression});`) !== "true\n") {
      throw new Error(`Hermes ${version} lacks ${name}`);
    }
  }
  const lowered = hasClasses(hermes) ? "" : `, its classes lowered by Babel ${babel.version}`;
  return `Hermes ${version}${lowered}`;
}

function hasClasses(hermes: string): boolean {
  return tryScript(hermes, "classes", "class A { m() { return 1; } } print(new A().m());") === "1\n";
}

const bundles = new Map<string, string>();

/** The bundle as a classic script that the engine takes, which leaves its exports in the global variable `wasmedge`. */
function bundleFor(hermes: string): string {
  let bundle = bundles.get(hermes);
  if (bundle === undefined) {
    bundle = makeBundle(hasClasses(hermes));
    bundles.set(hermes, bundle);
  }
  return bundle;
}

function makeBundle(withClasses: boolean): string {
  const text = coreAsScript(shippedDist);
  if (withClasses) return text;
  const { transform } = createRequire(import.meta.url)(join(install(babel), babel.file)) as Babel;
  // An engine without classes has one variable for all rounds of a loop, and no names in regular expressions.
  const plugins = ["transform-classes", "transform-block-scoping", "transform-named-capturing-groups-regex"];
  return transform(text, { sourceType: "script", compact: false, plugins }).code;
}

/** The script of a call: it prints the checksum. */
function scriptOf(bundle: string, program: Program, argument: number): string {
  const hexadecimal = Buffer.from(readProgram(program)).toString("hex");
  return `${bundle}
(function () {
  const text = "${hexadecimal}";
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(text.substr(2 * i, 2), 16);
  const module = new wasmedge.Loader().parseModule(bytes);
  new wasmedge.Validator().validate(module);
  const executor = new wasmedge.Executor(new wasmedge.Configure(), new wasmedge.Statistics());
  const instance = executor.instantiateModule(new wasmedge.StoreManager(), module);
  print("checksum " + executor.invoke(instance.findFuncExports("${program.export}"), [${argument}], {})[0]);
})();
`;
}

/** Compiles the call of a program to the engine's bytecode, unless that has been done. @returns the file */
function bytecodeOf(hermes: string, program: Program, argument: number): string {
  const source = join(folder, `${program.name}-${argument}.js`);
  const bytecode = source.replace(/js$/, "hbc");
  if (existsSync(bytecode)) return bytecode;
  writeFileSync(source, scriptOf(bundleFor(hermes), program, argument));
  run(hermes, ["-O", "-w", "-emit-binary", "-out", bytecode, source]);
  rmSync(source);
  return bytecode;
}

/**
 * Measures a call: the CPU time of the command less that of the same with the argument 0. Both load the bundle from bytecode.
 * @throws Error with what the command printed, when it fails
 */
export function measureInHermes(hermes: string, program: Program, argument: number): Sample {
  const measure = (n: number): { checksum: string; time: number } =>
    timeCommand([hermes, "-b", bytecodeOf(hermes, program, n)], /^checksum (-?\d+)$/m);
  const idle = measure(0);
  const busy = measure(argument);
  return { checksum: busy.checksum, time: Math.max(0, busy.time - idle.time), firstCall: undefined };
}
