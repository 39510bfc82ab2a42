import { encodeUtf8 } from "../../src/common/utf8.ts";
import type { Value } from "../../src/common/wasm-value.ts";
import { CallingFrame } from "../../src/store/calling-frame.ts";
import { MemoryInstance } from "../../src/store/memory-instance.ts";
import { ModuleInstance } from "../../src/store/module-instance.ts";
import { Errno, type ErrnoName, errnoName } from "../../src/wasi/abi/errno.ts";
import { Right, type Rights } from "../../src/wasi/abi/rights.ts";
import type { WasiOptions } from "../../src/wasi/environ.ts";
import type { Preopen } from "../../src/wasi/preopen.ts";
import { WasiModule } from "../../src/wasi/wasi-module.ts";

/** An address outside the one page. */
export const OUTSIDE = 65536;

/** Where the guest's strings and results stand. */
const TEXT_A = 1024;
const TEXT_B = 8192;
const RESULT = 16384;
const BUFFER = 32768;

export const ALL_FILE_RIGHTS: Rights =
  Right.FD_READ |
  Right.FD_WRITE |
  Right.FD_SEEK |
  Right.FD_TELL |
  Right.FD_SYNC |
  Right.FD_DATASYNC |
  Right.FD_ADVISE |
  Right.FD_ALLOCATE |
  Right.FD_FDSTAT_SET_FLAGS |
  Right.FD_FILESTAT_GET |
  Right.FD_FILESTAT_SET_SIZE |
  Right.FD_FILESTAT_SET_TIMES |
  Right.POLL_FD_READWRITE;

export interface GuestStat {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly filetype: number;
  readonly nlink: bigint;
  readonly size: bigint;
  readonly atim: bigint;
  readonly mtim: bigint;
  readonly ctim: bigint;
}

export interface GuestEntry {
  readonly name: string;
  readonly filetype: number;
  readonly ino: bigint;
  readonly next: bigint;
}

export interface OpenRequest {
  readonly oflags?: number;
  readonly lookup?: number;
  readonly base?: Rights;
  readonly inheriting?: Rights;
  readonly fdflags?: number;
}

/** What a guest waits for: a clock, or reading (1) or writing (2). */
export type PollSubscription =
  | { readonly tag: number; readonly fd: number }
  | { readonly tag: 0; readonly id: number; readonly timeout: bigint; readonly flags?: number };

export interface PollEvent {
  readonly userdata: bigint;
  readonly errno: ErrnoName;
  readonly type: number;
  readonly nbytes: bigint;
  readonly flags: number;
}

/** Thrown by the helpers that expect success. */
export class CallFailed extends Error {
  readonly errno: ErrnoName;

  constructor(name: string, errno: Errno) {
    super(`${name}: ${errnoName(errno)}`);
    this.errno = errnoName(errno);
  }
}

/** A guest without code: WASI functions called with a memory of one page, as WasmEdge's unit tests do. */
export class Guest {
  readonly wasi: WasiModule;
  readonly memory = new MemoryInstance({
    limit: { min: 1n, max: 1n, shared: false, is64: false },
    pageSizeLog2: 16,
  });
  private readonly frame: CallingFrame;

  constructor(options: WasiOptions | WasiModule = {}) {
    this.wasi = options instanceof WasiModule ? options : new WasiModule(options);
    const module = new ModuleInstance("guest");
    module.addHostMemory("memory", this.memory);
    const refuse = (): never => {
      throw new Error("no WASI function calls the guest");
    };
    const executor = { invoke: refuse, asyncInvoke: refuse };
    this.frame = new CallingFrame(executor, module);
  }

  static withPreopens(options: WasiOptions, ...dirs: (string | Preopen)[]): Guest {
    const guest = new Guest(options);
    guest.wasi.init(dirs, "test");
    return guest;
  }

  /** A guest of a module that is there already. */
  static of(wasi: WasiModule): Guest {
    return new Guest(wasi);
  }

  /** Calls a function as it is; the errno's name. */
  call(name: string, ...args: Value[]): ErrnoName {
    return errnoName(this.run(this.frame, name, args));
  }

  /** The same from a module without a memory. */
  callWithoutMemory(name: string, ...args: Value[]): ErrnoName {
    return errnoName(this.run(new CallingFrame(this.frame.executor, new ModuleInstance("bare")), name, args));
  }

  /** The same in a run that has to end at a time of the monotonic clock. */
  callWithin(deadline: bigint, name: string, ...args: Value[]): ErrnoName {
    const { executor, module } = this.frame;
    return errnoName(this.run(new CallingFrame(executor, module, { deadline }), name, args));
  }

  private run(frame: CallingFrame, name: string, args: Value[]): Errno {
    const func = this.wasi.findFuncExports(name)?.hostFunction;
    if (func === undefined) throw new Error(`there is no function ${name}`);
    if (args.length !== func.type.params.length) throw new Error(`${name} takes ${func.type.params.length} arguments`);
    return func.run(frame, args) as Errno;
  }

