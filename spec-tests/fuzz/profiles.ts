import { Proposal } from "../../src/common/proposal.ts";
import { Configure, Standard } from "../../src/config/configure.ts";

/** What is generated, and which engine it is compared with. */
export interface Profile {
  readonly name: ProfileName;
  /** The features that binaryen's wasm-opt has on and off. */
  readonly features: readonly string[];
  /** The passes that bring a generated module within the profile. */
  readonly passes: readonly string[];
  /** `own`: the engine of the Node that runs the fuzzer; `newer`: that of the Node which npm ships. */
  readonly native: "own" | "newer";
  /** Passes after which the native engine takes the module, where it does not take it as it is. */
  readonly nativePasses: readonly string[];
  readonly standard: Standard;
  /** What we have on beyond the standard. */
  readonly proposals: readonly Proposal[];
}

export type ProfileName = "2.0" | "3.0" | "legacy" | "threads";

const features2 = [
  ...["bulk-memory", "bulk-memory-opt", "multivalue", "mutable-globals", "nontrapping-float-to-int"],
  ...["reference-types", "sign-ext", "simd"],
];

/** What binaryen has beyond WebAssembly 3.0. Relaxed SIMD is in 3.0, but engines may differ there. */
const beyond3 = [
  ...[
    "acquire-release-atomics",
    "call-indirect-overlong",
    "compact-imports",
    "custom-descriptors",
    "custom-page-sizes",
  ],
  ...["fp16", "multibyte", "relaxed-atomics", "shared-everything", "stack-switching", "strings", "threads"],
  ...["wide-arithmetic", "relaxed-simd"],
];

const features3 = ["--all-features", ...beyond3.map((feature) => `--disable-${feature}`)];

/** The fuzzer makes exceptions of the legacy form beside those of the standard; this pass makes standard ones of all. */
const toStandardExceptions = "--translate-to-exnref";

export const profiles: { readonly [name in ProfileName]: Profile } = {
  "2.0": {
    name: "2.0",
    features: ["--mvp-features", ...features2.map((feature) => `--enable-${feature}`)],
    passes: [],
    native: "own",
    nativePasses: [],
    standard: Standard.WASM_2,
    proposals: [],
  },
  "3.0": {
    name: "3.0",
    features: features3,
    passes: [toStandardExceptions],
    native: "newer",
    nativePasses: [],
    standard: Standard.WASM_3,
    proposals: [],
  },
  // V8 refuses modules with both forms, so it gets what binaryen makes of them, and we run both.
  legacy: {
    name: "legacy",
    features: features3,
    passes: [],
    native: "newer",
    nativePasses: [toStandardExceptions],
    standard: Standard.WASM_3,
    proposals: [Proposal.LegacyExceptionHandling],
  },
  // Shared memories and atomic instructions, by one thread; the fuzzer never waits.
  threads: {
    name: "threads",
    features: features3.filter((option) => option !== "--disable-threads"),
    passes: [toStandardExceptions],
    native: "newer",
    nativePasses: [],
    standard: Standard.WASM_3,
    proposals: [Proposal.Threads],
  },
};

export function isProfileName(text: string): text is ProfileName {
  return text in profiles;
}

/** The proposals with which we load the modules of a profile. */
export function configureOf({ standard, proposals }: Profile): Configure {
  const configure = new Configure().setWASMStandard(standard);
  for (const proposal of proposals) configure.addProposal(proposal);
  return configure;
}
