import { afterEach, describe, expect, it } from "vitest";
import { applyLogLevel, formatRecord, installLogger } from "../../src/cli/logger.ts";
import { host, installHost } from "../../src/common/host.ts";
import { getLogLevel, log, setLogCallback, setLogLevel } from "../../src/common/log.ts";
import { decodeUtf8Lossy } from "../../src/common/utf8.ts";

const { write } = host;

/** Collects what is written to each stream, `limit` bytes at once. */
function captureOutput(limit = Number.POSITIVE_INFINITY): Record<1 | 2, string> {
  const texts = { 1: "", 2: "" };
  installHost({
    write: (stream, bytes) => {
      const count = Math.min(limit, bytes.length);
      texts[stream] += decodeUtf8Lossy(bytes, 0, count);
      return count;
    },
  });
  return texts;
}

afterEach(() => {
  installHost({ write });
  setLogCallback(null);
  setLogLevel("info");
});

describe("the command line's log", () => {
  it("writes time, level and message", () => {
    const time = new Date(2026, 0, 2, 3, 4, 5, 6);
    expect(formatRecord({ level: "warning", message: "hello" }, time, false)).toBe(
      "[2026-01-02 03:04:05.006] [warning] hello\n",
    );
  });

  it("colours the level as spdlog does", () => {
    expect(formatRecord({ level: "error", message: "x" }, new Date(), true)).toMatch(
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequences are what is tested
      /^\[[-0-9: .]{23}\] \[\u001b\[31m\u001b\[1merror\u001b\[m\] x\n$/,
    );
  });

  it("goes to standard error, whole, from the level on", () => {
    const texts = captureOutput(7);
    installLogger(() => false);
    applyLogLevel("error");
    log.info("not this");
    log.error("this");
    expect(texts[1]).toBe("");
    expect(texts[2]).toMatch(/^\[[-0-9: .]{23}\] \[error\] this\n$/);
  });

  it("falls back to info, and says so, for a level that is none", () => {
    const texts = captureOutput();
    installLogger(() => false);
    setLogLevel("off");
    applyLogLevel("loud");
    expect(getLogLevel()).toBe("info");
    expect(texts[2]).toMatch(
      /\] \[warning\] Invalid log level: loud\. Valid values are: off, trace, debug, info, warning, error, fatal\. Falling back to info level\.\n$/,
    );
  });

  it("knows WasmEdge's other names of levels", () => {
    applyLogLevel("fatal");
    expect(getLogLevel()).toBe("critical");
    applyLogLevel("warn");
    expect(getLogLevel()).toBe("warning");
    applyLogLevel(undefined);
    expect(getLogLevel()).toBe("info");
  });
});
