// The key "/" leads to the search, wherever nobody is writing.

const WRITING = "input, textarea, select, [contenteditable]";

/** @param {KeyboardEvent} event */
function search(event) {
  const target = /** @type {Element | null} */ (event.target);
  const held = event.ctrlKey || event.metaKey || event.altKey;
  if (event.key !== "/" || held || event.defaultPrevented || target?.closest?.(WRITING)) return;
  event.preventDefault();
  const field = document.querySelector("main .search-input");
  if (field instanceof HTMLElement && field.checkVisibility()) field.focus();
  else location.assign("/search/");
}
addEventListener("keydown", search);
