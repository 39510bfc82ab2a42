import { Errno, failWith } from "./abi/errno.ts";
import { includes, Right } from "./abi/rights.ts";
import { DirectoryDescriptor } from "./descriptors/directory-descriptor.ts";
import type { Environ } from "./environ.ts";
import { openPlace } from "./functions/path-open.ts";
import { resolvePath } from "./path-resolution.ts";

/** Files as a guest names them, for what writes to them in its place: they are reached as the guest reaches them. */

/** The preopen that a path leads through, and what of the path is below it. */
interface GuestPath {
  readonly preopen: DirectoryDescriptor;
  readonly path: string;
}

/** What of a path is below a directory of that name; undefined where it is not below it. */
function below(name: string, path: string): string | undefined {
  const plain = path.replace(/^(?:\.?\/)+/, "");
  if (name === "/" || name === ".") return plain;
  return plain.startsWith(`${name}/`) ? plain.slice(name.length + 1) : undefined;
}

/** The preopen with the longest name that the path begins with, as C libraries choose it. @throws WasiError NOTCAPABLE */
function findPreopen({ descriptors }: Environ, path: string): GuestPath {
  let found: GuestPath | undefined;
  for (const descriptor of descriptors.all()) {
    if (!(descriptor instanceof DirectoryDescriptor) || descriptor.preopenName === undefined) continue;
    const rest = below(descriptor.preopenName, path);
    if (rest === undefined) continue;
    if (found === undefined || rest.length < found.path.length) found = { preopen: descriptor, path: rest };
  }
  return found ?? failWith(Errno.NOTCAPABLE);
}

/**
 * Adds bytes to the end of a file of the guest's, which is made where it is not there.
 * @param path with or without a slash at the start
 * @throws WasiError NOTCAPABLE where no preopen leads there or it is for reading only; ISDIR, ACCES, NOSPC, …
 */
export function appendToGuestFile(environ: Environ, path: string, bytes: Uint8Array): void {
  const { preopen, path: rest } = findPreopen(environ, path);
  preopen.require(Right.PATH_OPEN | Right.PATH_CREATE_FILE);
  if (!includes(preopen.rights.inheriting, Right.FD_WRITE)) failWith(Errno.NOTCAPABLE);
  const options = { read: false, write: true, create: true, exclusive: false, truncate: false, directory: false };
  const file = resolvePath(preopen.directory, rest, "follow", (place) => openPlace(place, options));
  try {
    if (file.kind !== "file") failWith(Errno.ISDIR);
    for (let written = 0; written < bytes.length; ) {
      const count = file.append(bytes.subarray(written));
      if (count === 0) failWith(Errno.IO);
      written += count;
    }
  } finally {
    file.close();
  }
}
