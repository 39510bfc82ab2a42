import type { Profile, ProfileNode } from "./profiler.ts";

/** Profiles in the formats of the tools that show them. */

/**
 * As a `.cpuprofile`, which Chrome's developer tools and editors open. Instructions stand where microseconds are meant.
 * https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile
 */
export function toCpuProfile({ root, samples }: Profile): string {
  const ids = new Map<ProfileNode, number>();
  const number = (node: ProfileNode): void => {
    ids.set(node, ids.size + 1);
    for (const child of node.children) number(child);
  };
  number(root);
  const nodes = Array.from(ids, ([{ func, children, samples: hitCount }, id]) => ({
    id,
    callFrame: {
      functionName: func.name,
      scriptId: "0",
      url: func.module,
      lineNumber: -1,
      columnNumber: -1,
    },
    hitCount,
    children: children.map((child) => ids.get(child)),
  }));
  const total = samples.reduce((sum, { weight }) => sum + weight, 0);
  return JSON.stringify({
    nodes,
    startTime: 0,
    endTime: total,
    samples: samples.map(({ node }) => ids.get(node)),
    timeDeltas: samples.map(({ weight }) => weight),
  });
}

/** As https://www.speedscope.app reads it. https://github.com/jlfwong/speedscope/wiki/Importing-from-custom-sources */
export function toSpeedscope({ unit, root, samples }: Profile, name: string): string {
  const frames: { readonly name: string; readonly file?: string }[] = [];
  const frameOf = new Map<ProfileNode["func"], number>();
  const stackOf = new Map<ProfileNode, readonly number[]>();
  const visit = (node: ProfileNode, below: readonly number[]): void => {
    let stack = below;
    if (node !== root) {
      let frame = frameOf.get(node.func);
      if (frame === undefined) {
        const { name: text, module } = node.func;
        frame = frames.push(module === "" ? { name: text } : { name: text, file: module }) - 1;
        frameOf.set(node.func, frame);
      }
      stack = [...below, frame];
    }
    stackOf.set(node, stack);
    for (const child of node.children) visit(child, stack);
  };
  visit(root, []);
  const weights = samples.map(({ weight }) => weight);
  return JSON.stringify({
    $schema: "https://www.speedscope.app/file-format-schema.json",
    name,
    exporter: "wasmedge-ts",
    shared: { frames },
    profiles: [
      {
        type: "sampled",
        name,
        unit: unit === "microseconds" ? "microseconds" : "none",
        startValue: 0,
        endValue: weights.reduce((sum, weight) => sum + weight, 0),
        samples: samples.map(({ node }) => stackOf.get(node)),
        weights,
      },
    ],
  });
}
