import { elementCount, type Module } from "../ast/module.ts";
import type { CompositeType } from "../ast/types.ts";
import { declaredLocalCount } from "../executor/lowering/function-bodies.ts";

/**
 * What a module may have at most by the interface, whatever the engine could do with more: so that what one engine takes, all take.
 * https://webassembly.github.io/spec/js-api/#limits
 */

const MOST_PARAMETERS = 1_000;
const MOST_FIELDS = 10_000;
const MOST_SUPERTYPES = 63;
const MOST_ELEMENTS = 10_000_000;
const MOST_BODY_BYTES = 7_654_321;
const MOST_LOCALS = 50_000;
/** Declarations of fewer bytes have fewer locals, with as many parameters as there may be: one group of that many takes five. */
const FEWEST_BYTES_OF_MOST_LOCALS = 5;

type Count = readonly [what: string, most: number, count: (module: Module) => number];

function imported(module: Module, kind: "table" | "memory"): number {
  return module.imports.reduce((count, { type }) => (type.kind === kind ? count + 1 : count), 0);
}

const counts: readonly Count[] = [
  ["types", 1_000_000, ({ types }) => types.length],
  ["functions", 1_000_000, ({ functionTypeIndices }) => functionTypeIndices.length],
  ["imports", 1_000_000, ({ imports }) => imports.length],
  ["exports", 1_000_000, ({ exports }) => exports.length],
  ["globals", 1_000_000, ({ globals }) => globals.length],
  ["tags", 1_000_000, ({ tags }) => tags.length],
  ["data segments", 100_000, ({ data }) => data.length],
  ["tables", 100_000, (module) => imported(module, "table") + module.tables.length],
  ["memories", 100, (module) => imported(module, "memory") + module.memories.length],
];

/** What of a valid module is beyond a limit; undefined for nothing. */
export function exceededLimit(module: Module): string | undefined {
  for (const [what, most, count] of counts) {
    const found = count(module);
    if (found > most) return beyond("The module", found, what, most);
  }
  return exceededByTypes(module) ?? exceededByElements(module) ?? exceededByBodies(module);
}

function beyond(owner: string, count: number, what: string, most: number): string {
  return `${owner} has ${count} ${what}, and may have ${most}.`;
}

function exceededByTypes({ types }: Module): string | undefined {
  const depths = new Uint8Array(types.length);
  for (let i = 0; i < types.length; i++) {
    const { composite, superTypes } = types[i];
    const depth = superTypes.length === 0 ? 0 : depths[superTypes[0]] + 1;
    if (depth > MOST_SUPERTYPES) return beyond(`Type ${i}`, depth, "supertypes", MOST_SUPERTYPES);
    depths[i] = depth;
    const found = exceededByComposite(`Type ${i}`, composite);
    if (found !== undefined) return found;
  }
  return undefined;
}

function exceededByComposite(owner: string, composite: CompositeType): string | undefined {
  if (composite.kind === "struct") {
    const count = composite.fields.length;
    return count > MOST_FIELDS ? beyond(owner, count, "fields", MOST_FIELDS) : undefined;
  }
  if (composite.kind !== "function") return undefined;
  const { params, results } = composite.type;
  if (params.length > MOST_PARAMETERS) return beyond(owner, params.length, "parameters", MOST_PARAMETERS);
  return results.length > MOST_PARAMETERS ? beyond(owner, results.length, "results", MOST_PARAMETERS) : undefined;
}

function exceededByElements({ elements }: Module): string | undefined {
  const at = elements.findIndex((segment) => elementCount(segment) > MOST_ELEMENTS);
  return at < 0 ? undefined : beyond(`Element segment ${at}`, elementCount(elements[at]), "elements", MOST_ELEMENTS);
}

function exceededByBodies({ bytes, code, functionTypeIndices, types }: Module): string | undefined {
  const { starts, expressionStarts, ends } = code;
  for (let i = 0; i < starts.length; i++) {
    const size = ends[i] - starts[i];
    if (size > MOST_BODY_BYTES) return beyond(`Function body ${i}`, size, "bytes", MOST_BODY_BYTES);
    if (expressionStarts[i] - starts[i] < FEWEST_BYTES_OF_MOST_LOCALS) continue;
    const { composite } = types[functionTypeIndices[i]];
    const params = composite.kind === "function" ? composite.type.params.length : 0;
    const locals = params + declaredLocalCount(bytes, starts[i]);
    if (locals > MOST_LOCALS) return beyond(`Function body ${i}`, locals, "parameters and locals", MOST_LOCALS);
  }
  return undefined;
}
