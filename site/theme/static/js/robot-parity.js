// Whether a record comes out again, in words and in numbers.

import { say } from "./dom.js";
import { LivePanel } from "./live.js";
import { parityText } from "./numerals.js";
import { showFigures } from "./robot-figures.js";

class RobotParity extends LivePanel {
  /** @param {any} parity */
  show(parity) {
    const badge = this.querySelector("[data-state]");
    if (badge) badge.className = `badge badge-${parity.status}`;
    say(badge, parity.status);
    say(this.querySelector("[data-say]"), parityText(parity));
    showFigures(this, parity);
  }
}
customElements.define("robot-parity", RobotParity);
