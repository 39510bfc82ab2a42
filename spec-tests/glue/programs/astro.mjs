import { parse, transform } from "@astrojs/compiler";

const source =
  "---\nconst a: number = 1;\n---\n<style>p { color: red }</style>\n<p class:list={['x']}>{a}<!-- c --></p>\n<script>console.log(1)</script>";
const { code, css, diagnostics } = await transform(source, { filename: "/a.astro", sourcemap: false });
console.log(code, css, JSON.stringify(diagnostics));
console.log(JSON.stringify((await parse(source)).ast).length);
process.exit();
