// An order in a few words, as the decision's own text has it.

import { quantity, shown } from "./numerals.js";

/** @type {Record<string, string>} */
const FOR_HOW_LONG = { day: "for the day", open: "at the open", close: "at the close" };

/** @param {Record<string, any>} order */
export function orderText(order) {
  if (order.side === "cancel") return `cancel ${order.replaces}`;
  if (order.side === "protect") return `protect ${order.symbol}${exits(order)}`;
  const side = order.side === "target" ? "hold" : order.side;
  const until = order.tif ? `, ${FOR_HOW_LONG[order.tif] ?? order.tif}` : "";
  return `${side} ${size(order)} ${order.symbol}${price(order)}${exits(order)}${until}`;
}

/** @param {Record<string, any>} order */
function size({ sizing, amount }) {
  if (sizing === "weight") return `${shown(amount, "fraction")} of equity in`;
  return sizing === "value" ? `${shown(amount, "money")} worth of` : quantity(amount);
}

/** @param {Record<string, any>} order */
function price({ limit, stop, trail, trail_share: share }) {
  if (share) return ` trailing by ${shown(share, "fraction")}`;
  if (trail) return ` trailing by ${quantity(trail)}`;
  const at = [stop && `stop ${quantity(stop)}`, limit && `limit ${quantity(limit)}`];
  const told = at.filter(Boolean).join(" ");
  return told ? ` at ${told}` : "";
}

/** @param {Record<string, any>} order */
function exits(order) {
  const names = { stop_loss: "stop loss", take_profit: "take profit", trailing: "trailing stop" };
  const told = Object.entries(names)
    .filter(([name]) => order[name])
    .map(([name, words]) => `${words} ${shown(order[name], "fraction")}`);
  return told.length ? ` with ${told.join(" and ")}` : "";
}
