import type { MemoryType } from "../ast/types.ts";
import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import { log } from "../common/log.ts";
import type { Account } from "./account.ts";

/** Pages of an i32 memory by the specification. */
const PAGE_LIMIT_32 = 65536;
/** Pages of an i64 memory by the specification. */
const PAGE_LIMIT_64 = 2 ** 48;

/** How many pages a memory may have: by its type, the specification, the configuration, and together with other memories. */
export class PageLimits {
  /** Bytes in a page. */
  readonly pageSize: number;
  /** Pages by the configuration. */
  readonly configured: number;
  private readonly type: MemoryType;
  private readonly account: Account;

  constructor(type: MemoryType, configured = PAGE_LIMIT_64, account: Account) {
    this.type = type;
    this.pageSize = 2 ** type.pageSizeLog2;
    this.configured = Math.floor(Math.min(configured, Number.MAX_SAFE_INTEGER));
    this.account = account;
  }

  /** The most pages by the type, the specification and the configuration. */
  get most(): number {
    return Math.min(this.typed, this.configured);
  }

  private get typed(): number {
    const { max, is64 } = this.type.limit;
    const specified = is64 ? PAGE_LIMIT_64 : (PAGE_LIMIT_32 * 65536) / this.pageSize;
    return max === undefined ? specified : Math.min(specified, Number(max));
  }

  /** Takes the pages with which a memory begins. @returns how many @throws MemoryLimitExceeded */
  takeFirst(): number {
    const { configured, account } = this;
    const { limit } = this.type;
    const refuse = (text: string): never =>
      fail(ErrCode.MemoryLimitExceeded, { kind: "limit", limit }, { kind: "note", text });
    if (limit.min > BigInt(configured)) refuse(`Memory Instance: Limited ${configured} page in configuration.`);
    const pages = Number(limit.min);
    if (!this.take(pages)) refuse(`All memories may have ${account.limit} bytes.`);
    return pages;
  }

  /** Takes pages from what all memories may have together. @returns false, and nothing taken, where that does not suffice */
  take(pages: number): boolean {
    return this.account.take(pages * this.pageSize);
  }

  /** Gives back what was taken. */
  give(pages: number): void {
    this.account.give(pages * this.pageSize);
  }

  /** Takes what a memory of `before` pages grows by; says in the log why not. @returns false, and nothing taken, beyond a limit */
  takeGrowth(before: number, count: number): boolean {
    const failed = "Memory Instance: Memory grow page failed";
    if (before + count > this.typed) return false;
    if (before + count > this.configured) {
      log.error(`${failed}, exceeded limited ${this.configured} page size in configuration.`);
      return false;
    }
    if (this.take(count)) return true;
    log.error(`${failed}, all memories may have ${this.account.limit} bytes.`);
    return false;
  }
}
