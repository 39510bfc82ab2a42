import { createHash } from "node:crypto";
import { driverName } from "./drivers.ts";
import { type Engine, External, type Instance } from "./engine.ts";

/** What became of a module: a line for each thing that can be seen from outside. */
export interface Log {
  readonly lines: readonly string[];
  /** Functions of which a call came to its results. */
  readonly returned: number;
}

/**
 * Runs a module that drives itself: instantiates it, calls its drivers, and tells what they gave back, what the host functions
 * were called with, and what stands in globals, tables and memories at the end.
 * @throws what is neither a trap nor an exception: a defect of the engine
 */
export function runModule(engine: Engine, bytes: Uint8Array): Log {
  return new Run(engine).run(bytes);
}

class Run {
  private readonly engine: Engine;
  private readonly lines: string[] = [];
  private readonly returned = new Set<string>();
  private instance: Instance | undefined;
  /** The exported functions by their objects. */
  private functions = new Map<unknown, string>();

  constructor(engine: Engine) {
    this.engine = engine;
  }

  run(bytes: Uint8Array): Log {
    const instance = this.attempt("instantiate", () => {
      this.instance = this.engine.instantiate(bytes, (name, args) => this.host(name, args));
      return [];
    });
    if (instance && this.instance !== undefined) this.drive(this.instance);
    return { lines: this.lines, returned: this.returned.size };
  }

  private drive(instance: Instance): void {
    const names = instance.names("function");
    for (const name of names) {
      if (name.startsWith("function ")) this.functions.set(instance.functionObject(name), name);
    }
    for (const name of names) {
      const index = /^call (\d+) \d+$/.exec(name)?.[1];
      if (index === undefined) continue;
      instance.call("reset");
      if (this.attempt(name, () => instance.call(name))) this.returned.add(index);
    }
    for (const name of names) if (name.startsWith("global ")) this.attempt(name, () => instance.call(name));
    for (const name of instance.names("table")) this.lines.push(`${name}: ${this.tableText(instance, name)}`);
    for (const name of instance.names("memory")) {
      // A copy, since the digest takes no shared memory.
      const bytes = instance.memory(name).slice();
      this.lines.push(`${name}: ${bytes.length} ${createHash("sha1").update(bytes).digest("hex")}`);
    }
  }

  /** Does something and writes down what came of it; false where that was a trap or an exception. */
  private attempt(name: string, action: () => readonly unknown[]): boolean {
    const describe = (value: unknown): string => this.describe(value);
    let text: string;
    let done = false;
    try {
      text = action().map(describe).join(" ");
      done = true;
    } catch (error) {
      text = this.engine.errorText(error, this.instance, describe);
    }
    this.lines.push(`${name}: ${text}`);
    return done;
  }

  private tableText(instance: Instance, name: string): string {
    const size = instance.tableSize(name);
    const shown: string[] = [];
    for (let i = 0; i < Math.min(size, 100); i++) {
      try {
        shown.push(this.describe(instance.tableGet(name, i)));
      } catch (error) {
        // JavaScript cannot see references to exceptions.
        if (!(error instanceof TypeError)) throw error;
        shown.push("?");
      }
    }
    return `${size} ${shown.join(" ")}`;
  }

  /** A number exactly, though not the bits of a NaN; a reference by what it is. */
  private describe(value: unknown): string {
    switch (typeof value) {
      case "number":
        return Object.is(value, -0) ? "-0" : String(value);
      case "bigint":
        return `${value}n`;
    }
    if (value === null) return "null";
    if (value instanceof External) return value.name;
    return this.functions.get(value) ?? "object";
  }

  // --- Host functions: https://github.com/WebAssembly/binaryen/blob/main/scripts/fuzz_shell.js ---

  private host(name: string, args: readonly unknown[]): unknown {
    if (name.startsWith("log-")) {
      this.lines.push(`${name} ${args.map((arg) => this.describe(arg)).join(" ")}`);
      return undefined;
    }
    switch (name) {
      case "throw":
        return args[0] === 0 ? this.throwToModule() : this.engine.throwException("wasmtag", args[0]);
      case "sleep":
        return args[1];
      case "table-get":
        return this.open().tableGet("table", this.tableIndex(args[0]));
      case "table-set":
        return this.open().tableSet("table", this.tableIndex(args[0]), args[1]);
      case "call-export":
        return this.callExport(args[0]);
      case "call-export-catch":
        return this.caught(() => this.callExport(args[0]));
      case "call-ref":
        return this.callReference(args[0]);
      case "call-ref-catch":
        return this.caught(() => this.callReference(args[0]));
      default:
        throw new Error(`the fuzzer's modules import an unknown function: ${name}`);
    }
  }

  private open(): Instance {
    return this.instance ?? this.throwToModule();
  }

  private throwToModule(): never {
    this.engine.throwException("jstag", External.of("thrown by the host"));
  }

  private tableIndex(value: unknown): number {
    const index = (value as number) >>> 0;
    const instance = this.open();
    if (!instance.names("table").includes("table") || index >= instance.tableSize("table")) this.throwToModule();
    return index;
  }

  private callExport(value: unknown): void {
    const drivers = this.open()
      .names("function")
      .filter((name) => name.startsWith("call "));
    if (drivers.length === 0) this.throwToModule();
    this.open().call(drivers[((value as number) >>> 0) % drivers.length]);
  }

  /** Calls a function by a reference, through its driver. */
  private callReference(value: unknown): void {
    const index = /^function (\d+)$/.exec(this.functions.get(value) ?? "")?.[1];
    const name = index === undefined ? "" : driverName(Number(index), 0);
    if (!this.open().names("function").includes(name)) this.throwToModule();
    this.open().call(name);
  }

  /** 0 where a call returned and 1 where it threw. Traps go on. */
  private caught(action: () => void): number {
    try {
      action();
      return 0;
    } catch (error) {
      if (!this.engine.isException(error)) throw error;
      return 1;
    }
  }
}
