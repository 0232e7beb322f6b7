// What is published, asked for again while somebody looks at the page.

const PACE = 4_000; // milliseconds between two questions; a quiet answer is a 304
const SLOWEST = 60_000;

/** @typedef {(content: any) => void} Listener */

/** One published file and everybody who wants to know when it changes. */
class Published {
  /** @param {string} url */
  constructor(url) {
    this.url = url;
    /** @type {Set<Listener>} */
    this.listeners = new Set();
    this.etag = "";
    this.wait = PACE;
    /** @type {any} */
    this.content = null;
    this.timer = 0;
    /** Whether an answer is awaited: whoever comes back then must not begin a second round. */
    this.asking = false;
  }

  /** @param {Listener} listener */
  add(listener) {
    this.listeners.add(listener);
    if (this.content) listener(this.content);
    if (!this.timer && !this.asking) this.#later(0);
  }

  /** @param {Listener} listener */
  remove(listener) {
    this.listeners.delete(listener);
    if (this.listeners.size) return;
    clearTimeout(this.timer);
    this.timer = 0;
  }

  /** @param {number} wait */
  #later(wait) {
    this.timer = window.setTimeout(() => this.#ask(), wait);
  }

  async #ask() {
    this.timer = 0;
    this.asking = true;
    if (!document.hidden) await this.#fetch();
    this.asking = false;
    if (this.listeners.size) this.#later(this.wait);
  }

  async #fetch() {
    try {
      const headers = this.etag ? { "If-None-Match": this.etag } : undefined;
      const answer = await fetch(this.url, { headers, cache: "no-store" });
      if (answer.ok) this.#tell(await answer.json(), answer.headers.get("ETag"));
      else if (answer.status !== 304) throw new Error(`${this.url} answered ${answer.status}`);
      this.wait = PACE;
    } catch {
      // The page stays as it is; whoever shows how old it is will say so.
      this.wait = Math.min(this.wait * 2, SLOWEST);
    }
  }

  /** @param {any} content @param {string | null} etag */
  #tell(content, etag) {
    this.etag = etag ?? "";
    this.content = content;
    for (const listener of this.listeners) listener(content);
  }
}

/** @type {Map<string, Published>} */
const all = new Map();

/**
 * Calls the listener with what stands at the address now, and whenever it changes.
 * @param {string} url
 * @param {Listener} listener
 * @returns {() => void} stops it
 */
export function watch(url, listener) {
  const published = all.get(url) ?? new Published(url);
  all.set(url, published);
  published.add(listener);
  return () => published.remove(listener);
}

/** A panel that follows one published file, named by its `data-src`. */
export class LivePanel extends HTMLElement {
  connectedCallback() {
    this.stop = watch(this.dataset.src ?? "", (content) => this.show(content));
  }

  disconnectedCallback() {
    this.stop?.();
  }

  /** @param {any} _content */
  show(_content) {}
}
