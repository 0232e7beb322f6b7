// The search page: our own few elements over Pagefind's index, which lies beside the pages.

const SHOWN = 12;
const PARTS = 3;
const PAUSE = 160; // milliseconds after the last letter
const SIGNS = { "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&amp;": "&" };

/**
 * Pagefind marks what it found in escaped text; both become nodes here, never markup.
 * @param {string} excerpt
 */
function marked(excerpt) {
  const words = document.createElement("p");
  for (const [at, part] of excerpt.split(/<\/?mark>/).entries()) {
    const text = part.replace(/&(?:lt|gt|quot|amp|#39|#x27);/g, (sign) => SIGNS[/** @type {keyof SIGNS} */ (sign)]);
    const mark = document.createElement(at % 2 ? "mark" : "span");
    mark.textContent = text;
    words.append(mark);
  }
  return words;
}

/** @param {string} url @param {string} title */
function link(url, title) {
  const anchor = document.createElement("a");
  anchor.href = url;
  anchor.textContent = title;
  return anchor;
}

/**
 * The parts of a page, those first whose heading says what was asked, then those that say it most.
 * @param {any} page
 * @param {string} words
 */
function partsOf(page, words) {
  const asked = words.toLowerCase();
  const parts = page.sub_results.filter((/** @type {any} */ part) => part.url.includes("#"));
  const rank = (/** @type {any} */ part) => {
    const title = part.title.toLowerCase();
    return Number(title.includes(asked)) + Number(title.startsWith(asked));
  };
  return parts.sort(
    (/** @type {any} */ one, /** @type {any} */ other) =>
      rank(other) - rank(one) || (other.locations?.length ?? 0) - (one.locations?.length ?? 0),
  );
}

/**
 * Pagefind looks for the stem of a word, "sharp" for "sharpe": pages with the word itself come first.
 * @param {any[]} pages @param {string} words
 */
function toTheLetter(pages, words) {
  const has = (/** @type {any} */ page) => Number(page.content.toLowerCase().includes(words.toLowerCase()));
  return pages.sort((one, other) => has(other) - has(one)).slice(0, SHOWN);
}

/** @param {any} page what Pagefind says of one page @param {string} words */
function shown(page, words) {
  const parts = partsOf(page, words);
  const isNamed = parts[0]?.title.toLowerCase().includes(words.toLowerCase());
  const item = document.createElement("li");
  item.append(link(page.url, page.meta.title ?? page.url));
  const where = document.createElement("span");
  where.className = "search-where";
  where.textContent = page.url;
  item.append(where, marked(isNamed ? parts[0].excerpt : page.excerpt));
  if (!parts.length) return item;
  const list = document.createElement("ul");
  for (const part of parts.slice(0, PARTS)) {
    const line = document.createElement("li");
    line.append(link(part.url, part.title));
    list.append(line);
  }
  item.append(list);
  return item;
}

class SiteSearch extends HTMLElement {
  connectedCallback() {
    this.form = /** @type {HTMLFormElement} */ (this.querySelector("form"));
    this.input = /** @type {HTMLInputElement} */ (this.querySelector("input"));
    this.form.hidden = false;
    this.input.addEventListener("input", () => this.#soon());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#search();
    });
    this.addEventListener("keydown", (event) => this.#walk(event));
    this.input.value = new URLSearchParams(location.search).get("q") ?? "";
    if (this.input.value) this.#search();
    this.input.focus({ preventScroll: true });
  }

  #soon() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#search(), PAUSE);
  }

  async #search() {
    clearTimeout(this.timer);
    const words = this.input?.value.trim() ?? "";
    history.replaceState(null, "", words ? `?q=${encodeURIComponent(words)}` : location.pathname);
    this.asked = words;
    if (!words) return this.#show([], "");
    try {
      const index = await this.#index();
      const found = await index.search(words);
      const pages = await Promise.all(
        found.results.slice(0, 2 * SHOWN).map((/** @type {any} */ one) => one.data()),
      );
      // An answer to older words comes too late.
      if (this.asked === words) this.#show(toTheLetter(pages, words), this.#said(found.results.length, words));
    } catch {
      this.#show([], "The search index did not load. Every page is listed below.");
    }
  }

  #index() {
    this.loaded ??= import(new URL(this.dataset.index ?? "", location.href).href).then(
      async (index) => {
        await index.options({ excerptLength: 24 });
        await index.init();
        return index;
      },
    );
    this.loaded.catch(() => (this.loaded = undefined));
    return this.loaded;
  }

  /** @param {number} count @param {string} words */
  #said(count, words) {
    if (!count) return `Nothing found for “${words}”. Every page is listed below.`;
    const pages = count === 1 ? "1 page" : `${count} pages`;
    return count > SHOWN ? `${pages}, the first ${SHOWN} of them here` : pages;
  }

  /** @param {any[]} pages @param {string} said */
  #show(pages, said) {
    this.querySelector(".search-results")?.replaceChildren(...pages.map((page) => shown(page, this.asked ?? "")));
    const status = this.querySelector(".search-said");
    if (status) status.textContent = said;
    const all = /** @type {HTMLElement} */ (this.querySelector(".search-all"));
    all.hidden = pages.length > 0;
  }

  /** Arrow keys go from the field through what was found; Escape goes back. @param {KeyboardEvent} event */
  #walk(event) {
    const places = [this.input, ...this.querySelectorAll(".search-results > li > a")];
    const at = places.indexOf(/** @type {any} */ (document.activeElement));
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") this.input?.focus();
    if (!step || at < 0) return;
    event.preventDefault();
    const next = /** @type {HTMLElement | undefined} */ (places[at + step]);
    next?.focus();
  }
}
customElements.define("site-search", SiteSearch);
