import * as Automerge from "@automerge/automerge";

const actor = (n) => ({ actor: String(n).repeat(32) });
let first = Automerge.from({ list: [1, 2], text: "abc", counter: new Automerge.Counter(1) }, actor(1));
let second = Automerge.clone(first, actor(2));
first = Automerge.change(first, { time: 0 }, (document) => {
  document.list.push(3);
  document.counter.increment(5);
  Automerge.splice(document, ["text"], 1, 1, "XYZ");
});
second = Automerge.change(second, { time: 0 }, (document) => {
  document.list.unshift(0);
  document.counter.increment(7);
  document.nested = { deep: [true, null, 1.5, new Uint8Array([1, 2])] };
});
const merged = Automerge.merge(first, second);
console.log(JSON.stringify(merged));
console.log(Automerge.save(merged).length > 100, JSON.stringify(Automerge.load(Automerge.save(merged))));
try {
  Automerge.load(new Uint8Array([1, 2, 3]));
} catch (error) {
  console.log(error.name, error.message);
}
