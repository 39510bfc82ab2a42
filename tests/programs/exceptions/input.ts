/** What the programs of this folder are given on standard input, and what they print. */

export const bank = {
  input: `in a 100 in b 50
out a 30 in b 30
out a 10 in c 10 out b 500
out a 5 in c 5 out b 50000
in a 5 in z 1
in a ten
in a 2000000
move a 1
in a 1 in b
out a 20 out b 20 out c 1
`,
  output: `2 steps done
2 steps done
  step 2 sees: too little in b
  taken back: +10 on c
  step 1 sees: too little in b
  taken back: -10 on a
refused: too little in b, 420 missing
  step 2 sees: too little in b
  taken back: +5 on c
  step 1 sees: too little in b
  taken back: -5 on a
wrong: far too little
  taken back: +5 on a
refused: no account z
no number, of 3 characters
wrong, whatever it is
wrong: move
  taken back: +1 on a
refused: a step is cut off
  step 2 sees: too little in c
  taken back: -20 on b
  step 1 sees: too little in c
  taken back: -20 on a
refused: too little in c, 1 missing
a: 70
b: 80
c: 0
`,
  exitCode: 0,
};

const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

export const json = {
  input: `{"a": [1, 2.50, {"b": null}], "c": "x\\\\n"}
[1, [2, {"key": [true, fals]}]]
{"a": {"b": {"c": 1e}}}
[1,]
"open
12 13

-0.5E+10
{"long name": "\\\\q"}
${nested(150)}
${nested(300)}
`,
  // The path is cut off at 511 bytes.
  output: `{"a":[1,2.50,{"b":null}],"c":"x\\\\n"}
error at column 24 in [1][1].key[1]: unknown word (5 jumps)
error at column 21 in .a.b.c: expected a digit (4 jumps)
error at column 4: expected a value (1 jumps)
error at column 6: unterminated string (1 jumps)
error at column 4: unexpected text (1 jumps)
error at column 1: expected a value (1 jumps)
-0.5e+10
{"long name":"\\\\q"}
${nested(150)}
error at column 201 in ${"[0]".repeat(200).slice(0, 511)}: nested too deeply (201 jumps)
4 good, 7 bad
`,
  exitCode: 1,
};
