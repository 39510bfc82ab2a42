/** Why the run loop came back to its driver. Numbers from 0x400 on are the error codes of traps. */
export const enum Exit {
  /** The frame below belongs to another instance, or there is none: the call is done. */
  Leave = 1,
  /** The fuel of this slice is used up. */
  Fuel,
  /** The called function has no code yet. */
  Lower,
  /** The value stack is too small for the called function's frame, or too many calls are open. */
  Grow,
  CallImport,
  CallIndirect,
  CallRef,
  ReturnCall,
  ReturnCallIndirect,
  ReturnCallRef,
  Throw,
  ThrowRef,
  /** `memory.atomic.wait32` or `wait64`. */
  Wait,
  /** Something was thrown: a trap of a cold instruction, or the RangeError of a memory access. */
  Threw,
}

/** The traps that the loop itself finds, with WasmEdge's numbers (see `ErrCode`). */
export const enum Trap {
  DivideByZero = 0x404,
  IntegerOverflow = 0x405,
  InvalidConvToInt = 0x406,
  Unreachable = 0x40a,
}
