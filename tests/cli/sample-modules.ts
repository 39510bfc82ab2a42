import { compile } from "watr";

/** The modules of the recorded command lines, in the text format: each is named after what it does. */
const texts = {
  hello: `(module
    (import "wasi_snapshot_preview1" "fd_write" (func (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data (i32.const 64) "hello\\n")
    (func (export "_start")
      (i32.store (i32.const 0) (i32.const 64))
      (i32.store (i32.const 4) (i32.const 6))
      (drop (call 0 (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))`,

  exit42: `(module
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
    (func (export "_start") (call 0 (i32.const 42)) unreachable))`,

  add: `(module
    (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
    (func (export "div") (param i32 i32) (result i32) (i32.div_s (local.get 0) (local.get 1)))
    (func (export "mul64") (param i64 i64) (result i64) (i64.mul (local.get 0) (local.get 1)))
    (func (export "half32") (param f32) (result f32) (f32.div (local.get 0) (f32.const 2)))
    (func (export "half") (param f64) (result f64) (f64.div (local.get 0) (f64.const 2)))
    (func (export "two") (result i32 i64) (i32.const -1) (i64.const 42))
    (func (export "none"))
    (func (export "fr") (result funcref) (ref.func 0))
    (func (export "frn") (result funcref) (ref.null func))
    (func (export "ex") (param externref) (result externref) (local.get 0))
    (func (export "exr") (result externref) (ref.null extern))
    (func (export "inf") (result f64) (f64.const inf))
    (func (export "nan") (result f64) (f64.const nan))
    (func (export "third") (result f64) (f64.div (f64.const 1) (f64.const 3)))
    (func (export "big") (result f64) (f64.const 1e300))
    (func (export "third32") (result f32) (f32.const 0.1)))`,

  references: `(module (type $made (func)) (type $pair (struct (field i32)))
    (func (export "no_function") (result (ref null $made)) (ref.null $made))
    (func (export "no_struct") (result (ref null $pair)) (ref.null $pair))
    (func (export "struct") (result (ref null $pair)) (struct.new_default $pair)))`,

  logging: `(module
    (import "wasi:logging/logging" "log" (func $log (param i32 i32 i32 i32 i32)))
    (memory 1) (data (i32.const 0) "stderrlogs/app.logsaid")
    (func (export "_start")
      (call $log (i32.const 2) (i32.const 0) (i32.const 0) (i32.const 18) (i32.const 4))
      (call $log (i32.const 4) (i32.const 0) (i32.const 6) (i32.const 18) (i32.const 4)))
    (func (export "file") (call $log (i32.const 3) (i32.const 6) (i32.const 12) (i32.const 18) (i32.const 4))))`,

  threads: `(module
    (memory 1 1 shared)
    (func (export "add") (param i32) (result i32)
      (drop (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
      (i32.atomic.rmw.add (i32.const 0) (i32.const 0)))
    (func (export "wait") (param i64) (result i32)
      (memory.atomic.wait32 (i32.const 0) (i32.const 0) (local.get 0))))`,

  reactor: `(module
    (global $g (mut i32) (i32.const 0))
    (func (export "_initialize") (global.set $g (i32.const 3)) (global.set $g (i32.const 7)))
    (func (export "get") (result i32) (global.get $g)))`,

  startargs: `(module (func (export "_start") (param i32) (result i32) (local.get 0)))`,

  traps: `(module
    (type $void (func))
    (type $int (func (result i32)))
    (memory 1)
    (table 4 funcref)
    (elem (i32.const 0) $int)
    (func $int (result i32) (i32.const 1))
    (func $inner unreachable)
    (func (export "unreachable") (call $inner))
    (func (export "div0") (result i32) (i32.div_s (i32.const 1) (i32.const 0)))
    (func (export "rem0") (result i64) (i64.rem_u (i64.const 1) (i64.const 0)))
    (func (export "ovf") (result i32) (i32.div_s (i32.const -2147483648) (i32.const -1)))
    (func (export "oob") (result i32) (i32.load (i32.const 65533)))
    (func (export "oobst") (i64.store offset=8 (i32.const -1) (i64.const 0)))
    (func (export "fill") (memory.fill (i32.const 65000) (i32.const 0) (i32.const 1000)))
    (func (export "trunc") (result i32) (i32.trunc_f64_s (f64.const 1e20)))
    (func (export "truncnan") (result i32) (i32.trunc_f64_s (f64.const nan)))
    (func (export "ci_type") (call_indirect (type $void) (i32.const 0)))
    (func (export "ci_null") (call_indirect (type $void) (i32.const 2)))
    (func (export "ci_oob") (call_indirect (type $void) (i32.const 9)))
    (func $recurse (export "recurse") (call $recurse))
    (func (export "loop") (loop $again (br $again))))`,

  starttrap: `(module (func $inner unreachable) (func (export "_start") (call $inner)))`,

  startsec: `(module (func $start unreachable) (start $start) (func (export "_start")))`,

  startloop: `(module (func $start (loop $again (br $again))) (start $start) (func (export "_start")))`,

  dataoob: `(module (memory 1) (data (i32.const 65530) "0123456789") (func (export "_start")))`,

  loop: `(module (func (export "_start") (loop $again (br $again))))`,

  mem: `(module
    (memory 20)
    (func (export "size") (result i32) (memory.size))
    (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))`,

  /** Each export meets one of the limits that options set. */
  limits: `(module
    (type $s (struct (field i64))) (type $a (array i8))
    (func $deep (export "deep") (call $deep))
    (func $wide (export "wide") (local i64 i64 i64 i64 i64 i64 i64 i64) (call $wide))
    (func (export "object") (drop (array.new_default $a (i32.const 100000))))
    (func (export "objects") (loop $more (drop (struct.new_default $s)) (br $more))))`,

  table: `(module (table 20 funcref) (func (export "_start")))`,

  missing: `(module (import "env" "nope" (func)) (func (export "_start") (call 0)))`,

  missing2: `(module (import "wasi_snapshot_preview1" "no_such_call" (func)) (func (export "_start")))`,

  badtype: `(module (import "wasi_snapshot_preview1" "proc_exit" (func (param i64))) (func (export "_start")))`,

  nope: `(module (func (export "nope")))`,

  invalid: `(module (func (export "f") (result i32) (i64.const 1)))`,

  halfvalid: `(module (func (export "good") (result i32) (i32.const 7)) (func (export "bad") (result i32) (i64.const 1)))`,
  invalid2: `(module (func (export "f") (result i32) (i32.const 1) (i32.add)))`,

  /** A start function that ends the program. */
  startexit: `(module
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
    (func $start (call 0 (i32.const 5)))
    (start $start)
    (func (export "_start")))`,

  /** A reactor whose function ends the program with the code it is given. */
  reactorexit: `(module
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
    (func (export "exit") (param i32) (call 0 (local.get 0))))`,

  /** What the host says of time and chance, and a NaN of arithmetic. */
  chance: `(module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "clock_time_get" (func $clock (param i32 i64 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "time") (result i64)
      (drop (call $clock (i32.const 0) (i64.const 0) (i32.const 0))) (i64.load (i32.const 0)))
    (func (export "random") (result i64) (drop (call $random (i32.const 0) (i32.const 8))) (i64.load (i32.const 0)))
    (func (export "nan") (result i32) (i32.reinterpret_f32 (f32.add (f32.const -nan:0x200123) (f32.const 1)))))`,

  /** A start function that sees its arguments: their number is the exit code. */
  startwasi: `(module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
    (memory (export "memory") 1)
    (func $start (drop (call 0 (i32.const 0) (i32.const 4))) (call 1 (i32.load (i32.const 0))))
    (start $start)
    (func (export "_start")))`,

  /** Prints its arguments and its environment, a line each. */
  show: `(module
    (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "args_get" (func $args_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_sizes_get" (func $environ_sizes_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "environ_get" (func $environ_get (param i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    ;; Writes the bytes [4096, 4096 + length) with line ends in place of zeros.
    (func $print (param $length i32) (local $i i32)
      (block $done
        (loop $next
          (br_if $done (i32.ge_u (local.get $i) (local.get $length)))
          (if (i32.eqz (i32.load8_u offset=4096 (local.get $i)))
            (then (i32.store8 offset=4096 (local.get $i) (i32.const 10))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))
      (i32.store (i32.const 8) (i32.const 4096))
      (i32.store (i32.const 12) (local.get $length))
      (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16))))
    (func (export "_start")
      (drop (call $args_sizes_get (i32.const 0) (i32.const 4)))
      (drop (call $args_get (i32.const 1024) (i32.const 4096)))
      (call $print (i32.load (i32.const 4)))
      (drop (call $environ_sizes_get (i32.const 0) (i32.const 4)))
      (drop (call $environ_get (i32.const 1024) (i32.const 4096)))
      (call $print (i32.load (i32.const 4)))))`,

  /** Reads in.txt of its first directory and prints it, then makes out.txt there; the exit code is the errno of that. */
  copy: `(module
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_read" (func $fd_read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 64) "in.txt")
    (data (i32.const 80) "out.txt")
    (func (export "_start") (local $errno i32)
      (local.set $errno (call $path_open (i32.const 3) (i32.const 0) (i32.const 64) (i32.const 6)
        (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 0)))
      (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
      (i32.store (i32.const 8) (i32.const 4096))
      (i32.store (i32.const 12) (i32.const 1024))
      (drop (call $fd_read (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 12)))
      (drop (call $fd_write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))
      (call $proc_exit (call $path_open (i32.const 3) (i32.const 0) (i32.const 80) (i32.const 7)
        (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))))`,

  /** Makes out.txt in its first directory and writes 64 KiB to it, ten times; the exit code is the errno where that ends. */
  fill: `(module
    (import "wasi_snapshot_preview1" "path_open"
      (func $path_open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $fd_write (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $proc_exit (param i32)))
    (memory (export "memory") 2)
    (data (i32.const 80) "out.txt")
    (func (export "_start") (local $errno i32) (local $times i32)
      (local.set $errno (call $path_open (i32.const 3) (i32.const 0) (i32.const 80) (i32.const 7)
        (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))
      (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
      (i32.store (i32.const 12) (i32.const 65536))
      (loop $again
        (local.set $errno (call $fd_write (i32.load (i32.const 0)) (i32.const 8) (i32.const 1) (i32.const 16)))
        (if (local.get $errno) (then (call $proc_exit (local.get $errno))))
        (br_if $again (i32.lt_u (local.tee $times (i32.add (local.get $times) (i32.const 1))) (i32.const 10))))))`,

  vector: `(module (func (export "v") (result v128) (v128.const i32x4 1 2 3 4)))`,
} as const;

export type SampleName = keyof typeof texts;

export const sampleNames = Object.keys(texts) as SampleName[];

/** The binary form of a sample. */
export function sampleModule(name: SampleName): Uint8Array {
  return compile(texts[name]);
}

/** The text form of a sample. */
export function sampleText(name: SampleName): string {
  return texts[name];
}
