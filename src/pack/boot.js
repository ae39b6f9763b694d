
"use strict";
// Leptos writes the static parts of the page through innerHTML; scripts and handlers have no place there.
// The one address of a script that is ever made of a text is the service worker's.
window.trustedTypes?.createPolicy("default", {
  createHTML(markup) {
    if (/<(script|iframe|object|embed|base|meta|link)\b|<[^>]*\s(on\w+|srcdoc)\s*=|javascript:/i.test(markup)) {
      throw new TypeError("this markup is not the page's own");
    }
    return markup;
  },
  createScriptURL(address) {
    if (address !== "./worker.js") throw new TypeError("this script is not the page's own");
    return address;
  },
});

// Runs the engine once the document and the glue are there; says so when it cannot.
function start(engine) {
  return new Promise((done) => addEventListener("DOMContentLoaded", done))
    .then(() => wasm_bindgen({ module_or_path: engine() }))
    .catch((problem) => {
      document.getElementById("failed").hidden = false;
      throw problem;
    });
}
