;; Structs that live and die: builds and counts binary trees of depth 10, `n` times, and keeps one that is older than the rest.
(module
  (type $tree (struct (field (ref null $tree)) (field (ref null $tree)) (field i32)))

  (func $grow (param $depth i32) (param $name i32) (result (ref null $tree))
    (if (result (ref null $tree)) (i32.eqz (local.get $depth))
      (then (struct.new $tree (ref.null $tree) (ref.null $tree) (local.get $name)))
      (else
        (struct.new $tree
          (call $grow (i32.sub (local.get $depth) (i32.const 1)) (i32.shl (local.get $name) (i32.const 1)))
          (call $grow (i32.sub (local.get $depth) (i32.const 1))
            (i32.add (i32.shl (local.get $name) (i32.const 1)) (i32.const 1)))
          (local.get $name)))))

  (func $sum (param $tree (ref null $tree)) (result i32)
    (if (result i32) (ref.is_null (local.get $tree))
      (then (i32.const 0))
      (else
        (i32.add
          (struct.get $tree 2 (local.get $tree))
          (i32.sub
            (call $sum (struct.get $tree 0 (local.get $tree)))
            (call $sum (struct.get $tree 1 (local.get $tree))))))))

  (func (export "run") (param $n i32) (result i64)
    (local $old (ref null $tree)) (local $checksum i64) (local $i i32)
    (local.set $old (call $grow (i32.const 10) (i32.const 7)))
    (block $done
      (loop $round
        (br_if $done (i32.ge_s (local.get $i) (local.get $n)))
        (local.set $checksum
          (i64.add
            (i64.mul (local.get $checksum) (i64.const 31))
            (i64.extend_i32_s (call $sum (call $grow (i32.const 10) (local.get $i))))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $round)))
    (i64.add (local.get $checksum) (i64.extend_i32_s (call $sum (local.get $old))))))
