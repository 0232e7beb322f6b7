// The newest decision, its hash, and the ones before it.

import { say } from "./dom.js";
import { sealedSince } from "./leaves.js";
import { LivePanel } from "./live.js";
import { shown, told } from "./numerals.js";

const SHOWN = 5;

/** @typedef {import("./leaves.js").Leaf} Leaf */

class RobotSeal extends LivePanel {
  /** @param {any} summary */
  async show(summary) {
    const known = Number(this.dataset.seq);
    this.#add(await sealedSince(summary, known, this.dataset.record ?? "", SHOWN));
  }

  /** @param {Leaf[]} leaves */
  #add(leaves) {
    const list = this.querySelector("[data-leaves]");
    const fresh = leaves.filter((leaf) => leaf.seq > Number(this.dataset.seq));
    const newest = fresh.at(-1);
    if (!list || !newest) return;
    list.prepend(...fresh.map(line).reverse());
    while (list.children.length > SHOWN) list.lastElementChild?.remove();
    this.dataset.seq = String(newest.seq);
    say(this.querySelector("[data-newest]"), shown(newest.seq, "count"));
    say(this.querySelector("[data-head]"), newest.hash);
    this.querySelector("[data-sealed]")?.removeAttribute("hidden");
    this.querySelector("[data-unsealed]")?.setAttribute("hidden", "");
  }
}

/** @param {Leaf} leaf */
function line({ seq, slot, hash }) {
  const code = document.createElement("code");
  code.textContent = `${hash.slice(0, 16)}…`;
  const link = document.createElement("a");
  link.href = `/data/leaves/${hash}.json`;
  link.append(code);
  const when = document.createElement("span");
  when.textContent = told(slot, "slot");
  const item = document.createElement("li");
  item.value = seq;
  item.append(link, " ", when);
  return item;
}
customElements.define("robot-seal", RobotSeal);
