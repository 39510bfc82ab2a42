import { existsSync, lstatSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { memfs } from "memfs";
import { WasmEdgeError } from "../../src/common/error.ts";
import { ErrCode } from "../../src/common/error-code.ts";
import { installHost } from "../../src/common/host.ts";
import { Configure, HostRegistration } from "../../src/config/configure.ts";
import { VM } from "../../src/vm/vm.ts";
import type { FileSystem } from "../../src/wasi/fs/file-system.ts";
import { FsAdapter } from "../../src/wasi/fs/fs-adapter.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { nodeHost } from "../../src/wasi/fs/node-host.ts";
import { OverlayFileSystem } from "../../src/wasi/fs/overlay-file-system.ts";
import { inputFromBytes, OutputBuffer } from "../../src/wasi/streams.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";

/**
 * The suite's programs in this process, on the file systems that the command line does not have. Their runner knows only programs on
 * directories of the host.
 */

/** Makes a file system with these files; directories are made for them. */
type Create = (files: Readonly<Record<string, Uint8Array>>) => FileSystem;

const fileSystems: Readonly<Record<string, Create>> = {
  "in memory": (files) => new MemoryFileSystem({ files }),
  memfs: (files) => {
    const { fs } = memfs();
    for (const [path, bytes] of Object.entries(files)) {
      fs.mkdirSync(`/${path}`.replace(/\/[^/]*$/, "/"), { recursive: true });
      fs.writeFileSync(`/${path}`, bytes);
    }
    return new FsAdapter(fs);
  },
  "an overlay over what is only read": (files) => {
    return new OverlayFileSystem({ lower: new MemoryFileSystem({ files }), upper: new MemoryFileSystem() });
  },
};

/** What stands beside a program: how it is run and what it has to give. */
interface Case {
  readonly args?: readonly string[];
  readonly dirs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly exit_code?: number;
  readonly stdout?: string;
}

/** All files below a folder by their path from `prefix` on. */
function filesOf(folder: string, prefix: string): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  for (const name of readdirSync(folder)) {
    const [path, to] = [join(folder, name), `${prefix}/${name}`];
    if (lstatSync(path).isDirectory()) Object.assign(files, filesOf(path, to));
    else files[to] = new Uint8Array(readFileSync(path));
  }
  return files;
}

function caseOf(program: string): Case {
  const file = program.replace(/\.wasm$/, ".json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Case) : {};
}

/** What is wrong with a run; undefined for nothing. */
function run(program: string, create: Create): string | undefined {
  const { args = [], dirs = [], env = {}, exit_code: expected = 0, stdout } = caseOf(program);
  const files = dirs.map((dir) => filesOf(join(program, "..", dir), dir));
  const fileSystem = create(Object.assign({}, ...files) as Record<string, Uint8Array>);
  const [output, errors] = [new OutputBuffer(), new OutputBuffer()];
  const configure = new Configure().addHostRegistration(HostRegistration.Wasi);
  const wasiOptions = { stdin: inputFromBytes(new Uint8Array(0)), stdout: output, stderr: errors };
  const vm = new VM(configure, { wasi: wasiOptions });
  const wasi = vm.getImportModule(HostRegistration.Wasi);
  if (!(wasi instanceof WasiModule)) throw new Error("the VM has no WASI module");
  const preopens = dirs.map((dir) => ({ guest: dir, host: `/${dir}`, fileSystem }));
  const envs = Object.entries(env).map(([name, value]) => `${name}=${value}`);
  wasi.init(preopens, basename(program), args, envs);
  const text = (buffer: OutputBuffer): string => Buffer.from(buffer.bytes()).toString();
  try {
    vm.loadWasm(new Uint8Array(readFileSync(program)));
    vm.validate();
    vm.instantiate();
    vm.execute("_start");
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    if (error.code !== ErrCode.Terminated) return [...error.lines(), text(errors)].join("\n");
  }
  const exitCode = wasi.getExitCode();
  wasi.fini();
  if (exitCode !== expected) return `exit code ${exitCode} instead of ${expected}\n${text(errors)}`;
  return stdout === undefined || text(output) === stdout ? undefined : `wrote ${JSON.stringify(text(output))}`;
}

/** How many programs passed on a file system, and a complaint for each that did not. */
export interface InProcessResult {
  readonly fileSystem: string;
  readonly passed: number;
  readonly complaints: readonly string[];
}

/** @param suites folders with programs */
export function runInProcess(suites: readonly string[]): InProcessResult[] {
  installHost(nodeHost);
  const programs = suites.flatMap((suite) => {
    const names = readdirSync(suite).filter((name) => name.endsWith(".wasm"));
    return names.sort().map((name) => join(suite, name));
  });
  return Object.entries(fileSystems).map(([fileSystem, create]) => {
    const complaints = programs.flatMap((program) => {
      const complaint = run(program, create);
      return complaint === undefined ? [] : [`${fileSystem}: ${basename(program)}: ${complaint}`];
    });
    return { fileSystem, passed: programs.length - complaints.length, complaints };
  });
}
