import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, join } from "node:path";
import { build } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { helloModule } from "./portable-programs.ts";
import { root, temporaryFolder } from "./support.ts";

const folder = temporaryFolder();
/** An empty project with the package installed from its archive. */
const app = join(folder, "app");

/** Runs a program in the project; its standard output, once it has ended well. */
function run(command: string, args: readonly string[], cwd = app): string {
  const { stdout, stderr, status, error } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (error !== undefined) throw error;
  expect(status, `${command} ${args.join(" ")}\n${stdout}${stderr}`).toBe(0);
  return stdout;
}

interface PackedFile {
  readonly path: string;
  readonly mode: number;
}

let packed: readonly PackedFile[];
let installing: SpawnSyncReturns<string>;

beforeAll(async () => {
  mkdirSync(app);
  // dist/ is fresh (scripts/vitest-build.ts); packing must not build it again.
  const report = run("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], root);
  const [archive] = JSON.parse(report) as [{ filename: string; files: PackedFile[] }];
  packed = archive.files;
  writeFileSync(join(app, "package.json"), JSON.stringify({ name: "app", private: true, type: "module" }));
  const install = ["install", "--offline", "--no-audit", "--no-fund", join(folder, basename(archive.filename))];
  installing = spawnSync("npm", install, { cwd: app, encoding: "utf8" });
  writeFileSync(join(app, "greet.wasm"), await helloModule());
  writeFileSync(join(app, "program.ts"), program);
});

/** The example of the Rust SDK's introduction, with all entry points and nothing of Node's or the DOM's types. */
const program = `
import {
  CommonConfigOptions, ConfigBuilder, HostRegistrationConfigOptions, VmBuilder, VM, WasmEdgeError, params,
  type FileSystem, type Value,
} from "wasmedge-ts";
import { createWebAssembly, type Memory } from "wasmedge-ts/js-api";
import { NodeFileSystem } from "wasmedge-ts/node";
import "wasmedge-ts/polyfill";

declare const console: { log(text: string): void };

const config = new ConfigBuilder(new CommonConfigOptions())
  .withHostRegistrationConfig(new HostRegistrationConfigOptions().wasi(true))
  .build();
const vm = new VmBuilder().withConfig(config).build();
vm.wasiModule().initialize();
const results: Value[] = vm.registerModuleFromFile("wasm-app", "greet.wasm").runFunc("wasm-app", "_start", params());
console.log("results: " + results.length + ", exit code: " + vm.wasiModule().exitCode());

// An error that comes out of Node's side is the core's class.
const files: FileSystem = new NodeFileSystem();
console.log("a file system: " + typeof files.openDirectory);
try {
  new VM().runWasmFile("absent.wasm", "_start");
} catch (error) {
  if (!(error instanceof WasmEdgeError)) throw error;
  console.log("refused: " + error.codeName);
}
const memory: Memory = new (createWebAssembly().Memory)({ initial: 1 });
console.log("a memory of " + memory.buffer.byteLength);
`;

const output = [
  "hello, wasi",
  "results: 0, exit code: 42",
  "a file system: function",
  "refused: IllegalPath",
  "a memory of 65536",
];

const tsc = createRequire(import.meta.url)
  .resolve("typescript/package.json")
  .replace(/package\.json$/, "bin/tsc");
const strict = ["--strict", "--skipLibCheck", "false", "--target", "es2020", "--lib", "es2020", "--types", ""];

describe("the package, installed into an empty folder", () => {
  it("holds its programs, its types and its documents, and nothing else", () => {
    const tops = new Set(packed.map(({ path }) => path.split("/")[0]));
    const allowed = ["CHANGELOG.md", "LICENSE", "README.md", "dist", "docs", "package.json"];
    expect([...tops].filter((name) => name !== undefined && !allowed.includes(name))).toEqual([]);
    expect([...tops]).toEqual(expect.arrayContaining(["LICENSE", "dist", "package.json"]));
    const inDist = packed.filter(({ path }) => path.startsWith("dist/")).map(({ path }) => path);
    const programs =
      /\.d\.ts$|^dist\/(?:index|node|js-api|polyfill|chunk-\w+)\.js$|^dist\/cli(?:-program|-run)?\.cjs$|^dist\/generated\/node-worker\.mjs$/;
    expect(inDist.filter((path) => !programs.test(path))).toEqual([]);
    expect(inDist).toContain("dist/generated/node-worker.mjs");
  });

  it("installs without a warning, and runs nothing of its own while it does", () => {
    expect(installing.error).toBeUndefined();
    expect(installing).toMatchObject({ status: 0, stderr: "" });
    const { scripts } = JSON.parse(readFileSync(join(app, "node_modules", "wasmedge-ts", "package.json"), "utf8")) as {
      scripts: Readonly<Record<string, string>>;
    };
    const ofInstalling = ["preinstall", "install", "postinstall", "prepare"];
    expect(ofInstalling.filter((name) => name in scripts)).toEqual([]);
    // What makes dist/ in a clone, for npm in a git dependency too; and in an archive, and for other package managers.
    expect(scripts).toMatchObject({ dependencies: "npm run build", prepack: "npm run build" });
  });

  it("has declarations without the typed arrays' type arguments, which TypeScript has from 5.7 on", () => {
    const declarations = packed.filter(({ path }) => path.endsWith(".d.ts"));
    const generic = /\b(?:\w+\d(?:Clamped)?Array|DataView)</;
    const folderOf = join(app, "node_modules", "wasmedge-ts");
    expect(declarations.length).toBeGreaterThan(100);
    expect(declarations.filter(({ path }) => generic.test(readFileSync(join(folderOf, path), "utf8")))).toEqual([]);
  });

  it("depends on nothing", () => {
    const installed = readdirSync(join(app, "node_modules")).filter((name) => !name.startsWith("."));
    expect(installed).toEqual(["wasmedge-ts"]);
  });

  it.each([
    ["node16", "node16"],
    ["nodenext", "nodenext"],
    ["esnext", "bundler"],
  ])(
    "type-checks a program strictly, its own declarations included: module %s, resolution %s",
    (module, resolution) => {
      const out = `out-${resolution}`;
      const options = ["--module", module, "--moduleResolution", resolution, "--outDir", out];
      run(process.execPath, [tsc, ...strict, ...options, "program.ts"]);
      expect(
        run(process.execPath, [join(out, "program.js")])
          .trimEnd()
          .split("\n"),
      ).toEqual(output);
    },
  );

  it("type-checks and runs the example", () => {
    for (const name of ["run-wasi-module.ts", "hello.wasm"])
      copyFileSync(join(root, "examples", name), join(app, name));
    const types = ["--typeRoots", join(root, "node_modules", "@types"), "--types", "node"];
    const options = ["--strict", "--skipLibCheck", "false", "--target", "es2022", "--module", "nodenext", ...types];
    run(process.execPath, [tsc, ...options, "--outDir", "out-example", "run-wasi-module.ts"]);
    expect(run(process.execPath, [join("out-example", "run-wasi-module.js"), "hello.wasm"])).toBe(
      "Hello from WebAssembly!\n",
    );
  });

  it("type-checks with a consumer's strictest options", () => {
    const more = ["--exactOptionalPropertyTypes", "--noUncheckedIndexedAccess", "--isolatedModules", "--noEmit"];
    run(process.execPath, [tsc, ...strict, ...more, "--verbatimModuleSyntax", "--module", "nodenext", "program.ts"]);
  });

  it("refuses a program that misuses it", () => {
    writeFileSync(join(app, "wrong.ts"), 'import { VM } from "wasmedge-ts";\nnew VM().runWasmFile(1, "f");\n');
    const { stdout, status } = spawnSync(
      process.execPath,
      [tsc, ...strict, "--module", "nodenext", "--noEmit", "wrong.ts"],
      { cwd: app, encoding: "utf8" },
    );
    expect(status).not.toBe(0);
    expect(stdout).toContain("wrong.ts(2,");
  });

  it("keeps Node's files and streams when a bundler takes it in", async () => {
    await build({
      absWorkingDir: app,
      entryPoints: ["program.ts"],
      outfile: join(app, "bundled.mjs"),
      bundle: true,
      format: "esm",
      platform: "node",
      logLevel: "silent",
    });
    expect(run(process.execPath, ["bundled.mjs"]).trimEnd().split("\n")).toEqual(output);
  });

  it("has a command", () => {
    const { stdout, status } = spawnSync("npx", ["--no-install", "wasmedge-ts", "greet.wasm"], {
      cwd: app,
      encoding: "utf8",
    });
    expect(stdout).toBe("hello, wasi\n");
    expect(status).toBe(42);
  });
});
