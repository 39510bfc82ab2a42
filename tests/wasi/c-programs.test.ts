import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { host, installHost } from "../../src/common/host.ts";
import { nodeHost } from "../../src/wasi/fs/node-host.ts";
import { wasiFunctions } from "../../src/wasi/functions/index.ts";
import { backends } from "./backends.ts";
import { type ProgramOptions, runProgram, runProgramInTurns } from "./c-programs.ts";

/**
 * The programs of spec-tests/wasi/programs check themselves: a line for each call, FAILED in front where it did not give what it has
 * to give. Here they run on every file system, with the same lines.
 */

const hostBefore = { ...host };
beforeAll(() => installHost(nodeHost));
afterAll(() => installHost(hostBefore));

const programs = ["descriptors", "directories", "full", "no-sockets", "paths", "process", "rights", "wrong-paths"];

/** What a program wants besides what all have. */
const optionsOf: Readonly<Record<string, ProgramOptions>> = { full: { maxStorageBytes: 10_000, maxStorageEntries: 8 } };

/** The lines of each program where it ran first; on the other file systems they have to be the same. */
const lines = new Map<string, readonly string[]>();

describe.each(programs)("the program %s", (name) => {
  it.each(backends.map((backend) => [backend.name, backend] as const))(
    "finds all as it has to be: %s",
    (_, backend) => {
      const result = runProgram(name, backend.create(), optionsOf[name]);
      expect(result.lines.filter((line) => line.startsWith("FAILED"))).toEqual([]);
      expect(result.exitCode).toBe(0);
      expect(result.lines.length).toBeGreaterThan(20);
      if (!lines.has(name)) lines.set(name, result.lines);
      expect(result.lines).toEqual(lines.get(name));
    },
  );
});

it("a program tells what is not as it has to be", () => {
  const { exitCode, lines } = runProgram("descriptors", backends[0].create(), { maxDescriptors: 63 });
  expect(exitCode).toBe(1);
  expect(lines.filter((line) => line.startsWith("FAILED"))).toEqual([
    expect.stringMatching(/^FAILED line \d+ there are as many descriptors as there may be$/),
  ]);
});

/** What any function gives for a path that is wrong, or for a descriptor from which no path leads. */
const ANY_PATH = "BADF FAULT ILSEQ INVAL LOOP NAMETOOLONG NOENT NOTCAPABLE NOTDIR PERM SUCCESS";

