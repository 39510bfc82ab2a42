import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { FdFlags, OFlags, Whence } from "../../src/wasi/abi/constants.ts";
import { Right } from "../../src/wasi/abi/rights.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { NodeFileSystem } from "../../src/wasi/fs/node-file-system.ts";
import { OverlayFileSystem } from "../../src/wasi/fs/overlay-file-system.ts";
import { QuotaFileSystem } from "../../src/wasi/fs/quota-file-system.ts";
import { type Backend, backends, guestOn, hostFolder, ROOT } from "./backends.ts";
import { type Guest, places } from "./guest.ts";

/**
 * Files as databases use them: pages written and read at places, holes, several descriptors on one file, appending, cutting off,
 * journals and renames. Each file system gives what an array of bytes would.
 * `WASMEDGE_TS_FUZZ_RUNS` and `WASMEDGE_TS_FUZZ_SEED` ask for more, or others, than CI runs.
 */

const numRuns = Number(process.env["WASMEDGE_TS_FUZZ_RUNS"] ?? 25);
const seed = Number(process.env["WASMEDGE_TS_FUZZ_SEED"] ?? 2026);
const { result, buffer } = places;
const READING = Right.FD_READ | Right.FD_SEEK | Right.FD_TELL | Right.FD_FILESTAT_GET;

/** What a database is at first: half a page more than the first chunk of a file in memory. */
const START = bytesOf(7, 65536 + 2048);

const everywhere: readonly Backend[] = [
  ...backends,
  {
    name: "memory under a quota",
    create: () => ({ fileSystem: new QuotaFileSystem(new MemoryFileSystem(), { maxBytes: 1e9 }), path: "/" }),
  },
  {
    name: "an overlay, the file in the lower layer",
    create: () => {
      const lower = new MemoryFileSystem({ files: { db: START } });
      return { fileSystem: new OverlayFileSystem({ lower, upper: new MemoryFileSystem() }), path: "/" };
    },
  },
  {
    name: "an overlay of memory over host directories",
    create: () => {
      const path = hostFolder();
      const guest = guestOn({ fileSystem: new NodeFileSystem(), path });
      const fd = guest.open(ROOT, "db", { oflags: OFlags.CREAT });
      writeAll(guest, fd, START);
      const lower = new NodeFileSystem();
      const fileSystem = new OverlayFileSystem({ lower, lowerPath: path, upper: new MemoryFileSystem() });
      return { fileSystem, path: "/" };
    },
  },
];

/** Bytes that tell where they belong. */
function bytesOf(tag: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (tag * 31 + i * 7 + (i >> 8)) & 0xff);
}

/** Writes by vectors of these lengths in turn; the count. */
function write(guest: Guest, fd: number, bytes: Uint8Array, offset?: number): number {
  guest.memory.setBytes(bytes, buffer);
  const third = Math.floor(bytes.length / 3);
  const vectors = guest.iovecs(third, 0, bytes.length - third);
  if (offset === undefined) guest.must("fd_write", fd, ...vectors, result);
  else guest.must("fd_pwrite", fd, ...vectors, BigInt(offset), result);
  return guest.u32(result);
}

function read(guest: Guest, fd: number, length: number, offset?: number): Uint8Array {
  const vectors = guest.iovecs(Math.min(length, 100), Math.max(0, length - 100));
  if (offset === undefined) guest.must("fd_read", fd, ...vectors, result);
  else guest.must("fd_pread", fd, ...vectors, BigInt(offset), result);
  return guest.memory.getBytes(buffer, guest.u32(result)).slice();
}

function writeAll(guest: Guest, fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += 8192) write(guest, fd, bytes.subarray(at, at + 8192), at);
}

function readAll(guest: Guest, fd: number): Uint8Array {
  const bytes = new Uint8Array(Number(guest.stat(fd).size));
  for (let at = 0; at < bytes.length; at += 8192) bytes.set(read(guest, fd, 8192, at), at);
  return bytes;
}

