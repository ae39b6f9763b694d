// Brings the rest of the engine when the first part, whose exports are `wasm`, asks for it, and tells whether it came.
const rest = {
  __wasm_split_load_later(tell, about) {
    later()
      .then((response) => {
        if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
        return response.arrayBuffer();
      })
      .then((bytes) => WebAssembly.instantiate(bytes, { __wasm_split: wasm }))
      .then(() => true, (problem) => (console.warn(problem), false))
      .then((came) => wasm.__indirect_function_table.get(tell)(about, came));
  },
};
