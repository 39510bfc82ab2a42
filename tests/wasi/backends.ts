import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { memfs } from "memfs";
import { afterEach } from "vitest";
import type { FileSystem } from "../../src/wasi/fs/file-system.ts";
import { FsAdapter } from "../../src/wasi/fs/fs-adapter.ts";
import { MemoryFileSystem } from "../../src/wasi/fs/memory-file-system.ts";
import { NodeFileSystem } from "../../src/wasi/fs/node-file-system.ts";
import { OverlayFileSystem } from "../../src/wasi/fs/overlay-file-system.ts";
import { Guest } from "./guest.ts";

/** A file system and an empty directory on it. */
export interface Volume {
  readonly fileSystem: FileSystem;
  readonly path: string;
}

export interface Backend {
  readonly name: string;
  readonly create: () => Volume;
}

const folders: string[] = [];
const guests: Guest[] = [];

/** An empty folder of the host, removed after the test. */
export function hostFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-wasi-"));
  folders.push(folder);
  return folder;
}

afterEach(() => {
  for (const guest of guests.splice(0)) guest.wasi.fini();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The host's file system in both of its ways. */
export const hostBackends: readonly Backend[] = [
  ...(process.platform === "linux"
    ? [
        {
          name: "host directories, by descriptors",
          create: () => ({ fileSystem: new NodeFileSystem({ descriptors: true }), path: hostFolder() }),
        },
      ]
    : []),
  {
    name: "host directories, by checked paths",
    create: () => ({ fileSystem: new NodeFileSystem({ descriptors: false }), path: hostFolder() }),
  },
];

export const backends: readonly Backend[] = [
  { name: "in memory", create: () => ({ fileSystem: new MemoryFileSystem(), path: "/" }) },
  { name: "memfs", create: () => ({ fileSystem: new FsAdapter(memfs().fs), path: "/" }) },
  ...hostBackends,
  {
    name: "an overlay, all in the upper layer",
    create: () => {
      const layers = { lower: new MemoryFileSystem(), upper: new MemoryFileSystem() };
      return { fileSystem: new OverlayFileSystem(layers), path: "/" };
    },
  },
];

/** The first preopen's number. */
export const ROOT = 3;

/** A guest with a volume preopened as "/", descriptor 3. */
export function guestOn(volume: Volume, readonly = false): Guest {
  const guest = Guest.withPreopens({ fileSystem: volume.fileSystem }, { guest: "/", host: volume.path, readonly });
  guests.push(guest);
  return guest;
}
