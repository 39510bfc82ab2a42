import type { FunctionType } from "../ast/types.ts";
import { WasmEdgeError } from "../common/error.ts";
import { printable } from "../common/printable.ts";
import { decodeUtf8Lossy } from "../common/utf8.ts";
import type { WasmValue } from "../common/wasm-value.ts";
import { explain } from "../explain/explain.ts";
import type { Explanation } from "../explain/explanation.ts";
import { explanationText } from "../explain/explanation-text.ts";
import { VM } from "../vm/vm.ts";
import { inputFromBytes, OutputBuffer } from "../wasi/streams.ts";
import { type ExplainValues, linkConfigure } from "./configuration.ts";
import { untilEnded } from "./ended.ts";
import { ExitStatus } from "./exit-status.ts";
import { logError, writeText } from "./logger.ts";
import { moduleSource } from "./module-source.ts";
import { closing, linkedVm, programName, timeBounds, wasiOf } from "./module-world.ts";
import { parseArguments, registerModules } from "./run-command.ts";

/** `explain FILE [ARG...]`: what each phase does with a module. */
export function explainCommand(values: ExplainValues, path: string, args: readonly string[]): Promise<number> {
  const run = timeBounds(values);
  return untilEnded(async () => {
    // What the guest writes is shown behind the steps, not in the midst of them.
    const [stdout, stderr] = [new OutputBuffer(), new OutputBuffer()];
    const vm = linkedVm(VM, linkConfigure(values), values, {
      stdin: inputFromBytes(new Uint8Array(0)),
      stdout,
      stderr,
    });
    return closing(vm, async () => {
      wasiOf(vm).init(values.dir ?? [], programName(path), args, values.env);
      await registerModules(vm, values.module ?? [], run);
      try {
        const explanation = explain(await moduleSource(path), {
          vm,
          run,
          ...(values.function === undefined ? {} : { functionName: values.function }),
          ...(values.steps === undefined ? {} : { steps: Number(values.steps) }),
          ...(args.length === 0 ? {} : { args: (type, name) => argumentsFor(type, values.function ?? name, args) }),
        });
        const output = [stdout, stderr].map((buffer) => decodeUtf8Lossy(buffer.bytes()));
        writeText(1, values.json ? jsonText(explanation, path, output) : plainText(explanation, path, output));
        return explanation.execution === undefined && explanation.failure !== undefined
          ? ExitStatus.Failure
          : ExitStatus.Success;
      } catch (error) {
        if (!(error instanceof WasmEdgeError)) throw error;
        logError(error);
        return ExitStatus.Failure;
      }
    });
  });
}

/** A program's arguments are what WASI gives it, those of another function its parameters. */
function argumentsFor(type: FunctionType, name: string | undefined, args: readonly string[]): WasmValue[] {
  const isProgram = type.params.length === 0 && (name ?? "_start") === "_start";
  return isProgram ? [] : parseArguments(name ?? "", type, args);
}

function jsonText(explanation: Explanation, file: string, [stdout, stderr]: readonly string[]): string {
  return `${JSON.stringify({ file, ...explanation, output: { stdout, stderr } }, undefined, 2)}\n`;
}

function plainText(explanation: Explanation, path: string, [stdout = "", stderr = ""]: readonly string[]): string {
  const lines = explanationText(explanation, path);
  const written = (
    [
      ["standard output", stdout],
      ["standard error", stderr],
    ] as const
  ).flatMap(([stream, text]) => {
    return text === ""
      ? []
      : [
          `It has written to ${stream}:`,
          ...text
            .replace(/\n$/, "")
            .split("\n")
            .map((line) => `  ${line}`),
          "",
        ];
  });
  return [...lines, ...written].map(printable).join("\n");
}
