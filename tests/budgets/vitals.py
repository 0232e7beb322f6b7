"""What a phone on a slow line waits for: bytes, the largest paint, and what moves."""

from collections.abc import Iterator

from playwright.sync_api import Browser

from tests.budgets.looking import looking
from tests.budgets.verdicts import Finding

HOME_BYTES = 100_000
LARGEST_PAINT = 1_000.0  # milliseconds
PHONE = {"width": 412, "height": 823}
RUNS = 3


def vitals(browser: Browser, address: str, paths: list[str]) -> Iterator[Finding]:
    """Measure the pages that have a budget; the median of three visits each."""
    yield _home_bytes(browser, address)
    for path in paths:
        seen = [_visit(browser, address, path) for _ in range(RUNS)]
        seen.sort()
        paint, what, *_ = seen[RUNS // 2]
        shift, moved = max(each[2:] for each in seen)
        words = f"{paint:.0f} ms, {what}"
        yield Finding(f"largest paint of {path}", words, "1000 ms", paint <= LARGEST_PAINT)
        yield Finding(f"layout shift of {path}", f"{shift:.4f}", "0", shift < 0.001, moved)


def _home_bytes(browser: Browser, address: str) -> Finding:
    with looking(browser, address, "/", PHONE) as look:
        look.page.wait_for_timeout(1_500)
        total = look.bytes_but_charts()
        largest = sorted(look.sizes.items(), key=lambda item: -item[1])[:6]
    listed = tuple(f"{size:>8,} {url.removeprefix(address)}" for url, size in largest)
    words = f"{total:,} bytes"
    return Finding("home before charts", words, "100,000 bytes", total <= HOME_BYTES, listed)


def _visit(browser: Browser, address: str, path: str) -> tuple[float, str, float, tuple[str, ...]]:
    with looking(browser, address, path, PHONE, throttled=True) as look:
        look.page.wait_for_timeout(2_500)
        paint, what = look.seen["lcp"], look.seen["lcpOf"]
        look.scroll_through()
        look.page.wait_for_timeout(1_000)
        seen = look.seen
        return paint, what, seen["shift"], tuple(dict.fromkeys(map(str, seen["moved"])))
