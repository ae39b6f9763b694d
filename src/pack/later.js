// Brings the part of the engine that a first look does not need, and tells the first part, whose exports are `wasm`.
const later = new Proxy({}, {
  get: () => (callback, data) => {
    bringLater()
      .then(() => true, (problem) => (console.error(problem), false))
      .then((there) => wasm.__indirect_function_table.get(callback)(data, there));
  },
});
let brought;
async function bringLater() {
  const bytes = await packedLater();
  brought ??= WebAssembly.instantiate(bytes, { __wasm_split: wasm });
  await brought;
}
async function packedLater() {
  const inside = document.querySelector("script[data-asset='later']");
  if (inside) {
    const packed = Uint8Array.from(atob(inside.textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).arrayBuffer();
  }
  const files = JSON.parse(document.getElementById("assets").textContent);
  const response = await fetch(files.later);
  if (!response.ok) throw new Error(`${files.later}: ${response.status}`);
  return response.arrayBuffer();
}
