import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { ProfileName } from "./profiles.ts";
import type { Log } from "./run-module.ts";

const folder = dirname(fileURLToPath(import.meta.url));

/** What a child answers: the log of a module, or what went wrong that is neither trap nor exception. */
export type Answer = Log | { readonly error: string };

/** Makes the program of the children; it is removed when this process ends. */
export async function bundleChild(): Promise<string> {
  const outfile = join(dirname(dirname(folder)), ".cache", "fuzz", `child-${process.pid}.mjs`);
  mkdirSync(dirname(outfile), { recursive: true });
  await build({
    entryPoints: [join(folder, "child.ts")],
    outfile,
    bundle: true,
    packages: "external",
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
  });
  process.on("exit", () => rmSync(outfile, { force: true }));
  return outfile;
}

/** A process that runs modules on an engine, one after the other. One that takes too long, or ends, is replaced. */
export class EngineProcess {
  private readonly node: string;
  private readonly argv: readonly string[];
  private readonly seconds: number;
  private child: ChildProcess | undefined;
  private settle: ((answer: Answer) => void) | undefined;

  /**
   * @param node the Node whose engine it is, or that runs ours
   * @param seconds how long a module may take
   */
  constructor(node: string, program: string, engine: "us" | "native", profile: ProfileName, seconds: number) {
    this.node = node;
    this.argv = [program, engine, profile];
    this.seconds = seconds;
  }

  run(bytes: Uint8Array): Promise<Answer> {
    const child = this.child ?? this.start();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        this.answer(child, { error: `did not end within ${this.seconds} s` });
      }, this.seconds * 1000);
      this.settle = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      child.stdin?.write(`${Buffer.from(bytes).toString("base64")}\n`);
    });
  }

  /** Ends the process when it has nothing more to do. */
  end(): void {
    this.child?.stdin?.end();
  }

  private start(): ChildProcess {
    const child = spawn(this.node, this.argv, { stdio: ["pipe", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (data: Buffer) => {
      errors = (errors + data.toString()).slice(-2000);
    });
    child.stdin.on("error", () => undefined);
    createInterface({ input: child.stdout }).on("line", (line) => this.settleWith(JSON.parse(line) as Answer));
    child.on("close", (code, signal) =>
      this.answer(child, { error: `the process ended with ${signal ?? code}: ${errors}` }),
    );
    this.child = child;
    return child;
  }

  /** The end of a child. */
  private answer(child: ChildProcess, answer: Answer): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.settleWith(answer);
  }

  private settleWith(answer: Answer): void {
    const { settle } = this;
    this.settle = undefined;
    settle?.(answer);
  }
}
