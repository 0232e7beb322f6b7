// The dashboard: every panel, and the robot that the address names.

import "./dashboard-wire.js";
import "./dashboard-robots.js";
import "./dashboard-trouble.js";
import "./dashboard-head.js";
import "./dashboard-chart.js";
import "./dashboard-decisions.js";
import "./dashboard-trades.js";
import "./dashboard-parity.js";
import "./dashboard-data.js";
import { desk } from "./dashboard-desk.js";

const page = document.querySelector(".desk");
const list = /** @type {any} */ (document.querySelector("desk-robots"));

const wanted = () =>
  new URLSearchParams(location.search).get("robot") || (page?.getAttribute("data-robot") ?? "");

if (list && wanted()) {
  desk.open(list.listed);
  desk.choose(wanted());
  addEventListener("popstate", () => desk.choose(wanted()));
  addEventListener("online", () => desk.feed.hurry());
  document.addEventListener("visibilitychange", () => document.hidden || desk.feed.hurry());
  // A page that is kept for going back to must not keep a connection.
  addEventListener("pagehide", () => desk.feed.stop());
  addEventListener("pageshow", (event) => event.persisted && desk.load());
}
