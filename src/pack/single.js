
start(() => {
  const text = document.getElementById("engine").textContent;
  const packed = Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const engine = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return new Response(engine, { headers: { "Content-Type": "application/wasm" } });
});