  /** Calls a function that must succeed. */
  must(name: string, ...args: Value[]): void {
    const errno = this.call(name, ...args);
    if (errno !== "SUCCESS") throw new CallFailed(name, Errno[errno]);
  }

  // --- Memory ---

  u8(at: number): number {
    return this.memory.view.getUint8(at);
  }

  u16(at: number): number {
    return this.memory.view.getUint16(at, true);
  }

  u32(at: number): number {
    return this.memory.view.getUint32(at, true);
  }

  u64(at: number): bigint {
    return this.memory.view.getBigUint64(at, true);
  }

  setU32(at: number, value: number): void {
    this.memory.view.setUint32(at, value, true);
  }

  setU64(at: number, value: bigint): void {
    this.memory.view.setBigUint64(at, value, true);
  }

  text(at: number, length: number): string {
    return Buffer.from(this.memory.getBytes(at, length)).toString("utf8");
  }

  /** Puts a path into the memory: its address and length. */
  path(text: string | Uint8Array, at = TEXT_A): [address: number, length: number] {
    const bytes = typeof text === "string" ? encodeUtf8(text) : text;
    this.memory.setBytes(bytes, at);
    return [at, bytes.length];
  }

  /** Puts vectors for consecutive buffers into the memory: their address and count. */
  iovecs(...lengths: number[]): [address: number, count: number] {
    let address = BUFFER;
    lengths.forEach((length, i) => {
      this.setU32(RESULT + 64 + i * 8, address);
      this.setU32(RESULT + 68 + i * 8, length);
      address += length;
    });
    return [RESULT + 64, lengths.length];
  }

  // --- Files ---

  open(fd: number, path: string, request: OpenRequest = {}): number {
    const errno = this.tryOpen(fd, path, request);
    if (errno !== "SUCCESS") throw new CallFailed(`path_open ${path}`, Errno[errno]);
    return this.u32(RESULT);
  }

  /** The errno of opening; what opens stays open. */
  tryOpen(fd: number, path: string, request: OpenRequest = {}): ErrnoName {
    const { lookup = 0, oflags = 0, base = ALL_FILE_RIGHTS, inheriting = 0n, fdflags = 0 } = request;
    return this.call("path_open", fd, lookup, ...this.path(path), oflags, base, inheriting, fdflags, RESULT);
  }

  /** Opens a directory with the rights that it can have. */
  openDirectory(fd: number, path: string): number {
    const { base, inheriting } = this.fdstat(fd);
    return this.open(fd, path, { oflags: 2, base, inheriting });
  }

  close(fd: number): void {
    this.must("fd_close", fd);
  }

  write(fd: number, ...texts: string[]): number {
    const parts = texts.map(encodeUtf8);
    this.memory.setBytes(Uint8Array.from(parts.flatMap((part) => [...part])), BUFFER);
    this.must("fd_write", fd, ...this.iovecs(...parts.map(({ length }) => length)), RESULT);
    return this.u32(RESULT);
  }

  pwrite(fd: number, text: string, offset: bigint): number {
    this.memory.setBytes(encodeUtf8(text), BUFFER);
    this.must("fd_pwrite", fd, ...this.iovecs(encodeUtf8(text).length), offset, RESULT);
    return this.u32(RESULT);
  }

  read(fd: number, ...lengths: number[]): string {
    this.must("fd_read", fd, ...this.iovecs(...lengths), RESULT);
    return this.text(BUFFER, this.u32(RESULT));
  }

  pread(fd: number, length: number, offset: bigint): string {
    this.must("fd_pread", fd, ...this.iovecs(length), offset, RESULT);
    return this.text(BUFFER, this.u32(RESULT));
  }

  seek(fd: number, offset: bigint, whence: number): bigint {
    this.must("fd_seek", fd, offset, whence, RESULT);
    return this.u64(RESULT);
  }

  tell(fd: number): bigint {
    this.must("fd_tell", fd, RESULT);
    return this.u64(RESULT);
  }

  fdstat(fd: number): { filetype: number; flags: number; base: bigint; inheriting: bigint } {
    this.must("fd_fdstat_get", fd, RESULT);
    return {
      filetype: this.u8(RESULT),
      flags: this.u16(RESULT + 2),
      base: this.u64(RESULT + 8),
      inheriting: this.u64(RESULT + 16),
    };
  }

  private statAt(at: number): GuestStat {
    return {
      dev: this.u64(at),
      ino: this.u64(at + 8),
      filetype: this.u8(at + 16),
      nlink: this.u64(at + 24),
      size: this.u64(at + 32),
      atim: this.u64(at + 40),
      mtim: this.u64(at + 48),
      ctim: this.u64(at + 56),
    };
  }

  stat(fd: number): GuestStat {
    this.must("fd_filestat_get", fd, RESULT);
    return this.statAt(RESULT);
  }

