import { describe, expect, it } from "vitest";
import { ADDRESS, allInstructions, OPCODE_BOUND, prefixPage } from "../../src/ast/instructions.ts";
import { ValType } from "../../src/common/value-type.ts";
import { Configure } from "../../src/config/configure.ts";
import { checkOfInstruction } from "../../src/validator/checks.ts";
import {
  alignmentOf,
  checkOf,
  fixedBytes,
  operandsStart,
  resultsEnd,
  resultsStart,
  signatureOf,
  signatureTypes,
  widthOf,
} from "../../src/validator/generated/signatures.ts";
import { fixedBytesOf, Lane, laneOf } from "../../src/validator/lane-kinds.ts";
import { lanesFor, leastAlignmentOf, shapesFor } from "../../src/validator/lanes.ts";

const rows = allInstructions();

describe("the tables of the FormChecker", () => {
  it.each(rows.map((info) => [info.name, info] as const))("have the row of %s", (_, info) => {
    const { opcode, operands = [], results = [], width } = info;
    const signature = signatureOf[opcode];
    const middle = resultsStart[signature];
    expect(Array.from(signatureTypes.subarray(operandsStart[signature], middle))).toEqual(operands);
    expect(Array.from(signatureTypes.subarray(middle, resultsEnd[signature]))).toEqual(results);
    expect(checkOf[opcode]).toBe(checkOfInstruction(info));
    expect(widthOf[opcode]).toBe(width);
    expect(2 ** alignmentOf[opcode]).toBe(Math.max(width, 1));
    expect(2 ** leastAlignmentOf[opcode]).toBe(opcode >> 8 === prefixPage(0xfe) ? Math.max(width, 1) : 1);
    expect(fixedBytes[opcode]).toBe(fixedBytesOf(info));
  });

  it("have nothing for opcodes that no instruction has", () => {
    const known = new Set(rows.map(({ opcode }) => opcode));
    for (let opcode = 0; opcode < OPCODE_BOUND; opcode++) {
      if (!known.has(opcode)) expect([checkOf[opcode], signatureOf[opcode], widthOf[opcode]]).toEqual([0, 0, 0]);
    }
  });
});

describe("the tables of the fast lane", () => {
  it("have the lane of each instruction whose proposals are on, and of the bytes of prefixes", () => {
    const configure = new Configure();
    const lanes = lanesFor(configure);
    for (const info of rows) {
      const lane = configure.missingProposal(info) === undefined ? laneOf(info) : Lane.other;
      expect(lanes[info.opcode], info.name).toBe(lane);
    }
    for (const byte of [0xfb, 0xfc, 0xfd, 0xfe]) expect(lanes[byte]).toBe(Lane.prefix);
    expect(lanes[0xff]).toBe(Lane.other);
  });

  it.each([ValType.I32, ValType.I64])("have the types of operands and result, with addresses of type %i", (address) => {
    const shapes = shapesFor(address);
    for (const { opcode, name, operands = [], results = [] } of rows) {
      if (operands.length > 2 || results.length > 1) continue;
      const [result = 0, top = 0, below = 0] = [results[0], ...[...operands].reverse()].map((type) =>
        type === ADDRESS ? address : type,
      );
      expect(shapes[opcode], name).toBe((top << 16) | (below << 8) | result);
    }
  });
});
