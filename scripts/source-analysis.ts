import { parseAst } from "vite";

/** What the checks of the architecture and of the bundles want to know of a file. */
export interface SourceFile {
  /** The path, with forward slashes, as it was given. */
  readonly path: string;
  readonly imports: readonly string[];
  /** The imports that are left over when types are stripped. */
  readonly valueImports: readonly string[];
  /** Uses of code from text: `eval`, `Function(…)`. */
  readonly evaluations: readonly string[];
  /** `#private` names: at the ECMAScript 2020 target each access becomes a look-up in a WeakMap. */
  readonly privateNames: readonly string[];
  /** The names of declared functions; methods, arrows and other expressions are not among them. */
  readonly functionNames: readonly string[];
  /** Whether it awaits outside of any function. */
  readonly topLevelAwait: boolean;
}

/** Reads a TypeScript or JavaScript file. */
export function analyse(path: string, text: string): SourceFile {
  const imports: string[] = [];
  const valueImports: string[] = [];
  const evaluations: string[] = [];
  const privateNames: string[] = [];
  const functionNames: string[] = [];
  let topLevelAwait = false;
  const visit = (value: unknown, inFunction: boolean): void => {
    if (Array.isArray(value)) {
      for (const item of value) visit(item, inFunction);
      return;
    }
    if (typeof value !== "object" || value === null) return;
    const node = value as Record<string, unknown>;
    const type = node["type"];
    if (typeof type === "string" && /^(?:Import|Export\w+)(?:Declaration|Expression)$|^TSImportType$/.test(type)) {
      const source = node["source"] as { value?: unknown } | null | undefined;
      const typeOnly = type === "TSImportType" || node["importKind"] === "type" || node["exportKind"] === "type";
      const name = source?.value ?? (type === "ImportExpression" ? "(computed)" : undefined);
      if (typeof name === "string") {
        imports.push(name);
        if (!typeOnly) valueImports.push(name);
      }
    }
    if (type === "CallExpression" || type === "NewExpression") {
      const callee = node["callee"] as { type: string; name?: string; property?: { name?: string } };
      const name = callee.type === "MemberExpression" ? callee.property?.name : callee.name;
      if (name === "eval" || name === "Function") evaluations.push(`${path}: ${name}`);
    }
    if (type === "PrivateIdentifier") privateNames.push(`${path}: #${node["name"]}`);
    if (type === "FunctionDeclaration") functionNames.push(String((node["id"] as { name?: unknown } | null)?.name));
    if ((type === "AwaitExpression" || (type === "ForOfStatement" && node["await"] === true)) && !inFunction) {
      topLevelAwait = true;
    }
    for (const child of Object.values(node)) visit(child, inFunction || isFunction(node));
  };
  visit(parseAst(text, { lang: "ts", sourceType: "module" }), false);
  return { path, imports, valueImports, evaluations, privateNames, functionNames, topLevelAwait };
}

function isFunction(node: unknown): boolean {
  if (typeof node !== "object" || node === null || !("type" in node)) return false;
  const { type } = node;
  return type === "FunctionDeclaration" || type === "FunctionExpression" || type === "ArrowFunctionExpression";
}
