"""Whose chart it is, in words that are safe to draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 40
SESSIONS_OF_A_YEAR = {"24/7": 365.0, "24/5": 260.0}
"""Of calendars that differ from an exchange's; a test compares them with the metrics' own."""
USUAL = 252.0


@dataclass(frozen=True)
class Subject:
    """A robot and what it is measured against; benchmark is None without one.

    periods_per_year: how many sessions its calendar has in a year.
    """

    slug: str
    name: str
    benchmark: str | None
    periods_per_year: float = USUAL

    @classmethod
    def of(cls, summary: Mapping[str, Any]) -> "Subject":
        """Take it from a summary document.

        >>> Subject.of({"slug": "sma-cross", "name": "SMA", "benchmark": "buy-and-hold"})
        Subject(slug='sma-cross', name='SMA', benchmark='Buy and hold', periods_per_year=252.0)
        """
        benchmark = summary.get("benchmark")
        own = benchmark == summary["slug"]
        words = None if benchmark is None or own else str(benchmark).replace("-", " ").capitalize()
        periods = SESSIONS_OF_A_YEAR.get(str(summary.get("calendar")), USUAL)
        return cls(str(summary["slug"]), short(str(summary["name"])), words, periods)


def short(name: str) -> str:
    """Cut a name that no legend has room for.

    >>> short("a" * 50)[-3:]
    'aa…'
    """
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
