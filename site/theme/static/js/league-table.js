// The league table: sorted by its headings, and up to date.

import { LeagueTools } from "./league-tools.js";
import { LivePanel } from "./live.js";
import { showFigures } from "./robot-figures.js";
import { showBadge } from "./robot-verdict.js";

/** The greatest number is asked for first, and the first of the alphabet. @type {Record<string, string>} */
const FIRST = { number: "descending", text: "ascending" };
/** @type {Record<string, string>} */
const OTHER = { descending: "ascending", ascending: "descending" };

class LeagueTable extends LivePanel {
  connectedCallback() {
    const headings = /** @type {HTMLElement[]} */ ([...this.querySelectorAll("th[data-sort]")]);
    for (const heading of headings) this.#makeSortable(heading);
    if (this.hasAttribute("data-tools")) this.tools = new LeagueTools(this, this.#sorts(headings));
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

  /** One for each heading that sorts, named as a row's cell is. @param {HTMLElement[]} headings */
  #sorts(headings) {
    const row = this.querySelector("tbody tr");
    return headings.map((heading) => {
      const column = [...(heading.parentElement?.children ?? [])].indexOf(heading);
      const cell = /** @type {HTMLElement | undefined} */ (row?.children[column]);
      const name = cell?.dataset.label ?? heading.textContent ?? "";
      return { name, sort: () => this.#sortBy(heading, FIRST[heading.dataset.sort ?? "text"]) };
    });
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

  /** @param {HTMLElement} heading @param {string} [wanted] else the order that it has not */
  #sortBy(heading, wanted) {
    const column = [...(heading.parentElement?.children ?? [])].indexOf(heading);
    const numeric = heading.dataset.sort === "number";
    const first = FIRST[numeric ? "number" : "text"];
    const order = wanted ?? (heading.getAttribute("aria-sort") === first ? OTHER[first] : first);
    for (const other of this.querySelectorAll("[aria-sort]")) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", order);
    const body = this.querySelector("tbody");
    const rows = [...(body?.rows ?? [])];
    rows.sort((a, b) => compare(valueOf(a, column), valueOf(b, column), numeric, order));
    body?.append(...rows);
    this.tools?.apply();
  }

  /** @type {LeagueTools | undefined} */
  tools;
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
