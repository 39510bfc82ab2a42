;; Counts the words of a text: garbage-collected strings in a hash map of linked entries, which grows, and a list of the entries
;; in the order that a comparison given as a function reference makes.
;;
;; A count is an i31 while it is small, and a boxed i64 afterwards, so that reading one takes a cast.
(module
  (type $string (array (mut i8)))
  (type $box (struct (field $value (mut i64))))
  (rec
    (type $entry (sub (struct
      (field $key (ref $string))
      (field $count (mut (ref eq)))
      (field $next (mut (ref null $entry))))))
    ;; An entry that remembers where its word stood first.
    (type $placed (sub final $entry (struct
      (field $key (ref $string))
      (field $count (mut (ref eq)))
      (field $next (mut (ref null $entry)))
      (field $place i32)))))
  (type $buckets (array (mut (ref null $entry))))
  (type $map (struct (field $buckets (mut (ref $buckets))) (field $size (mut i32))))
  (type $cell (struct (field $entry (ref $entry)) (field $next (mut (ref null $cell)))))
  (type $before (func (param (ref $entry) (ref $entry)) (result i32)))

  (memory (export "memory") 1)
  (global $largest-small i32 (i32.const 3))
  (global $map (mut (ref null $map)) (ref.null $map))

  (elem declare func $more-often $alphabetically)

  ;; --- Strings ---

  (func $hash (param $s (ref $string)) (result i32) (local $i i32) (local $hash i32)
    (local.set $hash (i32.const 0x811c9dc5))
    (loop $next
      (if (i32.lt_u (local.get $i) (array.len (local.get $s)))
        (then
          (local.set $hash (i32.mul
            (i32.xor (local.get $hash) (array.get_u $string (local.get $s) (local.get $i)))
            (i32.const 0x01000193)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    (local.get $hash))

  ;; Less than 0, 0 or greater, as the strings stand in order.
  (func $compare (param $a (ref $string)) (param $b (ref $string)) (result i32) (local $i i32) (local $difference i32)
    (loop $next
      (if (i32.and
            (i32.lt_u (local.get $i) (array.len (local.get $a)))
            (i32.lt_u (local.get $i) (array.len (local.get $b))))
        (then
          (local.set $difference (i32.sub
            (array.get_u $string (local.get $a) (local.get $i))
            (array.get_u $string (local.get $b) (local.get $i))))
          (if (local.get $difference) (then (return (local.get $difference))))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    (i32.sub (array.len (local.get $a)) (array.len (local.get $b))))

  (func $string-at (param $offset i32) (param $length i32) (result (ref $string))
    (local $s (ref $string)) (local $i i32) (local $letter i32)
    (local.set $s (array.new_default $string (local.get $length)))
    (loop $next
      (if (i32.lt_u (local.get $i) (local.get $length))
        (then
          (local.set $letter (i32.load8_u (i32.add (local.get $offset) (local.get $i))))
          (array.set $string (local.get $s) (local.get $i) (local.get $letter))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    (local.get $s))

  ;; --- Counts ---

  (func $count-of (param $count (ref eq)) (result i64)
    (block $small (result (ref i31))
      (br_on_cast $small (ref eq) (ref i31) (local.get $count))
      (return (struct.get $box $value (ref.cast (ref $box)))))
    (i64.extend_i32_u (i31.get_u)))

  (func $increment (param $entry (ref $entry)) (local $count i64)
    ;; A box is changed in its place.
    (if (ref.test (ref $box) (struct.get $entry $count (local.get $entry)))
      (then
        (struct.set $box $value
          (ref.cast (ref $box) (struct.get $entry $count (local.get $entry)))
          (i64.add
            (struct.get $box $value (ref.cast (ref $box) (struct.get $entry $count (local.get $entry))))
            (i64.const 1)))
        (return)))
    (local.set $count (i64.add (call $count-of (struct.get $entry $count (local.get $entry))) (i64.const 1)))
    (struct.set $entry $count (local.get $entry)
      (if (result (ref eq)) (i64.le_u (local.get $count) (i64.extend_i32_u (global.get $largest-small)))
        (then (ref.i31 (i32.wrap_i64 (local.get $count))))
        (else (struct.new $box (local.get $count))))))

  ;; --- The map ---

  (func $bucket (param $buckets (ref $buckets)) (param $key (ref $string)) (result i32)
    (i32.rem_u (call $hash (local.get $key)) (array.len (local.get $buckets))))

  (func $find (param $map (ref $map)) (param $key (ref $string)) (result (ref null $entry))
    (local $entry (ref null $entry))
    (local.set $entry (array.get $buckets
      (struct.get $map $buckets (local.get $map))
      (call $bucket (struct.get $map $buckets (local.get $map)) (local.get $key))))
    (block $end
      (loop $next
        (br_on_null $end (local.get $entry))
        (if (i32.eqz (call $compare (struct.get $entry $key) (local.get $key)))
          (then (return (local.get $entry))))
        (local.set $entry (struct.get $entry $next (local.get $entry)))
        (br $next)))
    (ref.null $entry))

  (func $insert (param $buckets (ref $buckets)) (param $entry (ref $entry)) (local $at i32)
    (local.set $at (call $bucket (local.get $buckets) (struct.get $entry $key (local.get $entry))))
    (struct.set $entry $next (local.get $entry) (array.get $buckets (local.get $buckets) (local.get $at)))
    (array.set $buckets (local.get $buckets) (local.get $at) (local.get $entry)))

  ;; Twice as many buckets, among which the entries are dealt out anew.
  (func $grow (param $map (ref $map)) (local $old (ref $buckets)) (local $new (ref $buckets)) (local $i i32)
    (local $entry (ref null $entry)) (local $next (ref null $entry))
    (local.set $old (struct.get $map $buckets (local.get $map)))
    (local.set $new (array.new_default $buckets (i32.mul (array.len (local.get $old)) (i32.const 2))))
    (loop $next-bucket
      (if (i32.lt_u (local.get $i) (array.len (local.get $old)))
        (then
          (local.set $entry (array.get $buckets (local.get $old) (local.get $i)))
          (block $end
            (loop $next-entry
              (local.set $next (struct.get $entry $next (br_on_null $end (local.get $entry))))
              (call $insert (local.get $new) (ref.as_non_null (local.get $entry)))
              (local.set $entry (local.get $next))
              (br $next-entry)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next-bucket))))
    (struct.set $map $buckets (local.get $map) (local.get $new)))

  (func $add (param $map (ref $map)) (param $key (ref $string)) (param $place i32) (local $entry (ref null $entry))
    (local.set $entry (call $find (local.get $map) (local.get $key)))
    (if (ref.is_null (local.get $entry))
      (then
        (if (i32.ge_u (struct.get $map $size (local.get $map)) (array.len (struct.get $map $buckets (local.get $map))))
          (then (call $grow (local.get $map))))
        (local.set $entry (struct.new $placed
          (local.get $key) (ref.i31 (i32.const 0)) (ref.null $entry) (local.get $place)))
        (call $insert (struct.get $map $buckets (local.get $map)) (ref.as_non_null (local.get $entry)))
        (struct.set $map $size (local.get $map) (i32.add (struct.get $map $size (local.get $map)) (i32.const 1)))))
    (call $increment (ref.as_non_null (local.get $entry))))

  ;; --- Order ---

  (func $alphabetically (param $a (ref $entry)) (param $b (ref $entry)) (result i32)
    (i32.lt_s (call $compare (struct.get $entry $key (local.get $a)) (struct.get $entry $key (local.get $b))) (i32.const 0)))

  ;; More often first; where words are as often, the one that stood first.
  (func $more-often (param $a (ref $entry)) (param $b (ref $entry)) (result i32) (local $x i64) (local $y i64)
    (local.set $x (call $count-of (struct.get $entry $count (local.get $a))))
    (local.set $y (call $count-of (struct.get $entry $count (local.get $b))))
    (if (i64.ne (local.get $x) (local.get $y)) (then (return (i64.gt_u (local.get $x) (local.get $y)))))
    (i32.lt_u
      (struct.get $placed $place (ref.cast (ref $placed) (local.get $a)))
      (struct.get $placed $place (ref.cast (ref $placed) (local.get $b)))))

  (func $insert-sorted (param $list (ref null $cell)) (param $entry (ref $entry)) (param $before (ref $before))
    (result (ref $cell)) (local $cell (ref null $cell))
    (block $first
      (br_if $first (ref.is_null (local.get $list)))
      (br_if $first (call_ref $before
        (local.get $entry) (struct.get $cell $entry (local.get $list)) (local.get $before)))
      (local.set $cell (local.get $list))
      (block $found
        (loop $next
          (br_if $found (call_ref $before
            (local.get $entry)
            (struct.get $cell $entry (br_on_null $found (struct.get $cell $next (local.get $cell))))
            (local.get $before)))
          (local.set $cell (struct.get $cell $next (local.get $cell)))
          (br $next)))
      (struct.set $cell $next (local.get $cell)
        (struct.new $cell (local.get $entry) (struct.get $cell $next (local.get $cell))))
      (return (ref.as_non_null (local.get $list))))
    (struct.new $cell (local.get $entry) (local.get $list)))

  (func $sorted (param $map (ref $map)) (param $before (ref $before)) (result (ref null $cell))
    (local $buckets (ref $buckets)) (local $i i32) (local $entry (ref null $entry)) (local $list (ref null $cell))
    (local.set $buckets (struct.get $map $buckets (local.get $map)))
    (loop $next-bucket
      (if (i32.lt_u (local.get $i) (array.len (local.get $buckets)))
        (then
          (local.set $entry (array.get $buckets (local.get $buckets) (local.get $i)))
          (block $end
            (loop $next-entry
              (local.set $list (call $insert-sorted
                (local.get $list) (br_on_null $end (local.get $entry)) (local.get $before)))
              (local.set $entry (struct.get $entry $next (local.get $entry)))
              (br $next-entry)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next-bucket))))
    (local.get $list))

  ;; --- What the host calls ---

  (func $is-letter (param $c i32) (result i32)
    (i32.lt_u (i32.sub (i32.or (local.get $c) (i32.const 32)) (i32.const 97)) (i32.const 26)))

  ;; Counts the words of the bytes [offset, offset + length). Returns how many different ones there are.
  (func (export "count") (param $offset i32) (param $length i32) (result i32)
    (local $map (ref $map)) (local $at i32) (local $end i32) (local $start i32)
    (local.set $map (struct.new $map (array.new_default $buckets (i32.const 2)) (i32.const 0)))
    (local.set $at (local.get $offset))
    (local.set $end (i32.add (local.get $offset) (local.get $length)))
    (loop $next
      (if (i32.lt_u (local.get $at) (local.get $end))
        (then
          (if (i32.eqz (call $is-letter (i32.load8_u (local.get $at))))
            (then (local.set $at (i32.add (local.get $at) (i32.const 1))) (br $next)))
          (local.set $start (local.get $at))
          (block $word-ends
            (loop $more
              (br_if $word-ends (i32.ge_u (local.get $at) (local.get $end)))
              (br_if $word-ends (i32.eqz (call $is-letter (i32.load8_u (local.get $at)))))
              (local.set $at (i32.add (local.get $at) (i32.const 1)))
              (br $more)))
          (call $add (local.get $map)
            (call $string-at (local.get $start) (i32.sub (local.get $at) (local.get $start)))
            (local.get $start))
          (br $next))))
    (global.set $map (local.get $map))
    (struct.get $map $size (local.get $map)))

  ;; The words in order, as objects of which the host sees references: the list's first cell, or null.
  (func (export "sort") (param $by-name i32) (result structref)
    (call $sorted
      (ref.as_non_null (global.get $map))
      (if (result (ref $before)) (local.get $by-name)
        (then (ref.func $alphabetically))
        (else (ref.func $more-often)))))

  (func (export "next") (param $cell structref) (result structref)
    (struct.get $cell $next (ref.cast (ref $cell) (local.get $cell))))

  (func (export "times") (param $cell structref) (result i64)
    (call $count-of (struct.get $entry $count (struct.get $cell $entry (ref.cast (ref $cell) (local.get $cell))))))

  (func (export "is-boxed") (param $cell structref) (result i32)
    (ref.test (ref $box) (struct.get $entry $count (struct.get $cell $entry (ref.cast (ref $cell) (local.get $cell))))))

  ;; Writes the word to memory. Returns its length.
  (func (export "word") (param $cell structref) (param $to i32) (result i32) (local $s (ref $string)) (local $i i32)
    (local.set $s (struct.get $entry $key (struct.get $cell $entry (ref.cast (ref $cell) (local.get $cell)))))
    (loop $next
      (if (i32.lt_u (local.get $i) (array.len (local.get $s)))
        (then
          (i32.store8 (i32.add (local.get $to) (local.get $i)) (array.get_u $string (local.get $s) (local.get $i)))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next))))
    (array.len (local.get $s))))
