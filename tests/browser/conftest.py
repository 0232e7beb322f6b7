"""Pages of the sample in a real Chromium, served with the strict policy of production."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.site.served import served

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
SOON = 60_000
"""Milliseconds after which even a busy machine has done what a page should do at once."""
LIVE = ".js-plotly-plot .main-svg"

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


@pytest.fixture
def visit(chromium) -> Iterator[Callable[..., Visit]]:
    """Opens pages; only where somebody is looking do charts come alive, which takes long."""
    with visitor(chromium) as open_page:
        yield open_page


@contextmanager
def visitor(chromium: Browser) -> Iterator[Callable[..., Visit]]:
    contexts: list[BrowserContext] = []

    def open_page(
        address: str, path: str, *, size=DESKTOP, theme="light", scripts=True, looking=False
    ) -> Visit:
        context = chromium.new_context(
            viewport=size, color_scheme=theme, java_script_enabled=scripts
        )
        context.set_default_timeout(SOON)
        contexts.append(context)
        return look(context.new_page(), address, path, looking=looking)

    yield open_page
    for context in contexts:
        context.close()


def look(page: Page, address: str, path: str, *, looking: bool) -> Visit:
    visit = Visit(page, address)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on(
        "console",
        lambda message: (
            visit.complaints.append(message.text) if message.type in ("error", "warning") else None
        ),
    )
    page.goto(f"{address}{path}")
    if looking:
        page.mouse.move(4, 4)  # somebody is there
    return visit
