import wabtInitialise from "wabt";

const wabt = await wabtInitialise();

/** The binary of a module's text with a `name` section of the text's names, which watr leaves out. */
export function namedModule(text: string): Uint8Array {
  const features = { bulk_memory: true, reference_types: true, multi_value: true, tail_call: true };
  const parsed = wabt.parseWat("named.wat", text, features);
  parsed.resolveNames();
  const { buffer } = parsed.toBinary({ write_debug_names: true });
  parsed.destroy();
  return new Uint8Array(buffer);
}
