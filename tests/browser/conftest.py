"""Pages of the sample in a real Chromium, served with the strict policy of production."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    expect,
)

from tests.site.served import served

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SOON = 60_000
"""Milliseconds after which even a busy machine has done what a page should do at once."""
LIVE = ".js-plotly-plot .main-svg"
FORGET = "try { localStorage.clear(); sessionStorage.clear(); } catch { /* none here */ }"

expect.set_options(timeout=SOON)


def least(moved: Callable[[], float], tries: int = 3) -> float:
    """How far a page moves by itself, which it does each time: the least of some measurements.

    A busy browser paints a page that it has read half of, and what it then reads moves the rest.
    """
    found = moved()
    while found > 0.001 and (tries := tries - 1):
        found = min(found, moved())
    return found


@dataclass
class Visit:
    """A page that was opened, with all that it asked for and complained of."""

    page: Page
    address: str
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str, *, looking: bool) -> None:
        """Go there, and hear from now on."""
        self.page.on("request", self._ask)
        self.page.on("pageerror", self._break)
        self.page.on("console", self._say)
        self.page.goto(f"{self.address}{path}")
        if looking:
            self.page.mouse.move(4, 4)
            self.page.mouse.move(5, 5)  # somebody is there

    def leave(self) -> None:
        """Let nothing of it be found by whoever has the tab next."""
        self.page.unroute_all()
        self.page.evaluate(FORGET)
        self.page.mouse.move(0, 0)
        self.page.goto("about:blank")
        self.page.remove_listener("request", self._ask)
        self.page.remove_listener("pageerror", self._break)
        self.page.remove_listener("console", self._say)

    def _ask(self, request: Request) -> None:
        self.requests.append(request.url)

    def _break(self, error: Error) -> None:
        self.complaints.append(str(error))

    def _say(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def scroll_through(self) -> None:
        height = self.page.evaluate("document.documentElement.scrollHeight")
        for place in range(0, height, 700):
            self.page.evaluate("place => scrollTo(0, place)", place)
            self.page.wait_for_timeout(40)

    def wait_for_charts(self) -> None:
        """Look at the first drawing, where there is one, until it has come alive."""
        chart = self.page.locator("robot-chart").first
        if chart.count():
            chart.hover()
            expect(chart.locator(LIVE).first).to_be_visible()

    def wait_until(self, expression: str, seconds: float = SOON / 1000) -> None:
        """Ask until it holds; the page's policy forbids Playwright's own way, which is eval."""
        for _ in range(int(seconds * 10)):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"{expression} did not become true in {seconds} seconds")

    def open_again(self) -> None:
        """Load the page from nothing."""
        url = self.page.url
        self.page.goto("about:blank")
        self.page.goto(url)

    def asked_others(self) -> list[str]:
        own = (self.address, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


@pytest.fixture(scope="session")
def site(sample) -> Iterator[str]:
    with served(*sample) as address:
        yield address


@pytest.fixture
def living(sample, tmp_path) -> Iterator[tuple[str, Path]]:
    """The same site over published JSON that a test may change."""
    pages, data = sample
    own = shutil.copytree(data, tmp_path / "data", ignore=shutil.ignore_patterns("leaves"))
    with served(pages, own) as address:
        yield address, own


class Tabs:
    """Tabs that tests take and give back, each with a way to look: a size, a theme, scripts.

    A tab keeps what it has compiled, which is most of a page's work. It keeps nothing that a page
    could tell: every file is loaded anew, and storage is cleared when the tab is given back.
    """

    def __init__(self, chromium: Browser) -> None:
        self._chromium = chromium
        self._contexts: list[BrowserContext] = []
        self._idle: dict[str, list[Page]] = {}

    @contextmanager
    def visitor(self) -> Iterator[Callable[..., Visit]]:
        """Gives what opens pages; fresh: in a tab that nobody has had or gets."""
        taken: list[tuple[str, Visit]] = []

        def open_page(
            address: str,
            path: str,
            *,
            size=DESKTOP,
            theme="light",
            scripts=True,
            looking=False,
            fresh=False,
        ) -> Visit:
            how = {"viewport": size, "color_scheme": theme, "java_script_enabled": scripts}
            way = "" if fresh else json.dumps(how)
            visit = Visit(self._idle[way].pop() if self._idle.get(way) else self._new(how), address)
            taken.append((way, visit))
            visit.open(path, looking=looking)
            return visit

        try:
            yield open_page
        finally:
            for way, visit in taken:
                if not way or visit.page.is_closed():
                    visit.page.context.close()
                else:
                    visit.leave()
                    self._idle.setdefault(way, []).append(visit.page)

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _new(self, how: dict[str, Any]) -> Page:
        context = self._chromium.new_context(**how)
        context.set_default_timeout(SOON)
        self._contexts.append(context)
        page = context.new_page()
        context.new_cdp_session(page).send("Network.setCacheDisabled", {"cacheDisabled": True})
        return page


@pytest.fixture(scope="module")
def tabs(chromium) -> Iterator[Tabs]:
    made = Tabs(chromium)
    yield made
    made.close()


@pytest.fixture
def visit(tabs) -> Iterator[Callable[..., Visit]]:
    """Opens pages; only where somebody is looking do charts come alive, which takes long."""
    with tabs.visitor() as open_page:
        yield open_page
