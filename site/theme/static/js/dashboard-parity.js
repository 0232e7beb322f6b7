// Whether the chosen robot's record still comes out again.

import { desk } from "./dashboard-desk.js";
import { DeskPanel, published } from "./dashboard-panel.js";
import { say } from "./dom.js";
import { parityText, told } from "./numerals.js";
import { showFigures } from "./robot-figures.js";

class DeskParity extends DeskPanel {
  wait() {
    super.wait();
    this.seq = -1;
  }

  async show(/** @type {any} */ { slug }) {
    // The published summary and not what came since: the checks are published with it.
    const { seq } = desk.published;
    if (this.seq === seq) return;
    this.seq = seq;
    try {
      const parity = await (await published(slug, "parity.json")).json();
      if (slug === desk.slug) this.#draw(parity);
    } catch {
      if (slug === desk.slug) this.fail("How this record was checked could not be fetched.");
    }
  }

  /** @param {any} parity */
  #draw(parity) {
    const badge = this.querySelector("[data-state]");
    if (badge) badge.className = `badge badge-${parity.status}`;
    say(badge, parity.status);
    say(this.querySelector("[data-say]"), parityText(parity));
    const checked = parity.checked_at ? told(parity.checked_at, "moment") : "never";
    say(this.querySelector("[data-checked]"), checked);
    this.querySelector("[data-more]")?.setAttribute("href", `/robots/${parity.slug}/parity/`);
    showFigures(this, parity);
    this.stage(parity.slots ? "ready" : "empty");
  }
}
customElements.define("desk-parity", DeskParity);