/** What the programs have each function give: its success and each errno that it can give on these file systems. */
const coverage: Readonly<Record<string, string>> = {
  args_get: "FAULT SUCCESS",
  args_sizes_get: "FAULT SUCCESS",
  clock_res_get: "FAULT INVAL SUCCESS",
  clock_time_get: "FAULT INVAL SUCCESS",
  environ_get: "FAULT SUCCESS",
  environ_sizes_get: "FAULT SUCCESS",
  fd_advise: "BADF INVAL NOTCAPABLE SPIPE SUCCESS",
  fd_allocate: "NOSPC BADF FBIG INVAL NOTCAPABLE SUCCESS",
  fd_close: "BADF SUCCESS",
  fd_datasync: "BADF NOTCAPABLE SUCCESS",
  fd_fdstat_get: "BADF FAULT SUCCESS",
  fd_fdstat_set_flags: "BADF INVAL NOTCAPABLE SUCCESS",
  fd_fdstat_set_rights: "BADF INVAL NOTCAPABLE SUCCESS",
  fd_filestat_get: "BADF FAULT NOTCAPABLE SUCCESS",
  fd_filestat_set_size: "NOSPC BADF FBIG INVAL NOTCAPABLE SUCCESS",
  fd_filestat_set_times: "BADF INVAL NOTCAPABLE SUCCESS",
  fd_pread: "BADF FAULT INVAL NOTCAPABLE SUCCESS",
  fd_prestat_dir_name: "BADF FAULT INVAL NAMETOOLONG SUCCESS",
  fd_prestat_get: "BADF FAULT INVAL SUCCESS",
  fd_pwrite: "NOSPC BADF FAULT FBIG INVAL NOTCAPABLE SUCCESS",
  fd_read: "BADF FAULT INVAL ISDIR NOTCAPABLE SUCCESS",
  fd_readdir: "BADF FAULT NOTCAPABLE NOTDIR SUCCESS",
  fd_renumber: "BADF SUCCESS",
  fd_seek: "BADF FAULT INVAL NOTCAPABLE SUCCESS",
  fd_sync: "BADF NOTCAPABLE SUCCESS",
  fd_tell: "BADF FAULT NOTCAPABLE SUCCESS",
  fd_write: "NOSPC BADF FAULT FBIG INVAL NOTCAPABLE SUCCESS",
  path_create_directory: `NOSPC EXIST ${ANY_PATH}`,
  path_filestat_get: ANY_PATH,
  path_filestat_set_times: ANY_PATH,
  path_link: `NOSPC EXIST XDEV ${ANY_PATH}`,
  path_open: `NOSPC EXIST ISDIR MFILE ${ANY_PATH}`,
  path_readlink: ANY_PATH,
  path_remove_directory: `NOTEMPTY ${ANY_PATH}`,
  path_rename: `BUSY ISDIR NOTEMPTY XDEV ${ANY_PATH}`,
  path_symlink: `NOSPC EXIST ${ANY_PATH}`,
  path_unlink_file: `ISDIR ${ANY_PATH}`,
  poll_oneoff: "FAULT INVAL SUCCESS",
  proc_raise: "INVAL NOTSUP SUCCESS",
  random_get: "FAULT SUCCESS",
  sched_yield: "SUCCESS",
  sock_accept: "BADF FAULT INVAL NOTSOCK",
  sock_recv: "BADF FAULT INVAL NOTSOCK",
  sock_send: "BADF FAULT INVAL NOTSOCK",
  sock_shutdown: "BADF INVAL NOTSOCK",
};

it("the programs call all functions of preview 1, each with success and with each errno that it can give", () => {
  const seen = new Map<string, Set<string>>();
  for (const line of [...lines.values()].flat()) {
    const [name, errno] = line.split(" ");
    if (name === "-") continue;
    const errnos = seen.get(name) ?? new Set();
    seen.set(name, errnos.add(errno));
  }
  const sorted = (errnos: Iterable<string>): string => [...errnos].sort().join(" ");
  expect(Object.fromEntries([...seen].map(([name, errnos]) => [name, sorted(errnos)]))).toEqual(
    Object.fromEntries(Object.entries(coverage).map(([name, errnos]) => [name, sorted(errnos.split(" "))])),
  );
  const standard = ["sock_accept", "sock_recv", "sock_send", "sock_shutdown"];
  const all = wasiFunctions.map(({ name }) => name).filter((name) => !/^(?:sock_|epoll_)/.test(name));
  // proc_exit does not return: see the program exit. What sockets give, the echo programs show.
  expect([...Object.keys(coverage), "proc_exit"].sort()).toEqual([...all, ...standard].sort());
  expect(all.length + standard.length).toBe(46);
});

describe("the program exit", () => {
  it.each([
    ["return", 0],
    ["return", 7],
    ["exit", 0],
    ["exit", 42],
    ["exit", 0xffffffff],
  ])("ends by %s with code %d", (how, code) => {
    const options = { args: [how, String(code | 0)] };
    expect(runProgram("exit", backends[0].create(), options)).toEqual({ exitCode: code, lines: ["before"] });
  });

  it.each([
    ["KILL", 9],
    ["ABRT", 6],
    ["SYS", 30],
  ])("ends by the signal %s, %d, as a shell would tell it", (_, signal) => {
    const options = { args: ["raise", String(signal)] };
    expect(runProgram("exit", backends[0].create(), options)).toEqual({ exitCode: 128 + signal, lines: ["before"] });
  });

  it("goes on after a signal that nothing is done about", () => {
    const options = { args: ["raise", "16"] };
    expect(runProgram("exit", backends[0].create(), options)).toEqual({ exitCode: 98, lines: ["before", "after"] });
  });
});

it.each(programs)("the program %s finds the same in an asynchronous run", async (name) => {
  expect((await runProgramInTurns(name, backends[0].create(), optionsOf[name])).lines).toEqual(lines.get(name));
});
