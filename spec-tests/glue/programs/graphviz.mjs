import { Graphviz } from "@hpcc-js/wasm-graphviz";

const graphviz = await Graphviz.load();
console.log(graphviz.version());
console.log(graphviz.dot('digraph { a -> b -> c; a -> c [label="é"]; b [shape=box] }', "plain"));
try {
  graphviz.dot("digraph {");
} catch (error) {
  console.log(error.message);
}
