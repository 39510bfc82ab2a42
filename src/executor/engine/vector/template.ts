/**
 * The notation in which vector instructions are written, and its expansion to cases of a switch.
 *
 * A definition gives the value of one lane of the result. As text it is the same for each lane, and reads nothing but that
 * lane of the operands: `$a`, `$b`, `$c`, or `$ua`, `$ub` as unsigned numbers. As function of the lane's number it may read
 * any lane as `i8(a, 3)`, with the view's name, the operand and the number of the lane.
 *
 * Operands and destination are word offsets on the value stack, and the destination may be one of the operands: where a lane
 * that has been written would be read again, all lanes are computed before the first is written.
 */
export type LaneDefinition = string | ((lane: number) => string);

/** Bytes of a lane by the name of its view. `u32` is i32 read unsigned. */
const widths = { i8: 1, u8: 1, i16: 2, u16: 2, i32: 4, u32: 4, f32: 4, f64: 8 } as const;

/** The name of a view of the value stack. */
export type View = keyof typeof widths;

const unsignedViews: { readonly [view in View]?: View } = { i8: "u8", i16: "u16", i32: "u32" };

const LANE_READ = /\b([iuf]\d+)\(([a-c]), (\w+)\)/g;

/** Loops over so many lanes are written out. */
const MOST_UNROLLED = 4;

const VECTOR_BYTES = 16;

/** The place of lane `lane` of the vector at word offset `operand`. */
function place(view: View, operand: string, lane: number | string): string {
  const width = widths[view];
  const base = width === 4 ? operand : width === 8 ? `(${operand} >> 1)` : `(${operand} << ${width === 1 ? 2 : 1})`;
  return Number(lane) === 0 ? base : `${base} + ${lane}`;
}

function expandReads(text: string): string {
  return text.replace(LANE_READ, (_, view, operand, lane) =>
    view === "u32" ? `(i32[${place("i32", operand, lane)}] >>> 0)` : `${view}[${place(view, operand, lane)}]`,
  );
}

/** `$a` becomes a read of the lane. */
function expandShort(text: string, view: View, lane: number | string): string {
  return text
    .replace(/\$u([a-c])/g, (_, operand) => `${unsignedViews[view]}(${operand}, ${lane})`)
    .replace(/\$([a-c])/g, (_, operand) => `${view}(${operand}, ${lane})`);
}

/** Whether lane `lane` reads bytes that are written by a lane before it. */
function readsEarlierLane(text: string, lane: number, width: number): boolean {
  return [...text.matchAll(LANE_READ)].some(([, view, , read]) => Number(read) * widths[view as View] < lane * width);
}

/**
 * The statements that compute one instruction.
 * @param view of the result's lanes
 */
export function expandLanes(view: View, definition: LaneDefinition): string {
  const width = widths[view];
  const count = VECTOR_BYTES / width;
  if (typeof definition === "string" && count > MOST_UNROLLED) {
    const value = expandReads(expandShort(definition, view, "i"));
    return `for (let i = 0; i < ${count}; i++) ${view}[${place(view, "d", "i")}] = ${value};`;
  }
  const texts = Array.from({ length: count }, (_, lane) =>
    typeof definition === "string" ? expandShort(definition, view, lane) : definition(lane),
  );
  const gathered = texts.some((text, lane) => readsEarlierLane(text, lane, width));
  const values = texts.map(expandReads);
  const write = (lane: number, value: string): string => `${view}[${place(view, "d", lane)}] = ${value};`;
  if (!gathered) return values.map((value, lane) => write(lane, value)).join("\n");
  const reads = values.map((value, lane) => `const r${lane} = ${value};`);
  return [...reads, ...values.map((_, lane) => write(lane, `r${lane}`))].join("\n");
}

/** The function that executes a family's instructions. */
export interface VectorFamily {
  readonly name: string;
  /** Word offsets of the operands behind the destination's; or numbers. */
  readonly operands: readonly string[];
  /** Each instruction with its statements. */
  readonly cases: ReadonlyMap<string, string>;
}

/** Makes a family of instructions whose results have lanes of one view. */
export function family(
  name: string,
  operands: readonly string[],
  ...groups: readonly (readonly [view: View, definitions: { readonly [instruction: string]: LaneDefinition }])[]
): VectorFamily {
  const cases = new Map<string, string>();
  for (const [view, definitions] of groups) {
    for (const [instruction, definition] of Object.entries(definitions)) {
      cases.set(instruction, expandLanes(view, definition));
    }
  }
  return { name, operands, cases };
}

/** The source of a family's function. @param left instructions that it does without */
export function familySource({ name, operands, cases }: VectorFamily, left: ReadonlySet<string>): string {
  const own = [...cases].filter(([instruction]) => !left.has(instruction));
  const bodies = own.map(([instruction, body]) => {
    const lines = body.split("\n").map((line) => `      ${line}`);
    return `    case Op["${instruction}"]: {\n${lines.join("\n")}\n      return;\n    }`;
  });
  const text = bodies.join("\n");
  const views = Object.keys(widths).filter((view) => text.includes(`${view}[`));
  const parameters = ["opcode", "d", ...operands].map((parameter) => `${parameter}: number`);
  return `export function ${name}({ ${views.join(", ")} }: Execution, ${parameters.join(", ")}): void {
  switch (opcode) {
${text}
    default:
      throw new Error(\`BUG: ${name} has no instruction 0x\${opcode.toString(16)}\`);
  }
}
`;
}
