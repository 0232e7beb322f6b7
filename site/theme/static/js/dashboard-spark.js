// A small curve that grows: drawn anew with each value, as wide and as high as it was.

const [WIDTH, HEIGHT, MARGIN] = [132, 36, 3]; // as plugins/sparklines.py has them
/** A path of more points shows nothing more at this size. */
const MOST = 132;

/** @typedef {{at: number, value: number}} Point at: the slot, counted from the curve's first */

/** The points of one small drawing, as values again. */
export class Spark {
  /**
   * @param {Element} drawing
   * @param {Point[]} pencil the backtest
   * @param {Point[]} ink the record
   */
  constructor(drawing, pencil, ink) {
    this.drawing = drawing;
    this.pencil = pencil;
    this.ink = ink;
  }

  /**
   * Reads a drawing that says what its lowest and its highest point stand for.
   * @param {Element | null} drawing
   */
  static of(drawing) {
    const [low, high, length] = ["low", "high", "length"].map((name) =>
      Number(drawing?.getAttribute(`data-${name}`)),
    );
    if (!drawing || !length) return undefined;
    const read = (/** @type {string} */ kind) => {
      const path = drawing.querySelector(`.spark-${kind}`)?.getAttribute("d") ?? "";
      return [...path.matchAll(/([\d.]+) ([\d.]+)/g)].map(([, x, y]) => ({
        at: ((Number(x) - MARGIN) / (WIDTH - 2 * MARGIN)) * (length - 1),
        value: low + ((HEIGHT - MARGIN - Number(y)) / (HEIGHT - 2 * MARGIN)) * (high - low),
      }));
    };
    const ink = read("ink");
    return ink.length ? new Spark(drawing, read("pencil"), ink) : undefined;
  }

  /** @param {number} value @param {number} slots how many after the last */
  add(value, slots) {
    this.ink.push({ at: this.ink[this.ink.length - 1].at + slots, value });
    if (this.ink.length > MOST) this.ink = thinned(this.ink);
    this.#draw();
  }

  #draw() {
    const all = [...this.pencil, ...this.ink];
    const values = all.map(({ value }) => value);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    const across = (WIDTH - 2 * MARGIN) / (all[all.length - 1].at || 1);
    const up = (HEIGHT - 2 * MARGIN) / (high - low || 1);
    const place = (/** @type {Point} */ { at, value }) => [
      (MARGIN + at * across).toFixed(1),
      (HEIGHT - MARGIN - (value - low) * up).toFixed(1),
    ];
    this.#set("pencil", { d: path(this.pencil.map(place)) });
    this.#set("ink", { d: path(this.ink.map(place)) });
    this.#set("line", { d: `M${place(this.ink[0])[0]} 0V${HEIGHT}` });
    const [cx, cy] = place(this.ink[this.ink.length - 1]);
    this.#set("now", { cx, cy });
  }

  /** @param {string} kind @param {Record<string, string>} attributes */
  #set(kind, attributes) {
    const part = this.drawing.querySelector(`.spark-${kind}`);
    for (const [name, value] of Object.entries(attributes)) part?.setAttribute(name, value);
  }
}

/** Every other point, the first and the last among them. @param {Point[]} points */
const thinned = (points) => points.filter((_, at) => at % 2 === 0 || at === points.length - 1);

/** @param {string[][]} places */
const path = (places) => (places.length ? `M${places.map((each) => each.join(" ")).join("L")}` : "");
