import { WasmEdgeError } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { setLogLevel } from "../common/log.ts";
import type { Breakpoint, BreakpointPlace } from "../debugger/breakpoint.ts";
import type { Debugger } from "../debugger/debugger.ts";
import type { Command, Stop } from "../debugger/stop.ts";
import { functionText, offsetText, typedText } from "../debugger/text.ts";
import type { Watchpoint } from "../debugger/watchpoint.ts";
import { saveCoredump } from "./coredump-file.ts";
import { Complaint } from "./debug-complaint.ts";
import { conditionOf } from "./debug-condition.ts";
import {
  backtraceLines,
  globalLines,
  listingLines,
  localLines,
  memoryLines,
  stackLines,
  stopLines,
} from "./debug-view.ts";
import { expectNone, goingOn, helpLines, nameOrIndex, numberOf, shortForms, verbs } from "./debug-words.ts";
import { nearestName } from "./option-parser.ts";

/** Lines in, lines out. */
export interface Terminal {
  /** The next line that is typed behind the prompt; undefined at the end of the input. */
  read(prompt: string): string | undefined;
  write(line: string): void;
}

const PROMPT = "(debug) ";

/** The terminal debugger: shows where a run has stopped, and reads what is to be done. */
export class DebugConsole {
  /** The user has ended the run. */
  hasQuit = false;
  private readonly debugger: Debugger;
  private readonly terminal: Terminal;
  private readonly path: string;
  private last = "";
  private greeted = false;
  private readonly points: (Breakpoint | Watchpoint | undefined)[] = [];

  /** @param path the program's, for core dumps */
  constructor(debug: Debugger, terminal: Terminal, path: string) {
    this.path = path;
    this.debugger = debug;
    this.terminal = terminal;
    debug.onStop = (stop) => this.stops(stop);
    debug.stopAtStart();
  }

  private say(lines: readonly string[]): void {
    for (const line of lines) this.terminal.write(line);
  }

  private stops(stop: Stop): Command {
    if (!this.greeted) {
      this.greeted = true;
      this.say([
        "An instruction takes its operands from the top of the operand stack and leaves its",
        "result there; locals are the function's variables. The arrow shows what comes next.",
        "help lists the commands.",
        "",
      ]);
    }
    this.say(stopLines(stop));
    for (;;) {
      const line = this.terminal.read(PROMPT)?.trim();
      const text = line === "" ? this.last : line;
      if (text === undefined) return this.quit();
      this.last = text;
      try {
        const command = this.obey(text.split(/\s+/), stop);
        if (command !== undefined) return command;
      } catch (error) {
        if (error instanceof Complaint) this.say([`  ${error.message}`]);
        else if (error instanceof WasmEdgeError && !this.hasQuit) this.say(complaintLines(error));
        else throw error;
      }
    }
  }

  /** @returns how the run goes on; undefined where it stays */
  private obey([typed = "", ...words]: readonly string[], stop: Stop): Command | undefined {
    const verb = shortForms.get(typed) ?? typed;
    const goesOn = goingOn.get(verb);
    if (goesOn !== undefined) {
      expectNone(verb, words);
      return goesOn;
    }
    switch (verb) {
      case "":
        return undefined;
      case "break":
        this.addBreakpoint(words, stop);
        return undefined;
      case "watch":
        this.addWatch(words, stop);
        return undefined;
      case "delete":
        expectNone("delete N", words.slice(1));
        this.remove(numberOf(words[0], "A point"));
        return undefined;
      case "print":
        this.print(words, stop);
        return undefined;
      default:
        if (!verbs.includes(verb)) this.unknown(verb);
        expectNone(verb, words);
        this.show(verb, stop);
        return undefined;
    }
  }

  /** Commands that are one word. */
  private show(verb: string, stop: Stop): void {
    switch (verb) {
      case "points":
        this.listPoints();
        break;
      case "backtrace":
        this.say(backtraceLines(stop));
        break;
      case "list":
        this.say(listingLines(stop.frame, Number.POSITIVE_INFINITY));
        break;
      case "where":
        this.say(stopLines(stop));
        break;
      case "core":
        this.dump(stop);
        break;
      case "help":
        this.say(helpLines);
        break;
      case "quit":
        this.quit();
    }
  }

  private dump(stop: Stop): void {
    try {
      this.say([`  Core dump written: ${saveCoredump(stop.coredump(), this.path)}`]);
    } catch (error) {
      throw error instanceof WasmEdgeError ? error : new Complaint(`It cannot be written: ${String(error)}`);
    }
  }

  private unknown(verb: string): never {
    const nearest = nearestName(verb, verbs);
    throw new Complaint(`There is no command ${verb}. ${nearest === undefined ? "help lists them." : `${nearest}?`}`);
  }

