/** The kinds of peers: how each one is run. */
export const peerKinds = [
  "us",
  "words",
  "counting",
  "gas",
  "deadline",
  "native",
  "polywasm",
  "wasmedge",
  "wasm3",
  "hermes",
] as const;
export type PeerKind = (typeof peerKinds)[number];

/** Ourselves again, with instructions counted, with a limit of costs, with a limit of time. */
export const meteredKinds = ["counting", "gas", "deadline"] as const satisfies readonly PeerKind[];
export type MeteredKind = (typeof meteredKinds)[number];

export function isMetered(kind: PeerKind): kind is MeteredKind {
  return (meteredKinds as readonly PeerKind[]).includes(kind);
}

/** A peer as the command line names it. */
export interface PeerName {
  /** Its column in the table. */
  readonly label: string;
  readonly kind: PeerKind;
  /** Where its build or program is. */
  readonly path: string | undefined;
}

/** Whether a path after the name has to, may or cannot stand. */
const paths: { readonly [kind in PeerKind]: "needed" | "possible" | "none" } = {
  us: "possible",
  words: "possible",
  counting: "possible",
  gas: "possible",
  deadline: "possible",
  native: "none",
  polywasm: "none",
  wasmedge: "needed",
  wasm3: "needed",
  hermes: "needed",
};

/**
 * Reads `us`, `wasmedge=/usr/local/bin/wasmedge` or `baseline=/tmp/old/dist`.
 * @throws Error with a text for the user
 */
export function parsePeer(text: string): PeerName {
  const [, label = "", path] = /^([^=]*)(?:=(.*))?$/s.exec(text) ?? [];
  if (label === "baseline") {
    if (path === undefined || path === "") throw new Error("baseline needs a path: baseline=DIST");
    return { label, kind: "us", path };
  }
  const kind = peerKinds.find((name) => name === label);
  if (kind === undefined) {
    throw new Error(`there is no peer "${label}"; there are ${peerKinds.join(", ")} and baseline`);
  }
  if (paths[kind] === "none" && path !== undefined) throw new Error(`${kind} takes no path`);
  if (paths[kind] === "needed" && (path === undefined || path === "")) {
    throw new Error(`${kind} needs a path: ${kind}=PATH`);
  }
  return { label, kind, path: path === "" ? undefined : path };
}
