// On the page for lost visitors: which of its own links is nearest to the address that was asked for.

const ENOUGH = 0.45;

/**
 * How many letters must be added, left out or changed to make one text of the other.
 * @param {string} one
 * @param {string} other
 * @returns {number}
 */
export function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (let i = 1; i <= one.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= other.length; j += 1) {
      const changed = row[j - 1] + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(changed, row[j] + 1, next[j - 1] + 1));
    }
    row = next;
  }
  return row[other.length];
}

/**
 * The last part of an address, the same for `sma_cross` and `sma-cross`.
 * @param {string} path
 * @returns {string}
 */
function name(path) {
  return (path.split("/").filter(Boolean).pop() ?? "").toLowerCase().replaceAll("_", "-").slice(0, 60);
}

class NearPages extends HTMLElement {
  connectedCallback() {
    const asked = name(location.pathname);
    const links = [...this.querySelectorAll("a")];
    const [best] = links
      .map((link) => ({ link, far: distance(asked, name(link.pathname)) / Math.max(asked.length, 1) }))
      .sort((a, b) => a.far - b.far);
    if (asked && best && best.far <= ENOUGH) this.prepend(near(best.link));
  }
}

/**
 * The sentence that names it.
 * @param {HTMLAnchorElement} link
 * @returns {HTMLParagraphElement}
 */
function near(link) {
  const says = document.createElement("p");
  says.className = "lost-near";
  const copy = document.createElement("a");
  copy.href = link.href;
  copy.textContent = link.textContent;
  says.append("Did you mean ", copy, "?");
  return says;
}

customElements.define("near-pages", NearPages);
