import { createServer } from "node:http";

const server = createServer((request, response) => {
  let body = "";
  request.on("data", (data) => {
    body += data;
  });
  request.on("end", () => {
    response.writeHead(request.url === "/missing" ? 404 : 200, {
      "content-type": "text/plain",
      "x-method": request.method,
    });
    response.write(`${request.method} ${request.url} ${request.headers["x-own"]} `);
    response.end(body.length > 100 ? String(body.length) : body);
  });
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const base = `http://127.0.0.1:${server.address().port}`;
for (const [path, options] of [
  ["/plain"],
  ["/post", { method: "POST", body: "text", headers: { "x-own": "mine" } }],
  ["/large", { method: "PUT", body: "x".repeat(300_000) }],
  ["/missing"],
]) {
  const response = await fetch(base + path, options);
  console.log(response.status, response.headers.get("x-method"), await response.text());
}
const all = await Promise.all(Array.from({ length: 20 }, async (_, i) => (await fetch(`${base}/${i}`)).text()));
console.log(all.join(" "));
server.closeAllConnections();
server.close();
