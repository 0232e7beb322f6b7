// The newest trades on top; what the page was made with stays below.

import { missing } from "./dom.js";
import { LivePanel } from "./live.js";
import { price, quantity, shown, trend } from "./numerals.js";
import { row } from "./rows.js";

const NO_PROFIT = "this fill opens or adds; profit is booked when a position is reduced";

class RobotTrades extends LivePanel {
  /** @param {any} summary */
  show(summary) {
    const body = this.querySelector("[data-rows]");
    if (!body) return;
    const fresh = summary.recent_trades.filter(
      (/** @type {any} */ trade) => !this.querySelector(`[data-id="${CSS.escape(trade.id)}"]`),
    );
    if (fresh.length) body.querySelector("[data-empty]")?.remove();
    fresh.sort((/** @type {any} */ a, /** @type {any} */ b) => (a.time < b.time ? -1 : 1));
    for (const trade of fresh) body.prepend(this.#row(trade));
  }

  /** @param {any} trade */
  #row(trade) {
    const line = row(this, {
      session: trade.session,
      phase: trade.phase,
      symbol: trade.symbol,
      side: [trade.action ?? trade.side, trade.reason].filter(Boolean).join(", "),
      quantity: quantity(trade.quantity),
      price: price(trade.price),
      costs: shown(Number(trade.commission) + Number(trade.slippage), "money"),
      pnl: trade.pnl === null ? missing(NO_PROFIT) : profit(trade.pnl),
    });
    line.dataset.id = trade.id;
    line.classList.add("is-new");
    line.querySelector(".tag")?.classList.replace("tag-record", `tag-${trade.phase}`);
    return line;
  }
}

/** @param {string} pnl */
function profit(pnl) {
  const node = document.createElement("span");
  node.className = `tone-${trend(pnl, "money")}`;
  node.textContent = shown(pnl, "money", true);
  return node;
}
customElements.define("robot-trades", RobotTrades);
