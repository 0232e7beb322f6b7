// The state of the bars that the chosen robot decides from.

import { desk } from "./dashboard-desk.js";
import { DeskPanel } from "./dashboard-panel.js";
import { missing } from "./dom.js";
import { watch } from "./live.js";
import { told } from "./numerals.js";
import { row } from "./rows.js";

const SOURCE = "/data/health.json";

class DeskData extends DeskPanel {
  connectedCallback() {
    super.connectedCallback();
    this.stopWatching = watch(SOURCE, (health) => {
      this.health = health;
      this.#draw(desk.published);
    });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.stopWatching?.();
  }

  /** @param {any} robot */
  show(robot) {
    if (this.health) this.#draw(robot);
    else this.#expect();
  }

  /** What is watched tells nothing of a failure: after a while its absence is one. */
  #expect() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => {
      if (!this.health) this.fail("The state of the market data could not be fetched.");
    }, 8_000);
  }

  /** @param {any} robot */
  #draw(robot) {
    if (!robot) return;
    const series = this.health.symbols.filter(
      (/** @type {any} */ each) => each.bar_length === robot.bar && robot.symbols.includes(each.symbol),
    );
    const text = JSON.stringify(series);
    if (text !== this.drawn) this.querySelector("[data-rows]")?.replaceChildren(...series.map(this.#row));
    this.drawn = text;
    this.stage(series.length ? "ready" : "empty");
  }

  drawn = "";

  #row = (/** @type {any} */ each) => {
    const badge = document.createElement("span");
    badge.className = `badge badge-${each.state}`;
    badge.textContent = told(each.state, "series");
    return row(this, {
      symbol: each.symbol,
      state: badge,
      coverage: each.coverage === null ? missing("nothing is expected before its first bar") : told(each.coverage, "share"),
      last: each.last_bar === null ? missing("its source has no bar of it yet") : told(each.last_bar, "bar"),
    });
  };
}
customElements.define("desk-data", DeskData);
