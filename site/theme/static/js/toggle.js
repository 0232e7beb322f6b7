// Light or dark: the system's choice until the reader makes one.

const SUN = "M12 4V2M12 22v-2M4 12H2M22 12h-2M6.3 6.3 4.9 4.9M19.1 19.1l-1.4-1.4M6.3 17.7l-1.4 1.4M19.1 4.9l-1.4 1.4M16 12a4 4 0 1 1-8 0 4 4 0 0 1 8 0Z";
const MOON = "M20.5 14.5A8.5 8.5 0 1 1 9.5 3.5a7 7 0 0 0 11 11Z";
const SVG = "http://www.w3.org/2000/svg";
const system = matchMedia("(prefers-color-scheme: dark)");

/** Whether the page is dark now. */
export function isDark() {
  const chosen = document.documentElement.dataset.theme;
  return chosen ? chosen === "dark" : system.matches;
}

/**
 * Calls the listener whenever light becomes dark or dark light.
 * @param {() => void} listener
 * @returns {() => void} stops it
 */
export function watchTheme(listener) {
  const changes = new MutationObserver(listener);
  changes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
  system.addEventListener("change", listener);
  return () => {
    changes.disconnect();
    system.removeEventListener("change", listener);
  };
}

class ThemeToggle extends HTMLElement {
  connectedCallback() {
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.className = "toggle";
    this.button.addEventListener("click", () => this.#choose());
    this.replaceChildren(this.button);
    this.#show();
    watchTheme(() => this.#show());
  }

  #choose() {
    const theme = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = theme;
    try {
      localStorage.setItem("theme", theme);
    } catch {
      // Without storage the choice holds for this page.
    }
  }

  #show() {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(SVG, "path");
    path.setAttribute("d", isDark() ? SUN : MOON);
    svg.append(path);
    this.button?.replaceChildren(svg);
    this.button?.setAttribute("aria-label", isDark() ? "Use the light theme" : "Use the dark theme");
  }
}
customElements.define("theme-toggle", ThemeToggle);
