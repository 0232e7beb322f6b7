// What a replay found: the row, and the fields in which record and replay part.
// templates/parts/rows.html `finding` writes the same when the page is made.

import { NONE, shown } from "./numerals.js";

/** @typedef {{field: string, recorded: string | null, replayed: string | null, alike: [number, number]}} Change */

/** @param {string} name @param {string} kind @param {(string | Node)[]} inner */
function made(name, kind, ...inner) {
  const node = document.createElement(name);
  if (kind) node.className = kind;
  node.append(...inner);
  return node;
}

/** @param {{row: string, finding: string, changes: Change[], more: number}} drift */
export function finding({ row, finding, changes, more }) {
  const nodes = row ? [made("b", "", row), ` ${finding}`] : [finding];
  for (const each of changes) {
    const field = made("span", "change-field", each.field);
    const record = telling("record", each.recorded, each.alike);
    nodes.push(made("span", "change", field, record, telling("replay", each.replayed, each.alike)));
  }
  if (more) nodes.push(made("span", "change", `and ${shown(more, "count")} more`));
  return nodes;
}

/** @param {string} whose @param {string | null} value @param {[number, number]} alike */
function telling(whose, value, [before, after]) {
  const told = made("span", `telling telling-${whose}`, made("span", "telling-whose", `${whose} `));
  if (value === null) told.append(NONE);
  else {
    const end = value.length - after;
    const unlike = made("mark", "", value.slice(before, end));
    told.append(made("code", "", value.slice(0, before), unlike, value.slice(end)));
  }
  return told;
}
