import { FileType, OFlags } from "../../src/wasi/abi/constants.ts";
import type { ErrnoName } from "../../src/wasi/abi/errno.ts";
import type { Operation } from "./random-operations.ts";

/**
 * What a guest must see of a directory that is given to it, in the plainest way that it can be written down: a tree of nodes in
 * which nothing is outside. It shares no code with the file systems or the resolution of paths; whatever a guest sees that
 * this does not show came from somewhere else.
 */

export interface ModelFile {
  readonly kind: "file";
  text: string;
  links: number;
}

export interface ModelLink {
  readonly kind: "link";
  readonly target: string;
  links: number;
}

export interface ModelDirectory {
  readonly kind: "directory";
  readonly names: Map<string, ModelNode>;
  removed: boolean;
}

export type ModelNode = ModelFile | ModelLink | ModelDirectory;

export function directory(names: Record<string, ModelNode> = {}): ModelDirectory {
  return { kind: "directory", names: new Map(Object.entries(names)), removed: false };
}

export function file(text = ""): ModelFile {
  return { kind: "file", text, links: 1 };
}

export function link(target: string): ModelLink {
  return { kind: "link", target, links: 1 };
}

class Refused extends Error {
  readonly errno: ErrnoName;

  constructor(errno: ErrnoName) {
    super(errno);
    this.errno = errno;
  }
}

function refuse(errno: ErrnoName): never {
  throw new Refused(errno);
}

interface Place {
  readonly holder: ModelDirectory;
  readonly name: string;
  readonly slash: boolean;
  readonly depth: number;
}

