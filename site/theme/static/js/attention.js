// Whether anybody is here: what is heavy waits for the first sign of a reader.

const SIGNS = ["pointermove", "pointerdown", "keydown", "wheel", "touchstart"];

/** @type {Promise<void>} */
const present = new Promise((resolve) => {
  const seen = () => {
    for (const sign of SIGNS) removeEventListener(sign, seen);
    resolve();
  };
  for (const sign of SIGNS) addEventListener(sign, seen, { passive: true });
});

/** Resolves when a reader has pointed, pressed or touched; at once if that has happened. */
export const attended = () => present;

/**
 * Resolves when a reader taps one element, or points at it with a mouse; scrolling past it does not.
 * @param {Element} element
 * @returns {Promise<void>}
 */
export const pointedAt = (element) =>
  new Promise((resolve) => {
    const done = new AbortController();
    const seen = (/** @type {Event} */ event) => {
      if (event.type === "pointerover" && /** @type {PointerEvent} */ (event).pointerType !== "mouse") return;
      done.abort();
      resolve();
    };
    for (const sign of ["click", "pointerover"]) {
      element.addEventListener(sign, seen, { signal: done.signal });
    }
  });
