// A button on each block of code that copies it; what a program prints has none.
const SAID_FOR = 1600;

/**
 * The text of a block, without the prompt of a shell.
 * @param {HTMLElement} pre
 * @returns {string}
 */
function code(pre) {
  return (pre.textContent ?? "").replace(/^\$ /gm, "").trimEnd() + "\n";
}

/**
 * @param {HTMLElement} pre
 * @returns {HTMLButtonElement}
 */
function button(pre) {
  const made = document.createElement("button");
  made.type = "button";
  made.className = "copy";
  made.textContent = "Copy";
  made.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code(pre));
      made.textContent = "Copied";
    } catch {
      made.textContent = "Not allowed";
    }
    setTimeout(() => (made.textContent = "Copy"), SAID_FOR);
  });
  return made;
}

if (navigator.clipboard) {
  for (const block of document.querySelectorAll(":is(.prose, .try) .code, .listing")) {
    const pre = block.querySelector("pre");
    if (pre && !block.querySelector(".go")) block.append(button(pre));
  }
}
