
function unpacked(id) {
  const text = document.getElementById(id).textContent;
  const packed = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const engine = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(engine, { headers: { "Content-Type": "application/wasm" } });
}

// The rest of the engine, when it asks for it.
async function later() {
  return unpacked("later");
}

start(() => unpacked("engine"));
