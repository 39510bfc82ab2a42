;; Exceptions with a number, thrown one call below the block that catches them: a thousand times in each of `n` rounds.
(module
  (tag $odd (param i32))

  (func $halve (param $x i32) (result i32)
    (if (i32.and (local.get $x) (i32.const 1)) (then (throw $odd (local.get $x))))
    (i32.shr_u (local.get $x) (i32.const 1)))

  (func $halveOrNot (param $x i32) (result i32)
    (block $caught (result i32)
      (try_table (result i32) (catch $odd $caught) (call $halve (local.get $x)))
      (return))
    (i32.mul (i32.const 3)))

  (func (export "run") (param $n i32) (result i64)
    (local $checksum i64) (local $i i32) (local $end i32)
    (local.set $end (i32.mul (local.get $n) (i32.const 2000)))
    (block $done
      (loop $round
        (br_if $done (i32.ge_s (local.get $i) (local.get $end)))
        (local.set $checksum
          (i64.add
            (i64.mul (local.get $checksum) (i64.const 31))
            (i64.extend_i32_u (call $halveOrNot (local.get $i)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $round)))
    (local.get $checksum)))
