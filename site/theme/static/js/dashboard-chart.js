// Equity as it was published, with the slots since drawn on.

import { desk } from "./dashboard-desk.js";
import { DeskPanel, published } from "./dashboard-panel.js";
import { say } from "./dom.js";
import { RobotChart } from "./robot-chart.js";

const AIR = 0.04;
const MARGIN = 0.015;

/** @typedef {import("./dashboard-updates.js").Update} Update */

/** The published figure and today's point. */
class LiveEquity extends RobotChart {
  /** @param {any[]} data @param {any} layout */
  complete(data, layout) {
    if (!desk.published?.record.sessions) return;
    const own = data.filter((trace) => trace.legendgroup === "robot").at(-1);
    if (!own) return;
    const since = byDay(desk.updates).filter(([day]) => day >= own.x.at(-1));
    extend(own, since.map(([day, { performance }]) => [day, Number(performance.equity)]));
    const theirs = data.filter((trace) => trace.legendgroup === "benchmark").at(-1);
    const known = since.filter(([, { performance }]) => performance.benchmark_equity !== null);
    if (theirs && theirs.xaxis === own.xaxis) {
      extend(theirs, known.map(([day, { performance }]) => [day, Number(performance.benchmark_equity)]));
    }
    widen(layout, own);
    if (theirs?.yaxis === own.yaxis) heighten(layout, theirs);
    highlight(data.at(-1), own, layout);
  }
}
customElements.define("live-equity", LiveEquity);

/** The last slot of each day, the oldest first. @param {Update[]} updates @returns {[string, Update][]} */
const byDay = (updates) =>
  [...new Map([...updates].reverse().map((update) => [dayOf(update.slot), update])).entries()];

/** The day in which a slot closed: midnight ends the day before. @param {string} slot */
const dayOf = (slot) =>
  new Date(Date.parse(slot.split("/").at(-1) ?? "") - 1).toISOString().slice(0, 10);

/** @param {any} trace @param {[string, number][]} points */
function extend(trace, points) {
  for (const [day, value] of points) {
    if (trace.x.at(-1) === day) trace.y[trace.y.length - 1] = value;
    else if (day > trace.x.at(-1)) {
      trace.x.push(day);
      trace.y.push(value);
    }
  }
}

/** Where an axis of days ends so that its last point is seen whole. @param {string[]} range @param {string} last */
function after([first, end], last) {
  const from = Date.parse(first);
  const until = Math.max(Date.parse(end), Date.parse(last));
  return new Date(until + (until - from) * MARGIN).toISOString().slice(0, 10);
}

/** Makes room for a curve's newest value. @param {any} layout @param {any} trace */
function widen(layout, trace) {
  const across = layout[`xaxis${trace.xaxis.slice(1)}`];
  across.range = [across.range[0], after(across.range, trace.x.at(-1))];
  heighten(layout, trace);
}

/** @param {any} layout @param {any} trace */
function heighten(layout, { yaxis, y }) {
  const up = layout[`yaxis${yaxis.slice(1)}`];
  const value = up.type === "log" ? Math.log10(y.at(-1)) : y.at(-1);
  const [low, high] = up.range;
  const air = (high - low) * AIR;
  up.range = [Math.min(low, value - air), Math.max(high, value + air)];
}

/** Moves the point that stands for now to the curve's newest value. @param {any} point @param {any} own @param {any} layout */
function highlight(point, own, layout) {
  if (point?.name !== "now") return;
  [point.x, point.y] = [[own.x.at(-1)], [own.y.at(-1)]];
  Object.assign(point.marker, { size: 11, line: { width: 3, color: layout.hoverlabel.bgcolor } });
}

/** @param {any} robot */
function against({ slug, benchmark }) {
  const name = desk.names.get(benchmark);
  return name && benchmark !== slug ? `Equity against ${name.toLowerCase()}` : "Equity";
}

class DeskChart extends DeskPanel {
  connectedCallback() {
    super.connectedCallback();
    /** Whose chart stands here; the page was made with one. */
    this.drawn = this.dataset.slug;
    const { signal } = this.quit ?? {};
    desk.addEventListener("anew", () => (this.drawn = ""), { signal });
    desk.addEventListener("updates", () => this.#renew(), { signal });
  }

  /** The drawing tells what is published: what came since needs the live chart. */
  #renew() {
    if (desk.updates[0]?.seq > desk.published?.seq) void this.#chart()?.redraw();
  }

  wait() {
    super.wait();
    this.asked = "";
  }

  async show(/** @type {any} */ { slug, seq }) {
    if (this.drawn === slug) return this.stage("ready");
    if (this.asked === slug) return;
    this.asked = slug;
    try {
      const text = await (await published(slug, "figures/equity.svg")).text();
      if (slug === desk.slug) this.#place(slug, text);
    } catch {
      const reason = seq ? "The chart of this robot could not be fetched." : "There is no chart yet.";
      if (slug === desk.slug) this.fail(reason);
    }
  }

  /** @param {string} slug @param {string} text */
  #place(slug, text) {
    const drawing = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
    if (drawing.nodeName !== "svg") return this.fail("The chart of this robot is no drawing.");
    const chart = document.createElement("live-equity");
    chart.className = "chart chart-equity";
    chart.dataset.src = `/data/robots/${slug}/figures/equity.json`;
    chart.dataset.watch = `/data/robots/${slug}/summary.json`;
    const still = document.createElement("div");
    still.className = "chart-still";
    still.append(document.importNode(drawing, true));
    chart.append(still);
    this.#chart()?.replaceWith(chart);
    say(this.querySelector("[data-against]"), against(desk.published));
    this.drawn = slug;
    this.stage("ready");
  }

  #chart() {
    return /** @type {LiveEquity | null} */ (this.querySelector("live-equity"));
  }
}
customElements.define("desk-chart", DeskChart);
