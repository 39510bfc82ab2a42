/** The version of this package, as in package.json. */
export const VERSION = "0.1.0";

/** The WasmEdge release whose behaviour is followed. */
export const WASMEDGE_VERSION = "0.17.0";

/** Major, minor and patch number of `VERSION`. WasmEdge `VersionGetMajor`, `VersionGetMinor`, `VersionGetPatch`. */
export function versionNumbers(): { readonly major: number; readonly minor: number; readonly patch: number } {
  const [major = 0, minor = 0, patch = 0] = VERSION.split(/[.-]/).map(Number);
  return { major, minor, patch };
}
