
// The engine is asked for before anything else.
const engine = fetch("./{{engine}}", { integrity: "{{engine-sum}}" });

// Keeps the page for visits without a network. A newer edition waits until no page of this one is open.
async function keep() {
  if (self !== top || !navigator.serviceWorker) return;
  await navigator.serviceWorker.register("./worker.js");
}

// Where the browser keeps nothing, the page works as long as there is a network.
start(() => engine).then(() => keep().catch(() => {}));
