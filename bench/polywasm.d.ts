// The package has no types of its own.
declare module "polywasm" {
  export const WebAssembly: import("./engines.ts").WebAssemblyApi;
}