/** A short text for many bytes: how many, and a sum in which places count. */
function digest(bytes: Uint8Array): string {
  let sum = 0;
  for (const byte of bytes) sum = (Math.imul(sum, 31) + byte) | 0;
  return `${bytes.length} ${sum}`;
}

// --- The model: an array of bytes, and descriptors that are a place in it ---

interface ModelDescriptor {
  offset: number;
  appends: boolean;
}

class ModelDatabase {
  bytes = START;
  readonly descriptors: ModelDescriptor[] = [0, 1, 2].map((i) => ({ offset: 0, appends: i === 2 }));

  setSize(size: number): void {
    const bytes = new Uint8Array(size);
    bytes.set(this.bytes.subarray(0, size));
    this.bytes = bytes;
  }

  put(part: Uint8Array, offset: number): void {
    if (part.length === 0) return;
    if (offset + part.length > this.bytes.length) this.setSize(offset + part.length);
    this.bytes = this.bytes.slice();
    this.bytes.set(part, offset);
  }
}

const descriptor = fc.constantFrom(0, 1, 2);
const length = fc.oneof(fc.constantFrom(0, 1, 512, 4096, 4096, 16384), fc.nat(5000));
const place = fc.oneof(
  fc.nat(40).map((page) => page * 4096),
  fc.nat(200_000),
  fc.constantFrom(65535, 65536, 65537, 131_072),
);

const operation = fc.oneof(
  { arbitrary: fc.tuple(fc.constant("pwrite" as const), descriptor, place, length), weight: 5 },
  { arbitrary: fc.tuple(fc.constant("pread" as const), descriptor, place, length), weight: 4 },
  { arbitrary: fc.tuple(fc.constant("write" as const), descriptor, length), weight: 4 },
  { arbitrary: fc.tuple(fc.constant("read" as const), descriptor, length), weight: 3 },
  {
    arbitrary: fc.tuple(fc.constant("seek" as const), descriptor, fc.integer({ min: -70_000, max: 70_000 }), fc.nat(2)),
    weight: 3,
  },
  { arbitrary: fc.tuple(fc.constant("size" as const), descriptor, place), weight: 2 },
  { arbitrary: fc.tuple(fc.constant("allocate" as const), descriptor, place, length), weight: 1 },
  { arbitrary: fc.tuple(fc.constant("append" as const), descriptor, fc.boolean()), weight: 1 },
  { arbitrary: fc.tuple(fc.constant("sync" as const), descriptor), weight: 1 },
  { arbitrary: fc.tuple(fc.constant("reopen" as const), descriptor, fc.boolean()), weight: 1 },
);
type Operation = typeof operation extends fc.Arbitrary<infer T> ? T : never;

function model(database: ModelDatabase, step: Operation, tag: number): string {
  const own = database.descriptors[step[1]];
  switch (step[0]) {
    case "pwrite":
      database.put(bytesOf(tag, step[3]), step[2]);
      return `${step[3]}`;
    case "pread":
      return digest(database.bytes.subarray(step[2], step[2] + step[3]));
    case "write": {
      const offset = own.appends ? database.bytes.length : own.offset;
      database.put(bytesOf(tag, step[2]), offset);
      own.offset = own.appends ? database.bytes.length : offset + step[2];
      return `${step[2]} ${own.offset}`;
    }
    case "read": {
      const part = database.bytes.subarray(own.offset, own.offset + step[2]);
      own.offset += part.length;
      return `${digest(part)} ${own.offset}`;
    }
    case "seek": {
      const from = step[3] === Whence.SET ? 0 : step[3] === Whence.CUR ? own.offset : database.bytes.length;
      if (from + step[2] < 0) return "INVAL";
      own.offset = from + step[2];
      return `${own.offset}`;
    }
    case "size":
      database.setSize(step[2]);
      return "SUCCESS";
    case "allocate":
      if (step[3] === 0) return "INVAL";
      database.setSize(Math.max(database.bytes.length, step[2] + step[3]));
      return "SUCCESS";
    case "append":
      own.appends = step[2];
      return "SUCCESS";
    case "sync":
      return "SUCCESS";
    case "reopen":
      own.offset = 0;
      own.appends = false;
      if (step[2]) database.setSize(0);
      return "SUCCESS";
  }
}

