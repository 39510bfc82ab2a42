import { parentPort, workerData } from "node:worker_threads";
import { setLogLevel } from "../src/common/log.ts";
import { configureWith } from "./proposals.ts";
import { ScriptRunner } from "./script-runner.ts";
import type { ThreadTask } from "./thread.ts";

/** What a worker runs: the commands of one thread of a script. Each result goes to the thread that started it. */
const { commands, folder, proposals, shared } = workerData as ThreadTask;
setLogLevel("off");
const runner = new ScriptRunner(configureWith(proposals), folder, (result) => parentPort?.postMessage(result));
await runner.run(commands, shared);
