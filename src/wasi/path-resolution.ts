import { FileType } from "./abi/constants.ts";
import { Errno, failWith, WasiError } from "./abi/errno.ts";
import { type OpenDirectory, walking } from "./fs/file-system.ts";

/**
 * Path resolution: the one place where a guest's path becomes a directory and a name in it, for all file systems.
 *
 * Components are walked one by one from the open directory that the guest named. No file system follows a link by itself:
 * a link's text is spliced in front of what remains and walked by the same rules. `..` goes back to the directory that was
 * walked through, which is held open, so neither a link nor a rename during the walk leads above the start. What leads
 * there is PERM.
 *
 * WasmEdge `VINode::resolvePath`.
 */

/** This many links are one too many: 7 are followed, as in WasmEdge. */
const MAX_LINKS = 8;

/**
 * What happens where the last component is a symbolic link.
 * - `follow`: it is followed.
 * - `nofollow`: only where a slash stands after it, as POSIX has it.
 * - `entry`: never. The path names an entry to be made, moved or removed.
 */
export type LastComponent = "follow" | "nofollow" | "entry";

/** Where a path leads. */
export interface Place {
  readonly directory: OpenDirectory;
  /** One component; "." where the path leads to `directory` itself. Nothing of that name need exist. */
  readonly name: string;
  /** A slash stood at the end: the path names a directory. */
  readonly mustBeDirectory: boolean;
  /** How many directories below the start `directory` is. */
  readonly depth: number;
}

function componentsOf(path: string): string[] {
  return path.split("/").filter((component) => component !== "");
}

/** @throws WasiError INVAL for NUL inside, NOENT for "", PERM for an absolute path */
function checkPath(path: string): void {
  if (path.includes("\0")) failWith(Errno.INVAL);
  if (path === "") failWith(Errno.NOENT);
  if (path.startsWith("/")) failWith(Errno.PERM);
}

/** The walk from `base`: which directories it went through, and what is left. */
class Walk {
  private readonly base: OpenDirectory;
  /** The directories below `base`, each opened by us. */
  private readonly below: OpenDirectory[] = [];
  private pending: string[];
  private mustBeDirectory: boolean;
  private links = 0;

  constructor(base: OpenDirectory, path: string) {
    checkPath(path);
    this.base = base;
    this.pending = componentsOf(path);
    this.mustBeDirectory = path.endsWith("/");
  }

  private get current(): OpenDirectory {
    return this.below.length === 0 ? this.base : this.below[this.below.length - 1];
  }

  close(): void {
    for (const directory of this.below) directory.close();
    this.below.length = 0;
  }

  run(last: LastComponent): Place {
    for (;;) {
      const name = this.pending.shift();
      if (name === undefined) return this.place(".");
      if (name === ".") continue;
      if (name === "..") this.leave();
      else if (this.pending.length > 0) this.enter(name);
      else if (this.isLinkToFollow(name, last)) this.follow(name);
      else return this.place(name);
    }
  }

  private place(name: string): Place {
    const { current, mustBeDirectory } = this;
    return { directory: current, name, mustBeDirectory, depth: this.below.length };
  }

  private leave(): void {
    const directory = this.below.pop() ?? failWith(Errno.PERM);
    directory.close();
  }

  private isLinkToFollow(name: string, last: LastComponent): boolean {
    if (last === "entry" || (last === "nofollow" && !this.mustBeDirectory)) return false;
    return this.current.statAt(name)?.filetype === FileType.SYMBOLIC_LINK;
  }

  /** Goes into the directory of that name, or where the link of that name says. */
  private enter(name: string): void {
    try {
      const directory = this.current.openAt(name, walking);
      if (directory.kind === "directory") {
        this.below.push(directory);
        return;
      }
      directory.close();
      failWith(Errno.NOTDIR);
    } catch (error) {
      const mayBeLink = error instanceof WasiError && (error.errno === Errno.NOTDIR || error.errno === Errno.LOOP);
      if (!mayBeLink || this.current.statAt(name)?.filetype !== FileType.SYMBOLIC_LINK) throw error;
      this.follow(name);
    }
  }

  private follow(name: string): void {
    if (++this.links >= MAX_LINKS) failWith(Errno.LOOP);
    const target = this.current.readlinkAt(name);
    checkPath(target);
    if (this.pending.length === 0) this.mustBeDirectory ||= target.endsWith("/");
    this.pending = componentsOf(target).concat(this.pending);
  }
}

/**
 * Resolves `path` from `base` and gives the place to `use`. The directories opened on the way are closed when `use` returns;
 * `base` stays open.
 * @returns what `use` returns
 * @throws WasiError INVAL, NOENT, PERM for paths that are wrong or lead outside; NOTDIR, ACCES, LOOP on the way
 */
export function resolvePath<T>(base: OpenDirectory, path: string, last: LastComponent, use: (place: Place) => T): T {
  const walk = new Walk(base, path);
  try {
    return use(walk.run(last));
  } finally {
    walk.close();
  }
}

/**
 * Whether a link's text stays, as text, inside the directory that a path was resolved from: not absolute, and no `..`
 * that climbs above it. Resolution would stop it anyway; this keeps a guest from leaving such a link for others to follow.
 * @param depth of the directory that holds the link, below that directory
 */
export function staysInside(target: string, depth: number): boolean {
  if (target.startsWith("/")) return false;
  let level = depth;
  for (const component of componentsOf(target)) {
    if (component === ".") continue;
    level += component === ".." ? -1 : 1;
    if (level < 0) return false;
  }
  return true;
}
