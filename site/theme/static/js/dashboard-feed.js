// What is new, robot by robot and without gaps: over the live connection, else by asking.

import { measured, updatesAfter } from "./dashboard-updates.js";
import { Socket } from "./socket.js";

const ASK_EVERY = 10_000;
const STALE_AFTER = 45_000;
const CONNECTS_WITHIN = 4_000;
const ANSWERS_WITHIN = 10_000;
const LATER = 2_000;
const LOOK_EVERY = 1_000;

/** @typedef {import("./dashboard-updates.js").Update} Update */
/** @typedef {import("./dashboard-updates.js").News} News */
/** @typedef {"connecting" | "live" | "polling" | "stale"} State */

/**
 * Tells "news" with what came of one robot, "state" when the connection changes, and "look" once
 * a second for whoever shows an age.
 */
export class Feed extends EventTarget {
  constructor() {
    super();
    /** The newest decision known of each robot. @type {Map<string, number>} */
    this.heads = new Map();
    /** Whose every decision is wanted; of all others the newest is enough. */
    this.whole = "";
    /** @type {State} */
    this.state = "connecting";
    this.began = this.lost = Date.now();
    this.heard = 0;
    this.asked = 0;
    /** When the server was asked to resume; 0 once it has answered. */
    this.resumed = 0;
    /** @type {Socket | undefined} */
    this.socket = undefined;
  }

  /**
   * Follows `all` or one robot; whoever is followed already stays connected.
   * @param {string} subject
   */
  follow(subject) {
    if (this.socket?.subject === subject) return;
    this.socket?.stop();
    this.socket = new Socket(subject, () => this.#greeting());
    this.socket.addEventListener("message", (event) => {
      this.#hear(/** @type {CustomEvent} */ (event).detail);
    });
    this.socket.addEventListener("state", () => this.#look());
    this.socket.start();
    this.timer ??= setInterval(() => this.#look(), LOOK_EVERY);
  }

  stop() {
    this.socket?.stop();
    this.socket = undefined;
    clearInterval(this.timer);
    this.timer = undefined;
  }

  /** Asks and connects at once. */
  hurry() {
    this.asked = 0;
    this.socket?.check();
    this.socket?.hurry();
    this.#look();
  }

  /** What is known of everybody: of whom nothing is, the newest alone is told. */
  #greeting() {
    this.resumed = Date.now();
    const heads = Object.fromEntries(this.heads);
    const subject = this.socket?.subject ?? "";
    if (subject === "all") return { type: "resume", seqs: heads };
    return { type: "resume", seq: heads[subject] ?? -1 };
  }

  /** Asks for what is missing; once, until it is answered. */
  #resume() {
    if (Date.now() - this.resumed > ANSWERS_WITHIN) this.socket?.say(this.#greeting());
  }

  /** @param {import("./socket.js").Envelope} envelope */
  #hear({ type, strategy = "", data }) {
    this.heard = Date.now();
    if (type === "updates") this.#take(strategy, data);
    else if (type === "status") this.#pass(strategy, { items: [], status: data?.status });
    else if (type === "resumed" || type === "heartbeat") this.#compare(type, data ?? {});
    this.#look();
  }

  /**
   * Takes what follows on what is known; after a gap it asks for what is missing instead.
   * @param {string} slug @param {News & {more?: boolean}} news
   */
  #take(slug, news) {
    const known = this.heads.get(slug);
    const fresh = news.items.filter((item) => known === undefined || item.seq > known);
    const gap = known !== undefined && fresh.length > 0 && fresh[0].seq > known + 1;
    if (gap && slug === this.whole) return this.#resume();
    if (fresh.length) {
      this.heads.set(slug, fresh[fresh.length - 1].seq);
      this.#pass(slug, { ...news, items: fresh, metrics: measured(news.metrics) });
    }
    if (news.more) this.#more(slug, news.items.length === 0);
    // What is pushed within a second of another push may come late: ask what there is.
    clearTimeout(this.later);
    this.later = window.setTimeout(() => this.socket?.say({ type: "ping" }), LATER);
  }

  /** @param {string} slug @param {boolean} large whether one decision was too much for a frame */
  #more(slug, large) {
    // Of a robot that is only listed, what lies between is not shown: its newest will do.
    if (slug !== this.whole) this.heads.delete(slug);
    if (large && slug === this.whole) void this.#ask();
    else this.#resume();
  }

  /**
   * A push may be lost, and an answer may have an end: what the server has says so.
   * @param {string} type @param {{seqs?: Record<string, number | null>, more?: boolean}} told
   */
  #compare(type, { seqs = {}, more = false }) {
    if (type === "resumed") this.resumed = 0;
    const behind = Object.entries(seqs).some(([slug, head]) => {
      const known = this.heads.get(slug);
      return known !== undefined && head !== null && head > known;
    });
    if (more || behind) this.#resume();
  }

  /** @param {string} slug @param {Partial<News>} news */
  #pass(slug, news) {
    this.dispatchEvent(new CustomEvent("news", { detail: { slug, ...news } }));
  }

  #look() {
    this.socket?.check();
    const now = Date.now();
    if (this.socket?.isOpen) this.lost = now;
    const early = now - this.lost < CONNECTS_WITHIN && (this.socket?.failures ?? 0) < 2;
    const due = !early && !document.hidden && now - this.asked > ASK_EVERY;
    if (due && !this.socket?.isOpen) void this.#ask();
    this.#enter(this.#stateAt(now));
    this.dispatchEvent(new Event("look"));
  }

  /** @param {number} now @returns {State} */
  #stateAt(now) {
    if (this.socket?.isOpen && this.heard >= this.socket.opened) return "live";
    if (now - (this.heard || this.began) > STALE_AFTER) return "stale";
    return this.heard && this.polled ? "polling" : "connecting";
  }

  /** @param {State} state */
  #enter(state) {
    if (state === this.state) return;
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }

  /** Asks for the robot that is looked at. */
  async #ask() {
    const known = this.heads.get(this.whole);
    if (known === undefined) return;
    this.asked = Date.now();
    try {
      const news = await updatesAfter(this.whole, known);
      this.polled = true;
      this.#hear({ type: "updates", strategy: news.strategy, data: news });
    } catch {
      this.polled = false;
    }
  }

  polled = false;
  /** @type {number | undefined} */
  later;
  /** @type {number | undefined} */
  timer;
}
