/**
 * `wasmedge-ts/node`: imported beside `wasmedge-ts`, it gives the library Node's files, host directories for WASI preopens, clocks,
 * cryptographic randomness and standard streams, and exports what only Node has.
 */
import { installHost } from "./common/host.ts";
import { installWasiDefaults } from "./wasi/defaults.ts";
import { nodeHost, nodeWasiDefaults } from "./wasi/fs/node-host.ts";

installHost(nodeHost);
installWasiDefaults(nodeWasiDefaults);

// --- File systems of the host ---

export { NodeFileSystem, type NodeFileSystemOptions } from "./wasi/fs/node-file-system.ts";

// --- Descriptors of this process as a guest's standard streams ---

export { nodeInput, nodeOutput } from "./wasi/fs/node-host.ts";

// --- Sockets of the host ---

export { NodeNetwork, nodeNetwork } from "./wasi/sockets/node-network.ts";
