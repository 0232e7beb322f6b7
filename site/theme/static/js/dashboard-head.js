// Who the chosen robot is, and its headline figures.

import { desk } from "./dashboard-desk.js";
import { DeskPanel } from "./dashboard-panel.js";
import { say } from "./dom.js";
import { day, shown, told, trend } from "./numerals.js";
import { showFigures } from "./robot-figures.js";
import { showBadge } from "./robot-verdict.js";

class DeskHead extends DeskPanel {
  /** @param {any} robot */
  show(robot) {
    const title = this.querySelector("[data-name]");
    say(title, robot.name);
    title?.setAttribute("href", `/robots/${robot.slug}/`);
    say(this.querySelector("[data-what]"), robot.symbols.join(", "));
    showBadge(this.querySelector("[data-verdict]"), robot.verdict.level);
    this.querySelector("[data-verdict]")?.setAttribute("title", robot.verdict.text);
    say(this.querySelector("[data-drifted]"), robot.status === "active" ? "" : robot.status);
    this.querySelector("[data-drifted]")?.toggleAttribute("hidden", robot.status === "active");
    say(this.querySelector("[data-slot]"), robot.slot ? told(robot.slot, "slot") : "no decision yet");
    const since = robot.record.start ?? robot.registered_at;
    say(this.querySelector("[data-since]"), since ? day(since) : "its first decision");
    this.#note(robot.notes);
    showFigures(this, robot);
    this.#change();
    this.stage("ready");
  }

  /** What must be said wherever a result is shown. @param {string[]} notes */
  #note(notes) {
    const badges = notes.map((note) => {
      const [name, , rest] = parts(note);
      const badge = document.createElement("span");
      badge.className = "badge badge-amber";
      badge.title = rest;
      badge.textContent = name;
      return badge;
    });
    this.querySelector("[data-notes]")?.replaceChildren(...badges);
  }

  /** What the newest decision's slot changed. */
  #change() {
    const place = this.querySelector("[data-change]");
    const [newest, before] = desk.updates;
    if (!place || !newest || !before || newest.seq !== before.seq + 1) return say(place, "");
    const change = Number(newest.performance.equity) - Number(before.performance.equity);
    place.className = `desk-change tone-${trend(change, "money")}`;
    const mark = change > 0 ? "▲ " : change < 0 ? "▼ " : "";
    say(place, `${mark}${shown(change, "money", true)}`);
  }
}

/** @param {string} note `NAME: what it means` */
function parts(note) {
  const at = note.indexOf(": ");
  return at < 0 ? [note, "", ""] : [note.slice(0, at), ": ", note.slice(at + 2)];
}
customElements.define("desk-head", DeskHead);
