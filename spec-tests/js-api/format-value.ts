const OBJECT_DEPTH = 2;

/** A value as a message shows it: `format_value` of testharness.js, which tests use in their names. */
export function formatValue(value: unknown): string {
  return format(value, OBJECT_DEPTH);
}

function format(value: unknown, depth: number): string {
  switch (typeof value) {
    case "string":
      return JSON.stringify(value);
    case "number":
      return Object.is(value, -0) ? "-0" : String(value);
    case "bigint":
      return `${value}n`;
    case "function":
      return `function "${nameOf(value)}"`;
    case "object":
      return value === null ? "null" : formatObject(value, depth);
    default:
      return String(value);
  }
}

function formatObject(value: object, depth: number): string {
  if (Array.isArray(value)) {
    return depth > 0 ? `[${value.map((item) => format(item, depth - 1)).join(", ")}]` : "[…]";
  }
  if (value instanceof Error) return `object "${errorText(value)}"`;
  return `object "${toText(value)}"`;
}

/** Objects of tests need not have a prototype, and their `toString` may throw. */
function toText(value: object): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

function nameOf(value: unknown): string {
  return String((value as { readonly name?: unknown }).name);
}

/** What was thrown, in one line. */
export function errorText(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : formatValue(error);
}
