import { describe, expect, it } from "vitest";
import { readManifest } from "../../bench/manifest.ts";
import { geometricMean, median, type Sample } from "../../bench/sample.ts";
import { failuresOf, type Results, runSuite } from "../../bench/suite.ts";
import { formatTable, formatVectorRatios } from "../../bench/table.ts";

const programs = readManifest().slice(0, 2);
const [first, second] = programs.map(({ name }) => name) as [string, string];

function sample(time: number, firstCall?: number, checksum = "7"): Sample {
  return { checksum, time, firstCall };
}

/** Results from times: of each program, for each peer, its samples. */
function results(table: { readonly [program: string]: { readonly [label: string]: readonly Sample[] } }): Results {
  return new Map(
    Object.entries(table).map(([program, row]) => [
      program,
      new Map(Object.entries(row).map(([label, samples]) => [label, { samples: [...samples], failures: [] }])),
    ]),
  );
}

describe("medians and means", () => {
  it("take the middle of an odd number of values and the mean of the middle two of an even number", () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([10, 2, 4, 100])).toBe(7);
  });

  it("of ratios are geometric", () => {
    expect(geometricMean([2, 8])).toBeCloseTo(4, 12);
  });
});

describe("a run of the suite", () => {
  it("lets the peers take turns, program by program, run by run", () => {
    const order: string[] = [];
    runSuite(programs, ["us", "native"], 2, (program, label) => {
      order.push(`${program.name} ${label}`);
      return { sample: sample(1), expected: "7" };
    });
    const once = [`${first} us`, `${first} native`, `${second} us`, `${second} native`];
    expect(order).toEqual([...once, ...once]);
  });

  it("counts a wrong checksum as a failure, and asks that peer for that program no more", () => {
    let calls = 0;
    const outcome = runSuite(programs, ["us"], 3, ({ name }) => {
      calls += 1;
      return { sample: sample(1, 1, name === first ? "8" : "7"), expected: "7" };
    });
    expect(failuresOf(outcome)).toEqual([`${first} on us: answered 8; right is 7`]);
    expect(outcome.get(first)?.get("us")?.samples).toEqual([]);
    expect(outcome.get(second)?.get("us")?.samples).toHaveLength(3);
    expect(calls).toBe(4);
  });

  it("counts an exception as a failure of that program on that peer alone", () => {
    const outcome = runSuite(programs, ["us", "native"], 1, ({ name }, label) => {
      if (name === second && label === "native") throw new Error("it crashed");
      return { sample: sample(1), expected: "7" };
    });
    expect(failuresOf(outcome)).toEqual([`${second} on native: it crashed`]);
    expect(outcome.get(second)?.get("us")?.samples).toHaveLength(1);
  });
});

describe("the table of results", () => {
  it("shows medians, our first call, each peer's time divided by ours, and geometric means", () => {
    const table = formatTable(
      results({
        fib: { us: [sample(200, 300), sample(100, 250), sample(400, 260)], wasmedge: [sample(800)] },
        sha256: { us: [sample(50.04, 90)], wasmedge: [sample(450.4)] },
      }),
      ["us", "wasmedge"],
    );
    expect(table).toBe(
      [
        "| program        | us, ms | us, first call | wasmedge, ms | wasmedge / us |",
        "| -------------- | -----: | -------------: | -----------: | ------------: |",
        "| fib            |    200 |            260 |          800 |          4.00 |",
        "| sha256         |   50.0 |           90.0 |          450 |          9.00 |",
        "| geometric mean |        |                |              |          6.00 |",
      ].join("\n"),
    );
  });

  it("shows three digits of a small ratio", () => {
    const table = formatTable(results({ fib: { us: [sample(1000, 1000)], native: [sample(12)] } }), ["us", "native"]);
    expect(table.split("\n").at(-1)).toBe("| fib     |   1000 |           1000 |       12.0 |       0.012 |");
  });

  it("shows times alone where we were not measured", () => {
    const table = formatTable(results({ fib: { native: [sample(20)], wasm3: [sample(150)] } }), ["native", "wasm3"]);
    expect(table.split("\n")[0]).toBe("| program | native, ms | wasm3, ms |");
  });

  it("tells what vectors give, of programs that were measured in both forms", () => {
    const measured = {
      blur: { us: [sample(600)], wasm3: [sample(300)] },
      "blur-simd": { us: [sample(300)] },
      dot: { us: [sample(100)] },
      fib: { us: [sample(7)] },
      sha256x4: { us: [sample(100)] },
      "sha256x4-simd": { us: [sample(250)] },
    };
    expect(formatVectorRatios(results(measured))).toBe(
      "With vectors, times the scalar form: blur 0.50, sha256x4 2.50.",
    );
    expect(formatVectorRatios(results({ fib: { us: [sample(7)] } }))).toBeUndefined();
  });

  it("leaves a failure out of the ratios and the means", () => {
    const outcome = runSuite(programs, ["us", "wasm3"], 1, ({ name }, label) => {
      const wrong = name === first && label === "wasm3";
      return { sample: sample(label === "us" ? 100 : 200, undefined, wrong ? "8" : "7"), expected: "7" };
    });
    const lines = formatTable(outcome, ["us", "wasm3"]).split("\n").slice(2);
    const cells = lines.map((line) => line.split("|").map((cell) => cell.trim()));
    expect(cells.map((row) => row.slice(4, 6))).toEqual([
      ["failed", ""],
      ["200", "2.00"],
      ["", "2.00"],
    ]);
  });
});
