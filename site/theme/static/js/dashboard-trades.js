// The newest fills of the chosen robot's record: those that were published, and those since.

import { desk } from "./dashboard-desk.js";
import { DeskPanel } from "./dashboard-panel.js";
import { missing } from "./dom.js";
import { day, price, quantity, shown, trend } from "./numerals.js";
import { row } from "./rows.js";

const SHOWN = 10;
const NO_PROFIT = "this fill opens or adds; profit is booked when a position is reduced";

/** @typedef {{id: string, time: string, symbol: string, side: string, action: string, reason: string | null, quantity: string, price: string, pnl: string | null}} Fill */

class DeskTrades extends DeskPanel {
  wait() {
    super.wait();
    /** @type {Set<string> | null} */
    this.known = null;
  }

  /** @param {any} robot */
  show(robot) {
    const fills = newest([
      ...robot.recent_trades.filter(ofRecord).map(ofDocument),
      ...desk.updates.flatMap(({ trades }) => trades.map(ofAnswer)),
    ]);
    const ids = fills.map(({ id }) => id);
    const same = this.known && ids.length === this.known.size && ids.every((id) => this.known?.has(id));
    if (!same) this.#draw(fills);
    this.known = new Set(ids);
    this.stage(fills.length ? "ready" : "empty");
  }

  /** @param {Fill[]} fills */
  #draw(fills) {
    const rows = fills.map((fill) => {
      const line = row(this, {
        when: day(fill.time),
        sign: fill.side === "buy" ? "▲" : "▼",
        what: `${fill.action} ${quantity(fill.quantity)} ${fill.symbol}`,
        terms: [`at ${price(fill.price)}`, fill.reason].filter(Boolean).join(", "),
        pnl: fill.pnl === null ? missing(NO_PROFIT) : profit(fill.pnl),
      });
      line.querySelector(".desk-side")?.classList.add(`desk-${fill.side}`);
      line.classList.toggle("is-fresh", Boolean(this.known && !this.known.has(fill.id)));
      return line;
    });
    this.querySelector("[data-rows]")?.replaceChildren(...rows);
  }
}

/** @param {Fill[]} fills @returns {Fill[]} each once, the newest first */
function newest(fills) {
  const each = [...new Map(fills.map((fill) => [fill.id, fill])).values()];
  each.sort((a, b) => Date.parse(b.time) - Date.parse(a.time) || (a.id < b.id ? 1 : -1));
  return each.slice(0, SHOWN);
}

/** The backtest's fills were never decided in public. @param {{phase: string}} trade */
const ofRecord = ({ phase }) => phase === "record";

/** @param {any} trade of a summary @returns {Fill} */
const ofDocument = (trade) => ({
  id: trade.id,
  time: trade.time,
  symbol: trade.symbol,
  side: trade.side,
  action: trade.action ?? trade.side,
  reason: trade.reason,
  quantity: trade.quantity,
  price: trade.price,
  pnl: trade.pnl,
});

/** @param {import("./dashboard-updates.js").Trade} trade @returns {Fill} */
const ofAnswer = (trade) => ofDocument({ ...trade, time: trade.execution_time });

/** @param {string} pnl */
function profit(pnl) {
  const node = document.createElement("span");
  node.className = `tone-${trend(pnl, "money")}`;
  node.textContent = shown(pnl, "money", true);
  return node;
}
customElements.define("desk-trades", DeskTrades);
