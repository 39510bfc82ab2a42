import { afterEach } from "vitest";
import { type LogRecord, setLogCallback } from "../../src/common/log.ts";

afterEach(() => setLogCallback(null));

/** What is logged from now on, until the test has ended or the log is captured again. */
export function captureLog(): readonly LogRecord[] {
  const records: LogRecord[] = [];
  setLogCallback((record) => records.push(record));
  return records;
}
