// Figures of one robot: estimates, counts, money, days.

import { at, missing, say } from "./dom.js";
import { LivePanel } from "./live.js";
import { day, interval, plural, shown, trend } from "./numerals.js";

/**
 * Brings every figure below the node up to date with a summary.
 * @param {Element} root
 * @param {any} summary
 */
export function showFigures(root, summary) {
  for (const node of root.querySelectorAll("[data-estimate]")) showEstimate(node, summary);
  each(root, "count", (node, path) => say(node, shown(at(summary, path), "count")));
  each(root, "sessions", (node, path) => say(node, plural(at(summary, path), "session")));
  each(root, "money", (node, path) => say(node, shown(at(summary, path), "money")));
  each(root, "day", (node, path) => {
    const when = at(summary, path);
    if (when) say(node, day(when));
  });
}

/**
 * @param {Element} root @param {string} name
 * @param {(node: Element, path: string) => void} show
 */
function each(root, name, show) {
  for (const node of root.querySelectorAll(`[data-${name}]`)) {
    show(node, node.getAttribute(`data-${name}`) ?? "");
  }
}

const UNTOLD = { value: null, low: null, high: null, sample_size: null, reason: "not measured yet" };

/** @param {Element} node @param {any} summary */
function showEstimate(node, summary) {
  if (!(node instanceof HTMLElement)) return;
  const [period, name] = (node.dataset.estimate ?? "").split(".");
  const metrics = summary[period]?.metrics;
  if (!metrics) return;
  // What is not measured must not keep the figure that stood here.
  const estimate = metrics[name] ?? UNTOLD;
  const unit = node.dataset.unit ?? "ratio";
  const signed = "signed" in node.dataset;
  const value = node.querySelector(".value");
  if (estimate.value === null) value?.replaceChildren(missing(estimate.reason ?? ""));
  else say(value, shown(estimate.value, unit, signed));
  showRange(node, interval(estimate, unit, signed));
  showSample(node, estimate.sample_size);
  showWhisker(node.querySelector(".whisker"), estimate);
  if ("tone" in node.dataset) node.className = `estimate tone-${trend(estimate.value, unit)}`;
  const cell = node.closest("td[data-value]");
  if (cell instanceof HTMLElement) cell.dataset.value = String(estimate.value ?? "");
}

/** @param {HTMLElement} node @param {string} text */
function showRange(node, text) {
  const range = node.querySelector(".interval");
  put(range, text, text !== "");
}

/** @param {HTMLElement} node @param {number | null} size */
function showSample(node, size) {
  const sample = node.querySelector(".sample");
  put(sample, `n\u00a0=\u00a0${shown(size, "count")}`, size !== null);
}

/**
 * Writes what follows the words for who cannot see the page.
 * @param {Element | null} node @param {string} text @param {boolean} some whether there is anything
 */
function put(node, text, some) {
  if (!node) return;
  node.toggleAttribute("hidden", !some);
  const last = node.lastChild;
  if (last?.nodeType === Node.TEXT_NODE) last.textContent = text;
  else node.append(text);
}

/** @param {Element | null} whisker @param {any} estimate */
function showWhisker(whisker, estimate) {
  if (!(whisker instanceof HTMLElement)) return;
  whisker.hidden = [estimate.value, estimate.low, estimate.high].some((end) => end === null);
  if (whisker.hidden) return;
  const [least, most] = (whisker.dataset.scale ?? "0 1").split(" ").map(Number);
  for (const name of ["low", "high", "value"]) {
    const share = (estimate[name] - least) / (most - least);
    whisker.style.setProperty(`--${name}`, Math.min(Math.max(share, 0), 1).toFixed(4));
  }
}

class RobotFigures extends LivePanel {
  /** @param {any} summary */
  show(summary) {
    showFigures(this, summary);
  }
}
customElements.define("robot-figures", RobotFigures);
