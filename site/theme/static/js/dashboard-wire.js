// The state of the connection in words, and since when.

import { desk } from "./dashboard-desk.js";
import { say } from "./dom.js";
import { plural } from "./numerals.js";

/** @typedef {import("./dashboard-link.js").State} State */

/** @type {Record<State, string>} */
const TITLES = { connecting: "Connecting", live: "Live", polling: "Polling", stale: "Stale" };

class DeskWire extends HTMLElement {
  connectedCallback() {
    const { feed } = desk;
    this.quit = new AbortController();
    const { signal } = this.quit;
    feed.addEventListener("state", () => this.#enter(), { signal });
    feed.addEventListener("look", () => this.#age(), { signal });
    this.querySelector("button")?.addEventListener("click", () => feed.hurry(), { signal });
  }

  disconnectedCallback() {
    this.quit?.abort();
  }

  /** A reader who cannot see the page hears of each change of state, and of nothing else. */
  #enter() {
    const { state, heard, began } = desk.feed;
    this.dataset.state = state;
    const again = state === "connecting" && heard > 0;
    // What is stale is set in pencil on the whole page.
    document.querySelector(".desk")?.setAttribute("data-wire", again ? "reconnecting" : state);
    const since = state === "stale" ? ` since ${clock(heard || began)}` : "";
    say(this.querySelector("[data-title]"), again ? "Reconnecting" : `${TITLES[state]}${since}`);
    this.#age();
  }

  #age() {
    say(this.querySelector("[data-say]"), this.#words());
    const { socket, state } = desk.feed;
    const waits = state !== "live" && Boolean(socket?.next);
    this.querySelector("button")?.toggleAttribute("data-idle", !waits);
    this.querySelector("button")?.toggleAttribute("disabled", !waits);
  }

  #words() {
    const { state, socket, heard, troubled, decided } = desk.feed;
    const wait = Math.max(Math.ceil(((socket?.next ?? 0) - Date.now()) / 1_000), 0);
    const now = troubled && socket?.isOpen ? "The platform answers with a problem." : "Connecting now.";
    const next = wait ? `Next try in ${wait} s.` : now;
    if (state === "live") {
      return decided
        ? `The newest decision came ${ago(decided)}.`
        : "Each decision appears here when it is made.";
    }
    if (state === "polling") return `Asked every 10 s, until the live connection is back. ${next}`;
    if (state === "stale") return `These figures may be old. ${next}`;
    if (heard) return `Not live since ${clock(heard)}. ${next}`;
    return socket?.failures ? `The figures are those last published. ${next}` : "The figures are those last published.";
  }
}

/** @param {number} since */
function ago(since) {
  const seconds = Math.floor((Date.now() - since) / 1_000);
  if (seconds < 2) return "just now";
  const minutes = Math.floor(seconds / 60);
  return minutes ? `${minutes} ${plural(minutes, "minute")} ago` : `${seconds} seconds ago`;
}

/** @param {number} when */
const clock = (when) => `${new Date(when).toISOString().slice(11, 19)} UTC`;
customElements.define("desk-wire", DeskWire);
