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
