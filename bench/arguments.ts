import { parseArgs } from "node:util";
import { type PeerName, parsePeer } from "./peer-name.ts";

/** What the command line asks for. */
export interface BenchOptions {
  readonly help: boolean;
  /** Names of programs or of sets; undefined: all. */
  readonly programs: readonly string[] | undefined;
  /** Undefined: those that need no path and are there. */
  readonly peers: readonly PeerName[] | undefined;
  /** Measurements of each program on each peer. */
  readonly runs: number;
  /** Calls in one measurement of a peer inside Node; the last one counts. */
  readonly calls: number;
  /** The short arguments of the tests instead of the long ones. */
  readonly short: boolean;
  /** Flags of Node for the peers that run inside it. */
  readonly nodeFlags: readonly string[];
  /** Writes the table into docs/performance.md. */
  readonly write: boolean;
}

export const usage = `npm run bench -- [OPTIONS]

  --programs a,b      programs or sets of bench/programs.json (all)
  --peers a,b=PATH    us[=DIST]           this project's bundle (dist)
                      words               the same on its other run loop, over words
                      counting, gas, deadline
                                          the same, counting instructions, with a limit of costs, of time
                      baseline=DIST       another build of it, to compare with
                      native              V8's own WebAssembly
                      polywasm            the npm package
                      wasmedge=PATH       WasmEdge's command line tool, interpreting
                      wasm3=PATH          wasm3's
                      hermes=PATH         this project's bundle in Hermes: its \`hermes\` command
                      (us,native,polywasm: those that are there)
  --runs N            measurements of each program on each peer; the median counts (3)
  --calls N           calls in one measurement of us, baseline, native and polywasm; the last one counts, the first
                      one of us is shown as well (5: V8 goes on compiling during the first ones)
  --short             the tests' arguments instead of the long ones
  --node-flags FLAGS  flags of Node for us, baseline, native and polywasm: --node-flags=--jitless
  --write             writes the table into docs/performance.md`;

/**
 * @throws Error (TypeError for an option that does not exist) with a text for the user
 */
export function parseBenchArguments(argv: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      help: { type: "boolean", short: "h", default: false },
      programs: { type: "string" },
      peers: { type: "string" },
      runs: { type: "string", default: "3" },
      calls: { type: "string", default: "5" },
      short: { type: "boolean", default: false },
      "node-flags": { type: "string", default: "" },
      write: { type: "boolean", default: false },
    },
  });
  const peers = values.peers === undefined ? undefined : list("--peers", values.peers).map(parsePeer);
  const labels = peers?.map(({ label }) => label) ?? [];
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) throw new Error(`--peers names ${twice} twice`);
  return {
    help: values.help,
    programs: values.programs === undefined ? undefined : list("--programs", values.programs),
    peers,
    runs: count("--runs", values.runs),
    calls: count("--calls", values.calls),
    short: values.short,
    nodeFlags: values["node-flags"].split(/\s+/).filter((flag) => flag !== ""),
    write: values.write,
  };
}

function list(option: string, text: string): string[] {
  const items = text.split(",").map((item) => item.trim());
  if (items.includes("")) throw new Error(`${option}: an empty name in "${text}"`);
  return items;
}

function count(option: string, text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new Error(`${option}: a positive whole number is wanted, not "${text}"`);
  return Number(text);
}
