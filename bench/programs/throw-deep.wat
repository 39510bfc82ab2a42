;; Exceptions thrown a hundred calls below the block that catches them, ten times in each of `n` rounds.
(module
  (tag $bottom (param i32))

  (func $down (param $depth i32) (param $x i32) (result i32)
    (if (i32.eqz (local.get $depth)) (then (throw $bottom (local.get $x))))
    (i32.add (call $down (i32.sub (local.get $depth) (i32.const 1)) (i32.add (local.get $x) (local.get $depth))) (i32.const 1)))

  (func $once (param $x i32) (result i32)
    (block $caught (result i32)
      (try_table (result i32) (catch $bottom $caught) (call $down (i32.const 100) (local.get $x)))
      (unreachable)))

  (func (export "run") (param $n i32) (result i64)
    (local $checksum i64) (local $i i32) (local $end i32)
    (local.set $end (i32.mul (local.get $n) (i32.const 10)))
    (block $done
      (loop $round
        (br_if $done (i32.ge_s (local.get $i) (local.get $end)))
        (local.set $checksum
          (i64.add
            (i64.mul (local.get $checksum) (i64.const 31))
            (i64.extend_i32_u (call $once (local.get $i)))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $round)))
    (local.get $checksum)))
