// The newest decisions as links of their chain, each with what it asked for.

import { desk } from "./dashboard-desk.js";
import { orderText } from "./dashboard-orders.js";
import { DeskPanel, published } from "./dashboard-panel.js";
import { missing, say } from "./dom.js";
import { plural, shown, told } from "./numerals.js";

const ORDERS_SHOWN = 3;
const LEAVES_SHOWN = 8;
const UNTOLD = "the text of this decision could not be fetched";

/** @typedef {import("./dashboard-updates.js").Update} Update */

class DeskDecisions extends DeskPanel {
  /** @type {Line[]} */
  leaves = [];
  drawn = "";
  unread = false;

  wait() {
    super.wait();
    this.leaves = [];
    this.drawn = "";
  }

  async show(/** @type {any} */ robot) {
    const { slug } = desk;
    if (!desk.updates.length && !desk.told && robot.seq) return; // they are on their way
    if (!desk.updates.length && !this.leaves.length && robot.seq) await this.#readLeaves(slug);
    if (slug !== desk.slug) return;
    const { updates } = desk; // also those that came meanwhile
    if (updates.length || this.leaves.length) this.#draw(updates);
    else this.stage(this.unread ? "failed" : "empty");
  }

  /** @param {Update[]} updates */
  #draw(updates) {
    const drawn = updates.length ? `${updates[0].seq}-${updates.length}` : "leaves";
    if (drawn === this.drawn) return;
    const newest = Number(this.drawn.split("-")[0]) || Infinity;
    this.drawn = drawn;
    const lines = updates.length ? updates.map(ofUpdate) : this.leaves;
    const list = this.querySelector("[data-list]");
    list?.replaceChildren(...lines.map((line) => this.#line(line, line.seq > newest)));
    this.stage("ready");
  }

  /** Without the platform's answer there are still the texts that it published. */
  async #readLeaves(/** @type {string} */ slug) {
    try {
      const { leaves } = await (await published(slug, "record.json")).json();
      const lines = await Promise.all(leaves.slice(-LEAVES_SHOWN).reverse().map(ofLeaf));
      if (slug === desk.slug) this.leaves = lines;
      this.unread = false;
    } catch {
      this.unread = true;
      say(this.querySelector("[data-why]"), "The decisions of this robot could not be fetched.");
    }
  }

  /** @param {Line} line @param {boolean} fresh */
  #line({ seq, slot, hash, orders, equity }, fresh) {
    const template = this.querySelector("template");
    const copy = /** @type {DocumentFragment} */ (template?.content.cloneNode(true));
    const item = /** @type {HTMLLIElement} */ (copy.querySelector("li"));
    item.value = seq;
    item.classList.toggle("is-fresh", fresh);
    say(item.querySelector("[data-seq]"), shown(seq, "count"));
    say(item.querySelector("[data-when]"), told(slot, "slot"));
    say(item.querySelector("[data-equity]"), equity ? shown(equity, "money") : "");
    item.querySelector("[data-orders]")?.replaceChildren(...asked(orders));
    const link = item.querySelector("a");
    link?.setAttribute("href", `/data/leaves/${hash}.json`);
    say(link?.querySelector("code"), `${hash.slice(0, 16)}…`);
    return item;
  }
}

/** @typedef {{seq: number, slot: string, hash: string, orders: Record<string, any>[] | null, equity: string}} Line */

/** @param {Update} update @returns {Line} */
const ofUpdate = ({ seq, slot, decision: { hash, orders }, performance: { equity } }) => ({
  seq,
  slot,
  hash,
  orders,
  equity,
});

/** @param {import("./leaves.js").Leaf} leaf @returns {Promise<Line>} */
async function ofLeaf({ seq, slot, hash }) {
  const orders = (await decided(hash))?.orders ?? null;
  return { seq, slot, hash, orders, equity: "" }; // a leaf tells what is held, not its worth
}

/** What stands at the address that its hash names; it never changes. @param {string} hash @returns {Promise<any>} */
async function decided(hash) {
  try {
    const answer = await fetch(`/data/leaves/${hash}.json`);
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** @param {Record<string, any>[] | null} orders */
function asked(orders) {
  if (!orders) return [missing(UNTOLD)];
  if (!orders.length) return [line("nothing to do", "desk-idle")];
  const rest = orders.length - ORDERS_SHOWN;
  const told = orders.slice(0, rest === 1 ? orders.length : ORDERS_SHOWN).map(orderText);
  if (rest > 1) told.push(`and ${rest} ${plural(rest, "order")} more`);
  return told.map((words) => line(words));
}

/** @param {string} words @param {string} [kind] */
function line(words, kind = "") {
  const node = document.createElement("span");
  node.className = kind;
  node.textContent = words;
  return node;
}
customElements.define("desk-decisions", DeskDecisions);
