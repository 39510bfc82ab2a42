import { readFileSync } from "node:fs";
import { createServer, get, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ErrCode } from "../../src/common/error-code.ts";
import { ImportObjectBuilder } from "../../src/sdk/import-object.ts";
import { Module } from "../../src/sdk/module.ts";
import type { Vm } from "../../src/sdk/vm.ts";
import { VmBuilder } from "../../src/sdk/vm-builder.ts";
import { findLoopback } from "../support/loopback.ts";
import { countTurns } from "../support/turns.ts";

/** A C program that calls host functions which await a timer and a request, in a loop, in two executions at once. */

const fetchProgram = new Uint8Array(readFileSync(new URL("async/fetch.wasm", import.meta.url)));
const loopback = await findLoopback();

const ROUNDS = 12;

function fold(sum: bigint, value: bigint): bigint {
  const product = BigInt.asUintN(64, (sum ^ value) * 0x9e3779b97f4a7c15n);
  return product ^ (product >> 29n);
}

function answerTo(path: string): string {
  return `the answer to ${path} `.repeat(1 + (path.length % 3));
}

/** What the program computes, from fetch.c. @param answer undefined where the request fails */
function expectedSum(client: number, rounds: number, answer: (path: string) => string | undefined): bigint {
  let sum = BigInt(client);
  for (let round = 0; round < rounds; round++) {
    const text = answer(`/${client}/${round}`);
    if (text === undefined) sum = fold(sum, 2n ** 64n - 1n);
    else for (const byte of new TextEncoder().encode(text)) sum = fold(sum, BigInt(byte));
    for (let depth = 1; depth <= round % 5; depth++) sum = fold(sum, BigInt(depth));
    for (let i = 0; i < 1000; i++) sum = fold(sum, BigInt(i));
  }
  return BigInt.asIntN(64, sum);
}

/** A Vm with two instances of the program: their stacks lie in their memories, so two executions need two. */
function prepared(fetchPath: (path: string, signal: AbortSignal | undefined) => Promise<string | undefined>): Vm {
  const vm = new VmBuilder().build();
  const host = new ImportObjectBuilder("host")
    .withFunc("sleep", ["i32"], [], (_caller, milliseconds) => {
      return new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
    })
    .withFunc("get", ["i32", "i32", "i32", "i32"], ["i32"], async (caller, path, length, answer, capacity) => {
      const memory = caller.memory();
      const text = await fetchPath(memory?.readString(path, length) ?? "", caller.run.signal);
      if (text === undefined) return -1;
      const bytes = new TextEncoder().encode(text).subarray(0, capacity);
      memory?.write(bytes, answer);
      return bytes.length;
    })
    .build();
  vm.registerImportModule(host);
  const module = Module.fromBytes(vm.config, fetchProgram);
  return vm.registerModule("first", module).registerModule("second", module);
}

describe.runIf(loopback.inet4)("a C program whose host functions await a timer and a local HTTP request", () => {
  let server: Server;
  let open = 0;
  let mostOpen = 0;
  let requests = 0;
  beforeAll(async () => {
    server = createServer((request, response) => {
      requests++;
      mostOpen = Math.max(mostOpen, ++open);
      setTimeout(() => {
        open--;
        response.end(answerTo(request.url ?? ""));
      }, 2);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  });
  afterAll(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const fetchLocally = (path: string, signal: AbortSignal | undefined): Promise<string> =>
    new Promise((resolve, reject) => {
      const { port } = server.address() as AddressInfo;
      const request = get({ host: "127.0.0.1", port, path, agent: false, ...(signal && { signal }) }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
        response.on("error", reject);
      });
      request.on("error", reject);
    });

  it("gives what it computes of the answers, in two executions at once, while the event loop goes on", async () => {
    const vm = prepared(fetchLocally);
    const turns = countTurns();
    const runs = [vm.runFuncAsync("first", "run", [1, ROUNDS]), vm.runFuncAsync("second", "run", [2, ROUNDS])];
    const sums = await Promise.all(runs);
    expect(sums).toEqual([[expectedSum(1, ROUNDS, answerTo)], [expectedSum(2, ROUNDS, answerTo)]]);
    expect(requests).toBe(2 * ROUNDS);
    // The two did not wait for one another.
    expect(mostOpen).toBe(2);
    expect(turns.stop()).toBeGreaterThan(ROUNDS);
  });

  it("is cancelled while it waits for the answer, which ends the request; the other execution goes on", async () => {
    let asked = 0;
    const errors: unknown[] = [];
    const vm = prepared(async (path, signal) => {
      asked++;
      if (path === "/1/3") cancelled.cancel("enough");
      try {
        return await fetchLocally(path, signal);
      } catch (error) {
        errors.push(error);
        throw error;
      }
    });
    const cancelled = vm.runFuncAsync("first", "run", [1, ROUNDS]);
    const other = vm.runFuncAsync("second", "run", [2, ROUNDS]);
    await expect(cancelled.get()).rejects.toMatchObject({ code: ErrCode.Interrupted, cause: "enough" });
    expect(await other).toEqual([expectedSum(2, ROUNDS, answerTo)]);
    expect(asked).toBe(4 + ROUNDS);
    expect(errors).toEqual([expect.objectContaining({ name: "AbortError" })]);
    expect(await vm.runFuncAsync("first", "run", [3, 2])).toEqual([expectedSum(3, 2, answerTo)]);
  });
});

describe("a C program whose host functions give promises", () => {
  it("goes on where some are settled at once, some late, and some tell of a failure", async () => {
    const answer = (path: string): string | undefined => (path.endsWith("5") ? undefined : answerTo(path));
    const vm = prepared(async (path) => {
      if (path.length % 2 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
      return answer(path);
    });
    const runs = [vm.runFuncAsync("first", "run", [7, 20]), vm.runFuncAsync("second", "run", [10, 20])];
    expect(await Promise.all(runs)).toEqual([[expectedSum(7, 20, answer)], [expectedSum(10, 20, answer)]]);
  });

  it("ends with the error that a host function fails with", async () => {
    const cause = new Error("no network");
    const vm = prepared((path) => (path === "/1/2" ? Promise.reject(cause) : Promise.resolve(answerTo(path))));
    await expect(vm.runFuncAsync("first", "run", [1, 5]).get()).rejects.toMatchObject({
      code: ErrCode.HostFuncError,
      cause,
    });
    expect(() => vm.runFunc("second", "run", [1, 1])).toThrow(expect.objectContaining({ code: ErrCode.HostPromise }));
  });
});
