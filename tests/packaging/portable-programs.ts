import wabt from "wabt";

const fib = `(module
  (func $fib (export "fib") (param i32) (result i32)
    (if (result i32) (i32.lt_s (local.get 0) (i32.const 2))
      (then (local.get 0))
      (else (i32.add
        (call $fib (i32.sub (local.get 0) (i32.const 1)))
        (call $fib (i32.sub (local.get 0) (i32.const 2)))))))
  (func (export "fib64") (param $n i64) (result i64) (local $a i64) (local $b i64) (local $c i64)
    (local.set $b (i64.const 1))
    (block $done
      (loop $next
        (br_if $done (i64.eqz (local.get $n)))
        (local.set $c (i64.add (local.get $a) (local.get $b)))
        (local.set $a (local.get $b))
        (local.set $b (local.get $c))
        (local.set $n (i64.sub (local.get $n) (i64.const 1)))
        (br $next)))
    (local.get $a)))`;

const hello = `(module
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\\10\\00\\00\\00\\0c\\00\\00\\00")
  (data (i32.const 16) "hello, wasi\\n")
  (func (export "_start")
    (drop (call $fd_write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))
    (call $proc_exit (i32.add (i32.load (i32.const 8)) (i32.const 30)))))`;

/** Writes a file, reads it again and prints it; exits with the errno of making a directory besides. */
const notes = `(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_seek" (func $fd_seek (param i32 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "path_create_directory" (func $mkdir (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 16) "\\80\\00\\00\\00\\0f\\00\\00\\00\\00\\02\\00\\00\\40\\00\\00\\00")
  (data (i32.const 64) "notes.txt")
  (data (i32.const 80) "dir")
  (data (i32.const 128) "kept in memory\\n")
  (func (export "_start")
    (drop (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 9) (i32.const 1)
      (i64.const 70) (i64.const 0) (i32.const 0) (i32.const 0)))
    (drop (call $fd_write (i32.load (i32.const 0)) (i32.const 16) (i32.const 1) (i32.const 8)))
    (drop (call $fd_seek (i32.load (i32.const 0)) (i64.const 0) (i32.const 0) (i32.const 40)))
    (drop (call $fd_read (i32.load (i32.const 0)) (i32.const 24) (i32.const 1) (i32.const 8)))
    (i32.store (i32.const 28) (i32.load (i32.const 8)))
    (drop (call $fd_write (i32.const 1) (i32.const 24) (i32.const 1) (i32.const 8)))
    (call $proc_exit (call $mkdir (i32.const 3) (i32.const 80) (i32.const 3)))))`;

/** The bytes of a module that is written as text. */
export async function assemble(name: string, text: string): Promise<Uint8Array> {
  const { parseWat } = await wabt();
  const module = parseWat(name, text);
  try {
    return module.toBinary({}).buffer;
  } finally {
    module.destroy();
  }
}

/** The bytes of the programs below, for a test that writes them to files. */
export const fibModule = (): Promise<Uint8Array> => assemble("fib.wat", fib);
export const helloModule = (): Promise<Uint8Array> => assemble("hello.wat", hello);

/**
 * An expression for any JavaScript engine, over the global `wasmedge`: runs fib, a WASI program that greets and exits with
 * the number of bytes written and 30, and one that uses files, which without a host are in memory and may be one there. Its
 * value is text, to be compared with `portableResult`.
 */
