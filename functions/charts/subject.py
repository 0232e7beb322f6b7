"""Whose chart it is, in words that are safe to draw."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

LONGEST = 40


@dataclass(frozen=True)
class Subject:
    """A robot and what it is measured against; benchmark is None without one."""

    slug: str
    name: str
    benchmark: str | None

    @classmethod
    def of(cls, summary: Mapping[str, Any]) -> "Subject":
        """Take it from a summary document.

        >>> Subject.of({"slug": "sma-cross", "name": "SMA cross", "benchmark": "buy-and-hold"})
        Subject(slug='sma-cross', name='SMA cross', benchmark='Buy and hold')
        """
        benchmark = summary.get("benchmark")
        own = benchmark == summary["slug"]
        words = None if benchmark is None or own else str(benchmark).replace("-", " ").capitalize()
        return cls(str(summary["slug"]), _short(str(summary["name"])), words)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST else f"{name[: LONGEST - 1]}…"
