import type { Calls } from "./calls.ts";
import { indirectCallee, newException, referencedCallee, referencedException } from "./engine/callee.ts";
import type { Execution } from "./engine/execution.ts";
import { Exit } from "./engine/exit.ts";
import { thrownError, trapError } from "./engine/trap-error.ts";
import { growStack } from "./frames.ts";
import type { Fuel } from "./fuel.ts";

/**
 * Does what the loop leaves to its driver: lowering, calls that leave the instance, exceptions, traps.
 * @param exit anything but Leave, Fuel and Wait
 * @throws WasmEdgeError: traps, what host functions throw, exceptions that nothing catches
 */
export function handleExit(execution: Execution, exit: number, calls: Calls, fuel: Fuel): void {
  const { code, pc } = execution;
  switch (exit) {
    case Exit.Lower:
      fuel.lower(execution, code[pc + 1]);
      return;
    case Exit.Grow:
      fuel.atTrap(execution, () => growStack(execution));
      return;
    case Exit.CallImport:
      calls.call(execution, execution.instance.getFunction(code[pc + 1]), code[pc + 2], code[pc + 3], 4);
      return;
    case Exit.CallIndirect:
      calls.call(
        execution,
        fuel.atTrap(execution, () => indirectCallee(execution)),
        code[pc + 4],
        code[pc + 5],
        6,
      );
      return;
    case Exit.CallRef:
      calls.call(
        execution,
        fuel.atTrap(execution, () => referencedCallee(execution)),
        code[pc + 2],
        code[pc + 3],
        4,
      );
      return;
    case Exit.ReturnCall:
      calls.returnCall(execution, execution.instance.getFunction(code[pc + 1]), pc + 2);
      return;
    case Exit.ReturnCallIndirect:
      calls.returnCall(
        execution,
        fuel.atTrap(execution, () => indirectCallee(execution)),
        pc + 4,
      );
      return;
    case Exit.ReturnCallRef:
      calls.returnCall(
        execution,
        fuel.atTrap(execution, () => referencedCallee(execution)),
        pc + 2,
      );
      return;
    case Exit.Throw:
      calls.throwException(execution, newException(execution), code[pc + 3]);
      return;
    case Exit.ThrowRef:
      calls.throwException(
        execution,
        fuel.atTrap(execution, () => referencedException(execution)),
        code[pc + 2],
      );
      return;
    case Exit.Threw:
      // The access failed by the size that the loop knew: it begins anew.
      if (execution.thrown instanceof RangeError && execution.hasGrownElsewhere()) return;
      fuel.chargeTrap(execution);
      throw thrownError(execution);
    default:
      fuel.chargeTrap(execution);
      throw trapError(execution, exit);
  }
}
