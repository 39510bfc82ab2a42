import type { Socket } from "node:net";
import { Errno, errnoOf, translatingErrors } from "../abi/errno.ts";
import type { InputStream } from "../streams.ts";
import { fileType } from "./fs-like.ts";
import { fs, nodeBuiltin } from "./node-builtins.ts";
import { readFrom } from "./node-handles.ts";

/**
 * A descriptor of this process that is read from. A plain read blocks the thread in the system call, as long as it takes; a
 * try reads from a handle that does not block, which is made at the first one:
 * - Pipes and terminals are opened anew by their name in /proc or /dev, so that nobody who shares the old handle notices.
 * - Sockets, which cannot be opened anew (a parent of Node's own makes its children's standard input such), are set to not
 *   block, by Node's own stream over them.
 * - Files never block.
 * Where none of these is possible (Windows; a terminal of another user) a try is a plain read.
 */
export class NodeInput implements InputStream {
  readonly nativeHandle: number;
  private trying: number | undefined;
  /** Held so that it is not collected, which would close the descriptor. It is never read from. */
  private stream: Socket | undefined;

  constructor(fd: number) {
    this.nativeHandle = fd;
  }

  /** What the guest is told that it is. */
  get filetype() {
    return fileType(translatingErrors(() => fs.fstatSync(this.nativeHandle)));
  }

  /** Blocks until there is something, or the end. */
  read(bytes: Uint8Array): number {
    return readFrom(this.trying ?? this.nativeHandle, bytes, null);
  }

  /** Undefined where there is nothing yet. */
  tryRead(bytes: Uint8Array): number | undefined {
    if (bytes.length === 0) return 0;
    this.trying ??= this.openToTry();
    try {
      return fs.readSync(this.trying, bytes, 0, bytes.length, null);
    } catch (error) {
      if (errnoOf(error) === Errno.AGAIN || errnoOf(error) === Errno.INTR) return undefined;
      if ((error as { readonly code?: unknown }).code === "EOF") return 0;
      return translatingErrors(() => {
        throw error;
      });
    }
  }

  /** Closes the handle that was made for trying; the descriptor itself belongs to whoever has opened it. */
  close(): void {
    if (this.trying !== undefined && this.trying !== this.nativeHandle) fs.closeSync(this.trying);
    this.trying = undefined;
  }

  private openToTry(): number {
    const { nativeHandle } = this;
    const stat = fs.fstatSync(nativeHandle);
    if (stat.isFile() || process.platform === "win32") return nativeHandle;
    if (!stat.isSocket()) {
      const folder = process.platform === "linux" ? "/proc/self/fd" : "/dev/fd";
      try {
        return fs.openSync(`${folder}/${nativeHandle}`, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
      } catch {
        // Not ours to open: the pipe may still be set to not block.
      }
    }
    if (stat.isCharacterDevice()) return nativeHandle;
    try {
      this.stream = new (nodeBuiltin("node:net").Socket)({ fd: nativeHandle, readable: false, writable: false });
      this.stream.unref();
    } catch {
      // Neither pipe nor socket.
    }
    return nativeHandle;
  }
}
