import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const duckdb = require("@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs");
const folder = dirname(require.resolve("@duckdb/duckdb-wasm/dist/duckdb-node-blocking.cjs"));
const bundle = (name) => ({
  mainModule: join(folder, `duckdb-${name}.wasm`),
  mainWorker: join(folder, `duckdb-node-${name}.worker.cjs`),
});
const database = await duckdb.createDuckDB(
  { mvp: bundle("mvp"), eh: bundle("eh") },
  new duckdb.VoidLogger(),
  duckdb.NODE_RUNTIME,
);
await database.instantiate(() => undefined);
const connection = database.connect();
const show = (sql) =>
  console.log(
    JSON.stringify(
      connection
        .query(sql)
        .toArray()
        .map((row) => row.toJSON()),
      (_, v) => (typeof v === "bigint" ? `${v}n` : v),
    ),
  );
show("SELECT version() IS NOT NULL AS ok, sum(i) AS s, avg(i * 0.5) AS a FROM range(1000) t(i)");
show("SELECT i % 3 AS k, count(*) AS n, string_agg(i::VARCHAR, ',') AS l FROM range(10) t(i) GROUP BY k ORDER BY k");
try {
  connection.query("SELECT * FROM nowhere");
} catch (error) {
  console.log(error.message.split("\n")[0]);
}
process.exit();
