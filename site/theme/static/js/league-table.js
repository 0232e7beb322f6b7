// The league table: sorted by its headings, and up to date.

import { LivePanel } from "./live.js";
import { showFigures } from "./robot-figures.js";
import { showBadge } from "./robot-verdict.js";

class LeagueTable extends LivePanel {
  connectedCallback() {
    for (const heading of this.querySelectorAll("th[data-sort]")) this.#makeSortable(heading);
    super.connectedCallback();
  }

  /** @param {any} index */
  show(index) {
    for (const summary of index.robots) {
      const row = this.querySelector(`tr[data-slug="${CSS.escape(summary.slug)}"]`);
      if (!row) continue;
      showFigures(row, summary);
      showBadge(row.querySelector("[data-verdict]"), summary.verdict.level);
    }
  }

  /** @param {Element} heading */
  #makeSortable(heading) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sorter";
    button.append(...heading.childNodes);
    button.addEventListener("click", () => this.#sortBy(/** @type {HTMLElement} */ (heading)));
    heading.replaceChildren(button);
  }

  /** @param {HTMLElement} heading */
  #sortBy(heading) {
    const column = [...(heading.parentElement?.children ?? [])].indexOf(heading);
    const numeric = heading.dataset.sort === "number";
    // The greatest number is asked for first, and the first of the alphabet.
    const first = numeric ? "descending" : "ascending";
    const second = numeric ? "ascending" : "descending";
    const order = heading.getAttribute("aria-sort") === first ? second : first;
    for (const other of this.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", order);
    const body = this.querySelector("tbody");
    const rows = [...(body?.rows ?? [])];
    rows.sort((a, b) => compare(valueOf(a, column), valueOf(b, column), numeric, order));
    body?.append(...rows);
  }
}

/** @param {HTMLTableRowElement} row @param {number} column */
const valueOf = (row, column) => row.cells[column]?.dataset.value ?? "";

/**
 * What has no value stands last in either order.
 * @param {string} a @param {string} b @param {boolean} numeric @param {string} order
 */
function compare(a, b, numeric, order) {
  const known = (/** @type {string} */ text) => text !== "" && text !== "None";
  if (known(a) !== known(b)) return known(a) ? -1 : 1;
  const way = order === "ascending" ? 1 : -1;
  return way * (numeric ? Number(a) - Number(b) : a.localeCompare(b, "en"));
}
customElements.define("league-table", LeagueTable);
