// When the server may be asked to resume: once until it answers, and ever later if it brings nothing.

import { pause } from "./socket.js";

const ANSWERS_WITHIN = 10_000;

export class Asking {
  /** @param {() => void} ask */
  constructor(ask) {
    this.ask = ask;
    /** When it was asked; 0 once it has answered. */
    this.asked = 0;
    /** How many answers in a row brought nothing of what was wanted. */
    this.stalls = 0;
    this.due = 0;
    this.timer = 0;
    this.progressed = false;
  }

  /** It was asked just now. */
  begin() {
    clearTimeout(this.timer);
    this.asked = Date.now();
    this.progressed = false;
  }

  /** Something came that was not known. */
  progress() {
    this.progressed = true;
    this.stalls = this.due = 0;
  }

  /** It answered; whether something is still wanted of it. @param {boolean} wanting */
  answered(wanting) {
    this.asked = 0;
    if (wanting && !this.progressed) this.refused();
    else this.stalls = this.due = 0;
  }

  /** It brought nothing: the next time waits. */
  refused() {
    this.asked = 0;
    this.stalls += 1;
    this.due = Date.now() + pause(this.stalls);
  }

  /** Asks as soon as it may. */
  want() {
    if (Date.now() - this.asked < ANSWERS_WITHIN) return;
    clearTimeout(this.timer);
    const wait = this.due - Date.now();
    if (wait > 0) this.timer = window.setTimeout(() => this.want(), wait);
    else this.ask();
  }

  stop() {
    clearTimeout(this.timer);
    this.asked = this.stalls = this.due = 0;
  }
}