  pathStat(fd: number, path: string, lookup = 0): GuestStat {
    this.must("path_filestat_get", fd, lookup, ...this.path(path), RESULT);
    return this.statAt(RESULT);
  }

  tryStat(fd: number, path: string, lookup = 0): ErrnoName {
    return this.call("path_filestat_get", fd, lookup, ...this.path(path), RESULT);
  }

  createFile(fd: number, path: string, content = ""): void {
    const file = this.open(fd, path, { oflags: 1 });
    if (content !== "") this.write(file, content);
    this.close(file);
  }

  /** The content of a small file. */
  content(fd: number, path: string): string {
    const file = this.open(fd, path, { base: Right.FD_READ, lookup: 1 });
    const text = this.read(file, 4096);
    this.close(file);
    return text;
  }

  makeDirectory(fd: number, path: string): ErrnoName {
    return this.call("path_create_directory", fd, ...this.path(path));
  }

  removeDirectory(fd: number, path: string): ErrnoName {
    return this.call("path_remove_directory", fd, ...this.path(path));
  }

  unlink(fd: number, path: string): ErrnoName {
    return this.call("path_unlink_file", fd, ...this.path(path));
  }

  symlink(target: string, fd: number, path: string): ErrnoName {
    return this.call("path_symlink", ...this.path(target), fd, ...this.path(path, TEXT_B));
  }

  link(oldFd: number, oldPath: string, newFd: number, newPath: string, lookup = 0): ErrnoName {
    return this.call("path_link", oldFd, lookup, ...this.path(oldPath), newFd, ...this.path(newPath, TEXT_B));
  }

  rename(oldFd: number, oldPath: string, newFd: number, newPath: string): ErrnoName {
    return this.call("path_rename", oldFd, ...this.path(oldPath), newFd, ...this.path(newPath, TEXT_B));
  }

  readlink(fd: number, path: string, room = 4096): string {
    this.must("path_readlink", fd, ...this.path(path), BUFFER, room, RESULT);
    return this.text(BUFFER, this.u32(RESULT));
  }

  /** One call of fd_readdir: its whole entries, and the bytes used. */
  readDirectoryOnce(fd: number, cookie: bigint, room = 4096): { entries: GuestEntry[]; used: number } {
    this.must("fd_readdir", fd, BUFFER, room, cookie, RESULT);
    const used = this.u32(RESULT);
    const entries: GuestEntry[] = [];
    for (let at = BUFFER; at + 24 <= BUFFER + used; ) {
      const length = this.u32(at + 16);
      if (at + 24 + length > BUFFER + used) break;
      const name = this.text(at + 24, length);
      entries.push({ name, filetype: this.u8(at + 20), ino: this.u64(at + 8), next: this.u64(at) });
      at += 24 + length;
    }
    return { entries, used };
  }

  // --- Polling ---

  /** Writes the subscriptions with userdata 100, 101, …, polls, and reads the events. */
  poll(...subscriptions: PollSubscription[]): PollEvent[] {
    return this.pollBy("poll_oneoff", subscriptions);
  }

  epoll(...subscriptions: PollSubscription[]): PollEvent[] {
    return this.pollBy("epoll_oneoff", subscriptions);
  }

  private pollBy(name: string, subscriptions: readonly PollSubscription[]): PollEvent[] {
    subscriptions.forEach((subscription, i) => {
      const at = TEXT_A + i * 48;
      this.memory.fillBytes(0xee, at, 48);
      this.setU64(at, BigInt(100 + i));
      this.memory.setBytes(Uint8Array.of(subscription.tag), at + 8);
      if ("fd" in subscription) this.setU32(at + 16, subscription.fd);
      else {
        this.setU32(at + 16, subscription.id);
        this.setU64(at + 24, subscription.timeout);
        this.setU64(at + 32, 0n);
        this.memory.view.setUint16(at + 40, subscription.flags ?? 0, true);
      }
    });
    this.must(name, TEXT_A, TEXT_B, subscriptions.length, RESULT);
    return Array.from({ length: this.u32(RESULT) }, (_, i) => {
      const at = TEXT_B + i * 32;
      return {
        userdata: this.u64(at),
        errno: errnoName(this.u16(at + 8) as Errno),
        type: this.u8(at + 10),
        nbytes: this.u64(at + 16),
        flags: this.u16(at + 24),
      };
    });
  }

  /** All names in a directory, in the manner of wasi-libc: on from the last whole entry. */
  list(fd: number, room = 4096): string[] {
    const names: string[] = [];
    for (let cookie = 0n; ; ) {
      const { entries, used } = this.readDirectoryOnce(fd, cookie, room);
      names.push(...entries.map(({ name }) => name));
      if (used < room) return names;
      cookie = entries[entries.length - 1].next;
    }
  }
}

/** Where the helpers of `Guest` have results written: for tests that pass pointers themselves. */
export const places = { textA: TEXT_A, textB: TEXT_B, result: RESULT, buffer: BUFFER } as const;
