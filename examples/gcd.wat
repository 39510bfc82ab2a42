;; The greatest common divisor of two numbers, which it leaves at address 8 as well.
(module
  (memory (export "memory") 1)
  (func $remainder (param $a i32) (param $b i32) (result i32)
    local.get $a
    local.get $b
    i32.rem_u)
  (func $gcd (export "gcd") (param $a i32) (param $b i32) (result i32)
    (local $rest i32)
    loop $again
      local.get $a
      local.get $b
      call $remainder
      local.set $rest
      local.get $b
      local.set $a
      local.get $rest
      local.tee $b
      br_if $again
    end
    i32.const 8
    local.get $a
    i32.store
    local.get $a))
