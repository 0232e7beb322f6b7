// The home page's drawing of a chain: the newest three decisions.

import { sealedSince } from "./leaves.js";
import { LivePanel } from "./live.js";

const SHOWN = 3;

class RobotChain extends LivePanel {
  /** @param {any} summary */
  async show(summary) {
    const known = Number(this.dataset.seq);
    const record = this.dataset.record ?? "";
    const fresh = await sealedSince(summary, known, record, SHOWN);
    // Whoever came first while the record was asked for has shown these already.
    if (!fresh.length || Number(this.dataset.seq) !== known) return;
    this.querySelector("[data-unsealed]")?.remove();
    this.append(...fresh.map(link));
    while (this.children.length > SHOWN) this.firstElementChild?.remove();
    this.dataset.seq = String(fresh.at(-1)?.seq);
  }
}

/** @param {import("./leaves.js").Leaf} leaf */
function link({ seq, hash }) {
  const place = document.createElement("i");
  place.textContent = String(seq);
  const node = document.createElement("span");
  node.append(place, hash.slice(0, 10));
  return node;
}
customElements.define("robot-chain", RobotChain);
