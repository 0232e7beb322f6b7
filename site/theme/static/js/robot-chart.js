// A drawing that becomes a live chart when it comes into view.

import { attended } from "./attention.js";
import { watch } from "./live.js";
import { isDark, watchTheme } from "./toggle.js";

// Where drawings take their narrow form, too.
const narrow = matchMedia("(max-width: 600px)");
const bundle = document.querySelector('meta[name="plotly"]');
/** @type {Promise<any> | undefined} */
let plotly;

/** Loads Plotly once, and only when a chart is looked at. */
function loadPlotly() {
  plotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = bundle?.getAttribute("content") ?? "";
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => reject(new Error("Plotly did not load"));
    document.head.append(script);
  });
  return plotly;
}

/**
 * Whether the figure is better than its drawing: the bundle at hand must know all of its traces,
 * and a heat map has no room for its numbers on a phone.
 * @param {any} figure
 */
function isDrawable(figure) {
  const known = bundle?.getAttribute("data-traces")?.split(" ");
  const types = figure.data.map((/** @type {any} */ trace) => trace.type);
  if (narrow.matches && types.includes("heatmap")) return false;
  return !known || types.every((/** @type {string} */ type) => known.includes(type));
}

/**
 * Changes what differs between the themes; paths are Plotly's ("shapes[0].fillcolor").
 * @param {any} target
 * @param {Record<string, unknown>} changes
 */
function put(target, changes) {
  for (const [path, value] of Object.entries(changes)) {
    const keys = path.split(/[.[\]]+/).filter(Boolean);
    const last = keys.pop() ?? "";
    keys.reduce((part, key) => part[key], target)[last] = value;
  }
}

/**
 * Leaves out what a phone has no room for: the backtest's marks, marks in the legend, most dates.
 * @param {any[]} data
 * @param {any} layout
 */
function makeRoom(data, layout) {
  for (const mark of data.filter((trace) => trace.meta)) {
    mark.visible = mark.meta !== "backtest";
    mark.showlegend = false;
  }
  for (const axis of Object.keys(layout)) {
    if (layout[axis]?.type === "date") Object.assign(layout[axis], { nticks: 3, tickangle: 0 });
  }
}

export class RobotChart extends HTMLElement {
  connectedCallback() {
    this.seen = new IntersectionObserver(
      (entries) => entries.some((entry) => entry.isIntersecting) && this.#begin(),
      { rootMargin: "120px" },
    );
    this.seen.observe(this);
  }

  disconnectedCallback() {
    this.seen?.disconnect();
    this.stopWatching?.();
    this.stopTheme?.();
  }

  #begin() {
    this.seen?.disconnect();
    /** @type {number | undefined} */
    this.seq = undefined;
    this.stopWatching = watch(this.dataset.watch ?? "", (summary) => this.#update(summary.seq));
    this.stopTheme = watchTheme(() => this.#draw());
  }

  /** @param {number} seq */
  async #update(seq) {
    if (this.seq === seq) return;
    const isOutdated = this.seq !== undefined;
    this.seq = seq;
    // The drawing on the page says the same: a live chart is for whoever points at it.
    if (!isOutdated) await attended();
    if (this.seq === seq) await this.#renew();
  }

  async #renew() {
    try {
      const answer = await fetch(this.dataset.src ?? "", { cache: "no-cache" });
      if (!answer.ok) return;
      const figure = await answer.json();
      if (!isDrawable(figure)) return;
      this.figure = figure;
      await this.#draw();
    } catch {
      // The drawing stays: it shows the same curve.
    }
  }

  async #draw() {
    if (!this.figure) return;
    const Plotly = await loadPlotly();
    const { data, layout, config, ...themes } = structuredClone(this.figure);
    const theme = themes[isDark() ? "dark" : "light"];
    put(layout, theme.layout);
    data.forEach((/** @type {any} */ trace, /** @type {number} */ at) => put(trace, theme.data[at]));
    layout.font.family = layout.hoverlabel.font.family = getComputedStyle(this).fontFamily;
    if (narrow.matches) makeRoom(data, layout);
    this.complete(data, layout);
    await Plotly.react(this.#place(), data, layout, config);
    this.classList.add("is-live");
  }

  /**
   * What a page knows beyond the published figure; called before each drawing.
   * @param {any[]} _data @param {any} _layout
   */
  complete(_data, _layout) {}

  /** Draws once more, because `complete` has more to tell; out of view that can wait. */
  redraw() {
    if (this.figure) return this.#draw().catch(() => undefined); // what stands here stays
    return this.seq === undefined ? undefined : this.#renew();
  }

  #place() {
    const present = this.querySelector(".chart-live");
    if (present) return present;
    const place = document.createElement("div");
    place.className = "chart-live";
    this.append(place);
    return place;
  }
}
customElements.define("robot-chart", RobotChart);
