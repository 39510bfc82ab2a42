import * as fs from "node:fs";
import { failure } from "./node-entry.ts";

/** Linux's O_PATH, which Node has no name for: a handle on a name in the file system, whatever stands there. */
const O_PATH = 0o10000000;

/** A Unix socket that was found at its path. */
export interface FoundSocket {
  /** What to connect to. */
  readonly path: string;
  /** Gives up what is held; a second time it does nothing. */
  readonly release: () => void;
}

/**
 * Looks for the Unix socket at a path. connect(2) follows a link there, which a guest may have put in its place where it can write
 * to the directory: the allow-list named this path, not where the link leads. On Linux what was found is held, and connected to;
 * elsewhere it is found once more by its path.
 * @throws with the code ELOOP where the name is that of a link; what the host says
 */
export function findUnixSocket(path: string): FoundSocket {
  if (process.platform !== "linux") {
    if (fs.lstatSync(path).isSymbolicLink()) throw failure("ELOOP");
    return { path, release: () => undefined };
  }
  const fd = fs.openSync(path, O_PATH | fs.constants.O_NOFOLLOW);
  try {
    // With O_PATH a link is opened itself, and not refused.
    if (fs.fstatSync(fd).isSymbolicLink()) throw failure("ELOOP");
  } catch (error) {
    fs.closeSync(fd);
    throw error;
  }
  let held = true;
  const release = (): void => {
    if (held) fs.closeSync(fd);
    held = false;
  };
  return { path: `/proc/self/fd/${fd}`, release };
}
