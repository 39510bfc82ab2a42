import { describe, expect, it } from "vitest";
import { defineOptions, nearestName, optionValues, scanOptions, UsageError } from "../../src/cli/option-parser.ts";

const definitions = defineOptions(() => ({
  reactor: { kind: "toggle", description: "" },
  version: { kind: "toggle", short: "v", description: "" },
  env: { kind: "list", metavar: "NAME=VALUE", description: "" },
  "log-level": { kind: "text", metavar: "LEVEL", description: "" },
  "gas-limit": { kind: "integer", metavar: "COST", max: 2n ** 64n - 1n, description: "" },
}));

function parse(...args: string[]) {
  const scan = scanOptions(definitions, args);
  return { values: optionValues(definitions, scan.occurrences), positionals: scan.positionals, ended: scan.ended };
}

function usageError(...args: string[]): UsageError {
  try {
    parse(...args);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error("it was accepted");
}

describe("the option parser", () => {
  it("has no value of an option that is not given", () => {
    expect(parse()).toEqual({ values: {}, positionals: [], ended: false });
  });

  it("makes no definitions where nothing is an option", () => {
    const none = (): never => {
      throw new Error("somebody asked");
    };
    const { occurrences } = scanOptions(none, ["a.wasm", "--reactor"]);
    expect(optionValues(none, occurrences)).toEqual({});
  });

  it("reads toggles, values after a blank and after an equals sign, and single letters", () => {
    expect(parse("--reactor", "--log-level", "off", "--gas-limit=5", "-v").values).toEqual({
      reactor: true,
      version: true,
      "log-level": "off",
      "gas-limit": 5n,
    });
  });

  it("collects a list in order, and keeps what stands behind the first equals sign", () => {
    expect(parse("--env", "A=1", "--env=B=2=3", "--env=").values.env).toEqual(["A=1", "B=2=3", ""]);
  });

  it("takes the last of several values", () => {
    expect(parse("--gas-limit", "1", "--gas-limit", "1000").values["gas-limit"]).toBe(1000n);
  });

  it("leaves everything from the first positional argument on alone", () => {
    const { values, positionals } = parse("--reactor", "a.wasm", "--env", "A=1", "-x", "--");
    expect(values.env).toBeUndefined();
    expect(positionals).toEqual(["a.wasm", "--env", "A=1", "-x", "--"]);
    expect(parse("-", "--reactor").positionals).toEqual(["-", "--reactor"]);
  });

  it("ends the options at --", () => {
    expect(parse("--reactor", "--", "--env", "x")).toMatchObject({ positionals: ["--env", "x"], ended: true });
  });

  it.each([
    [["--no-such-option", "a.wasm"], "unknown option: no-such-option", "--help lists the options."],
    [["--reacter"], "unknown option: reacter", "Did you mean --reactor?"],
    [["--raector"], "unknown option: raector", "Did you mean --reactor?"],
    [["-x"], "unknown option: x", "--help lists the options."],
    [["---reactor"], "unknown option: reactor", "Did you mean --reactor?"],
    [["--toString"], "unknown option: toString", "--help lists the options."],
    [["--env", "-x", "a.wasm"], "unknown option: x", "A value that begins with a dash is given as --env=-x"],
    [["--gas-limit", "-1"], "unknown option: 1", "A value that begins with a dash is given as --gas-limit=-1"],
  ])("refuses %j with WasmEdge's message and a line that helps", (args, message, hint) => {
    const error = usageError(...args);
    expect(error.message).toBe(message);
    expect(error.hint).toBe(hint);
  });

  it.each([
    ["--gas-limit", "abc", "invalid integer value: abc"],
    ["--gas-limit", "1x", "invalid integer value: 1x"],
    ["--gas-limit", "0x10", "invalid integer value: 0x10"],
    ["--gas-limit", "", "invalid integer value: "],
    ["--gas-limit", "18446744073709551616", "integer value out of range: 18446744073709551616"],
  ])("refuses the number in %s %j", (option, value, message) => {
    expect(usageError(option, value).message).toBe(message);
  });

  it("refuses a negative number, a missing value, and a value for a toggle", () => {
    expect(usageError("--gas-limit=-1").message).toBe("integer value out of range: -1");
    expect(usageError("--gas-limit").message).toBe("missing value for option: gas-limit");
    expect(usageError("--reactor=1").message).toBe("option takes no value: reactor");
  });

  it("checks a number even where a later one counts", () => {
    expect(usageError("--gas-limit", "abc", "--gas-limit", "1").message).toBe("invalid integer value: abc");
  });
});

describe("nearestName", () => {
  it("finds what differs in a third of its letters at most", () => {
    expect(nearestName("memory-page-limits", ["memory-page-limit", "gas-limit"])).toBe("memory-page-limit");
    expect(nearestName("dri", ["dir", "env"])).toBe("dir");
    expect(nearestName("rid", ["dir", "env"])).toBeUndefined();
    expect(nearestName("dirs", ["dir", "env"])).toBe("dir");
    expect(nearestName("x", [])).toBeUndefined();
  });
});
