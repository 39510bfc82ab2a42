import { Configure, Standard } from "../../src/config/configure.ts";

/** What is generated, and which engine it is compared with. */
export interface Profile {
  readonly name: ProfileName;
  /** The options of binaryen's wasm-opt: features, and passes that bring a module within them. */
  readonly options: readonly string[];
  /** `own`: the engine of the Node that runs the fuzzer; `newer`: that of the Node which npm ships. */
  readonly native: "own" | "newer";
  readonly standard: Standard;
}

export type ProfileName = "2.0" | "3.0";

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

export const profiles: { readonly [name in ProfileName]: Profile } = {
  "2.0": {
    name: "2.0",
    options: ["--mvp-features", ...features2.map((feature) => `--enable-${feature}`)],
    native: "own",
    standard: Standard.WASM_2,
  },
  "3.0": {
    name: "3.0",
    // The fuzzer makes exceptions of the legacy form, which this pass turns into those of the standard.
    options: ["--all-features", ...beyond3.map((feature) => `--disable-${feature}`), "--translate-to-exnref"],
    native: "newer",
    standard: Standard.WASM_3,
  },
};

export function isProfileName(text: string): text is ProfileName {
  return text in profiles;
}

/** The proposals with which we load the modules of a profile. */
export function configureOf({ standard }: Profile): Configure {
  return new Configure().setWASMStandard(standard);
}
