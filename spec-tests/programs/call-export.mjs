// `node call-export.mjs ours|native FILE EXPORT [ARG...]`: loads and instantiates a module with imports that throw, calls an
// export with numbers, and prints its result and a hash of the memory afterwards.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const [engine, file, name, ...texts] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(file));
const args = texts.map(Number);

/** @returns {never} */
function refuse(item) {
  throw new Error(`the import ${item} was called`);
}

function native() {
  const module = new WebAssembly.Module(bytes);
  const imports = {};
  for (const { module: from, name: item, kind } of WebAssembly.Module.imports(module)) {
    imports[from] ??= {};
    imports[from][item] = kind === "memory" ? sharedMemory() : () => refuse(item);
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  return { result: exports[name](...args), memory: new Uint8Array(exports.memory.buffer) };
}

/** The one memory that any of the modules imports, with the size that Rolldown's own loader gives it. */
const pages = { initial: 16384, maximum: 65536 };

function sharedMemory() {
  return new WebAssembly.Memory({ ...pages, shared: true });
}

/** The same memory of ours. */
function sharedMemoryOf(MemoryInstance, type) {
  const limit = { ...type.limit, min: BigInt(pages.initial), max: BigInt(pages.maximum) };
  return new MemoryInstance({ ...type, limit });
}

async function ours() {
  const {
    allProposals,
    Configure,
    Loader,
    Validator,
    Executor,
    StoreManager,
    ModuleInstance,
    HostFunction,
    MemoryInstance,
  } = await import("../../dist/index.js");
  const configure = new Configure();
  for (const proposal of allProposals) configure.addProposal(proposal);
  const module = new Loader(configure).parseModule(bytes);
  new Validator(configure).validate(module);
  const store = new StoreManager();
  const hosts = new Map();
  for (const { moduleName: from, name: item, type } of module.imports) {
    if (!hosts.has(from)) hosts.set(from, new ModuleInstance(from));
    if (type.kind === "memory") hosts.get(from).addHostMemory(item, sharedMemoryOf(MemoryInstance, type));
    else {
      const { type: signature } = module.types[type.typeIndex].composite;
      hosts.get(from).addHostFunction(item, new HostFunction(signature, () => refuse(item)));
    }
  }
  for (const host of hosts.values()) store.registerModule(host);
  const executor = new Executor(configure);
  const instance = executor.instantiateModule(store, module);
  const [result] = executor.invoke(instance.findFuncExports(name), args);
  return { result, memory: instance.findMemoryExports("memory").bytes };
}

const { result, memory } = engine === "ours" ? await ours() : native();
const hash = createHash("sha256").update(memory).digest("hex");
console.log(`${name} gave ${result}; memory: ${memory.length} bytes, sha256 ${hash}`);
