import initSqlJs from "sql.js";

const SQL = await initSqlJs();
const database = new SQL.Database();
database.run("CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT, length REAL, data BLOB)");
const insert = database.prepare("INSERT INTO words (word, length, data) VALUES (?, ?, ?)");
for (const word of "the quick brown fox jumps over the lazy dog".split(" ")) {
  insert.run([word, word.length / 3, new TextEncoder().encode(word)]);
}
insert.free();
database.create_function("shout", (text) => `${text.toUpperCase()}!`);
console.log(
  JSON.stringify(database.exec("SELECT shout(word), count(*), sum(length) FROM words GROUP BY word ORDER BY 1")),
);
console.log(
  JSON.stringify(database.exec("SELECT hex(data), random() IS NOT NULL, 9007199254740993 FROM words WHERE id = 4")),
);
try {
  database.run("SELECT * FROM nowhere");
} catch (error) {
  console.log(error.message);
}
const copy = new SQL.Database(database.export());
console.log(JSON.stringify(copy.exec("SELECT count(*), sqlite_version() FROM words")), copy.export().length);