export async function portableProgram(): Promise<string> {
  const [fibBytes, helloBytes, notesBytes] = [
    await fibModule(),
    await helloModule(),
    await assemble("notes.wat", notes),
  ];
  return `(function () {
  const { Configure, HostRegistration, VM, isTerminated } = wasmedge;
  const vm = new VM();
  vm.loadWasm(Uint8Array.of(${fibBytes.join(",")}));
  vm.validate();
  vm.instantiate();
  const lines = ["fib(20) = " + vm.execute("fib", [20])[0], "fib64(90) = " + vm.execute("fib64", [90n])[0]];

  let output = "";
  const stdout = { write(bytes) { output += String.fromCharCode(...bytes); return bytes.length; } };
  function run(bytes, preopens) {
    output = "";
    const options = { wasi: { stdout, maxStorageEntries: 1 } };
    const wasi = new VM(new Configure().addHostRegistration(HostRegistration.Wasi), options);
    const module = wasi.getImportModule(HostRegistration.Wasi);
    module.initialize(["program"], [], preopens);
    try {
      wasi.runWasmFile(bytes, "_start");
    } catch (error) {
      if (!isTerminated(error)) throw error;
    }
    lines.push(output.trimEnd(), "exit code " + module.getExitCode());
  }
  run(Uint8Array.of(${helloBytes.join(",")}), []);
  run(Uint8Array.of(${notesBytes.join(",")}), ["/"]);
  return lines.join("\\n");
})()`;
}

export const portableResult = [
  ...["fib(20) = 6765", "fib64(90) = 2880067194370816120", "hello, wasi", "exit code 42"],
  // NOSPC
  ...["kept in memory", "exit code 51"],
].join("\n");

const shop = `(module
  (import "env" "price" (func $price (param i32) (result i32)))
  (func (export "total") (param $n i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum) (call $price (local.get $n))))
      (local.set $n (i32.sub (local.get $n) (i32.const 1)))
      (br_if $next (local.get $n)))
    (local.get $sum))
  (func (export "endless") (loop $l (br $l))))`;

/**
 * The same for what comes later: a promise of text. Host functions give promises, in two executions at once; another one, which
 * would not end, is cancelled.
 */
export async function portableAsyncProgram(): Promise<string> {
  return `(function () {
  const { HostFunction, ModuleInstance, VM, ValType } = wasmedge;
  const env = new ModuleInstance("env");
  const type = { params: [ValType.I32], results: [ValType.I32] };
  const questions = [];
  env.addHostFunction("price", new HostFunction(type, (frame, [n]) => {
    questions.push(n);
    return Promise.resolve().then(() => n * 10);
  }));
  const vm = new VM();
  vm.registerModule(env);
  vm.loadWasm(Uint8Array.of(${(await assemble("shop.wat", shop)).join(",")}));
  vm.validate();
  vm.instantiate();
  const endless = vm.asyncExecute("endless");
  return Promise.all([vm.asyncExecute("total", [3]), vm.asyncExecute("total", [4])]).then((totals) => {
    endless.cancel();
    return endless.wait().then(() => "totals " + totals.join(", ") + ", asked " + questions.sort().join(" "));
  });
})()`;
}

export const portableAsyncResult = "totals 60, 100, asked 1 1 2 2 3 3 4";

/**
 * The same for the JavaScript interface, which the polyfill has put in the global `WebAssembly`: what glue code does, with a
 * memory that grows, a function that throws, and a call of each kind.
 */
export async function portableGlue(): Promise<string> {
  return `(function () {
  const bytes = Uint8Array.of(${(await assemble("shop.wat", shop)).join(",")});
  const price = (n) => {
    if (n > 4) throw new Error("no price of " + n);
    return n * 10;
  };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { price } });
  const lines = ["total " + exports.total(3)];
  try {
    exports.total(5);
  } catch (error) {
    lines.push(error.message);
  }
  const memory = new WebAssembly.Memory({ initial: 1 });
  new Uint8Array(memory.buffer)[7] = 42;
  lines.push("grown from " + memory.grow(1) + " to " + memory.buffer.byteLength / 65536, "kept " + new Uint8Array(memory.buffer)[7]);
  try {
    new WebAssembly.Module(bytes.slice(0, 20));
  } catch (error) {
    lines.push(error.name + " " + (error instanceof WebAssembly.CompileError));
  }
  return lines.join("\\n");
})()`;
}

export const portableGlueResult = [
  "total 60",
  "no price of 5",
  "grown from 1 to 2",
  "kept 42",
  "CompileError true",
].join("\n");
