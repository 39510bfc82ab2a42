import * as biome from "@biomejs/wasm-nodejs";

const workspace = new biome.Workspace();
console.log(Object.keys(biome).length > 3);
const { projectKey } = workspace.openProject({ path: "", openUninitialized: true });
const path = "main.ts";
workspace.openFile({
  projectKey,
  path,
  content: { type: "fromClient", content: "const  a:number=1;for(const x of [a])console.log( x )", version: 0 },
});
console.log(workspace.formatFile({ projectKey, path }).code);
const { diagnostics } = workspace.pullDiagnostics({
  projectKey,
  path,
  categories: ["syntax", "lint"],
  maxDiagnostics: 5,
  only: [],
  skip: [],
  enabledRules: [],
  pullCodeActions: false,
});
console.log(JSON.stringify(diagnostics.map(({ category, severity }) => [category, severity])));
