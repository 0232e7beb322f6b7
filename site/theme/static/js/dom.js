// Small changes to a page that stands already.

import { NONE } from "./numerals.js";

/**
 * Looks up a dotted path.
 * @param {any} content
 * @param {string} path
 */
export const at = (content, path) =>
  path.split(".").reduce((inner, name) => inner?.[name], content);

/** @param {Element | null | undefined} node @param {string} text */
export function say(node, text) {
  if (node && node.textContent !== text) node.textContent = text;
}

/**
 * A dash that says why there is no number.
 * @param {string} reason
 */
export function missing(reason) {
  const dash = document.createElement("span");
  dash.className = "none";
  dash.title = reason;
  const spoken = document.createElement("span");
  spoken.className = "visually-hidden";
  spoken.textContent = ` ${reason}`;
  dash.append(NONE, spoken);
  return dash;
}
