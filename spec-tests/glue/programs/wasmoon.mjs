import { LuaFactory } from "wasmoon";

const lua = await new LuaFactory().createEngine();
lua.global.set("add", (a, b) => a + b);
lua.global.set("later", () => Promise.resolve(42));
console.log(await lua.doString("local t = {} for i = 1, 10 do t[i] = add(i, i * 0.5) end return table.concat(t, ' ')"));
console.log(await lua.doString("return string.format('%5.2f|%q|%x', math.pi, 'a\\nb', 255), later():await()"));
console.log(await lua.doString("local ok, message = pcall(function() error({ code = 7 }) end) return message.code"));
try {
  await lua.doString("local x = nil; return x.y");
} catch (error) {
  console.log(error.message.split("\n")[0]);
}
lua.global.close();
