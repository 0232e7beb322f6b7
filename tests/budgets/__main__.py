"""`make budgets`: what the site promises, measured in real Chromium; exit code 1 if one is broken.

`--address` measures a platform that runs already; `--sample` the sample's pages without an API.
"""

import argparse
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

from tests.budgets.lighthouse import lighthouse
from tests.budgets.looking import chromium
from tests.budgets.many import many_robots
from tests.budgets.markup import markup
from tests.budgets.places import kinds_of, own_platform, paths_of, sample_pages
from tests.budgets.verdicts import Finding, told
from tests.budgets.visits import visits, without_scripts
from tests.budgets.vitals import vitals

MEASURED = ("/", "/robots/sma-cross/", "/docs/", "/dashboard/")
PARTS = ("visits", "scripts", "vitals", "markup", "lighthouse", "many")


def main() -> None:
    """Measure what was asked for, all of it unless parts are named."""
    parser = argparse.ArgumentParser(prog="make budgets", description=__doc__)
    parser.add_argument("--address", help="of a platform that runs")
    parser.add_argument("--sample", action="store_true", help="the sample's pages, without an API")
    parser.add_argument("--path", action="append", help="only these pages")
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all unless named")
    asked = parser.parse_args()
    parts = asked.parts or PARTS
    with _place(asked) as address:
        findings = told(_findings(address, parts, asked.path))
    raise SystemExit(any(finding.kept is False for finding in findings))


def _place(asked: argparse.Namespace) -> AbstractContextManager[str]:
    if asked.address:
        return nullcontext(asked.address.rstrip("/"))
    if asked.parts == ["many"]:
        return nullcontext("")
    return sample_pages() if asked.sample else own_platform()


def _findings(address: str, parts: list[str], only: list[str] | None) -> Iterator[Finding]:
    if parts == ["many"]:
        yield from many_robots()
        return
    paths = only or paths_of(address)
    kinds = only or kinds_of(paths)
    measured = only or [path for path in MEASURED if path in paths]
    with chromium() as browser:
        if "visits" in parts:
            yield from visits(browser, address, kinds)
        if "scripts" in parts:
            yield from without_scripts(browser, address, kinds)
        if "vitals" in parts:
            yield from vitals(browser, address, measured)
    if "markup" in parts:
        yield from markup(address, paths)
    if "lighthouse" in parts:
        yield from lighthouse(address, measured)
    if "many" in parts:
        yield from many_robots()


if __name__ == "__main__":
    main()
