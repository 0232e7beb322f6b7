"""A page in a real Chromium: what it asks for, what it refuses, and how it comes to stand."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
PLACES = ("/usr/bin/chromium", "chromium", "chromium-browser", "google-chrome")
# Of two lists that switch features off Chromium follows the last one, so this repeats those of
# Playwright's that a test would notice. The first two are pages of the address bar, which nobody
# sees here and which cost more than most of our own.
WITHOUT = (
    *("WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "AimEnabled", "PreconnectToSearch"),
    *("HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "OptimizationHints", "MediaRouter"),
    *("NetworkTimeServiceQuerying", "PaintHolding", "ThirdPartyStoragePartitioning"),
    *("AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose", "LensOverlay"),
)
# Without a user namespace (as root) Chromium's own sandbox cannot start.
SWITCHES = ["--no-sandbox", f"--disable-features={','.join(WITHOUT)}"]
WATCH = """
window.seen = {lcp: 0, lcpOf: '', shift: 0, moved: [], violations: []};
new PerformanceObserver(list => { for (const one of list.getEntries()) {
  window.seen.lcp = one.startTime;
  window.seen.lcpOf = `${one.element?.tagName}.${one.element?.getAttribute('class') ?? ''}`;
} }).observe({type: 'largest-contentful-paint', buffered: true});
new PerformanceObserver(list => { for (const one of list.getEntries())
  if (!one.hadRecentInput) {
    window.seen.shift += one.value;
    for (const {node} of one.sources)
      window.seen.moved.push((node?.closest ? node : node?.parentElement)?.outerHTML.slice(0, 90));
  }
}).observe({type: 'layout-shift', buffered: true});
addEventListener('securitypolicyviolation', one =>
  window.seen.violations.push(one.violatedDirective + ' ' + one.blockedURI));
"""
# Lighthouse's "slow 4G" and its middling phone.
SLOW = {"offline": False, "latency": 150, "downloadThroughput": 204_800, "uploadThroughput": 96_000}
CPU = 4


@dataclass
class Look:
    """A page that was opened, with all that it asked for and complained of."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    sizes: dict[str, int] = field(default_factory=dict)

    @property
    def asked_others(self) -> list[str]:
        """What it asked anybody else for."""
        ours = (self.address, self.address.replace("http", "ws", 1), "data:", "blob:")
        return [url for url in self.requests if not url.startswith(ours)]

    @property
    def seen(self) -> dict[str, Any]:
        """What the page's own observers saw."""
        found: dict[str, Any] = self.page.evaluate("window.seen")
        return found

    def bytes_but_charts(self) -> int:
        """Bytes over the wire, headers too, without Plotly and the figures that it draws."""
        charts = ("/theme/plotly-", "/figures/")
        return sum(
            size for url, size in self.sizes.items() if not any(part in url for part in charts)
        )

    def scroll_through(self) -> None:
        """Bring every part of the page into view once."""
        height = self.page.evaluate("document.documentElement.scrollHeight")
        for place in range(0, height, 700):
            self.page.evaluate("place => scrollTo(0, place)", place)
            self.page.wait_for_timeout(40)
        self.page.evaluate("scrollTo(0, 0)")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start the machine's own Chromium."""
    found = next((path for name in PLACES if (path := shutil.which(name))), None)
    if found is None:
        raise SystemExit(f"no Chromium: none of {', '.join(PLACES)} is here; install one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=SWITCHES)
        yield browser
        browser.close()


@contextmanager
def looking(
    browser: Browser,
    address: str,
    path: str,
    size: Any = DESKTOP,
    *,
    theme: Any = "light",
    scripts: bool = True,
    throttled: bool = False,
) -> Iterator[Look]:
    """Open a page in a context of its own."""
    context = browser.new_context(
        viewport=size, color_scheme=theme, java_script_enabled=scripts, reduced_motion="reduce"
    )
    try:
        look = _begin(context, address, throttled=throttled)
        look.page.goto(f"{address}{path}", wait_until="load")
        yield look
    finally:
        context.close()


def _begin(context: BrowserContext, address: str, *, throttled: bool) -> Look:
    look = Look(context.new_page(), address)
    look.page.add_init_script(WATCH)
    look.page.on("request", lambda request: look.requests.append(request.url))
    look.page.on("websocket", lambda socket: look.requests.append(socket.url))
    look.page.on("pageerror", lambda error: look.complaints.append(str(error)))
    look.page.on("console", lambda message: _hear(look, message.type, message.text))
    session = context.new_cdp_session(look.page)
    session.send("Network.enable")
    asked: dict[str, str] = {}
    session.on(
        "Network.requestWillBeSent",
        lambda event: asked.update({event["requestId"]: event["request"]["url"]}),
    )
    session.on(
        "Network.loadingFinished",
        lambda event: look.sizes.update(
            {asked.get(event["requestId"], ""): int(event["encodedDataLength"])}
        ),
    )
    if throttled:
        session.send("Network.emulateNetworkConditions", SLOW)
        session.send("Emulation.setCPUThrottlingRate", {"rate": CPU})
    return look


def _hear(look: Look, kind: str, text: str) -> None:
    if kind in ("error", "warning"):
        look.complaints.append(text)
