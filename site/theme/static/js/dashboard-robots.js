// The list of robots: each with its newest figures, and the way to choose one.

import { desk } from "./dashboard-desk.js";
import { say } from "./dom.js";
import { watch } from "./live.js";
import { shown, told } from "./numerals.js";
import { showFigures } from "./robot-figures.js";

const SOURCE = "/data/robots/index.json";
const SPARK = { height: 36, margin: 3 };

/** @typedef {import("./dashboard-updates.js").News} News */

class DeskRobots extends HTMLElement {
  connectedCallback() {
    this.quit = new AbortController();
    const { signal } = this.quit;
    desk.addEventListener("choice", () => this.#mark(), { signal });
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
    const row = this.#row(summary.slug);
    if (desk.feed.heads.isPast(summary.slug, summary.seq)) return;
    if (!row || summary.seq <= Number(row.dataset.seq)) return;
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
    this.#show(row, { seq: newest.seq, slot: newest.slot, record: { metrics } }, equity);
  }

  /** The curve and the figures are of a record that is no more. @param {string} slug */
  #restart(slug) {
    const row = this.#row(slug);
    if (!row) return;
    row.dataset.seq = "-1";
    say(row.querySelector("[data-when]"), "its record has begun anew");
    row.querySelector(".spark")?.replaceChildren();
  }

  /** @param {{slug: string, gone: boolean}} told */
  #lose({ slug, gone }) {
    const row = this.#row(slug);
    row?.classList.toggle("is-gone", gone);
    if (row) this.#status(row, gone ? "no longer public" : "active");
  }

  /** @param {HTMLElement} row @param {any} robot @param {number} equity */
  #show(row, robot, equity) {
    row.dataset.seq = String(robot.seq);
    showFigures(row, robot);
    say(row.querySelector("[data-when]"), `${shown(robot.seq, "count")} · ${told(robot.slot, "slot")}`);
    lengthen(row.querySelector(".spark"), equity);
    row.classList.remove("is-fresh");
    void row.offsetWidth; // starts the mark anew
    row.classList.add("is-fresh");
  }

  /** @param {HTMLElement} row @param {string} status */
  #status(row, status) {
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

  /** @type {(() => void) | undefined} */
  stopWatching;
}

/**
 * Adds a value to the end of a curve; the drawing is pressed together to make room.
 * @param {Element | null} spark @param {number} value
 */
function lengthen(spark, value) {
  const low = Number(spark?.getAttribute("data-low"));
  const high = Number(spark?.getAttribute("data-high"));
  const length = Number(spark?.getAttribute("data-length"));
  const curve = spark?.querySelector(".spark-ink");
  const now = spark?.querySelector(".spark-now");
  if (!spark || !curve || !now || !length) return;
  const x = Number(now.getAttribute("cx")) + 126 / Math.max(length - 1, 1);
  const up = (SPARK.height - 2 * SPARK.margin) / (high - low || 1);
  const y = SPARK.height - SPARK.margin - (value - low) * up;
  curve.setAttribute("d", `${curve.getAttribute("d")}L${x.toFixed(2)} ${y.toFixed(1)}`);
  now.setAttribute("cx", x.toFixed(2));
  now.setAttribute("cy", y.toFixed(1));
  fit(spark, x, y);
}

/** @param {Element} spark @param {number} x @param {number} y */
function fit(spark, x, y) {
  const [, top, width, height] = (spark.getAttribute("viewBox") ?? "").split(" ").map(Number);
  const above = Math.min(top, y - SPARK.margin);
  const below = Math.max(top + height, y + SPARK.margin);
  spark.setAttribute("viewBox", `0 ${above} ${Math.max(width, x + SPARK.margin)} ${below - above}`);
  spark.setAttribute("preserveAspectRatio", "none");
}
customElements.define("desk-robots", DeskRobots);
