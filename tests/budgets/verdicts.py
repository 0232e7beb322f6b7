"""What was measured, beside what was promised."""

import sys
from collections.abc import Iterable
from typing import NamedTuple


class Finding(NamedTuple):
    """One figure; budget is what it must keep, in words, and kept is None where it only reports.

    details: what a reader needs to mend it.
    """

    what: str
    figure: str
    budget: str = ""
    kept: bool | None = None
    details: tuple[str, ...] = ()


def told(findings: Iterable[Finding]) -> list[Finding]:
    """Write each finding as it comes, and keep it."""
    kept = []
    for finding in findings:
        kept.append(finding)
        sign = {True: "ok  ", False: "FAIL", None: "    "}[finding.kept]
        budget = f"  (budget: {finding.budget})" if finding.budget else ""
        lines = [f"{sign} {finding.what}: {finding.figure}{budget}"]
        lines += [f"       {detail}" for detail in finding.details]
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()
    return kept


def counted(what: str, found: list[str], shown: int = 12) -> Finding:
    """Tell of things of which there must be none."""
    return Finding(what, str(len(found)), "0", not found, tuple(found[:shown]))