  /** @throws Interrupted, which ends the run and is no failure of it */
  private quit(): never {
    this.hasQuit = true;
    // Nothing more is to be said of it, also where it goes through a host function.
    setLogLevel("off");
    this.debugger.stopsAtFailure = false;
    throw new WasmEdgeError(ErrCode.Interrupted);
  }

  // --- Breakpoints and watches ---

  private addBreakpoint([place, ...condition]: readonly string[], stop: Stop): void {
    if (place === undefined) throw new Complaint("break wants a function or an offset: break $add, break 0x4e");
    const where: BreakpointPlace = /^0x[0-9a-f]+$/i.test(place)
      ? { offset: Number(place) }
      : /^\d+$/.test(place)
        ? Number(place)
        : place;
    const breakpoint = this.debugger.addBreakpoint(stop.frame.instance, where, conditionOf(condition));
    this.points.push(breakpoint);
    this.say([`  ${this.points.length}: stops at ${breakpointText(breakpoint)}`]);
  }

  private addWatch([what, ...words]: readonly string[], stop: Stop): void {
    const { frame } = stop;
    const { instance } = frame;
    let watchpoint: Watchpoint;
    if (what === "memory") {
      expectNone("watch memory ADDRESS LENGTH", words.slice(2));
      const address = numberOf(words[0], "An address");
      watchpoint = this.debugger.addWatchpoint({
        kind: "memory",
        instance,
        address,
        length: words[1] === undefined ? 4 : numberOf(words[1], "A length"),
      });
    } else if (what === "local") {
      expectNone("watch local $LOCAL", words.slice(1));
      watchpoint = this.debugger.addWatchpoint({ kind: "local", frame, local: nameOrIndex(words[0]) });
    } else {
      const [global, ...more] = what === "global" ? words : [what, ...words];
      expectNone("watch $GLOBAL", more);
      watchpoint = this.debugger.addWatchpoint({ kind: "global", instance, global: nameOrIndex(global) });
    }
    this.points.push(watchpoint);
    this.say([`  ${this.points.length}: stops when ${watchpoint.text} changes`]);
  }

  private remove(number: number): void {
    const point = this.points[number - 1];
    if (point === undefined) throw new Complaint(`There is no point ${number}.`);
    this.points[number - 1] = undefined;
    if ("text" in point) this.debugger.removeWatchpoint(point);
    else this.debugger.removeBreakpoint(point);
  }

  private listPoints(): void {
    this.points.forEach((point, i) => {
      if (point === undefined) return;
      this.say([`  ${i + 1}: ${"text" in point ? `${point.text} changes` : `at ${breakpointText(point)}`}`]);
    });
    if (this.points.every((point) => point === undefined)) this.say(["  There are none."]);
  }

  // --- Printing ---

  private print([what = "", ...words]: readonly string[], stop: Stop): void {
    expectNone(
      what === "memory" ? "print memory ADDRESS LENGTH" : `print ${what}`,
      words.slice(what === "memory" ? 2 : 0),
    );
    const { frame } = stop;
    const indented = (lines: readonly string[]): string[] => lines.map((line) => `    ${line}`);
    switch (what) {
      case "locals":
        this.say(indented(localLines(frame)));
        return;
      case "stack":
        this.say(indented(stackLines(frame)));
        return;
      case "globals":
        this.say(indented(globalLines(stop)));
        return;
      case "memory": {
        const [memory] = stop.memories;
        if (memory === undefined) throw new Complaint("The module has no memory.");
        const address = numberOf(words[0], "An address");
        const length = words[1] === undefined ? 64 : numberOf(words[1], "A length");
        this.say(memoryLines(memory.getBytes(address, length), address));
        return;
      }
      default:
        this.printNamed(what, stop);
    }
  }

  private printNamed(what: string, stop: Stop): void {
    const name = what.replace(/^\$/, "");
    const local = stop.frame.locals.find((one) => one.name === name || String(one.index) === name);
    if (local !== undefined) {
      this.say([`    ${typedText(local.value)}`]);
      return;
    }
    const names = stop.frame.disassembler.globalNames(stop.globals.length);
    const global = stop.globals[names.indexOf(`$${name}`)];
    if (global === undefined) {
      throw new Complaint("print shows locals, stack, globals, memory ADDRESS, or a local or global by its name.");
    }
    this.say([`    ${typedText(global.getTypedValue())}`]);
  }
}

function breakpointText({ instance, functionIndex, offset }: Breakpoint): string {
  return `${functionText({ module: instance, index: functionIndex, hostFunction: undefined })}, ${offsetText(offset)}`;
}

/** What a debugger says of a place that there is not. */
function complaintLines(error: WasmEdgeError): string[] {
  const notes = error.context.flatMap((entry) => (entry.kind === "note" ? [entry.text] : []));
  return (notes.length > 0 ? notes : [error.message]).map((text) => `  ${text}`);
}
