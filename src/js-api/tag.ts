import { ValType } from "../common/value-type.ts";
import { TagInstance } from "../store/tag-instance.ts";
import { canonicalFunctionType } from "../validator/canonical-types.ts";
import type { Realm } from "./realm.ts";
import { tagSlot } from "./slots.ts";
import { toValueType } from "./values.ts";
import { asInterface, dictionary, sequence } from "./web-idl.ts";

let tagOfJavaScript: TagInstance | undefined;

/** The tag of exceptions that JavaScript throws. https://webassembly.github.io/spec/js-api/#javascript-exception-tag */
export function jsTag(): TagInstance {
  tagOfJavaScript ??= makeTag([ValType.ExternRef]);
  return tagOfJavaScript;
}

export function isJSTag(tag: TagInstance): boolean {
  return tag === tagOfJavaScript;
}

function makeTag(params: readonly ValType[]): TagInstance {
  const type = { params, results: [] };
  return new TagInstance(type, canonicalFunctionType(type));
}

/** https://webassembly.github.io/spec/js-api/#tag */
export interface Tag {
  readonly [Symbol.toStringTag]: string;
}

export type TagConstructor = new (type: { readonly parameters: Iterable<string> }) => Tag;

/** `WebAssembly.Tag`. */
export function defineTag(realm: Realm): TagConstructor {
  class Tag {
    constructor(type?: unknown) {
      const { parameters } = dictionary<"parameters">(type, "The type of a tag");
      realm.tags.add(this, makeTag(sequence(parameters, "The parameters of a tag").map(toValueType)));
    }
  }
  realm.tags.prototype = Tag.prototype;
  return asInterface("Tag", 1, Tag) as unknown as TagConstructor;
}

/** The tag of an argument. @throws TypeError where it is none */
export function requireTag(value: unknown): TagInstance {
  return tagSlot.require(value);
}
