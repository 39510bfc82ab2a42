import { expect, it } from "vitest";
import { setLogCallback } from "../../src/common/log.ts";
import { backends, guestOn, ROOT } from "./backends.ts";
import type { Guest } from "./guest.ts";

/** Makes directories in each other until one is refused, or there are as many as are asked for; the last that is open. */
function nest(guest: Guest, name: string, most: number): { fd: number; depth: number; errno: string } {
  let fd = ROOT;
  for (let depth = 0; ; depth++) {
    const errno = depth < most ? guest.makeDirectory(fd, name) : "SUCCESS";
    if (errno !== "SUCCESS" || depth === most) return { fd, depth, errno };
    const below = guest.openDirectory(fd, name);
    if (fd !== ROOT) guest.close(fd);
    fd = below;
  }
}

/** As deep as each may be made; a host is spared the depth that its own tools cannot remove again. */
const cases = backends.map((backend) => {
  // memfs walks whole paths at each step: long names make it end early.
  const refused = backend.name === "memfs";
  const most = backend.name.startsWith("host") ? 300 : 12_000;
  return { ...backend, most, refused, name: backend.name, directory: refused ? "d".repeat(40) : "d" };
});

it.each(cases)(
  "directories in directories end with an errno, and all goes on: over $name",
  ({ create, most, refused, directory }) => {
    const lines: string[] = [];
    setLogCallback(({ message }) => lines.push(message));
    const guest = guestOn(create());
    const { fd, depth, errno } = nest(guest, directory, most);
    expect([depth, errno]).toEqual(refused ? [expect.any(Number), "NAMETOOLONG"] : [most, "SUCCESS"]);
    expect(depth).toBeGreaterThan(90);
    expect(guest.tryStat(fd, ".")).toBe("SUCCESS");
    expect(guest.rename(ROOT, directory, fd, "y")).toMatch(/^(INVAL|NAMETOOLONG)$/);
    expect(guest.rename(ROOT, directory, ROOT, "e")).toBe("SUCCESS");
    expect(guest.tryStat(ROOT, `e/${directory}/${directory}`)).toBe("SUCCESS");
    expect(guest.removeDirectory(ROOT, "e")).toBe("NOTEMPTY");
    expect(guest.list(ROOT)).toEqual([".", "..", "e"]);
    guest.wasi.fini();
    setLogCallback(null);
    expect(lines).toEqual([]);
  },
);
