// One live connection: opened with a ticket, watched, and opened again whenever it ends.

const TICKETS = "/api/v1/dashboard/tickets";
const OPENS_WITHIN = 10_000; // milliseconds, as everywhere here
const PING_EVERY = 15_000;
const SILENT_AFTER = 45_000;
const SHORTEST = 1_000;
const LONGEST = 60_000;
/** A connection that held so long was a good one: the next may be tried soon. */
const PROVEN = 20_000;

/** @typedef {{type: string, strategy?: string, seq?: number, time?: string, data?: any}} Envelope */

/**
 * Tells "state" whenever it opens, ends or waits, and "message" with each envelope.
 */
export class Socket extends EventTarget {
  /**
   * @param {string} subject a robot's slug, or `all`
   * @param {() => object} greeting what is said first: where to resume
   */
  constructor(subject, greeting) {
    super();
    this.subject = subject;
    this.greeting = greeting;
    this.isOpen = false;
    this.failures = 0;
    /** When the next attempt is made; 0 while one is under way. */
    this.next = 0;
    this.timer = 0;
    this.wanted = false;
  }

  start() {
    this.wanted = true;
    void this.#open();
  }

  stop() {
    this.wanted = false;
    clearTimeout(this.timer);
    this.#leave();
  }

  /** Tries at once where it waits for the next attempt. */
  hurry() {
    if (!this.wanted || !this.next) return;
    clearTimeout(this.timer);
    void this.#open();
  }

  /** @param {object} message */
  say(message) {
    if (this.connection?.readyState === WebSocket.OPEN) {
      this.connection.send(JSON.stringify(message));
    }
  }

  /** Ends a connection over which nothing has come for too long. */
  check() {
    if (this.isOpen && Date.now() - this.heard > SILENT_AFTER) this.#fail();
  }

  async #open() {
    this.next = 0;
    this.#tell();
    try {
      const ticket = await newTicket();
      if (this.wanted) this.#connect(ticket);
    } catch (error) {
      this.#later(error instanceof Refused ? error.wait : 0);
    }
  }

  /** @param {string} ticket */
  #connect(ticket) {
    const address = new URL(`/ws/dashboard/${encodeURIComponent(this.subject)}`, location.href);
    address.protocol = location.protocol === "https:" ? "wss:" : "ws:";
    address.searchParams.set("ticket", ticket);
    const connection = new WebSocket(address);
    this.connection = connection;
    this.timer = window.setTimeout(() => this.#fail(), OPENS_WITHIN);
    connection.onopen = () => this.#greet();
    connection.onmessage = ({ data }) => this.#hear(data);
    connection.onclose = () => this.#fail();
  }

  #greet() {
    clearTimeout(this.timer);
    this.isOpen = true;
    this.opened = this.heard = Date.now();
    this.pulse = setInterval(() => this.#beat(), PING_EVERY);
    this.say(this.greeting());
    this.#tell();
  }

  #beat() {
    this.check();
    this.say({ type: "ping" });
  }

  /** @param {string} text */
  #hear(text) {
    this.heard = Date.now();
    const envelope = parsed(text);
    if (envelope) this.dispatchEvent(new CustomEvent("message", { detail: envelope }));
  }

  #fail() {
    const held = this.isOpen ? Date.now() - this.opened : 0;
    this.#leave();
    if (held > PROVEN) this.failures = 0;
    this.#later(0);
  }

  #leave() {
    clearInterval(this.pulse);
    clearTimeout(this.timer);
    this.isOpen = false;
    const { connection } = this;
    this.connection = undefined;
    if (!connection) return;
    connection.onopen = connection.onmessage = connection.onclose = null;
    connection.close();
  }

  /** @param {number} least what the server asks to wait */
  #later(least) {
    if (!this.wanted) return;
    const wait = Math.max(least, pause(this.failures));
    this.failures += 1;
    this.next = Date.now() + wait;
    this.timer = window.setTimeout(() => void this.#open(), wait);
    this.#tell();
  }

  #tell() {
    this.dispatchEvent(new Event("state"));
  }

  opened = 0;
  heard = 0;
  /** @type {WebSocket | undefined} */
  connection;
  /** @type {number | undefined} */
  pulse;
}

/** A ticket was refused; wait: how long to stay away. */
class Refused extends Error {
  /** @param {number} status @param {string | null} after */
  constructor(status, after) {
    super(`no ticket: ${status}`);
    this.wait = Math.min(Number(after ?? 0) * 1_000 || 0, 10 * LONGEST);
  }
}

/**
 * Twice as long each time, and never the same for everybody: many come back at once.
 * @param {number} failures
 */
export const pause = (failures) =>
  Math.min(SHORTEST * 2 ** failures, LONGEST) * (0.5 + Math.random() / 2);

/** @returns {Promise<string>} */
async function newTicket() {
  const signal = AbortSignal.timeout(OPENS_WITHIN);
  const answer = await fetch(TICKETS, { method: "POST", signal });
  if (!answer.ok) throw new Refused(answer.status, answer.headers.get("Retry-After"));
  return (await answer.json()).ticket;
}

/** @param {string} text @returns {Envelope | null} what cannot be read is as if it had not come */
function parsed(text) {
  try {
    const envelope = JSON.parse(text);
    return typeof envelope?.type === "string" ? envelope : null;
  } catch {
    return null;
  }
}
