// Which robot is looked at, and all that is known of it: what was published, and what came since.

import { Feed } from "./dashboard-feed.js";
import { measured, updatesAfter } from "./dashboard-updates.js";
import { watch } from "./live.js";

export const KEPT = 20;
const ALL = "all";
const SLUG = /^[a-z0-9-]{3,60}$/;

/** @typedef {import("./dashboard-updates.js").Update} Update */
/** @typedef {import("./dashboard-updates.js").News} News */

/**
 * Tells "choice" when another robot is chosen, "summary" when its figures change, "updates" when
 * its decisions do, "history" when older decisions came or could not, and "trouble" when the robot
 * cannot be shown.
 */
class Desk extends EventTarget {
  feed = new Feed();
  slug = "";
  /** What is published of the chosen robot. @type {any} */
  published = null;
  /** Its newest decisions, the newest first. @type {Update[]} */
  updates = [];
  /** @type {Record<string, any>} */
  metrics = {};
  metricsSeq = -1;
  /** Why the robot cannot be shown; empty where it can. */
  trouble = "";
  /** How the robots of the list are called. @type {Map<string, string>} */
  names = new Map();

  /** @param {{slug: string, name: string, seq: number}[]} listed */
  open(listed) {
    for (const { slug, name, seq } of listed) {
      this.names.set(slug, name);
      this.feed.heads.set(slug, seq);
    }
    this.feed.addEventListener("news", (event) => {
      const { slug, ...news } = /** @type {CustomEvent} */ (event).detail;
      if (slug === this.slug) this.#take(news);
    });
    this.feed.addEventListener("state", () => this.#catchUp());
  }

  /** What could not be fetched while nobody answered can be now. */
  #catchUp() {
    const answers = ["live", "polling"].includes(this.feed.state);
    if (answers && !this.remembered && this.published) void this.#remember(this.slug, this.published.seq);
  }

  /** @param {string} slug */
  choose(slug) {
    if (slug === this.slug) return;
    this.slug = slug;
    this.published = null;
    this.updates = [];
    this.metrics = {};
    this.metricsSeq = -1;
    this.told = false;
    this.feed.whole = slug;
    this.load();
  }

  /** Fetches the chosen robot, also once more after it could not be shown. */
  load() {
    this.stopWatching?.();
    this.trouble = "";
    this.#tell("choice");
    if (SLUG.test(this.slug)) void this.#load(this.slug);
    else this.#despair(unknown(this.slug));
  }

  /** The robot as it is now: its summary, with what was decided since. */
  now() {
    const { published, metricsSeq } = this;
    const newest = this.updates[0];
    if (!published) return null;
    const measured = metricsSeq >= published.seq ? this.metrics : {};
    const record = { ...published.record, metrics: { ...published.record.metrics, ...measured } };
    if (!newest || newest.seq <= published.seq) return { ...published, record };
    const { equity, cash } = newest.performance;
    const { seq, slot } = newest;
    return { ...published, record, seq, slot, equity, cash_now: cash };
  }

  /** @param {string} slug */
  async #load(slug) {
    try {
      const answer = await fetch(`/data/robots/${slug}/summary.json`, { cache: "no-cache" });
      if (slug !== this.slug) return;
      if (answer.status === 404 || answer.status === 403) return this.#despair(unknown(slug));
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      const summary = await answer.json();
      if (slug === this.slug) this.#begin(slug, summary);
    } catch {
      if (slug === this.slug) this.#despair("The figures of this robot could not be fetched.");
    }
  }

  /** @param {string} slug @param {any} summary */
  #begin(slug, summary) {
    this.#publish(summary);
    const source = `/data/robots/${slug}/summary.json`;
    this.stopWatching = watch(source, (newer) => slug === this.slug && this.#publish(newer));
    void this.#remember(slug, summary.seq);
    this.feed.follow(this.names.has(slug) ? ALL : slug);
  }

  /** @param {any} summary */
  #publish(summary) {
    if (this.published && summary.seq < this.published.seq) return;
    this.published = summary;
    this.#tell("summary");
  }

  /**
   * Fetches the decisions before the newest, which no connection tells again.
   * @param {string} slug @param {number} seq
   */
  async #remember(slug, seq) {
    const known = this.feed.heads.get(slug);
    if (known === undefined || known < seq) this.feed.heads.set(slug, seq);
    this.remembered = true;
    try {
      const news = await updatesAfter(slug, Math.max(seq - KEPT, 0));
      if (slug === this.slug) this.#take({ ...news, metrics: measured(news.metrics) });
    } catch {
      this.remembered = false;
    }
    if (slug !== this.slug) return;
    this.told = true;
    this.#tell("history");
  }

  /** @param {Partial<News>} news */
  #take({ items = [], metrics, status }) {
    const known = new Set(this.updates.map(({ seq }) => seq));
    const fresh = items.filter(({ seq }) => !known.has(seq));
    const all = [...this.updates, ...fresh].sort((a, b) => b.seq - a.seq);
    this.updates = all.slice(0, KEPT);
    // They are told with the newest decision alone.
    if (Object.keys(metrics ?? {}).length && all.length) {
      [this.metrics, this.metricsSeq] = [metrics ?? {}, all[0].seq];
    }
    if (status && this.published) this.published = { ...this.published, status };
    if (fresh.length) this.#tell("updates");
    this.#tell("summary");
  }

  /** @param {string} reason */
  #despair(reason) {
    this.trouble = reason;
    this.feed.follow(ALL); // the list stays live
    this.#tell("trouble");
  }

  /** @param {string} name */
  #tell(name) {
    this.dispatchEvent(new Event(name));
  }

  remembered = true;
  /** Whether the older decisions came, or could not. */
  told = false;
  /** @type {(() => void) | undefined} */
  stopWatching;
}

/** @param {string} slug */
const unknown = (slug) => `No public robot is called “${slug.slice(0, 60)}”. It may be private, withdrawn or misspelt.`;

export const desk = new Desk();
