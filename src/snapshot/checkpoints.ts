import type { PausableRun } from "../executor/pausable-run.ts";
import type { FunctionInstance } from "../store/function-instance.ts";
import { describe } from "./host-recorder.ts";
import { refuse } from "./snapshot-errors.ts";
import type { SnapshotParts } from "./take-snapshot.ts";

/** A place to which a run can return. */
export interface Checkpoint {
  readonly count: number;
  /** The least count for which this is the place to begin at: behind a host call that is not playable, the count at that call. */
  readonly from: number;
  readonly parts: SnapshotParts;
  /** Host calls before it. */
  readonly cursor: number;
  /** The host function of which nothing else tells what it did: the run never goes from before its call to behind it. */
  readonly behind?: FunctionInstance | undefined;
  /** The run itself, where it has ended there. */
  readonly ended?: PausableRun | undefined;
}

/** What a struct or array takes that a snapshot keeps, about: what it holds is of the snapshot itself or of the run. */
const OBJECT_BYTES = 64;

/** The snapshots of a run, in the order of their counts. */
export class Checkpoints {
  /** Instructions between two of them. */
  interval: number;
  private list: Checkpoint[] = [];
  private readonly maxBytes: number;

  constructor(interval: number, maxBytes: number) {
    this.interval = interval;
    this.maxBytes = maxBytes;
  }

  get last(): Checkpoint | undefined {
    return this.list[this.list.length - 1];
  }

  /** Where the next one is due. */
  get due(): number {
    return (this.last?.count ?? 0) + this.interval;
  }

  get counts(): readonly number[] {
    return this.list.map(({ count }) => count);
  }

  /** @throws NotInSnapshot where those that cannot be dropped take more than there may be */
  add(checkpoint: Checkpoint): void {
    this.list.push(checkpoint);
    while (this.list.length > 2 && this.bytes > this.maxBytes) this.thinOut();
  }

  /** Drops every second one that can be dropped. */
  private thinOut(): void {
    const behind = this.list.flatMap((checkpoint) => checkpoint.behind ?? []);
    if (this.list.length - behind.length <= 1) {
      const text = `is called so often that the snapshots behind its calls take more than the ${this.maxBytes} bytes`;
      refuse(`${describe(behind[behind.length - 1])} ${text} that the recording may keep (maxBytes).`);
    }
    let free = 0;
    this.list = this.list.filter(({ behind: func }) => func !== undefined || free++ % 2 === 0);
    this.interval *= 2;
  }

  /** What all of them take; chunks of memories that several share count once. */
  private get bytes(): number {
    const chunks = new Set<Uint8Array>();
    let sum = 0;
    for (const { parts } of this.list) {
      sum += parts.body.length + OBJECT_BYTES * (parts.objects?.length ?? 0);
      for (const image of parts.memories) {
        for (const chunk of image.chunks) if (chunk !== undefined) chunks.add(chunk);
      }
    }
    for (const chunk of chunks) sum += chunk.length;
    return sum;
  }

  /** Where to begin to get to a count. */
  before(count: number): Checkpoint {
    let found = this.list[0];
    for (const checkpoint of this.list) if (checkpoint.from <= count) found = checkpoint;
    return found;
  }

  /** The last one on the way from a count to another that the run has to jump to. */
  onTheWay(from: number, to: number): Checkpoint | undefined {
    return this.list.filter(({ behind, from: at }) => behind !== undefined && from < at && at <= to).pop();
  }
}
