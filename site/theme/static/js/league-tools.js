// Above the league table: finds a robot among many, and sorts where no heading is seen.

const AT_ONCE = 50;
const count = new Intl.NumberFormat("en");

/** @typedef {{name: string, sort: () => void}} Sort */

export class LeagueTools {
  /** @param {HTMLElement} league @param {Sort[]} sorts */
  constructor(league, sorts) {
    this.body = /** @type {HTMLTableSectionElement} */ (league.querySelector("tbody"));
    this.limit = AT_ONCE;
    this.field = Object.assign(document.createElement("input"), {
      type: "search",
      placeholder: "Name, strategy, symbol or verdict",
    });
    this.field.addEventListener("input", () => this.#anew());
    this.order = selectOf(sorts, () => this.#anew());
    this.said = document.createElement("p");
    this.said.setAttribute("role", "status");
    this.more = Object.assign(document.createElement("button"), { type: "button", className: "league-more" });
    this.more.addEventListener("click", () => this.#extend());
    const tools = document.createElement("div");
    tools.className = "league-tools";
    tools.append(labelled("Find", this.field), labelled("Sort by", this.order), this.said);
    league.prepend(tools);
    league.append(this.more);
    this.apply();
  }

  /** Shows the first of those that are asked for; the others stay in the table, hidden. */
  apply() {
    const words = this.field.value.toLowerCase().split(/\s+/).filter(Boolean);
    const rows = [...this.body.rows];
    const found = rows.filter((row) => words.every((word) => textOf(row).includes(word)));
    const shown = new Set(found.slice(0, this.limit));
    for (const row of rows) row.hidden = !shown.has(row);
    const left = found.length - shown.size;
    this.more.hidden = left === 0;
    this.more.textContent = `Show ${Math.min(left, AT_ONCE)} more of ${count.format(found.length)}`;
    this.said.textContent =
      found.length === rows.length ? "" : `${count.format(found.length)} of ${count.format(rows.length)} robots`;
  }

  #anew() {
    this.limit = AT_ONCE;
    this.apply();
  }

  /** The first row that was not there before gets the focus, so that a keyboard goes on from it. */
  #extend() {
    const before = [...this.body.rows].filter((row) => !row.hidden).length;
    this.limit += AT_ONCE;
    this.apply();
    [...this.body.rows].filter((row) => !row.hidden)[before]?.querySelector("a")?.focus();
  }
}

/** @param {HTMLTableRowElement} row */
function textOf(row) {
  const verdict = row.querySelector(".league-verdict")?.textContent ?? "";
  return `${row.cells[0].textContent} ${row.dataset.strategy} ${verdict}`.toLowerCase();
}

/** @param {Sort[]} sorts @param {() => void} after */
function selectOf(sorts, after) {
  const select = document.createElement("select");
  select.append(...sorts.map(({ name }, at) => new Option(name, String(at))));
  select.addEventListener("change", () => {
    sorts[Number(select.value)].sort();
    after();
  });
  return select;
}

/** @param {string} name @param {HTMLElement} field */
function labelled(name, field) {
  const label = document.createElement("label");
  label.append(name, field);
  return label;
}
