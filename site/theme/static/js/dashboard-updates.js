// The route that tells what a robot decided after a decision that is known.

/** @typedef {{id: string, symbol: string, side: string, reason: string | null, quantity: string, price: string, commission: string, slippage: string, pnl: string | null, execution_time: string}} Trade */
/** @typedef {{hash: string, orders: Record<string, any>[]}} Decision */
/** @typedef {{equity: string, cash: string, benchmark_equity: string | null}} Performance */
/** @typedef {{seq: number, slot: string, time: string, decision: Decision, trades: Trade[], performance: Performance, status: string}} Update */
/** @typedef {{items: Update[], metrics?: Record<string, any>, status?: string}} News */
/** @typedef {News & {strategy: string, seq: number | null, more: boolean}} Answer */

const PATIENCE = 10_000;
const MOST = 100;

/** A robot that nobody may look at, or that never was. */
export class Unknown extends Error {}

const NOTHING = { value: null, low: null, high: null, sample_size: null, reason: null };

/**
 * Measurements as a published summary has them: what one lacks is told as missing.
 * @param {Record<string, any> | undefined} metrics
 */
export const measured = (metrics = {}) =>
  Object.fromEntries(Object.entries(metrics).map(([name, one]) => [name, { ...NOTHING, ...one }]));

/**
 * A published summary with what was decided after it.
 * @param {any} summary @param {Update | undefined} newest @param {Record<string, any>} metrics
 */
export function since(summary, newest, metrics) {
  const record = { ...summary.record, metrics: { ...summary.record.metrics, ...metrics } };
  if (!newest || newest.seq <= summary.seq) return { ...summary, record };
  const { seq, slot, performance } = newest;
  return { ...summary, record, seq, slot, equity: performance.equity, cash_now: performance.cash };
}

/**
 * @param {string} slug
 * @param {number} seq the newest that is known
 * @returns {Promise<Answer>}
 */
export async function updatesAfter(slug, seq) {
  const place = `/api/v1/dashboard/strategies/${encodeURIComponent(slug)}/updates`;
  const address = `${place}?after=${seq}&limit=${MOST}`;
  const answer = await fetch(address, { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
  // A server without the platform behind it finds nothing either, and says so in another way.
  const problem = answer.headers.get("Content-Type")?.startsWith("application/problem+json");
  if (answer.status === 404 && problem) throw new Unknown(slug);
  if (!answer.ok) throw new Error(`the platform answered ${answer.status}`);
  const told = await answer.json();
  const name = typeof told.strategy === "string" ? told.strategy : told.strategy?.slug;
  return { ...told, strategy: name ?? slug };
}
