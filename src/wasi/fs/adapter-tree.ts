import { Errno, failWith } from "../abi/errno.ts";

/**
 * A directory that is open, or that an open one stands in: where it is now. Moving and removing directories through the
 * adapter moves and removes these, so that an open directory stays the one that was opened.
 */
export class AdapterNode {
  private readonly children = new Map<string, AdapterNode>();
  private parent: AdapterNode | undefined;
  private name: string;
  private removed = false;
  private openCount = 0;

  constructor(parent?: AdapterNode, name = "") {
    this.parent = parent;
    this.name = name;
  }

  /** The path at present; "" for the root. @throws WasiError NOENT for a directory that was removed */
  get path(): string {
    let path = "";
    for (let at: AdapterNode = this; at.parent !== undefined; at = at.parent) {
      if (at.removed) failWith(Errno.NOENT);
      path = `/${at.name}${path}`;
    }
    return path;
  }

  /** Whether this is `node` or lies below it. */
  isWithin(node: AdapterNode): boolean {
    for (let at: AdapterNode | undefined = this; at !== undefined; at = at.parent) if (at === node) return true;
    return false;
  }

  /** The node of a directory in this one. */
  child(name: string): AdapterNode {
    let child = this.children.get(name);
    if (child === undefined) {
      child = new AdapterNode(this, name);
      this.children.set(name, child);
    }
    return child;
  }

  find(name: string): AdapterNode | undefined {
    return this.children.get(name);
  }

  open(): void {
    this.openCount++;
  }

  close(): void {
    this.openCount--;
    this.forgetIfUnused();
  }

  private forgetIfUnused(): void {
    for (let at: AdapterNode = this; at.parent !== undefined && at.isUnused; at = at.parent) {
      if (at.parent.children.get(at.name) === at) at.parent.children.delete(at.name);
    }
  }

  private get isUnused(): boolean {
    return this.openCount === 0 && this.children.size === 0;
  }

  /** The directory of that name was removed. */
  removeChild(name: string): void {
    const child = this.children.get(name);
    if (child === undefined) return;
    child.removed = true;
    this.children.delete(name);
  }

  /** What has that name was moved, in place of what was there. */
  moveChild(name: string, target: AdapterNode, newName: string): void {
    const child = this.children.get(name);
    target.removeChild(newName);
    if (child === undefined) return;
    this.children.delete(name);
    child.parent = target;
    child.name = newName;
    target.children.set(newName, child);
    this.forgetIfUnused();
  }
}
