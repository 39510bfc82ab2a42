import { fail } from "../common/error.ts";
import { ErrCode } from "../common/error-code.ts";
import type { Configure } from "../config/configure.ts";
import type { Plugin } from "../plugin/plugin.ts";
import type { PluginContext } from "../plugin/plugin-descriptor.ts";
import { errnoOf, errnoText } from "../wasi/abi/errno.ts";
import { appendToGuestFile } from "../wasi/guest-files.ts";
import { hostOutput, type OutputStream } from "../wasi/streams.ts";
import type { WasiModule } from "../wasi/wasi-module.ts";

/** The guest's standard output or error, or the host's where there is no WASI. */
function outputOf(wasi: WasiModule | undefined, stream: 1 | 2): OutputStream {
  const { stdout, stderr } = wasi?.getEnv().options ?? {};
  return (stream === 1 ? stdout : stderr) ?? hostOutput(stream);
}

function refuse(path: string, reason: string): never {
  fail(ErrCode.HostFuncError, { kind: "note", text: `Cannot write to the file "${path}": ${reason}` });
}

/**
 * What a plugin's module may do in a VM.
 * @param wasi looked up at each use: a VM's WASI module may be taken out
 * @throws RuntimeError where the configuration sets options that the plugin does not have
 */
export function pluginContext(plugin: Plugin, configure: Configure, wasi: () => WasiModule | undefined): PluginContext {
  const options = configure.pluginOptions(plugin.name);
  plugin.checkOptions(options);
  return {
    option: (name) => options.get(name),
    write: (stream, bytes) => {
      const output = outputOf(wasi(), stream);
      for (let rest = bytes; rest.length > 0; ) {
        const taken = output.write(rest);
        if (taken <= 0) return;
        rest = rest.subarray(taken);
      }
    },
    appendToFile: (path, bytes) => {
      const module = wasi() ?? refuse(path, "The VM has no WASI, and so no files.");
      try {
        appendToGuestFile(module.getEnv(), path, bytes);
      } catch (error) {
        const errno = errnoOf(error);
        if (errno === undefined) throw error;
        refuse(path, errnoText(errno));
      }
    },
  };
}
