// A table that follows one list of a published document; each cell says what it shows and how.

import { at, missing } from "./dom.js";
import { finding } from "./findings.js";
import { LivePanel } from "./live.js";
import { told } from "./numerals.js";

class LiveRows extends LivePanel {
  /** @param {any} content */
  show(content) {
    const list = at(content, this.dataset.list ?? "") ?? [];
    const text = JSON.stringify(list);
    if (text === this.shown) return;
    // What the page was made with stays untouched until something differs from it.
    const first = this.shown === undefined;
    this.shown = text;
    const rows = list.map((/** @type {any} */ each) => this.#row(each));
    const body = this.querySelector("[data-rows]");
    if (first && same(body, rows)) return;
    body?.replaceChildren(...rows);
    this.querySelector("[data-none]")?.toggleAttribute("hidden", list.length > 0);
    this.querySelector("[data-some]")?.toggleAttribute("hidden", list.length === 0);
  }

  /** @param {any} each */
  #row(each) {
    const template = this.querySelector("template");
    const copy = /** @type {DocumentFragment} */ (template?.content.cloneNode(true));
    for (const cell of copy.querySelectorAll("[data-cell]")) {
      fill(/** @type {HTMLElement} */ (cell), each);
    }
    return /** @type {HTMLTableRowElement} */ (copy.querySelector("tr"));
  }
}

/** @param {HTMLElement} cell @param {any} each */
function fill(cell, each) {
  const { cell: name = "", kind = "text", link } = cell.dataset;
  const value = each[name];
  if (link) cell.setAttribute("href", link.replace("{slug}", encodeURIComponent(each.slug)));
  if (kind === "badge") cell.className = `badge badge-${value}`;
  else cell.classList.toggle("zero", kind === "count" && value === 0);
  if (kind === "finding") cell.replaceChildren(...finding(each));
  else if (value === null || value === undefined) cell.replaceChildren(missing(cell.dataset.missing ?? ""));
  else cell.textContent = told(value, cell.dataset.says ?? kind);
}

/** @param {Element | null} body @param {Element[]} rows */
const same = (body, rows) =>
  body?.children.length === rows.length &&
  rows.every((row, place) => row.textContent?.trim() === body.children[place].textContent?.trim());

customElements.define("live-rows", LiveRows);
