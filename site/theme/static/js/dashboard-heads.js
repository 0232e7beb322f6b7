// How far each robot is known, which records have begun anew, and which robots nobody may see.

/** One connection follows so many robots: of more, some are missing from what it tells. */
const MOST = 100;

/** @typedef {Record<string, number | null>} Seqs */

/** The newest decision known of each robot. @extends {Map<string, number>} */
export class Heads extends Map {
  /** Robots that were public and are so no more. @type {Set<string>} */
  gone = new Set();
  /** Records that began anew while they were looked at, with their head then. @type {Map<string, number>} */
  anew = new Map();

  /** Whether the server has what is not known, or less than what is. @param {Seqs} seqs */
  differ(seqs) {
    return Object.entries(seqs).some(([slug, head]) => {
      const known = this.get(slug);
      return known !== undefined && (head ?? 0) !== known;
    });
  }

  /**
   * Starts a record anew, just before its newest decision.
   * @param {string} slug @param {number | null | undefined} head
   */
  restart(slug, head) {
    this.anew.set(slug, head ?? 0);
    this.set(slug, Math.max((head ?? 0) - 1, 0));
  }

  /** Whether a published figure is still of the record before. @param {string} slug @param {number} seq */
  isPast(slug, seq) {
    const begun = this.anew.get(slug);
    return begun !== undefined && seq > Math.max(begun, this.get(slug) ?? 0);
  }

  /** Those whose being public changed, by what the server tells of all. @param {Seqs} seqs */
  changed(seqs) {
    const named = Object.keys(seqs).length;
    if (named >= MOST) return [];
    return [...this.keys()].filter((slug) => slug in seqs === this.gone.has(slug));
  }
}