/** @param follows "always", "slash" (only before a slash), "never": a link at the end */
function find(root: ModelDirectory, path: string, follows: "always" | "slash" | "never"): Place {
  if (path === "") refuse("NOENT");
  if (path[0] === "/") refuse("PERM");
  const way = [root];
  let slash = path.endsWith("/");
  let rest = path;
  for (let links = 0; ; ) {
    const holder = way[way.length - 1];
    const [, name, after] = /^\/*([^/]*)\/*(.*)$/s.exec(rest) as RegExpExecArray;
    if (name === "") return { holder, name: ".", slash, depth: way.length - 1 };
    const node = holder.names.get(name);
    const isEnd = after === "";
    rest = after;
    if (name === ".") continue;
    if (name === "..") {
      way.pop();
      if (way.length === 0) refuse("PERM");
      continue;
    }
    if (isEnd && !(node?.kind === "link" && (follows === "always" || (follows === "slash" && slash)))) {
      return { holder, name, slash, depth: way.length - 1 };
    }
    if (node === undefined) refuse("NOENT");
    if (node.kind === "file") refuse("NOTDIR");
    if (node.kind === "directory") {
      way.push(node);
      continue;
    }
    links++;
    if (links > 7) refuse("LOOP");
    if (node.target[0] === "/") refuse("PERM");
    if (isEnd) slash ||= node.target.endsWith("/");
    rest = `${node.target}/${rest}`;
  }
}

/** What is at a place. */
function at({ holder, name, slash }: Place): ModelNode {
  const node = name === "." ? holder : (holder.names.get(name) ?? refuse("NOENT"));
  if (slash && node.kind !== "directory") refuse("NOTDIR");
  return node;
}

function add({ holder, name }: Place, node: ModelNode): void {
  if (name === "." || holder.names.has(name)) refuse("EXIST");
  if (holder.removed) refuse("NOENT");
  holder.names.set(name, node);
}

/** For what is no directory. */
function requireFree({ holder, name, slash }: Place): void {
  if (name === "." || holder.names.has(name)) refuse("EXIST");
  if (slash) refuse("NOENT");
}

function drop(holder: ModelDirectory, name: string): void {
  const node = holder.names.get(name);
  holder.names.delete(name);
  if (node?.kind === "directory") node.removed = true;
  else if (node !== undefined) node.links--;
}

function isWithin(node: ModelDirectory, inner: ModelNode): boolean {
  return (
    node === inner ||
    Array.from(node.names.values()).some((below) => below.kind === "directory" && isWithin(below, inner))
  );
}

function staysInside(text: string, depth: number): boolean {
  if (text[0] === "/") return false;
  let level = depth;
  for (const name of text.split("/")) {
    if (name === "..") level--;
    else if (name !== "" && name !== ".") level++;
    if (level < 0) return false;
  }
  return true;
}

function rename(from: Place, to: Place): void {
  if (from.name === "." || to.name === ".") refuse("BUSY");
  const node = at(from);
  if (to.slash && node.kind !== "directory") refuse("NOTDIR");
  const replaced = to.holder.names.get(to.name);
  if (node === replaced) return;
  if (node.kind === "directory" && isWithin(node, to.holder)) refuse("INVAL");
  if (replaced?.kind === "directory") {
    if (isWithin(replaced, from.holder)) refuse("NOTEMPTY");
    if (node.kind !== "directory") refuse("ISDIR");
    if (replaced.names.size > 0) refuse("NOTEMPTY");
  } else if (replaced !== undefined && node.kind === "directory") refuse("NOTDIR");
  if (to.holder.removed) refuse("NOENT");
  drop(to.holder, to.name);
  from.holder.names.delete(from.name);
  to.holder.names.set(to.name, node);
}

function open(root: ModelDirectory, path: string, follow: boolean, oflags: number, writes: boolean): string {
  const has = (flag: number): boolean => (oflags & flag) !== 0;
  if (has(OFlags.CREAT) && has(OFlags.DIRECTORY)) refuse("INVAL");
  const exclusive = has(OFlags.CREAT) && has(OFlags.EXCL);
  const place = find(root, path, follow && !exclusive ? "always" : "slash");
  const { holder, name, slash } = place;
  if (slash && name !== "." && has(OFlags.CREAT)) refuse("ISDIR");
  let node: ModelNode | undefined = name === "." ? holder : holder.names.get(name);
  if (node === undefined) {
    if (!has(OFlags.CREAT)) refuse("NOENT");
    node = file();
    add(place, node);
  } else if (exclusive) refuse("EXIST");
  if (node.kind === "link") refuse(slash || has(OFlags.DIRECTORY) ? "NOTDIR" : "LOOP");
  if (node.kind === "directory") {
    if (writes || has(OFlags.CREAT | OFlags.TRUNC)) refuse("ISDIR");
    return `${FileType.DIRECTORY} `;
  }
  if (slash || has(OFlags.DIRECTORY)) refuse("NOTDIR");
  if (has(OFlags.TRUNC)) node.text = "";
  if (!writes) return `${FileType.REGULAR_FILE} ${node.text.slice(0, 10)}`;
  node.text = `w${node.text.slice(1)}`;
  return `${FileType.REGULAR_FILE} ${node.text.slice(1, 11)}`;
}

function describe(node: ModelNode): string {
  if (node.kind === "directory") return "directory";
  if (node.kind === "file") return `${FileType.REGULAR_FILE} ${node.text.length} ${node.links}`;
  return `${FileType.SYMBOLIC_LINK} ${node.target.length} ${node.links}`;
}

function result(roots: readonly ModelDirectory[], step: Operation): string {
  const root = roots[step[1]];
  const ending = (follow: number): "always" | "slash" => (follow === 1 ? "always" : "slash");
  switch (step[0]) {
    case "mkdir":
      add(find(root, step[2], "never"), directory());
      break;
    case "rmdir": {
      const { holder, name } = find(root, step[2], "never");
      if (name === ".") refuse("INVAL");
      const node = holder.names.get(name) ?? refuse("NOENT");
      if (node.kind !== "directory") refuse("NOTDIR");
      if (node.names.size > 0) refuse("NOTEMPTY");
      drop(holder, name);
      break;
    }
    case "unlink": {
      const place = find(root, step[2], "never");
      if (at(place).kind === "directory") refuse("ISDIR");
      drop(place.holder, place.name);
      break;
    }
    case "stat":
      return describe(at(find(root, step[2], ending(step[3]))));
    case "times":
      at(find(root, step[2], ending(step[3])));
      break;
    case "list": {
      const node = at(find(root, step[2], "always"));
      if (node.kind === "link") refuse("LOOP");
      if (node.kind === "file") refuse("NOTDIR");
      return [".", "..", ...Array.from(node.names.keys()).sort()].join(" ");
    }
    case "readlink": {
      const node = at(find(root, step[2], "slash"));
      return node.kind === "link" ? node.target : refuse("INVAL");
    }
    case "symlink": {
      if (step[2] === "") refuse("NOENT");
      const place = find(root, step[3], "never");
      if (!staysInside(step[2], place.depth)) refuse("PERM");
      requireFree(place);
      add(place, link(step[2]));
      break;
    }
    case "link": {
      const node = at(find(root, step[2], ending(step[5])));
      const place = find(roots[step[3]], step[4], "never");
      requireFree(place);
      if (node.kind === "directory") refuse("PERM");
      add(place, node);
      node.links++;
      break;
    }
    case "rename":
      rename(find(root, step[2], "never"), find(roots[step[3]], step[4], "never"));
      break;
    case "open":
      return open(root, step[2], step[3] === 1, step[4], step[5]);
  }
  return "SUCCESS";
}

/** What the guest must see of one operation. */
export function expected(roots: readonly ModelDirectory[], step: Operation): string {
  try {
    return result(roots, step);
  } catch (error) {
    if (error instanceof Refused) return error.errno;
    throw error;
  }
}

/** All names below a directory, as `tree` of `random-operations.ts` has them. */
export function treeOf({ names }: ModelDirectory): string[] {
  return Array.from(names.keys())
    .sort()
    .flatMap((name) => {
      const node = names.get(name) as ModelNode;
      if (node.kind === "link") return [`${name} -> ${node.target}`];
      if (node.kind === "file") return [`${name}: ${node.text}`];
      return [`${name}/`, ...treeOf(node).map((inner) => `${name}/${inner}`)];
    });
}
