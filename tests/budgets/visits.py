"""Every kind of page in Chromium: barriers, foreign servers, policy, life without scripts."""

from collections.abc import Iterator
from itertools import product

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.budgets.looking import DESKTOP, PHONE, Look, looking
from tests.budgets.verdicts import Finding, counted

NEEDS_SCRIPTS = ("/dashboard/", "/search/")
"""Pages that say what they need instead."""
SETTLED = 700  # milliseconds
LEAST_SHARE = 0.9


def visits(browser: Browser, address: str, kinds: list[str]) -> Iterator[Finding]:
    """Open each kind of page on a phone and on a desk, in both schemes, with scripts."""
    barriers, others, refused, complaints, wide = [], [], [], [], []
    for path, size, theme in product(kinds, (PHONE, DESKTOP), ("light", "dark")):
        with looking(browser, address, path, size, theme=theme) as look:
            look.scroll_through()
            look.page.wait_for_timeout(SETTLED)
            where = f"{path} {size['width']} {theme}"
            barriers += [f"{where}: {each}" for each in _barriers(look)]
            others += [f"{where}: {url}" for url in look.asked_others]
            refused += [f"{where}: {each}" for each in look.seen["violations"]]
            complaints += [f"{where}: {each}" for each in look.complaints if "404" not in each]
            wide += [where] if _is_wide(look) else []
    yield Finding("kinds of page, each at 390 and 1440 px in both schemes", str(len(kinds)))
    yield counted("axe violations", barriers)
    yield counted("third-party requests", others)
    yield counted("violations of the content security policy", refused)
    yield counted("errors and warnings in the console", complaints)
    yield counted("pages wider than the screen", wide)


def _barriers(look: Look) -> list[str]:
    found = Axe().run(look.page).response["violations"]
    return [
        f"{each['id']}: {', '.join(str(node['target'][0]) for node in each['nodes'][:3])}"
        for each in found
    ]


def _is_wide(look: Look) -> bool:
    root = "document.documentElement"
    return bool(look.page.evaluate(f"{root}.scrollWidth > {root}.clientWidth"))


def without_scripts(browser: Browser, address: str, kinds: list[str]) -> Iterator[Finding]:
    """Compare what each kind of page says without scripts with what it says with them."""
    short = []
    for path in kinds:
        without, drawings = _said(browser, address, path, scripts=False)
        with_them, _ = _said(browser, address, path, scripts=True)
        if path in NEEDS_SCRIPTS:
            if not without:
                short.append(f"{path} says nothing of what it needs")
        elif without < LEAST_SHARE * with_them:
            short.append(f"{path} says {without} of {with_them} letters")
        if path.startswith("/robots/") and path.count("/") == 3 and not drawings:
            short.append(f"{path} shows no drawing")
    yield counted("pages that are less without JavaScript", short)


def _said(browser: Browser, address: str, path: str, *, scripts: bool) -> tuple[int, int]:
    with looking(browser, address, path, scripts=scripts) as look:
        main = look.page.locator("main")
        return len(main.inner_text()), main.locator("svg[role=img]").count()
