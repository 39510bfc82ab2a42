// `npm run test:browser [CHROMIUM]`: threads in a real browser, a page and a worker on one memory. It wants Chromium
// (Debian: `apt-get install chromium`), by the name or path that is given.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { compile } from "watr";
import { root } from "../../scripts/npm-script.ts";

const module = compile(`(module (import "env" "memory" (memory 1 4 shared))
  (func (export "add") (param i32) (result i32) (i32.atomic.rmw.add (i32.const 0) (local.get 0)))
  (func (export "wait") (param i32) (result i32)
    (memory.atomic.wait32 (local.get 0) (i32.const 0) (i64.const -1)))
  (func (export "wake") (param i32) (result i32) (memory.atomic.notify (local.get 0) (i32.const -1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1)))
  (func (export "size") (result i32) (memory.size)))`);

/** What the page has to tell: with shared memory, and where the browser withholds it. */
const expected = {
  isolated: {
    synchronousWait: "WaitNotAllowed",
    worker: { woken: [0] },
    asynchronousWait: [0],
    sum: [2000],
    pages: [2],
  },
  "not isolated": { error: "SharedMemoryUnsupported" },
};

/** https://developer.mozilla.org/docs/Web/API/Window/crossOriginIsolated */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

function answer(response: ServerResponse, url: string): void {
  if (url === "/") {
    response.setHeader("Content-Type", "text/html").end('<script type="module" src="/page.mjs"></script>');
  } else if (url === "/module.wasm") response.end(module);
  else if (/^\/(dist\/)?[\w.-]+\.m?js$/.test(url)) {
    const file = join(root, url.startsWith("/dist/") ? "" : "spec-tests/browser", url);
    response.setHeader("Content-Type", "text/javascript").end(readFileSync(file));
  } else response.writeHead(404).end();
}

/** Serves the page. @param told called with what the page tells */
async function serve(headers: Readonly<Record<string, string>>, told: (result: unknown) => void): Promise<Server> {
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (request.method !== "POST") {
      answer(response, request.url ?? "");
      return;
    }
    let text = "";
    request.on("data", (part) => {
      text += part;
    });
    request.on("end", () => {
      response.end();
      told(JSON.parse(text));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return server;
}

/** Opens the page in a browser of its own. @returns what the page tells */
async function openPage(browser: string, headers: Readonly<Record<string, string>>): Promise<unknown> {
  let result: unknown;
  let child: ChildProcess | undefined;
  const server = await serve(headers, (told) => {
    result = told;
    child?.kill();
  });
  const profile = mkdtempSync(join(tmpdir(), "wasmedge-ts-browser-"));
  try {
    const { port } = server.address() as AddressInfo;
    const flags = ["--headless", "--no-sandbox", "--disable-gpu", `--user-data-dir=${profile}`];
    child = spawn(browser, [...flags, `http://127.0.0.1:${port}/`], { stdio: "ignore" });
    await once(child, "exit");
    if (result === undefined) throw new Error(`${browser} ended before the page had told anything`);
    return result;
  } finally {
    server.close();
    server.closeAllConnections();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}

const browser = process.argv[2] ?? "chromium";
let failed = 0;
for (const [name, result] of Object.entries(expected)) {
  const seen = await openPage(browser, name === "isolated" ? isolation : {});
  const same = isDeepStrictEqual(seen, result);
  if (!same) failed++;
  console.log(`a page that is ${name}: ${same ? "as expected" : JSON.stringify(seen)}`);
}
console.log(`${2 - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
