// How the platform is reached now, live or by asking, and since when it is not.

import { Asking } from "./dashboard-asking.js";
import { Socket } from "./socket.js";

const ASK_EVERY = 10_000;
const STALE_AFTER = 45_000;
const CONNECTS_WITHIN = 4_000;
const LOOK_EVERY = 1_000;

/** @typedef {"connecting" | "live" | "polling" | "stale"} State */

/** Tells "state" when the connection changes, and "look" once a second for whoever shows an age. */
export class Link extends EventTarget {
  /** @type {State} */
  state = "connecting";
  began = Date.now();
  /** When it was last live. */
  lost = Date.now();
  /** When something was last told, in whatever way. */
  heard = 0;
  /** When the live connection last told something; a problem tells nothing. */
  spoken = 0;
  /** Whether the live connection answers, but with a problem. */
  troubled = false;
  asked = 0;
  polled = false;
  /** @type {Socket | undefined} */
  socket;
  resume = new Asking(() => this.socket?.say(this.greeting()));

  /**
   * Follows `all` or one robot; whoever is followed already stays connected.
   * @param {string} subject
   */
  follow(subject) {
    if (this.socket?.subject === subject) return;
    this.socket?.stop();
    this.resume.stop();
    this.troubled = false;
    this.socket = new Socket(subject, () => this.greeting());
    this.socket.addEventListener("message", (event) => {
      this.hear(/** @type {CustomEvent} */ (event).detail);
    });
    this.socket.addEventListener("state", () => this.look());
    this.socket.start();
    this.timer ??= setInterval(() => this.look(), LOOK_EVERY);
  }

  stop() {
    this.socket?.stop();
    this.socket = undefined;
    this.resume.stop();
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Asks and connects at once. */
  hurry() {
    this.asked = 0;
    this.socket?.check();
    this.socket?.hurry();
    this.look();
  }

  /** What is said first; it asks for what is missing. @returns {object} */
  greeting() {
    this.resume.begin();
    return {};
  }

  /** @param {import("./socket.js").Envelope} _envelope */
  hear(_envelope) {}

  /** Asks without the live connection; whether it was answered. @returns {Promise<boolean>} */
  async poll() {
    return false;
  }

  /** The live connection told something. */
  speak() {
    this.heard = this.spoken = Date.now();
    this.troubled = false;
  }

  /** Looks how the platform is reached, and asks where it is due. */
  look() {
    this.socket?.check();
    const now = Date.now();
    if (this.isLive) [this.lost, this.polled] = [now, false];
    const early = now - this.lost < CONNECTS_WITHIN && (this.socket?.failures ?? 0) < 2;
    const due = !this.isLive && !early && !document.hidden && now - this.asked > ASK_EVERY;
    if (due) void this.#ask(now);
    this.#enter(this.#stateAt(now));
    this.dispatchEvent(new Event("look"));
  }

  /** Whoever hears of nothing but problems is not live. */
  get isLive() {
    const { socket, spoken, troubled } = this;
    return socket !== undefined && socket.isOpen && spoken >= socket.opened && !troubled;
  }

  /** @param {number} now @returns {State} */
  #stateAt(now) {
    if (this.isLive) return "live";
    if (now - (this.heard || this.began) > STALE_AFTER) return "stale";
    return this.heard && this.polled ? "polling" : "connecting";
  }

  /** @param {State} state */
  #enter(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }

  /** @param {number} now */
  async #ask(now) {
    this.asked = now;
    this.polled = await this.poll();
    this.look();
  }

  /** @type {number | undefined} */
  timer;
}