function perform(guest: Guest, fds: number[], step: Operation, tag: number): string {
  const fd = fds[step[1]];
  switch (step[0]) {
    case "pwrite":
      return `${write(guest, fd, bytesOf(tag, step[3]), step[2])}`;
    case "pread":
      return digest(read(guest, fd, step[3], step[2]));
    case "write":
      return `${write(guest, fd, bytesOf(tag, step[2]))} ${guest.tell(fd)}`;
    case "read":
      return `${digest(read(guest, fd, step[2]))} ${guest.tell(fd)}`;
    case "seek": {
      const errno = guest.call("fd_seek", fd, BigInt(step[2]), step[3], result);
      return errno === "SUCCESS" ? `${guest.u64(result)}` : errno;
    }
    case "size":
      return guest.call("fd_filestat_set_size", fd, BigInt(step[2]));
    case "allocate":
      return guest.call("fd_allocate", fd, BigInt(step[2]), BigInt(step[3]));
    case "append":
      return guest.call("fd_fdstat_set_flags", fd, step[2] ? FdFlags.APPEND : 0);
    case "sync":
      guest.must("fd_datasync", fd);
      return guest.call("fd_sync", fd);
    case "reopen":
      guest.close(fd);
      fds[step[1]] = guest.open(ROOT, "db", { oflags: step[2] ? OFlags.TRUNC : 0 });
      return "SUCCESS";
  }
}

/** A guest with the database in its directory. */
function setUp(create: Backend["create"]): Guest {
  const guest = guestOn(create());
  if (guest.tryStat(ROOT, "db") === "SUCCESS") return guest;
  const fd = guest.open(ROOT, "db", { oflags: OFlags.CREAT });
  writeAll(guest, fd, START);
  guest.close(fd);
  return guest;
}

it("random access through three descriptors gives the same bytes, counts and places everywhere", () => {
  fc.assert(
    fc.property(fc.array(operation, { minLength: 5, maxLength: 40 }), (steps) => {
      const database = new ModelDatabase();
      const shown = steps.map((step, i) => model(database, step, i));
      for (const { name, create } of everywhere) {
        const guest = setUp(create);
        const fds = [0, 0, FdFlags.APPEND].map((fdflags) => guest.open(ROOT, "db", { fdflags }));
        const seen = steps.map((step, i) => perform(guest, fds, step, i));
        expect([name, seen]).toEqual([name, shown]);
        expect([name, digest(readAll(guest, fds[0]))]).toEqual([name, digest(database.bytes)]);
        guest.wasi.fini();
      }
    }),
    { numRuns, seed },
  );
});

