// Shows the Kafka Cluster Designer inside another page:
//
//   <script src="https://HOST/FOLDER/embed.js" async></script>
//   <kafka-cluster-designer preset="production" show="30-kafka/statefulset.yaml" read></kafka-cluster-designer>
//
// It defines this one element and touches nothing else. README.md of src/pack describes attributes, events and messages.
(() => {
  "use strict";
  const NAME = "kafka-cluster-designer";
  const VERSION = 1;
  // How high a frame is before its page says so, and how high it may become.
  const FIRST = 640;
  const HIGHEST = 4000;
  const home = new URL(".", document.currentScript.src).href;
  if (customElements.get(NAME)) return;

  class Designer extends HTMLElement {
    static observedAttributes = ["preset", "design", "show", "read", "lang", "theme", "src", "sandbox", "height", "max-height"];
    #frame = null;
    #height = 0;
    // Whether the framed page listens; what is said before is lost.
    #ready = false;
    #asked = new Map();
    #hear = (event) => this.#take(event);
    #look = () => this.#tell("theme", { name: this.#theme() });
    #watch = new MutationObserver(this.#look);
    #scheme = matchMedia("(prefers-color-scheme: dark)");

    connectedCallback() {
      this.#frame = document.createElement("iframe");
      Object.assign(this.#frame.style, { display: "block", width: "100%", border: "0" });
      const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
      root.replaceChildren(this.#frame);
      addEventListener("message", this.#hear);
      // The colours of the page around may change; its elements are looked at, never changed.
      for (const element of [document.documentElement, document.body]) {
        this.#watch.observe(element, { attributes: true });
      }
      this.#scheme.addEventListener("change", this.#look);
      this.#open();
    }

    disconnectedCallback() {
      removeEventListener("message", this.#hear);
      this.#watch.disconnect();
      this.#scheme.removeEventListener("change", this.#look);
      this.#frame = null;
      for (const { refuse } of this.#asked.values()) refuse(new Error("the designer is gone"));
      this.#asked.clear();
    }

    attributeChangedCallback(name, before, now) {
      if (!this.#frame || before === now) return;
      if (name.endsWith("height")) this.#fit();
      else if (!this.#ready) this.#open();
      else if (name === "show") this.#tell("show", { name: now ?? "" });
      else if (name === "theme") this.#look();
      else if (name === "lang" && now) this.#tell("lang", { name: now });
      else if (name === "preset" && now) this.#tell("preset", { name: now });
      else if (name === "design" && now) this.#tell("open", { link: now });
      else this.#open();
    }

    // The text of a file of the bundle, as it is now; null when there is none.
    file(path) {
      return new Promise((take, refuse) => {
        const others = this.#asked.get(path)?.takes ?? [];
        this.#asked.set(path, { takes: [...others, take], refuse });
        if (this.#ready) this.#tell("file", { path });
      });
    }

    get #address() {
      const page = this.hasAttribute("sandbox") ? "kafka-cluster-designer.html" : "";
      return new URL(this.getAttribute("src") ?? home + page, document.baseURI);
    }

    #open() {
      this.#ready = false;
      const address = this.#address;
      const query = { view: "embed", host: origin, theme: this.#theme() };
      for (const name of ["show", "lang"]) {
        if (this.hasAttribute(name)) query[name] = this.getAttribute(name);
      }
      if (this.hasAttribute("read")) query.read = "1";
      address.search = new URLSearchParams(query);
      const [design, preset] = [this.getAttribute("design"), this.getAttribute("preset")];
      if (design) address.hash = "d=" + design.replace(/^.*#d=/, "");
      else if (preset) address.hash = "p=" + preset;
      // Without an origin of its own the page keeps nothing and reaches nothing.
      if (this.hasAttribute("sandbox")) {
        const needs = ["scripts", "downloads", "popups", "popups-to-escape-sandbox", "forms", "modals"];
        this.#frame.sandbox = needs.map((need) => "allow-" + need).join(" ");
      } else this.#frame.removeAttribute("sandbox");
      this.#frame.allow = "clipboard-write";
      this.#frame.title = this.title || "Kafka Cluster Designer";
      this.#frame.src = address;
      this.#fit();
    }

    // Light or dark: as asked for, else as the text around it is coloured.
    #theme() {
      const asked = this.getAttribute("theme");
      if (asked === "light" || asked === "dark") return asked;
      // Mixed with itself, a colour of any kind is given as its parts in sRGB.
      this.#frame.style.color = "color-mix(in srgb, currentColor, currentColor)";
      const parts = getComputedStyle(this.#frame).color.match(/[\d.]+/g)?.map(Number) ?? [0, 0, 0];
      const [red, green, blue] = parts;
      return 0.3 * red + 0.6 * green + 0.1 * blue > 0.55 ? "dark" : "light";
    }

    #fit() {
      const number = (name, otherwise) => Number(this.getAttribute(name)) || otherwise;
      const height = Math.min(this.#height || FIRST, number("max-height", HIGHEST));
      this.#frame.style.height = number("height", height) + "px";
    }

    // The origin that the framed page has, and that it is spoken to by; a sandboxed one has none.
    get #origin() {
      const address = this.#address;
      return this.hasAttribute("sandbox") || address.protocol === "file:" ? "null" : address.origin;
    }

    #tell(type, facts) {
      const to = this.#origin;
      this.#frame?.contentWindow?.postMessage({ to: NAME, version: VERSION, type, ...facts }, to === "null" ? "*" : to);
    }

    #take({ source, origin, data }) {
      const mine = source === this.#frame?.contentWindow && origin === this.#origin;
      if (!mine || data?.from !== NAME || data.version !== VERSION || typeof data.type !== "string") return;
      const { from, version, type, ...detail } = data;
      if (type === "ready") {
        this.#ready = true;
        this.#look();
        for (const path of this.#asked.keys()) this.#tell("file", { path });
      }
      if (type === "height" && Number.isFinite(data.height) && data.height > 0) {
        this.#height = data.height;
        this.#fit();
      }
      if (type === "file") {
        this.#asked.get(data.path)?.takes.forEach((take) => take(data.text));
        this.#asked.delete(data.path);
      }
      this.dispatchEvent(new CustomEvent(type, { detail }));
    }
  }

  customElements.define(NAME, Designer);
})();
