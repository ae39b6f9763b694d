
// The engine is asked for before anything else.
const engine = fetch("./{{engine}}", { integrity: "{{engine-sum}}" });

// The rest of the engine, when it asks for it.
function later() {
  return fetch("./{{later}}", { integrity: "{{later-sum}}" });
}

// Keeps the page for visits without a network. A newer page waits until the person wants it.
async function keep() {
  if (self !== top || !navigator.serviceWorker) return;
  const workers = navigator.serviceWorker;
  const kept = await workers.register("./worker.js");
  const tell = () => {
    if (!kept.waiting || !workers.controller) return;
    // The page listens once it is drawn.
    if (document.getElementById("live-region")) dispatchEvent(new Event("newer-page"));
    else setTimeout(tell, 100);
  };
  // The browser may have found a newer one before this page was ready to hear of it.
  const follow = () => kept.installing?.addEventListener("statechange", tell);
  kept.addEventListener("updatefound", follow);
  addEventListener("take-newer-page", () => {
    workers.addEventListener("controllerchange", () => location.reload(), { once: true });
    kept.waiting?.postMessage("take-over");
  });
  follow();
  tell();
}

// Where the browser keeps nothing, the page works as long as there is a network.
start(() => engine).then(() => keep().catch(() => {}));
