// What may be concluded so far, and how long the record still has to become.

import { say } from "./dom.js";
import { LivePanel } from "./live.js";
import { neededText } from "./numerals.js";
import { showFigures } from "./robot-figures.js";

/** @param {Element | null} badge @param {string} level */
export function showBadge(badge, level) {
  if (!badge) return;
  badge.className = `badge badge-${level}`;
  say(badge, level);
}

class RobotVerdict extends LivePanel {
  /** @param {any} summary */
  show(summary) {
    const { level, text } = summary.verdict;
    this.className = `panel verdict verdict-${level}`;
    showBadge(this.querySelector("[data-verdict]"), level);
    say(this.querySelector("[data-text]"), text);
    showFigures(this, summary);
    this.#showProof(summary.record);
  }

  /** @param {any} record */
  #showProof(record) {
    const needed = record.metrics.minimum_track_record;
    say(this.querySelector("[data-needed]"), neededText(record));
    const share = needed?.value ? record.sessions / needed.value : 0;
    const bar = this.querySelector(".proof-bar span");
    if (bar instanceof HTMLElement) bar.style.setProperty("--share", String(share));
  }
}
customElements.define("robot-verdict", RobotVerdict);
