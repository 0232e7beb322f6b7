// What is new, robot by robot and without gaps: over the live connection, else by asking.

import { Heads } from "./dashboard-heads.js";
import { Link } from "./dashboard-link.js";
import { measured, Unknown, updatesAfter } from "./dashboard-updates.js";

const TELLING = ["updates", "status", "resumed", "heartbeat"];
const LATER = 2_000;
const NOT_FOUND = 404;
/** As many may be named in one message. */
const MOST = 100;

/** @typedef {import("./dashboard-updates.js").News} News */
/** @typedef {{seqs?: Record<string, number | null>, more?: boolean, reset?: string[]}} Told */

/**
 * Tells "news" with what came of one robot, "anew" when its record has begun again, and "gone" when
 * it is no longer public or is again.
 */
export class Feed extends Link {
  heads = new Heads();
  /** Whose every decision is wanted; of all others the newest is enough. */
  whole = "";
  /** Who is being asked for. @type {Set<string>} */
  asking = new Set();
  /** When the live connection had told all that it knew. */
  caughtUp = 0;
  /** When a decision came while it was made; 0 where none did since the connection began. */
  decided = 0;

  /** What is known of everybody: of whom nothing is, the newest alone is told. */
  greeting() {
    super.greeting();
    const subject = this.socket?.subject ?? "";
    if (subject !== "all") return { type: "resume", seq: this.heads.get(subject) ?? -1 };
    const known = [...this.heads].filter(([slug]) => !this.heads.gone.has(slug));
    return { type: "resume", seqs: Object.fromEntries(known.slice(0, MOST)) };
  }

  /** @param {import("./socket.js").Envelope} envelope */
  hear({ type, strategy = "", seq, data }) {
    if (type === "problem") this.#endure(data ?? {});
    else if (type === "updates") this.#take(strategy, data ?? {}, seq);
    else if (type === "status") this.#pass(strategy, { items: [], status: data?.status });
    else if (type === "resumed" || type === "heartbeat") this.#compare(type, data ?? {});
    if (TELLING.includes(type)) this.speak();
    this.look();
  }

  /** Asks once more after a pause, and later each time. @param {{status?: number}} problem */
  #endure({ status }) {
    const subject = this.socket?.subject ?? "all";
    this.troubled = true;
    if (status === NOT_FOUND && subject !== "all") return this.#lose(subject, true);
    this.resume.refused();
    this.resume.want();
  }

  /**
   * Takes what follows on what is known; after a gap it asks for what is missing instead.
   * @param {string} slug @param {Partial<News> & {more?: boolean, left_out?: boolean}} news
   * @param {number} [seq]
   */
  #take(slug, news, seq) {
    const known = this.heads.get(slug);
    const items = Array.isArray(news.items) ? news.items : [];
    const fresh = items.filter((item) => known === undefined || item.seq > known);
    const gap = known !== undefined && fresh.length > 0 && fresh[0].seq > known + 1;
    if (gap && slug === this.whole) return this.resume.want();
    if (fresh.length) {
      this.heads.set(slug, fresh[fresh.length - 1].seq);
      this.decided = this.#isCurrent ? Date.now() : 0;
      this.resume.progress();
      this.#pass(slug, { ...news, items: fresh, metrics: measured(news.metrics) });
    }
    if (!items.length && (news.left_out || news.more)) void this.#fetch(slug, this.#before(slug, seq));
    else if (news.more) this.#more(slug);
    // What is pushed within a second of another push may come late: ask what there is.
    clearTimeout(this.later);
    this.later = window.setTimeout(() => this.socket?.say({ type: "ping" }), LATER);
  }

  /** What is told before all older decisions are was made some time ago. */
  get #isCurrent() {
    return this.isLive && this.caughtUp >= (this.socket?.opened ?? Infinity);
  }

  /** Of a robot that is only listed, what lies between is not shown: its newest will do. @param {string} slug */
  #more(slug) {
    if (slug !== this.whole) this.heads.delete(slug);
    this.resume.want();
  }

  /**
   * From where to ask for a decision that is too much for a frame.
   * @param {string} slug @param {number} [seq] its own
   */
  #before(slug, seq) {
    const known = this.heads.get(slug) ?? -1;
    return slug === this.whole || seq === undefined ? known : Math.max(known, seq - 1);
  }

  /**
   * A push may be lost, and an answer may have an end: what the server has says so.
   * @param {string} type @param {Told} told
   */
  #compare(type, { seqs = {}, more = false, reset = [] }) {
    for (const slug of reset) this.#restart(slug, seqs[slug]);
    if (this.socket?.subject === "all" && Object.keys(seqs).length) {
      for (const slug of this.heads.changed(seqs)) this.#lose(slug, !(slug in seqs));
    }
    const wanting = more || reset.length > 0 || this.heads.differ(seqs);
    if (type === "resumed") this.resume.answered(wanting);
    if (type === "resumed" && !wanting) this.caughtUp = Date.now();
    if (wanting) this.resume.want();
  }

  /** A record has begun again: what is known of it is of another one. @param {string} slug @param {number | null} [head] */
  #restart(slug, head) {
    this.heads.restart(slug, head);
    this.dispatchEvent(new CustomEvent("anew", { detail: slug }));
  }

  /** @param {string} slug @param {boolean} gone */
  #lose(slug, gone) {
    if (this.heads.gone.has(slug) === gone) return;
    if (gone) this.heads.gone.add(slug);
    else this.heads.gone.delete(slug);
    this.dispatchEvent(new CustomEvent("gone", { detail: { slug, gone } }));
  }

  /** @param {string} slug @param {Partial<News>} news */
  #pass(slug, news) {
    this.dispatchEvent(new CustomEvent("news", { detail: { slug, ...news } }));
  }

  /** Asks for the robot that is looked at. */
  async poll() {
    const known = this.heads.get(this.whole);
    return known !== undefined && this.#fetch(this.whole, known);
  }

  /**
   * Whether the platform told what one robot decided after a decision.
   * @param {string} slug @param {number} after
   */
  async #fetch(slug, after) {
    if (this.asking.has(slug)) return this.polled;
    this.asking.add(slug);
    try {
      this.#answer(slug, after, await updatesAfter(slug, after));
      return true;
    } catch (error) {
      if (error instanceof Unknown) this.#lose(slug, true);
      return false;
    } finally {
      this.asking.delete(slug);
    }
  }

  /** @param {string} slug @param {number} after @param {import("./dashboard-updates.js").Answer} answer */
  #answer(slug, after, answer) {
    this.heard = Date.now();
    this.#lose(slug, false);
    if ((answer.seq ?? 0) < after) this.#restart(slug, answer.seq);
    else this.#take(slug, answer);
  }

  /** @type {number | undefined} */
  later;
}
