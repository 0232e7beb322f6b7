"""Pages of the sample in a real Chromium, served with the strict policy of production."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from functions.services.publication.sitebuild import build
from tests.site.published import publish
from tests.site.served import served

PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}


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

    def wait_until(self, expression: str, seconds: float = 15.0) -> None:
        """Ask until it holds; the page's policy forbids Playwright's own way, which is eval."""
        for _ in range(int(seconds * 10)):
            if self.page.evaluate(expression):
                return
            self.page.wait_for_timeout(100)
        pytest.fail(f"{expression} did not become true in {seconds} seconds")

    def asked_others(self) -> list[str]:
        own = (self.address, "data:", "blob:")
        return [url for url in self.requests if not url.startswith(own)]


@pytest.fixture(scope="session")
def sample(tmp_path_factory) -> tuple[Path, Path]:
    data = publish(tmp_path_factory.mktemp("published"))
    pages = tmp_path_factory.mktemp("site")
    build(data, pages, "all", "https://robots.example")
    return pages, data


@pytest.fixture
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
    contexts: list[BrowserContext] = []

    def open_page(address: str, path: str, *, size=DESKTOP, theme="light", scripts=True) -> Visit:
        context = chromium.new_context(
            viewport=size, color_scheme=theme, java_script_enabled=scripts
        )
        contexts.append(context)
        return look(context.new_page(), address, path)

    yield open_page
    for context in contexts:
        context.close()


def look(page: Page, address: str, path: str) -> Visit:
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
    page.mouse.move(4, 4)  # somebody is there
    return visit
