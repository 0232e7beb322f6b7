// The list of robots: each with its newest figures, and the way to choose one.

import { desk } from "./dashboard-desk.js";
import { Spark } from "./dashboard-spark.js";
import { say } from "./dom.js";
import { watch } from "./live.js";
import { shown, told } from "./numerals.js";
import { showFigures } from "./robot-figures.js";

const SOURCE = "/data/robots/index.json";

/** @typedef {import("./dashboard-updates.js").News} News */

class DeskRobots extends HTMLElement {
  connectedCallback() {
    this.quit = new AbortController();
    const { signal } = this.quit;
    desk.addEventListener("choice", () => this.#mark(), { signal });
    desk.addEventListener("summary", () => this.#publish(desk.now()), { signal });
    desk.feed.addEventListener("state", () => this.#watch(), { signal });
    desk.feed.addEventListener("news", (event) => this.#hear(/** @type {CustomEvent} */ (event).detail), { signal });
    desk.feed.addEventListener("anew", (event) => this.#restart(/** @type {CustomEvent} */ (event).detail), { signal });
    desk.feed.addEventListener("gone", (event) => this.#lose(/** @type {CustomEvent} */ (event).detail), { signal });
    this.addEventListener("click", (event) => this.#choose(event), { signal });
    this.#watch();
  }

  disconnectedCallback() {
    this.quit?.abort();
    this.stopWatching?.();
  }

  /** The robots of the list as the page was made. */
  get listed() {
    const rows = [...this.querySelectorAll("[data-slug]")];
    return rows.map((row) => ({
      slug: row.getAttribute("data-slug") ?? "",
      seq: Number(row.getAttribute("data-seq")),
      name: row.querySelector(".desk-robot-name")?.textContent ?? "",
    }));
  }

  /** What is published is asked for only where nothing better is heard. */
  #watch() {
    const live = desk.feed.state === "live";
    if (live) this.stopWatching?.();
    this.stopWatching = live
      ? undefined
      : (this.stopWatching ?? watch(SOURCE, ({ robots }) => robots.forEach(this.#publish)));
  }

  #publish = (/** @type {any} */ summary) => {
    const row = summary && this.#row(summary.slug);
    if (!row || desk.feed.heads.isPast(summary.slug, summary.seq)) return;
    if (summary.seq <= Number(row.dataset.seq)) return;
    this.#show(row, summary, Number(summary.equity));
    this.#status(row, summary.status);
  };

  /** @param {News & {slug: string}} news */
  #hear({ slug, items, metrics, status }) {
    const row = this.#row(slug);
    const newest = items.at(-1);
    if (row && status) this.#status(row, status);
    if (!row || !newest || newest.seq <= Number(row.dataset.seq)) return;
    const equity = Number(newest.performance.equity);
    // They are told with the newest decision alone.
    const told = Object.keys(metrics ?? {}).length ? metrics : undefined;
    this.#show(row, { seq: newest.seq, slot: newest.slot, record: { metrics: told } }, equity);
  }

  /** The curve and the figures are of a record that is no more. @param {string} slug */
  #restart(slug) {
    const row = this.#row(slug);
    if (!row) return;
    row.dataset.seq = "-1";
    say(row.querySelector("[data-when]"), "its record has begun anew");
    row.querySelector(".spark")?.replaceChildren();
    this.sparks.delete(slug);
  }

  /** @param {{slug: string, gone: boolean}} told */
  #lose({ slug, gone }) {
    const row = this.#row(slug);
    row?.classList.toggle("is-gone", gone);
    if (row) this.#say(row, gone ? "no longer public" : row.dataset.standing);
  }

  /** @param {HTMLElement} row @param {any} robot @param {number} equity */
  #show(row, robot, equity) {
    this.#lengthen(row, equity, robot.seq - Number(row.dataset.seq));
    row.dataset.seq = String(robot.seq);
    showFigures(row, robot);
    say(row.querySelector("[data-when]"), `${shown(robot.seq, "count")} · ${told(robot.slot, "slot")}`);
    row.classList.remove("is-fresh");
    void row.offsetWidth; // starts the mark anew
    row.classList.add("is-fresh");
  }

  /** @param {HTMLElement} row @param {number} equity @param {number} slots since the one before */
  #lengthen(row, equity, slots) {
    const { slug = "" } = row.dataset;
    const spark = this.sparks.get(slug) ?? Spark.of(row.querySelector(".spark"));
    if (!spark) return;
    this.sparks.set(slug, spark);
    spark.add(equity, slots);
  }

  /** @param {HTMLElement} row @param {string} status */
  #status(row, status) {
    row.dataset.standing = status;
    this.#say(row, status);
  }

  /** @param {HTMLElement} row @param {string | undefined} status */
  #say(row, status) {
    say(row.querySelector("[data-status]"), status === "active" ? "" : ` · ${status}`);
  }

  /** @param {string} slug @returns {HTMLElement | null} */
  #row(slug) {
    return this.querySelector(`[data-slug="${CSS.escape(slug)}"]`);
  }

  /** @param {Event} event */
  #choose(event) {
    const click = /** @type {MouseEvent} */ (event);
    const link = /** @type {Element} */ (event.target).closest("a[data-choose]");
    // Whoever opens a link in another tab shall get one.
    if (!link || click.ctrlKey || click.metaKey || click.shiftKey || click.button) return;
    event.preventDefault();
    const slug = link.closest("[data-slug]")?.getAttribute("data-slug") ?? "";
    if (slug !== desk.slug) history.pushState({}, "", `?robot=${slug}`);
    desk.choose(slug);
  }

  #mark() {
    for (const link of this.querySelectorAll("a[data-choose]")) {
      const chosen = link.closest("[data-slug]")?.getAttribute("data-slug") === desk.slug;
      if (!chosen) link.removeAttribute("aria-current");
      else link.setAttribute("aria-current", "true");
    }
    this.#reveal();
  }

  /** Brings the chosen row into the list's own view; the page itself stays where it is. */
  #reveal() {
    const list = this.querySelector("[data-scroll]");
    const row = list && this.#row(desk.slug);
    if (!list || !row) return;
    const [frame, place] = [list.getBoundingClientRect(), row.getBoundingClientRect()];
    if (place.left < frame.left || place.right > frame.right) list.scrollLeft += place.left - frame.left;
    if (place.top < frame.top || place.bottom > frame.bottom) list.scrollTop += place.top - frame.top;
  }

  /** Curves that have grown, by slug. @type {Map<string, Spark>} */
  sparks = new Map();
  /** @type {(() => void) | undefined} */
  stopWatching;
}

customElements.define("desk-robots", DeskRobots);
