import { isObject } from "./slot.ts";
import { copyOfBytes } from "./web-idl.ts";

/** What is used of a `Response`. https://fetch.spec.whatwg.org/#response-class */
interface ResponseLike {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  arrayBuffer(): Promise<ArrayBuffer>;
}

function isResponse(value: unknown): value is ResponseLike {
  return isObject(value) && "arrayBuffer" in value && "headers" in value && "ok" in value;
}

/**
 * The bytes of a `Response`, once all of them are there.
 * https://webassembly.github.io/spec/web-api/#compile-a-potential-webassembly-response
 * @throws TypeError, by rejecting: where the source is no response, a failed one, or says that it is no module
 */
export async function bytesOfResponse(source: unknown, where: string): Promise<Uint8Array> {
  const response = await source;
  if (!isResponse(response)) throw new TypeError(`${where}: The source must be a Response or a promise of one.`);
  if (!response.ok) throw new TypeError(`${where}: The response has the status ${response.status}.`);
  const type = response.headers.get("Content-Type")?.trim().toLowerCase();
  if (type !== "application/wasm") {
    throw new TypeError(`${where}: The response is of type ${type ?? "none"}, and not application/wasm.`);
  }
  return copyOfBytes(await response.arrayBuffer());
}
