;; Arrays and what points to them: sorts 1,024 random numbers by insertion into 32 buckets, an array of structs with an array each,
;; and folds them, `n` times.
(module
  (type $numbers (array (mut i32)))
  (type $bucket (struct (field (mut i32)) (field (ref $numbers))))
  (type $buckets (array (mut (ref null $bucket))))

  (func $put (param $bucket (ref $bucket)) (param $value i32)
    (local $numbers (ref $numbers)) (local $at i32) (local $before i32)
    (local.set $numbers (struct.get $bucket 1 (local.get $bucket)))
    (local.set $at (struct.get $bucket 0 (local.get $bucket)))
    (struct.set $bucket 0 (local.get $bucket) (i32.add (local.get $at) (i32.const 1)))
    (block $found
      (loop $next
        (br_if $found (i32.eqz (local.get $at)))
        (local.set $before (array.get $numbers (local.get $numbers) (i32.sub (local.get $at) (i32.const 1))))
        (br_if $found (i32.le_u (local.get $before) (local.get $value)))
        (array.set $numbers (local.get $numbers) (local.get $at) (local.get $before))
        (local.set $at (i32.sub (local.get $at) (i32.const 1)))
        (br $next)))
    (array.set $numbers (local.get $numbers) (local.get $at) (local.get $value)))

  (func $sortOnce (param $seed i32) (result i64)
    (local $buckets (ref $buckets)) (local $bucket (ref null $bucket)) (local $i i32) (local $k i32) (local $checksum i64)
    (local.set $buckets (array.new_default $buckets (i32.const 32)))
    (loop $make
      (array.set $buckets (local.get $buckets) (local.get $i)
        (struct.new $bucket (i32.const 0) (array.new_default $numbers (i32.const 1024))))
      (br_if $make (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32))))
    (local.set $i (i32.const 0))
    (loop $fill
      (local.set $seed (i32.add (i32.mul (local.get $seed) (i32.const 1664525)) (i32.const 1013904223)))
      (call $put
        (ref.as_non_null (array.get $buckets (local.get $buckets) (i32.shr_u (local.get $seed) (i32.const 27))))
        (local.get $seed))
      (br_if $fill (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 1024))))
    (local.set $i (i32.const 0))
    (loop $fold
      (local.set $bucket (array.get $buckets (local.get $buckets) (local.get $i)))
      (local.set $k (i32.const 0))
      (block $end
        (loop $each
          (br_if $end (i32.ge_u (local.get $k) (struct.get $bucket 0 (local.get $bucket))))
          (local.set $checksum
            (i64.add
              (i64.mul (local.get $checksum) (i64.const 31))
              (i64.extend_i32_u
                (array.get $numbers (struct.get $bucket 1 (local.get $bucket)) (local.get $k)))))
          (local.set $k (i32.add (local.get $k) (i32.const 1)))
          (br $each)))
      (br_if $fold (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 32))))
    (local.get $checksum))

  (func (export "run") (param $n i32) (result i64)
    (local $checksum i64) (local $i i32)
    (block $done
      (loop $round
        (br_if $done (i32.ge_s (local.get $i) (local.get $n)))
        (local.set $checksum (i64.xor (local.get $checksum) (call $sortOnce (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $round)))
    (local.get $checksum)))
