// A panel about the chosen robot: it waits, shows, has nothing to show, or says what went wrong.

import { desk } from "./dashboard-desk.js";
import { say } from "./dom.js";

/** @typedef {"loading" | "ready" | "empty" | "failed"} Stage */

export class DeskPanel extends HTMLElement {
  connectedCallback() {
    this.quit = new AbortController();
    const { signal } = this.quit;
    desk.addEventListener("choice", () => this.wait(), { signal });
    desk.addEventListener("summary", () => this.#show(), { signal });
    desk.addEventListener("history", () => this.#show(), { signal });
    this.querySelector("[data-again]")?.addEventListener("click", () => this.again(), { signal });
  }

  disconnectedCallback() {
    this.quit?.abort();
  }

  /** Shows that something is on its way. */
  wait() {
    this.stage("loading");
  }

  /** @param {string} reason */
  fail(reason) {
    say(this.querySelector("[data-why]"), reason);
    this.stage("failed");
  }

  /** Tries once more what failed. */
  again() {
    desk.load();
  }

  /** @param {any} _robot as it is now */
  show(_robot) {}

  /** @param {Stage} stage */
  stage(stage) {
    if (this.dataset.stage === stage) return;
    this.dataset.stage = stage;
    this.setAttribute("aria-busy", String(stage === "loading"));
    this.querySelector("[data-body]")?.toggleAttribute("hidden", stage === "empty" || stage === "failed");
    this.querySelector("[data-none]")?.toggleAttribute("hidden", stage !== "empty");
    this.querySelector("[data-failed]")?.toggleAttribute("hidden", stage !== "failed");
  }

  #show() {
    const robot = desk.now();
    if (robot && !desk.trouble) this.show(robot);
  }
}

/**
 * What is published of a robot beside its summary.
 * @param {string} slug @param {string} name
 */
export async function published(slug, name) {
  const answer = await fetch(`/data/robots/${slug}/${name}`, { cache: "no-cache" });
  if (!answer.ok) throw new Error(`${name} answered ${answer.status}`);
  return answer;
}
