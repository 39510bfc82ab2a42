import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";

/**
 * Node cannot make a pseudo-terminal. Python can, and is on every machine on which packages of Node are compiled: its `pty.spawn` runs
 * a program on one and passes on what is typed and what is shown.
 */
const script = "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])) & 255)";

/** A program that runs on a pseudo-terminal. */
export class Terminal {
  /** How the program has ended, and all that was shown. */
  readonly ended: Promise<{ readonly status: number | null; readonly shown: string }>;
  private readonly child: ChildProcessWithoutNullStreams;
  private shown = "";
  /** What of it has been waited for. */
  private seen = 0;
  private isOver = false;
  private wake: () => void = () => undefined;

  /** @throws from `ended` and `until`, where there is no python3 */
  constructor(command: string, ...args: readonly string[]) {
    this.child = spawn("python3", ["-c", script, command, ...args]);
    this.child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.shown += text;
      this.wake();
    });
    this.ended = new Promise((resolve, reject) => {
      const end = (): void => {
        this.isOver = true;
        this.wake();
      };
      this.child.on("error", (error) => {
        end();
        reject(new Error(`this test needs python3, which makes the pseudo-terminal: ${error.message}`));
      });
      this.child.on("close", (status) => {
        end();
        resolve({ status, shown: this.shown });
      });
    });
    // Whoever waits for something else is told too.
    this.ended.catch(() => undefined);
    this.child.stdin.on("error", () => undefined);
  }

  /**
   * Waits until a text is shown that has not been waited for yet.
   * @returns what was shown before it
   * @throws where the program ends before
   */
  async until(text: string): Promise<string> {
    for (;;) {
      const at = this.shown.indexOf(text, this.seen);
      if (at >= 0) {
        const before = this.shown.slice(this.seen, at);
        this.seen = at + text.length;
        return before;
      }
      if (this.isOver) {
        await this.ended;
        throw new Error(
          `the program has ended, and has not shown ${JSON.stringify(text)}: ${JSON.stringify(this.shown)}`,
        );
      }
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
  }

  type(text: string): void {
    this.child.stdin.write(text);
  }

  /** Ends the program, where it has not ended. */
  kill(): void {
    this.child.kill();
  }
}
