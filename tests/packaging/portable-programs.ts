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
 * An expression for any JavaScript engine, over the global `wasmedge`: runs fib, and a WASI program that greets and exits with
 * the number of bytes written and 30. Its value is text, to be compared with `portableResult`.
 */
export async function portableProgram(): Promise<string> {
  const [fibBytes, helloBytes] = [await fibModule(), await helloModule()];
  return `(function () {
  const { Configure, HostRegistration, VM, isTerminated } = wasmedge;
  const vm = new VM();
  vm.loadWasm(Uint8Array.of(${fibBytes.join(",")}));
  vm.validate();
  vm.instantiate();
  const lines = ["fib(20) = " + vm.execute("fib", [20])[0], "fib64(90) = " + vm.execute("fib64", [90n])[0]];

  let output = "";
  const stdout = { write(bytes) { output += String.fromCharCode(...bytes); return bytes.length; } };
  const wasi = new VM(new Configure().addHostRegistration(HostRegistration.Wasi), { wasi: { stdout } });
  const module = wasi.getImportModule(HostRegistration.Wasi);
  module.initialize(["hello"]);
  try {
    wasi.runWasmFile(Uint8Array.of(${helloBytes.join(",")}), "_start");
  } catch (error) {
    if (!isTerminated(error)) throw error;
  }
  lines.push(output.trimEnd(), "exit code " + module.getExitCode());
  return lines.join("\\n");
})()`;
}

export const portableResult = ["fib(20) = 6765", "fib64(90) = 2880067194370816120", "hello, wasi", "exit code 42"].join(
  "\n",
);
