import { expect, it } from "vitest";
import { preopenRights } from "../../../src/wasi/abi/rights.ts";
import { DirectoryDescriptor } from "../../../src/wasi/descriptors/directory-descriptor.ts";
import { Listings } from "../../../src/wasi/descriptors/listings.ts";
import { MemoryFileSystem } from "../../../src/wasi/fs/memory-file-system.ts";

/** Descriptors on a directory of eight names: listings of ten entries. */
function setUp(count: number): { fileSystem: MemoryFileSystem; descriptors: DirectoryDescriptor[] } {
  const fileSystem = new MemoryFileSystem();
  for (const name of "abcdefgh") fileSystem.makeDirectory(name);
  const descriptors = Array.from(
    { length: count },
    () => new DirectoryDescriptor(fileSystem.openDirectory("/"), preopenRights, 0),
  );
  return { fileSystem, descriptors };
}

it("listings are held until their limit, then the one that was used longest ago goes", () => {
  const { descriptors } = setUp(5);
  const [a, b, c, d] = descriptors;
  const listings = new Listings(30);
  const held = (): string => descriptors.map(({ listing }) => (listing === undefined ? "-" : "x")).join("");
  for (const each of [a, b, c]) expect(listings.of(each, 0)).toHaveLength(10);
  expect(held()).toBe("xxx--");
  const ofA = listings.of(a, 3);
  expect(listings.of(d, 0)).toHaveLength(10);
  expect(held()).toBe("x-xx-");
  expect(listings.of(a, 9)).toBe(ofA);
  // A closed one holds nothing, and is not counted.
  c.close();
  listings.of(b, 5);
  expect(held()).toBe("xx-x-");
});

it("a listing that alone is beyond the limit is held while it is read", () => {
  const { fileSystem, descriptors } = setUp(2);
  const listings = new Listings(9);
  const first = listings.of(descriptors[0], 0);
  fileSystem.makeDirectory("new");
  expect(listings.of(descriptors[0], 4)).toBe(first);
  expect(listings.of(descriptors[1], 0)).toHaveLength(11);
  expect(descriptors[0].listing).toBeUndefined();
  // Read on, it is one of now.
  expect(listings.of(descriptors[0], 4)).toHaveLength(11);
});

it("at cookie 0 a listing is made anew", () => {
  const { fileSystem, descriptors } = setUp(1);
  const listings = new Listings();
  listings.of(descriptors[0], 0);
  fileSystem.makeDirectory("new");
  expect(listings.of(descriptors[0], 1)).toHaveLength(10);
  expect(listings.of(descriptors[0], 0)).toHaveLength(11);
});
