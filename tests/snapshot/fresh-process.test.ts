import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { benchFolder, readManifest } from "../../bench/manifest.ts";
import { root } from "../../scripts/npm-script.ts";
import { compareSnapshots, seeded } from "../../spec-tests/programs/snapshots.ts";

const folder = mkdtempSync(join(tmpdir(), "wasmedge-ts-fresh-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("snapshots restored in a fresh process", () => {
  const names = ["quicksort", "interpreter", "gc-trees"];
  const programs = readManifest().filter(({ name }) => names.includes(name));

  it.each(programs)("50 of $name go on to the same result and count", (program) => {
    const moduleFile = join(benchFolder, program.file);
    const { wanted, got, counts } = compareSnapshots(
      { moduleFile, export: program.export, params: [program.short.argument] },
      seeded(50),
    );
    expect(wanted.end).toBe(program.short.checksum);
    expect(new Set(counts).size).toBeGreaterThan(45);
    expect(got).toEqual(counts.map(() => wanted));
  });

  it("CPython goes on, with its open files, standard streams and preopens", () => {
    writeFileSync(join(folder, "in.txt"), "line one\nline two\nline three\n");
    // There from the first run on: CPython takes other ways where it is not.
    writeFileSync(join(folder, "out.txt"), "");
    const lines = [
      "import json",
      "f = open('/in.txt')",
      "g = open('/out.txt', 'w')",
      "print('first', f.readline().strip())",
      "for i in range(400): g.write('%d\\n' % (i * i))",
      "print(json.dumps({'a': [1, 2, {'b': None}]}), sum(i * i for i in range(3000)))",
      "g.close()",
      "print('then', f.readline().strip(), len(open('/out.txt').read()))",
    ];
    // `npm run test:programs 50` takes fifty.
    const { wanted, got, counts } = compareSnapshots(
      {
        moduleFile: join(root, "node_modules", "@antonz", "python-wasi", "dist", "python.wasm"),
        export: "_start",
        wasi: { dirs: [`/:${folder}`], args: ["python.wasm", "-c", lines.join("\n")], envs: ["PYTHONHASHSEED=0"] },
      },
      [0.96, 0.995],
    );
    expect(wanted.output).toBe('first line one\n{"a": [1, 2, {"b": null}]} 8995500500\nthen line two 2337\n');
    expect(got).toEqual(counts.map(() => wanted));
  });
});
