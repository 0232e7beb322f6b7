// A drawing that becomes a live chart when it comes into view.

import { attended, pointedAt } from "./attention.js";
import { watch } from "./live.js";
import { isDark, watchTheme } from "./toggle.js";

// Where drawings take their narrow form, too.
const narrow = matchMedia("(max-width: 600px)");
const bundle = document.querySelector('meta[name="plotly"]');
const DAY = 86_400_000;
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
 * Leaves out what a phone has no room for, as the drawing does: most marks, most names on the axes.
 * @param {any[]} data
 * @param {any} layout
 */
function makeRoom(data, layout) {
  for (const mark of data.filter((trace) => trace.meta)) {
    const newest = mark.meta.on_phone;
    mark.visible = newest > 0;
    for (const part of ["x", "y", "text"]) mark[part] = mark[part].slice(-newest);
  }
  for (const [axis, names] of Object.entries(layout.meta?.narrow ?? {})) {
    Object.assign(layout[axis], names);
  }
  for (const words of layout.annotations ?? []) {
    if (words.name) words.visible = words.name === "narrow";
  }
}

/** What each axis of days shows. @param {any} place @returns {Record<string, number[]>} */
const rangesOf = ({ layout }) =>
  Object.fromEntries(
    Object.entries(layout)
      .filter(([, axis]) => axis?.type === "date")
      .map(([name, axis]) => [name, axis.range.map((/** @type {string} */ end) => Date.parse(end))]),
  );

/**
 * Of the whole the days are named as in the drawing; whoever zooms in gets days of that part.
 * @param {any} Plotly @param {any} place
 */
function followZoom(Plotly, place) {
  place.on("plotly_relayout", () => {
    const { whole } = place.parentElement;
    const changes = Object.entries(rangesOf(place)).flatMap(([name, ends]) => {
      const isWhole = ends.every((end, at) => Math.abs(end - whole[name][at]) < DAY);
      const mode = isWhole ? "array" : "auto";
      return place.layout[name].tickmode === mode ? [] : [[`${name}.tickmode`, mode]];
    });
    if (changes.length) void Plotly.relayout(place, Object.fromEntries(changes));
  });
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
    // The drawing on the page says the same: a live chart is for whoever points at it, and on a
    // phone, where pointing may be scrolling, for whoever touches the chart itself.
    if (!isOutdated) await (narrow.matches ? pointedAt(this) : attended());
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
    const place = this.#place();
    await Plotly.react(place, data, layout, config);
    if (!this.classList.contains("is-live")) followZoom(Plotly, place);
    this.whole = rangesOf(place);
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
