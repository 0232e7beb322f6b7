// The platform's clock: its last session, and whether it still runs.

import { LivePanel } from "./live.js";
import { day } from "./numerals.js";

const STALE_AFTER = 3 * 60_000;
const CHECK_EVERY = 15_000;

/**
 * Puts one notice above the page, or takes it away.
 * @param {string} kind
 * @param {string} [lead]
 * @param {string} [text]
 */
function notice(kind, lead, text) {
  const place = document.getElementById("notices");
  const present = place?.querySelector(`[data-notice="${kind}"]`);
  if (!lead) return present?.remove();
  const node = document.createElement("p");
  node.className = `notice notice-${kind}`;
  node.dataset.notice = kind;
  const strong = document.createElement("strong");
  strong.textContent = lead;
  node.append(strong, ` ${text ?? ""}`);
  if (present?.textContent?.trim() === node.textContent?.trim()) return;
  present?.remove();
  place?.append(node);
}

class SessionClock extends LivePanel {
  connectedCallback() {
    this.heard = Date.now();
    this.ended = false;
    super.connectedCallback();
    this.timer = setInterval(() => this.#showAge(), CHECK_EVERY);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.timer);
  }

  /** @param {any} platform */
  show(platform) {
    this.heard = Date.now();
    this.ended = platform.ended;
    this.#showSession(platform);
    if (platform.ended) notice("ended", "The clock has ended.", platform.message);
    else notice("ended");
    this.#showAge();
  }

  /** @param {any} platform */
  #showSession({ session, ended }) {
    const time = document.createElement("time");
    time.dateTime = session;
    time.textContent = day(session);
    const what = document.createElement("span");
    what.className = "clock-what";
    what.textContent = ended ? "Ended at" : "Last session";
    const text = document.createElement("span");
    text.className = "clock-text";
    text.append(what, " ", time);
    this.dot = document.createElement("span");
    this.dot.className = `clock-dot${ended ? " clock-ended" : ""}`;
    this.replaceChildren(this.dot, text);
  }

  #showAge() {
    const stale = !this.ended && !document.hidden && Date.now() - (this.heard ?? 0) > STALE_AFTER;
    this.dot?.classList.toggle("clock-stale", stale);
    if (stale) notice("stale", "These figures may be old.", "No new session has been heard of for some minutes.");
    else notice("stale");
  }
}
customElements.define("session-clock", SessionClock);
