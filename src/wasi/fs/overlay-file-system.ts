import { Errno, failWith } from "../abi/errno.ts";
import { resolvePath } from "../path-resolution.ts";
import { type FileSystem, type OpenDirectory, walking } from "./file-system.ts";
import { OverlayDirectory } from "./overlay-directory.ts";
import { OverlayNode } from "./overlay-node.ts";
import { OverlayVolume } from "./overlay-volume.ts";

/** The two layers of an overlay. */
export interface OverlayOptions {
  /** What is there to begin with. Nothing in it is ever changed. */
  readonly lower: FileSystem;
  /** The directory of `lower` that is shown; by default "/". */
  readonly lowerPath?: string;
  /** Takes all that is written; its quota is the overlay's. By what it holds, another overlay goes on where this one ended. */
  readonly upper: FileSystem;
  /** The directory of `upper` that takes it; by default "/". */
  readonly upperPath?: string;
}

/**
 * A writable file system over one that is only read: a guest may change and remove what the lower one holds, and sees its
 * changes, which are kept in the upper one. A file is copied up when it is opened to be written to, moved, linked or given
 * other times; a directory with all that it holds when it is moved. What was removed is marked in the upper layer as in
 * layers of container images (`.wh.NAME`); guests can use no names that begin so.
 */
export class OverlayFileSystem implements FileSystem {
  private readonly root: OverlayNode;

  /** @throws WasiError where one of the two directories cannot be opened */
  constructor({ lower, lowerPath = "/", upper, upperPath = "/" }: OverlayOptions) {
    this.root = new OverlayNode(new OverlayVolume(), upper.openDirectory(upperPath), lower.openDirectory(lowerPath));
    // Its root stays open as long as the overlay itself.
    this.root.open();
  }

  /** @param path below the overlay's own root */
  openDirectory(path: string): OpenDirectory {
    const root = new OverlayDirectory(this.root);
    try {
      const relative = path.replace(/^\/+/, "") || ".";
      return resolvePath(root, relative, "follow", ({ directory, name }) => {
        const opened = name === "." ? directory.reopen() : directory.openAt(name, walking);
        return opened.kind === "directory" ? opened : failWith(Errno.NOTDIR);
      });
    } finally {
      root.close();
    }
  }
}
