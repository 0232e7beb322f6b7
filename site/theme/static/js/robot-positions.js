// What the robot would hold now.

import { missing, say } from "./dom.js";
import { LivePanel } from "./live.js";
import { price, quantity, shown } from "./numerals.js";
import { row } from "./rows.js";

const UNKNOWN = "no price is known";

class RobotPositions extends LivePanel {
  /** @param {any} summary */
  show(summary) {
    const rows = summary.positions.map((/** @type {any} */ held) =>
      row(this, {
        symbol: held.symbol,
        quantity: quantity(held.quantity),
        price: held.price === null ? missing(UNKNOWN) : price(held.price),
        value: held.value === null ? missing(UNKNOWN) : shown(held.value, "money"),
        weight: held.weight === null ? missing(UNKNOWN) : shown(held.weight, "fraction"),
      }),
    );
    this.querySelector("[data-rows]")?.replaceChildren(...rows);
    say(this.querySelector("[data-money]"), shown(summary.cash_now, "money"));
    const share = Number(summary.cash_now) / Number(summary.equity);
    if (Number.isFinite(share)) say(this.querySelector("[data-cash-weight]"), shown(share, "fraction"));
  }
}
customElements.define("robot-positions", RobotPositions);
