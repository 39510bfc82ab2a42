import { requireLimit } from "../common/count.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import { FileType } from "./abi/constants.ts";
import { Errno, errnoOf, errnoText, failWith } from "./abi/errno.ts";
import { preopenRights, type Rights, readonlyPreopenRights, stdinRights, stdoutRights } from "./abi/rights.ts";
import { wasiDefaults } from "./defaults.ts";
import type { Descriptor } from "./descriptors/descriptor.ts";
import { DescriptorTable } from "./descriptors/descriptor-table.ts";
import { DirectoryDescriptor } from "./descriptors/directory-descriptor.ts";
import { blockUntilLeft } from "./descriptors/leaving.ts";
import { Listings } from "./descriptors/listings.ts";
import { InputDescriptor, OutputDescriptor } from "./descriptors/stream-descriptor.ts";
import type { FileSystem, OpenDirectory } from "./fs/file-system.ts";
import { MemoryFileSystem } from "./fs/memory-file-system.ts";
import { canonicalGuest, type Preopen, parsePreopen } from "./preopen.ts";
import { AllowList } from "./sockets/allow-list.ts";
import type { Network } from "./sockets/network.ts";
import { Storage } from "./storage.ts";
import { hostInput, hostOutput, type InputStream, type OutputStream } from "./streams.ts";
import { hostSurroundings, MadeUpSurroundings, type Surroundings } from "./surroundings.ts";

/** What a WASI module is made with. All of it is optional. */
export interface WasiOptions {
  /** By default the host's; at its end from the start where the host has none. */
  readonly stdin?: InputStream;
  /** By default the host's. */
  readonly stdout?: OutputStream;
  /** By default the host's. */
  readonly stderr?: OutputStream;
  /**
   * Where preopens are. By default the host's directories; without a host, a file system in memory that is empty at each
   * `init`, but for the directories that preopens name.
   */
  readonly fileSystem?: FileSystem;
  /** How many descriptors the guest may have open, the first three and the preopens included. By default 1024. */
  readonly maxDescriptors?: number;
  /**
   * Bytes by which the guest may make the files of each file system grow, what it takes away subtracted; beyond it NOSPC. By
   * default what the file system itself sets: 1 GiB in memory, no limit in directories of the host.
   */
  readonly maxStorageBytes?: number;
  /**
   * Names of files, directories and links that the guest may add to each file system, what it takes away subtracted; beyond
   * it NOSPC. By default what the file system itself sets: 131,072 in memory, no limit in directories of the host.
   */
  readonly maxStorageEntries?: number;
  /**
   * Whether pointers to structures must be aligned: as in WasmEdge, a misaligned one traps with UnalignedAtomicAccess, and is
   * ADDRNOTAVAIL in socket functions. By default any address will do.
   */
  readonly strictAlignment?: boolean;
  /**
   * The addresses that the guest may connect, send and bind to, as in `AllowList`: "127.0.0.1:8080", "*.example.com:443". By
   * default none: the guest has no network.
   */
  readonly allowNet?: readonly string[];
  /**
   * Time and chance are made up, the same for each run, and streams do not tell what they are: RuntimeConfigure.deterministic. What
   * is read from streams and from file systems other than those in memory is for the embedder to keep the same.
   */
  readonly deterministic?: boolean;
  /** What random bytes follow from where they are made up. By default 0. */
  readonly seed?: number;
  /** What sockets are opened on. By default the host's. */
  readonly network?: Network;
  /** Whether the guest may open Unix sockets, at paths of `allowNet`. By default false. */
  readonly allowAFUNIX?: boolean;
}

const DEFAULT_MAX_DESCRIPTORS = 1024;

/** A preopen as it was given. */
export interface OpenedPreopen {
  /** As the guest sees it. */
  readonly name: string;
  readonly fileSystem: FileSystem;
  /** Opens the directory once more. @throws WasiError */
  readonly open: () => OpenDirectory;
}

/**
 * What a guest sees of the world: its arguments and environment, its descriptors, and the exit code that it leaves.
 * WasmEdge `WASI::Environ`.
 */
