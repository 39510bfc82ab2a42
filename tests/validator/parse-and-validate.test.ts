import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import "../../src/node.ts";
import { WasmEdgeError } from "../../src/common/error.ts";
import { Configure, RunMode } from "../../src/config/configure.ts";
import { Loader } from "../../src/loader/loader.ts";
import { trainingModule } from "../../src/loader/training-module.ts";
import { Validator, validationOf } from "../../src/validator/validator.ts";
import { section, u32, wasm } from "../loader/support.ts";
import { loggedBy } from "../support/engine.ts";
import { mutated, seeds } from "./seeds.ts";

/** A custom section, so that no body stands at the module's end, where the fast lanes do not go. */
const padding = [0x00, 0x16, 0x01, 0x78, ...new Array<number>(20).fill(0)];

/** What refuses a module: its phase and lines; "valid" where nothing does. */
function outcome(judge: () => unknown): string {
  try {
    judge();
    return "valid";
  } catch (error) {
    if (!(error instanceof WasmEdgeError)) throw error;
    return [error.phase, ...error.lines()].join("\n");
  }
}

const inOneWalk = (bytes: Uint8Array): string =>
  outcome(() => new Validator().parseAndValidate(new Loader(), Uint8Array.from([...bytes, ...padding])));

const inTwoSteps = (bytes: Uint8Array): string =>
  outcome(() => new Validator().validate(new Loader().parseModule(Uint8Array.from([...bytes, ...padding]))));

/** A module of functions without parameters and results. */
function withBodies(...bodies: readonly (readonly number[])[]): Uint8Array {
  const coded = bodies.map((code) => [...u32(code.length + 1), 0, ...code]);
  const types = bodies.map(() => 0);
  return wasm(
    section(1, 1, [0x60, 0, 0]),
    section(3, ...u32(bodies.length), types),
    section(10, ...u32(bodies.length), ...coded),
  );
}

const end = 0x0b;
const drop = 0x1a;
const noInstruction = 0xff;

describe("Loading and validating at once", () => {
  it("finds of a mutated module what loading it and then validating it finds", () => {
    for (const seed of seeds) expect(inOneWalk(seed)).toBe("valid");
    const outcomes = { valid: 0, loading: 0, validation: 0 };
    fc.assert(
      fc.property(mutated, (bytes) => {
        const found = inOneWalk(bytes);
        expect(found).toBe(inTwoSteps(bytes));
        outcomes[found.split("\n")[0] as keyof typeof outcomes]++;
      }),
      { numRuns: 10_000 },
    );
    for (const count of Object.values(outcomes)) expect(count).toBeGreaterThan(200);
  });

  it("does so in the module that it is trained with, with any byte changed", () => {
    const bytes = trainingModule();
    expect(inOneWalk(bytes)).toBe("valid");
    for (let at = 8; at < bytes.length; at++) {
      for (const byte of [0x00, 0x01, 0x0b, 0x40, 0x7f, 0x80, 0xff, bytes[at]! ^ 0x80, bytes[at]! + 1]) {
        const changed = bytes.slice();
        changed[at] = byte;
        expect(inOneWalk(changed), `byte ${at} set to ${byte}`).toBe(inTwoSteps(changed));
      }
    }
  });

  it("tells of a malformed body before an invalid one that stands before it", () => {
    const bytes = withBodies([drop, end], [noInstruction, end]);
    expect(inOneWalk(bytes)).toMatch(/^loading\n.*illegal opcode/);
    expect(inOneWalk(withBodies([drop, end], [end]))).toMatch(/^validation\n/);
  });

  it("wants each body to end where its size says", () => {
    // The first one would be valid if it went on into the second: i32.const, (header of the next body,) drop, end.
    const [long, short] = [
      [0x41, 0x00, drop, end],
      [0x41, 0x00, drop, end, 0x01],
    ];
    expect(inOneWalk(withBodies(long, long))).toBe("valid");
    expect(inOneWalk(withBodies(short, long))).toMatch(/^loading\n.*unexpected content after last section/);
    expect(inOneWalk(withBodies([0x41, 0x00, drop], long))).toMatch(/^loading\n/);
  });

  it("gives a module that is validated, whose bodies have been walked by the validator alone", () => {
    const module = new Validator().parseAndValidate(new Loader(), withBodies([end]));
    expect(validationOf(module)).toBeDefined();
    expect(module.code.scanned).toBe(false);
  });

  it("says once that there is no code compiled before, also of a module that it looks at twice", () => {
    const configure = new Configure();
    configure.runtime.runMode = RunMode.AOT;
    for (const bytes of [withBodies([end]), withBodies([drop, end])]) {
      const records = loggedBy(() =>
        outcome(() => new Validator(configure).parseAndValidate(new Loader(configure), bytes)),
      );
      expect(records.map(({ message }) => message)).toEqual([
        "AOT was requested but the input has no AOT artifact, falling back to interpreter.",
      ]);
    }
  });

  it("reads a file, and names it where it is malformed", () => {
    const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-"));
    try {
      const file = join(folder, "module.wasm");
      writeFileSync(file, withBodies([end]));
      expect(new Validator().parseAndValidate(new Loader(), file).code.starts.length).toBe(1);
      writeFileSync(file, withBodies([noInstruction, end]));
      const both = [
        outcome(() => new Validator().parseAndValidate(new Loader(), file)),
        outcome(() => new Loader().parseModule(file)),
      ];
      expect(both[0]).toContain(file);
      expect(both[0]).toBe(both[1]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
