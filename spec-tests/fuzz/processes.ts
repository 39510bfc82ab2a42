import { type ChildProcess, spawn } from "node:child_process";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const folder = dirname(fileURLToPath(import.meta.url));

/** The arguments with which Node runs a program of child processes. */
export function childProgram(name: "child" | "generate-child" | "mutations-child"): string[] {
  return [join(dirname(dirname(folder)), "scripts", "run-ts.mjs"), join(folder, `${name}.ts`)];
}

/** What became of a question that has no answer. */
export interface Failure {
  readonly error: string;
}

/**
 * A child process that is asked in lines of text and answers each with a line of JSON, one after the other. One that takes too
 * long, or ends, is replaced at the next question.
 */
export class LineProcess {
  private readonly command: string;
  private readonly argv: readonly string[];
  private readonly seconds: number;
  private child: ChildProcess | undefined;
  private settle: ((answer: unknown) => void) | undefined;

  /** @param seconds how long an answer may take */
  constructor(command: string, argv: readonly string[], seconds: number) {
    this.command = command;
    this.argv = argv;
    this.seconds = seconds;
  }

  /** The answer, or a `Failure`. */
  ask(line: string): Promise<unknown> {
    const child = this.child ?? this.start();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        child.kill("SIGKILL");
        this.lose(child, `did not end within ${this.seconds} s`);
      }, this.seconds * 1000);
      this.settle = (answer) => {
        clearTimeout(timer);
        resolve(answer);
      };
      child.stdin?.write(`${line}\n`);
    });
  }

  /** Ends the process when it has nothing more to do. */
  end(): void {
    this.child?.stdin?.end();
  }

  private start(): ChildProcess {
    const child = spawn(this.command, this.argv, { stdio: ["pipe", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (data: Buffer) => {
      errors = (errors + data.toString()).slice(-2000);
    });
    // What cannot be written to a process that ended is told by its end.
    child.stdin.on("error", () => undefined);
    createInterface({ input: child.stdout }).on("line", (line) => this.answer(JSON.parse(line)));
    child.on("error", (error) => this.lose(child, error.message));
    child.on("close", (code, signal) => this.lose(child, `the process ended with ${signal ?? code}: ${errors}`));
    this.child = child;
    return child;
  }

  private lose(child: ChildProcess, error: string): void {
    if (this.child !== child) return;
    this.child = undefined;
    this.answer({ error } satisfies Failure);
  }

  private answer(answer: unknown): void {
    const { settle } = this;
    this.settle = undefined;
    settle?.(answer);
  }
}