export class Environ {
  /** The program's name first. Empty until `init`. */
  args: readonly string[] = [];
  /** `NAME=VALUE` each, as the embedder gave them. */
  envs: readonly string[] = [];
  /** What `proc_exit` was called with; 0 until then. */
  exitCode = 0;
  readonly descriptors: DescriptorTable;
  readonly listings = new Listings();
  readonly options: WasiOptions;
  readonly allowList: AllowList;
  /** Time and chance. */
  readonly surroundings: Surroundings;
  /** The preopens, in their order, as they are opened again for a snapshot. */
  readonly preopens: OpenedPreopen[] = [];
  private readonly storage: Storage;
  private usedNetwork: Network | undefined;
  private readonly reported = new Set<string>();
  /** What `epoll_oneoff` has told of each descriptor. */
  private readonly told = new WeakMap<Descriptor, { read?: number; write?: number }>();

  /** @throws AllowListError where `allowNet` holds what is no pattern; RuntimeError where a limit is no count */
  constructor(options: WasiOptions = {}) {
    this.options = options;
    this.allowList = new AllowList(options.allowNet ?? []);
    const maxDescriptors = requireLimit("maxDescriptors", options.maxDescriptors ?? DEFAULT_MAX_DESCRIPTORS);
    this.descriptors = new DescriptorTable(maxDescriptors);
    this.storage = new Storage(options);
    const isMadeUp = options.deterministic === true;
    this.surroundings = isMadeUp ? new MadeUpSurroundings(options.seed ?? 0) : hostSurroundings;
    if (isMadeUp && !this.allowList.isEmpty) {
      fail(ErrCode.RuntimeError, { kind: "note", text: "Runs are deterministic, and the network (allowNet) is not." });
    }
  }

  /**
   * Sets the arguments and environment, opens standard streams as 0 to 2 and the preopens from 3 on, in their order. What
   * was open before is closed (WasmEdge keeps it, and what is new is lost). A preopen that cannot be opened, or for which
   * `maxDescriptors` leaves no room, is skipped with a log line, as in WasmEdge.
   * @param args the program's name first
   * @param dirs in the grammar of `parsePreopen`, or as objects
   * @throws RuntimeError where an argument or a variable holds a NUL, at which it would end for the guest
   */
  init(args: readonly string[], envs: readonly string[], dirs: readonly (string | Preopen)[]): void {
    for (const text of [...args, ...envs]) {
      if (!text.includes("\0")) continue;
      fail(ErrCode.RuntimeError, {
        kind: "note",
        text: `A guest cannot be given a text with a NUL: ${JSON.stringify(text)}`,
      });
    }
    this.fini();
    this.args = [...args];
    this.envs = [...envs];
    this.give("stdin", () => new InputDescriptor(this.inputStream(), stdinRights));
    this.give("stdout", () => this.outputDescriptor(1));
    this.give("stderr", () => this.outputDescriptor(2));
    this.storage.reset();
    const fileSystem = this.options.fileSystem ?? this.storage.makeDefault();
    for (const dir of dirs) {
      const preopen = typeof dir === "string" ? this.parse(dir, fileSystem) : dir;
      const place = preopen.fileSystem ?? fileSystem;
      const { surroundings } = this;
      if (this.options.deterministic === true && place instanceof MemoryFileSystem) {
        place.useClock(() => surroundings.fileTime());
      }
      this.preopen(preopen, place, this.storage.of(place));
    }
  }

  /** Standard input. */
  inputStream(): InputStream {
    const { deterministic, stdin = hostInput() } = this.options;
    // Whether there is something already is the host's business; reading waits for it.
    return deterministic === true ? { filetype: FileType.UNKNOWN, read: (bytes) => stdin.read(bytes) } : stdin;
  }

  /** A descriptor of standard output or error. */
  outputDescriptor(stream: 1 | 2): OutputDescriptor {
    const output = stream === 1 ? this.options.stdout : this.options.stderr;
    const used = output ?? hostOutput(stream);
    const shown = { filetype: FileType.UNKNOWN, write: (bytes: Uint8Array) => used.write(bytes) };
    return new OutputDescriptor(this.options.deterministic === true ? shown : used, stdoutRights, stream);
  }

