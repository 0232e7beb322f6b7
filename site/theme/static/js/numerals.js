// Numbers as a reader sees them; plugins/numerals.py says the same when the page is made.

export const NONE = "–";
const MINUS = "−";
/** @type {Record<string, number>} */
const PLACES = { fraction: 1, ratio: 2, money: 2, days: 0, sessions: 0, count: 0, "basis points": 1 };
/** @type {Record<string, string>} */
const SUFFIXES = { fraction: "%", "basis points": " bp" };

/** @typedef {{value: number | null, low: number | null, high: number | null, sample_size: number | null, reason: string | null}} Estimate */

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** @type {Map<string, Intl.NumberFormat>} one of each: making one costs more than all it writes */
const formats = new Map();

/** @param {number} least @param {number} most */
function format(least, most) {
  const key = `${least} ${most}`;
  const known = formats.get(key);
  if (known) return known;
  // Half to even is how the page was made: a figure must not change because a script looked at it.
  const made = new Intl.NumberFormat("en-US", {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
    // @ts-ignore newer than the types
    roundingMode: "halfEven",
  });
  formats.set(key, made);
  return made;
}

/**
 * @param {number | string | null | undefined} value
 * @param {string} unit
 * @param {boolean} [signed]
 */
export function shown(value, unit, signed = false) {
  if (value === null || value === undefined) return NONE;
  const number = Number(value) * (unit === "fraction" ? 100 : 1);
  const text = format(PLACES[unit], PLACES[unit]).format(Math.abs(number));
  const zero = !/[1-9]/.test(text);
  const sign = zero ? "" : number < 0 ? MINUS : signed ? "+" : "";
  return `${sign}${unit === "money" ? "$" : ""}${text}${SUFFIXES[unit] ?? ""}`;
}

/** @param {Estimate} estimate @param {string} unit @param {boolean} signed */
export function interval(estimate, unit, signed) {
  if (estimate.low === null || estimate.high === null) return "";
  return `${shown(estimate.low, unit, signed)} to ${shown(estimate.high, unit, signed)}`;
}

/** @param {string | number} value */
export function quantity(value) {
  const number = Number(value);
  return `${number < 0 ? MINUS : ""}${format(0, 8).format(Math.abs(number))}`;
}

/** @param {string | number} value */
export function price(value) {
  const places = Math.abs(Number(value)) >= 1 ? 2 : 4;
  return format(places, places).format(Number(value));
}

/**
 * The side of zero that a number is on as it is shown.
 * @param {number | string | null} value @param {string} unit
 */
export function trend(value, unit) {
  const sign = shown(value, unit, true)[0];
  return sign === "+" ? "gain" : sign === MINUS ? "loss" : "flat";
}

/** @param {number} count @param {string} noun */
export const plural = (count, noun) => (count === 1 ? noun : `${noun}s`);

/** @param {string} text an ISO date or instant */
export function day(text) {
  const when = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return `${when.getUTCDate()} ${MONTHS[when.getUTCMonth()]} ${when.getUTCFullYear()}`;
}

/** @param {string} text an instant */
export const moment = (text) => `${day(text)}, ${text.slice(11, 16)} UTC`;

/** @param {string} text where a bar begins: a day, or an instant */
export const bar = (text) => (text.includes("T") ? moment(text) : day(text));

/**
 * A slot's session where there is one a day, else its closing instant.
 * @param {string} text
 */
export function slot(text) {
  const [length, closes] = text.split("/").slice(-2);
  if (length !== "1d") return moment(closes);
  return day(new Date(Date.parse(closes) - 1).toISOString());
}

/** @param {number} value a share of a whole; what is nearly whole is not */
function share(value) {
  if (value >= 1) return "100%";
  // Shifted as text: 0.57 * 10000 is 5699.999…
  const hundredths = Math.floor(Number(`${value}e4`));
  return `${(hundredths / 100).toFixed(2)}%`;
}

/** @type {Record<string, (value: any) => string>} */
const KINDS = {
  text: String,
  badge: String,
  count: (value) => shown(value, "count"),
  share,
  slot,
  bar,
  moment,
  series: (state) => (state === "empty" ? "not listed yet" : state),
  recorded: (late) => (late ? "recorded late" : "not recorded"),
};

/** @param {any} value @param {string} kind */
export const told = (value, kind) => KINDS[kind](value);

/** @param {any} parity in a sentence */
export function parityText({ status, slots_replayed, advances_replayed, drifts }) {
  if (status === "drifted")
    return "The newest replay was not equal to the record. Nothing is added until that is explained.";
  if (status === "empty") return "Nothing is recorded yet.";
  if (!slots_replayed) return "There is nothing yet that could have been worked out anew.";
  const checks = `${shown(advances_replayed, "count")} ${plural(advances_replayed, "check")}`;
  const count = `${shown(slots_replayed, "count")} ${plural(slots_replayed, "decision")}`;
  const times = drifts.count === 1 ? "once" : `${shown(drifts.count, "count")} times`;
  if (drifts.count) return `${count} worked out anew in ${checks}; ${times} the result was another.`;
  return `${count} were worked out anew in ${checks}, and all came out as they were recorded.`;
}

/**
 * How long a record must become, or why no length can be named.
 * @param {{metrics: Record<string, any>}} period
 */
export function neededText({ metrics }) {
  const { minimum_track_record: needed, sharpe_ratio: sharpe } = metrics;
  const ratio = sharpe?.value ?? null;
  if (needed?.value) return `${shown(needed.value, "sessions")} are needed before skill could be told from luck.`;
  if (ratio !== null && ratio <= 0)
    return "No length of record would do while its Sharpe ratio is not above zero.";
  const reason = (ratio === null ? sharpe : needed)?.reason || "nothing is measured yet";
  return `How long the record must become is not known yet: ${reason}.`;
}
