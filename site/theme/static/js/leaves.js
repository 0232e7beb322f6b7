// What was sealed since a page was made.

/** @typedef {{seq: number, slot: string, hash: string}} Leaf */

/**
 * The newest leaves after one that is known; the record is asked for only where one was missed.
 * @param {any} summary @param {number} known @param {string} record @param {number} most
 * @returns {Promise<Leaf[]>} oldest first
 */
export async function sealedSince({ seq, slot, head }, known, record, most) {
  if (!head || seq <= known) return [];
  const leaves = seq === known + 1 ? [{ seq, slot, hash: head }] : await newest(record, most);
  return leaves.filter((leaf) => leaf.seq > known);
}

/**
 * @param {string} record @param {number} most
 * @returns {Promise<Leaf[]>}
 */
async function newest(record, most) {
  try {
    const answer = await fetch(record, { cache: "no-cache" });
    if (!answer.ok) return [];
    const { leaves } = await answer.json();
    return leaves.slice(-most);
  } catch {
    return []; // The next session asks again.
  }
}