  private parse(text: string, fileSystem: FileSystem): Preopen {
    const preopen = parsePreopen(text, fileSystem.hasDriveLetters ?? false);
    if (preopen.unknownMode !== undefined) {
      log.warning(`Bind guest directory: mode "${preopen.unknownMode}" of "${text}" is not known and has no effect.`);
    }
    return preopen;
  }

  /** @param fileSystem where it is @param counting the same, under the limits of the guest's storage */
  private preopen(preopen: Preopen, fileSystem: FileSystem, counting: FileSystem): void {
    const rights = preopen.readonly === true ? readonlyPreopenRights : preopenRights;
    const name = canonicalGuest(preopen.guest);
    const open = (): OpenDirectory => counting.openDirectory(preopen.host);
    const make = (): Descriptor => {
      const descriptor = new DirectoryDescriptor(open(), rights, 0, name);
      descriptor.origin = { preopen: this.preopens.push({ name, fileSystem, open }) - 1, path: "." };
      return descriptor;
    };
    this.give("directory", make, preopen.host);
  }

  /** What cannot be opened, or is one too many, is left out with WasmEdge's log line, and one that names it. */
  private give(what: string, open: () => Descriptor, path?: string): void {
    try {
      this.descriptors.requireRoom();
      this.descriptors.add(open());
    } catch (error) {
      log.error(`Bind guest ${what} failed:${errnoText(errnoOf(error) ?? Errno.IO)}`);
      if (path !== undefined) log.error(`    Directory: "${path}"`);
    }
  }

  /**
   * Closes all descriptors, and forgets arguments, environment and exit code. Blocks up to a second for what was sent on sockets to
   * leave.
   */
  fini(): void {
    blockUntilLeft(this.descriptors.clear());
    this.preopens.length = 0;
    this.args = [];
    this.envs = [];
    this.exitCode = 0;
  }

  /**
   * The descriptor of that number, which must have these rights.
   * @throws WasiError BADF, NOTCAPABLE
   */
  descriptor(fd: number, rights: Rights = 0n): Descriptor {
    const descriptor = this.descriptors.get(fd);
    descriptor.require(rights);
    return descriptor;
  }

  /**
   * A descriptor that a call has waited for, where its number still stands for it.
   * @throws WasiError BADF where it was closed meanwhile
   */
  same<D extends Descriptor>(fd: number, descriptor: D): D {
    if (this.descriptors.find(fd) !== descriptor) failWith(Errno.BADF);
    return descriptor;
  }

  /**
   * The same where only a directory will do.
   * @throws WasiError BADF, NOTDIR, NOTCAPABLE
   */
  directory(fd: number, rights: Rights): DirectoryDescriptor {
    const descriptor = this.descriptors.get(fd);
    if (!(descriptor instanceof DirectoryDescriptor)) failWith(Errno.NOTDIR);
    descriptor.require(rights);
    return descriptor;
  }

  /**
   * What sockets are opened on.
   * @throws WasiError ACCES where the guest has no network; NOTSUP where it has, but the host has none
   */
  network(): Network {
    if (this.allowList.isEmpty) failWith(Errno.ACCES);
    this.usedNetwork ??= this.options.network ?? wasiDefaults.network?.();
    if (this.usedNetwork === undefined) {
      this.reportOnce("WASI: sockets return ENOTSUP: the host has no network (WasiOptions.network).");
      failWith(Errno.NOTSUP);
    }
    return this.usedNetwork;
  }

  /**
   * For `epoll_oneoff`: whether a descriptor has become ready since this was asked last. Those that cannot tell always have.
   * @param edges how often it has become ready; undefined: it cannot tell
   */
  readonly isNews = (descriptor: Descriptor, direction: "read" | "write", edges: number | undefined): boolean => {
    if (edges === undefined) return true;
    const told = this.told.get(descriptor) ?? {};
    const isNews = told[direction] !== edges;
    told[direction] = edges;
    this.told.set(descriptor, told);
    return isNews;
  };

  /** Writes a log line the first time that something is met; a guest may meet it a million times. */
  reportOnce(message: string): void {
    if (this.reported.has(message)) return;
    this.reported.add(message);
    log.error(message);
  }
}
