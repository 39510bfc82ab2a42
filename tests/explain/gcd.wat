(module
  (memory (export "memory") 1)
  (func $gcd (export "gcd") (param $a i32) (param $b i32) (result i32)
    (local $rest i32)
    block $done
      loop $again
        local.get $b
        i32.eqz
        br_if $done
        local.get $a
        local.get $b
        i32.rem_u
        local.set $rest
        local.get $b
        local.set $a
        local.get $rest
        local.set $b
        br $again
      end
    end
    i32.const 8
    local.get $a
    i32.store
    local.get $a))
