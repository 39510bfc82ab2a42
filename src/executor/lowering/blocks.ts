import { Op } from "../../ast/generated/opcode.ts";
import { IR } from "../engine/generated/ir.ts";
import { emitReturn } from "./branches.ts";
import { emitConditionalBranch, negate } from "./condition.ts";
import type { Label } from "./labels.ts";
import type { Lowering } from "./lowering.ts";

/** Lowering of block, loop, if, else and end: none of them emits more than moves and branches. */

/** The parameters stand in their homes from here on, whichever way the block's code is reached. */
function enterBlock(lowering: Lowering, kind: Label["kind"], at?: Partial<Label>): void {
  const { params, results } = lowering.blockType();
  lowering.builder.topToHome(params.length);
  lowering.labels.push(kind, params, results, at);
}

export function lowerBlock(lowering: Lowering): void {
  lowering.builder.localsToHome();
  enterBlock(lowering, "block");
}

export function lowerLoop(lowering: Lowering): void {
  const { builder, cost } = lowering;
  // Constants stay constants: an enclosing block may be left before this loop, and then nobody would put them anywhere.
  // The loop's own parameters are moved before its start, since branches to it put them there themselves.
  builder.topToHome(lowering.blockType().params.length);
  builder.localsToHome();
  builder.forgetLast();
  const target = builder.position;
  const targetCost = cost.value;
  lowering.onEntrance?.(lowering.reader.offset, target, targetCost);
  cost.chargeOpcode(Op.loop);
  enterBlock(lowering, "loop", { target, targetCost });
}

export function lowerIf(lowering: Lowering): void {
  const { builder, cost } = lowering;
  const condition = lowering.comparisons.take(builder);
  builder.localsToHome();
  builder.topToHome(lowering.blockType().params.length);
  const elsePatch = emitConditionalBranch(builder, negate(condition));
  builder.code[elsePatch + 1] = cost.value;
  enterBlock(lowering, "if", { elsePatch, costAtIf: cost.value });
}

export function lowerElse(lowering: Lowering): void {
  const { builder, cost, labels } = lowering;
  const label = labels.innermost;
  if (labels.reachable) {
    builder.topToHome(label.results.length);
    cost.chargeOpcode(Op.else);
    labels.patchLater(label, builder.emit(IR.br) + 1);
  }
  labels.reachable = true;
  builder.popTo(label.depth);
  for (const param of label.params) builder.pushRegister(param);
  builder.forgetLast();
  cost.value = label.costAtIf;
  const target = builder.position;
  lowering.onJoin?.();
  // The way around the first part goes over the `else`, which is counted.
  cost.chargeOpcode(Op.else);
  builder.code[label.elsePatch] = target;
  builder.code[label.elsePatch + 1] = 0;
  label.elsePatch = -1;
  label.kind = "else";
}

export function lowerEnd(lowering: Lowering): void {
  const { builder, cost, labels } = lowering;
  const label = labels.pop();
  if (label.kind === "function") {
    lowerFunctionEnd(lowering, label);
    return;
  }
  if (label.handler !== undefined && label.handler.end < 0) label.handler.end = builder.position;
  // An `if` without `else`: where the condition fails, the parameters are the results.
  if (label.elsePatch >= 0) label.patches.push(label.elsePatch);
  if (label.patches.length > 0) {
    if (labels.reachable) builder.topToHome(label.results.length);
    else {
      cost.value = 0;
      builder.popTo(label.depth);
      for (const result of label.results) builder.pushRegister(result);
      labels.reachable = true;
    }
    labels.resolve(label);
    lowering.onJoin?.();
  }
  if (labels.reachable) cost.chargeOpcode(Op.end);
}

function lowerFunctionEnd(lowering: Lowering, label: Label): void {
  const { cost, labels } = lowering;
  if (label.patches.length > 0) {
    if (!labels.reachable) cost.value = 0;
    labels.reachable = true;
    labels.resolve(label);
    lowering.onJoin?.();
  }
  if (!labels.reachable) return;
  cost.chargeOpcode(Op.end);
  emitReturn(lowering, cost.value);
}
