// Which robot is looked at, and all that is known of it: what was published, and what came since.

import { Feed } from "./dashboard-feed.js";
import { measured, since, updatesAfter } from "./dashboard-updates.js";
import { watch } from "./live.js";
import { pause } from "./socket.js";

export const KEPT = 20;
const ALL = "all";
const SLUG = /^[a-z0-9-]{3,60}$/;

/** @typedef {import("./dashboard-updates.js").Update} Update */
/** @typedef {import("./dashboard-updates.js").News} News */

/**
 * Tells "choice" when another robot is chosen, "summary" when its figures change, "updates" when
 * its decisions do, "history" when older decisions came or could not, "anew" when its record has
 * begun again, and "trouble" when it cannot be shown.
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
    this.feed.addEventListener("anew", (event) => {
      if (/** @type {CustomEvent} */ (event).detail === this.slug) this.#restart();
    });
    this.feed.addEventListener("gone", (event) => {
      const { slug, gone } = /** @type {CustomEvent} */ (event).detail;
      if (slug !== this.slug) return;
      if (gone) this.#despair(unknown(slug));
      else this.load();
    });
    this.feed.addEventListener("state", () => this.#catchUp(0));
    this.feed.addEventListener("look", () => this.#catchUp(this.again));
  }

  /** What could not be fetched can be when somebody answers, at once or a while later. @param {number} from */
  #catchUp(from) {
    const answers = ["live", "polling"].includes(this.feed.state);
    if (!answers || this.trouble || this.remembered || !this.published || Date.now() < from) return;
    void this.#remember(this.slug, this.published.seq);
  }

  /** @param {string} slug */
  choose(slug) {
    if (slug === this.slug) return;
    this.slug = slug;
    this.feed.whole = slug;
    this.#forget();
    this.load();
  }

  #forget() {
    this.newest = this.published = null;
    [this.updates, this.metrics, this.metricsSeq] = [[], {}, -1];
    this.told = false;
  }

  /** All that is known is of a record that is no more. */
  #restart() {
    this.#forget();
    this.#tell("anew");
    this.load();
  }

  /** Fetches the chosen robot, also once more after it could not be shown. */
  load() {
    this.stopWatching?.();
    this.trouble = "";
    this.visit = Symbol(this.slug);
    this.#tell("choice");
    if (SLUG.test(this.slug)) void this.#load(this.slug, this.visit);
    else this.#despair(unknown(this.slug));
  }

  /** The robot as it is now: its summary, with what was decided since. */
  now() {
    const { published, metrics, metricsSeq, updates } = this;
    return published && since(published, updates[0], metricsSeq >= published.seq ? metrics : {});
  }

  /** @param {string} slug @param {symbol} visit */
  async #load(slug, visit) {
    try {
      const answer = await fetch(`/data/robots/${slug}/summary.json`, { cache: "no-cache" });
      if (visit !== this.visit) return;
      if (answer.status === 404 || answer.status === 403) return this.#despair(unknown(slug));
      if (!answer.ok) throw new Error(`it answered ${answer.status}`);
      const summary = await answer.json();
      if (visit === this.visit) this.#begin(slug, summary);
    } catch {
      if (visit === this.visit) this.#despair("The figures of this robot could not be fetched.");
    }
  }

  /** @param {string} slug @param {any} summary */
  #begin(slug, summary) {
    if (this.feed.heads.gone.has(slug)) return this.#despair(unknown(slug));
    this.#publish(summary);
    const source = `/data/robots/${slug}/summary.json`;
    this.stopWatching = watch(source, (newer) => slug === this.slug && this.#publish(newer));
    void this.#remember(slug, summary.seq);
    this.feed.follow(this.names.has(slug) ? ALL : slug);
  }

  /** @param {any} summary */
  #publish(summary) {
    this.newest = summary;
    if (this.feed.heads.isPast(this.slug, summary.seq)) return;
    if (this.published && summary.seq < this.published.seq) return;
    this.published = summary;
    this.#tell("summary");
  }

  /**
   * Fetches the decisions before the newest, which no connection tells again.
   * @param {string} slug @param {number} seq
   */
  async #remember(slug, seq) {
    const { heads } = this.feed;
    if (!heads.isPast(slug, seq)) heads.set(slug, Math.max(heads.get(slug) ?? -1, seq));
    const { visit } = this;
    this.remembered = true;
    try {
      const from = Math.min(seq, heads.get(slug) ?? seq) - KEPT;
      const news = await updatesAfter(slug, Math.max(from, 0));
      if (visit === this.visit) this.#take({ ...news, metrics: measured(news.metrics) });
      this.failures = 0;
    } catch {
      if (visit !== this.visit) return;
      this.failures += 1;
      this.again = Date.now() + pause(this.failures);
      this.remembered = false;
    }
    if (visit !== this.visit) return;
    this.told = true;
    this.#tell("history");
  }

  /** @param {Partial<News>} news */
  #take({ items = [], metrics, status }) {
    const known = new Set(this.updates.map(({ seq }) => seq));
    const fresh = items.filter(({ seq }) => !known.has(seq));
    const all = [...this.updates, ...fresh].sort((a, b) => b.seq - a.seq);
    this.updates = all.slice(0, KEPT);
    // An answer that was long on its way must not take the place of what came since.
    const last = items.at(-1)?.seq ?? this.metricsSeq;
    const late = items.length > 0 && last < all[0].seq;
    // They are told with the newest decision alone.
    if (!late && last >= 0 && Object.keys(metrics ?? {}).length) {
      [this.metrics, this.metricsSeq] = [metrics ?? {}, last];
    }
    if (!this.published && this.newest) this.#publish(this.newest);
    if (status && !late && this.published) this.published = { ...this.published, status };
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

  /** Which load is the newest: what an older one brings is too late. */
  visit = Symbol("none");
  /** The summary that came last, be it of the record before. @type {any} */
  newest = null;
  /** Whether the older decisions came or are on their way. */
  remembered = true;
  /** How many times in a row they could not be fetched, and when to try again. */
  failures = 0;
  again = 0;
  /** Whether the older decisions came, or could not. */
  told = false;
  /** @type {(() => void) | undefined} */
  stopWatching;
}

/** @param {string} slug */
const unknown = (slug) => `No public robot is called “${slug.slice(0, 60)}”. It may be private, withdrawn or misspelt.`;

export const desk = new Desk();
