// Table rows from the template that stands beside the table.

/**
 * @param {Element} panel whose template is copied
 * @param {Record<string, string | Node>} cells by the name in `data-cell`
 */
export function row(panel, cells) {
  const template = panel.querySelector("template");
  const copy = /** @type {DocumentFragment} */ (template?.content.cloneNode(true));
  const line = /** @type {HTMLTableRowElement} */ (copy.querySelector("tr"));
  for (const cell of line.querySelectorAll("[data-cell]")) {
    cell.replaceChildren(cells[cell.getAttribute("data-cell") ?? ""] ?? "");
  }
  return line;
}
