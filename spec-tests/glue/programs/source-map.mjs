import { SourceMapConsumer, SourceMapGenerator } from "source-map";

const generator = new SourceMapGenerator({ file: "out.js" });
for (let i = 0; i < 500; i++) {
  generator.addMapping({
    generated: { line: 1 + (i >> 3), column: (i * 7) % 80 },
    original: { line: i + 1, column: i % 13 },
    source: `in${i % 3}.js`,
    name: i % 5 === 0 ? `name${i}` : undefined,
  });
}
await SourceMapConsumer.with(generator.toString(), null, (consumer) => {
  for (const [line, column] of [
    [1, 0],
    [1, 9],
    [10, 33],
    [60, 79],
    [100, 0],
  ]) {
    console.log(JSON.stringify(consumer.originalPositionFor({ line, column })));
  }
  console.log(JSON.stringify(consumer.generatedPositionFor({ source: "in1.js", line: 5, column: 4 })));
  console.log(JSON.stringify(consumer.allGeneratedPositionsFor({ source: "in2.js", line: 3 })));
  let count = 0;
  consumer.eachMapping(() => count++);
  console.log(count);
});
