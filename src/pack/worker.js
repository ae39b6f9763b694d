// Keeps the page in the browser: what was visited once opens without a network.
// Each file is kept only if its sum is the one that this list was made with, so that files of two editions never mix.
"use strict";

const MINE = `kafka-cluster-designer ${registration.scope} `;
const CACHE = MINE + "{{edition}}";
const FILES = {{files}};

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(forget().then(() => clients.claim())));
addEventListener("message", (event) => {
  if (event.data === "take-over") skipWaiting();
});
addEventListener("fetch", (event) => {
  const { method, mode, url } = event.request;
  const address = new URL(url);
  if (method !== "GET" || !address.href.startsWith(registration.scope)) return;
  const name = "./" + address.href.slice(registration.scope.length).replace(/[?#].*/, "");
  const page = mode === "navigate" && (name === "./" || name === "./index.html");
  if (page) event.respondWith(answer("./", event.request));
  else if (/-[0-9a-f]{16}\.\w+$/.test(name)) event.respondWith(answer(name, event.request));
});

async function keep() {
  const cache = await caches.open(CACHE);
  await Promise.all(
    FILES.map(async ([name, integrity]) => {
      // A name with a sum in it never changes; the page itself is asked for anew.
      const answer = await fetch(name, { integrity, cache: name === "./" ? "no-cache" : "default" });
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      await cache.put(name, answer);
    }),
  );
}

// The edition before this one stays for pages that are still open.
async function forget() {
  const older = (await caches.keys()).filter((name) => name.startsWith(MINE) && name !== CACHE);
  await Promise.all(older.slice(0, -1).map((name) => caches.delete(name)));
}

// The page comes from this edition, its files from the edition that named them.
async function answer(name, request) {
  const cache = await caches.open(CACHE);
  return (await cache.match(name)) ?? (await caches.match(new URL(name, registration.scope))) ?? fetch(request);
}
