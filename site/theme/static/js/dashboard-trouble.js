// A robot that cannot be shown: why, in the place of all its panels.

import { desk } from "./dashboard-desk.js";
import { say } from "./dom.js";

class DeskTrouble extends HTMLElement {
  connectedCallback() {
    this.quit = new AbortController();
    const { signal } = this.quit;
    for (const name of ["choice", "trouble", "summary"]) {
      desk.addEventListener(name, () => this.#show(), { signal });
    }
    this.querySelector("button")?.addEventListener("click", () => desk.load(), { signal });
  }

  disconnectedCallback() {
    this.quit?.abort();
  }

  #show() {
    this.hidden = !desk.trouble;
    this.parentElement?.toggleAttribute("data-trouble", Boolean(desk.trouble));
    say(this.querySelector("[data-why]"), desk.trouble);
  }
}
customElements.define("desk-trouble", DeskTrouble);