describe.each(everywhere)("over $name", ({ create }) => {
  const PAGE = 4096;

  it("a rollback journal brings pages back: written, synchronised, played back, emptied or removed", () => {
    const guest = setUp(create);
    const db = guest.open(ROOT, "db");
    const before = readAll(guest, db);
    for (const ending of ["unlink", "truncate"]) {
      const journal = guest.open(ROOT, "db-journal", { oflags: OFlags.CREAT | OFlags.TRUNC });
      const pages = [3, 0, 16, 9];
      pages.forEach((page, i) => {
        write(guest, journal, read(guest, db, PAGE, page * PAGE), i * PAGE);
        guest.must("fd_sync", journal);
        write(guest, db, bytesOf(page, PAGE), page * PAGE);
      });
      // A page beyond the end, and then the crash.
      write(guest, db, bytesOf(99, PAGE), 40 * PAGE);
      expect(digest(readAll(guest, db))).not.toBe(digest(before));
      guest.close(journal);
      const played = guest.open(ROOT, "db-journal");
      pages.forEach((page, i) => {
        const kept = read(guest, played, PAGE, i * PAGE);
        expect(write(guest, db, kept, page * PAGE)).toBe(kept.length);
      });
      guest.must("fd_filestat_set_size", db, BigInt(before.length));
      guest.must("fd_datasync", db);
      if (ending === "unlink") {
        expect(guest.unlink(ROOT, "db-journal")).toBe("SUCCESS");
        // It is open still.
        expect(read(guest, played, PAGE, 0)).toEqual(before.subarray(3 * PAGE, 4 * PAGE));
      } else guest.must("fd_filestat_set_size", played, 0n);
      guest.close(played);
      expect(digest(readAll(guest, db))).toBe(digest(before));
    }
    expect(guest.list(ROOT)).toEqual([".", "..", "db", "db-journal"]);
    expect(guest.pathStat(ROOT, "db-journal").size).toBe(0n);
  });

  it("a write-ahead log grows by appending while others read, and is checkpointed and emptied", () => {
    const guest = setUp(create);
    const db = guest.open(ROOT, "db");
    const model = readAll(guest, db);
    const log = guest.open(ROOT, "db-wal", { oflags: OFlags.CREAT, fdflags: FdFlags.APPEND });
    const reader = guest.open(ROOT, "db-wal", { base: READING });
    for (let round = 0; round < 3; round++) {
      const frames = [1, 8, 1, 15].map((page, i) => ({ page, bytes: bytesOf(round * 10 + i, PAGE) }));
      for (const [i, { page, bytes }] of frames.entries()) {
        write(guest, log, Uint8Array.of(page, round, i, 0));
        write(guest, log, bytes);
        guest.must("fd_datasync", log);
        expect(guest.stat(reader).size).toBe(BigInt((i + 1) * (PAGE + 4)));
      }
      guest.must("fd_seek", reader, 0n, Whence.SET, result);
      for (const [i] of frames.entries()) {
        const [page, ...rest] = read(guest, reader, 4);
        expect([page, ...rest]).toEqual([frames[i].page, round, i, 0]);
        const bytes = read(guest, reader, PAGE);
        write(guest, db, bytes, page * PAGE);
        model.set(bytes, page * PAGE);
      }
      expect(read(guest, reader, 1)).toHaveLength(0);
      guest.must("fd_sync", db);
      guest.must("fd_filestat_set_size", log, 0n);
    }
    expect(digest(readAll(guest, db))).toBe(digest(model));
  });

  it("a log-structured store writes files anew and renames them over the old, which readers keep", () => {
    const guest = setUp(create);
    const old = guest.open(ROOT, "db");
    for (let generation = 1; generation <= 3; generation++) {
      const next = guest.open(ROOT, "db.tmp", { oflags: OFlags.CREAT | OFlags.EXCL });
      writeAll(guest, next, bytesOf(generation, 10_000 * generation));
      guest.must("fd_sync", next);
      guest.close(next);
      expect(guest.rename(ROOT, "db.tmp", ROOT, "db")).toBe("SUCCESS");
      const now = guest.open(ROOT, "db");
      expect(digest(readAll(guest, now))).toBe(digest(bytesOf(generation, 10_000 * generation)));
      guest.close(now);
    }
    expect(digest(readAll(guest, old))).toBe(digest(START));
    expect(guest.list(ROOT)).toEqual([".", "..", "db"]);
  });

  it("a file with a page at 1 GiB reads as zeros before it", () => {
    const guest = setUp(create);
    const fd = guest.open(ROOT, "sparse", { oflags: OFlags.CREAT });
    const far = 2 ** 30;
    // What memfs holds is in one buffer: a hole takes room there.
    const place = guest.call("fd_pwrite", fd, ...guest.iovecs(PAGE), BigInt(far), result) === "SUCCESS" ? far : 2 ** 20;
    write(guest, fd, bytesOf(1, PAGE), place);
    expect(guest.stat(fd).size).toBe(BigInt(place + PAGE));
    expect(read(guest, fd, PAGE, place)).toEqual(bytesOf(1, PAGE));
    expect(read(guest, fd, PAGE, place - PAGE)).toEqual(new Uint8Array(PAGE));
    expect(read(guest, fd, PAGE, 12_345)).toEqual(new Uint8Array(PAGE));
    guest.must("fd_filestat_set_size", fd, 100n);
    expect(guest.stat(fd).size).toBe(100n);
  });
});
