"""The dashboard as it stands before its scripts run: every public robot, and one of them whole."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer
from robot_pages import RobotPages
from sparklines import BEFORE, sparkline

SHOWN = 100  # as many as one connection follows
DECISIONS_SHOWN = 8
ENTRY = "dashboard"
IMPORT = re.compile(r'^(?:import|export)\b[^"\n]*"\./([a-z-]+)\.js"', re.MULTILINE)


class DashboardPage(RobotPages):
    """Writes /dashboard/ with every build, so that it opens with the newest published figures."""

    def generate_output(self, writer: Writer) -> None:
        """Write the page."""
        robots = sorted(self.context["robots"], key=lambda robot: robot["status"] == "stopped")
        shown = robots[:SHOWN]
        slugs = [robot["slug"] for robot in shown]
        self._write(
            writer,
            "dashboard/index.html",
            "dashboard",
            followed=shown,
            unfollowed=len(robots) - len(shown),
            live_sparks={slug: self._spark(slug, "live_sparkline") for slug in slugs},
            modules=modules_of(Path(self.theme) / "static/js", ENTRY),
            **self._chosen(),
        )

    def _chosen(self) -> dict[str, Any]:
        featured = self._featured()
        robot = featured["featured"]
        if robot is None:
            return {"robot": None}
        slug = robot["slug"]
        leaves = self._of_robot(slug, "record")["leaves"]
        return featured | {
            "robot": robot,
            "parity": self._of_robot(slug, "parity"),
            "leaves": leaves[-DECISIONS_SHOWN:][::-1],
        }


def modules_of(folder: Path, entry: str) -> list[str]:
    """Name all that a module imports, at whatever depth, so that it is fetched at once."""
    found, open_ = {entry}, [entry]
    while open_:
        text = (folder / f"{open_.pop()}.js").read_text(encoding="utf-8")
        fresh = set(IMPORT.findall(text)) - found
        found |= fresh
        open_ += fresh
    return sorted(found - {entry})


def live_sparkline(equity: Mapping[str, Any]) -> Markup:
    """Draw a sparkline that says which values its highest and its lowest point stand for.

    A script that hears of a new value then knows where its point belongs.
    """
    drawn, since = sparkline(equity), equity["record"]["equity"]
    if not since:
        return drawn
    before = list(equity["backtest"]["equity"])[-BEFORE:]
    ratio = since[0] / before[-1] if before and before[-1] else 1.0
    values = [*(value * ratio for value in before), *since]
    ends = Markup('<svg data-low="{:.2f}" data-high="{:.2f}" data-length="{}"')
    told = ends.format(min(values), max(values), len(values))
    return Markup(drawn.replace("<svg", told, 1))  # noqa: S704 - both were made by markup


def _add_filter(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {"live_sparkline": live_sparkline}


def _generator(_pelican: Pelican) -> type[Generator]:
    return DashboardPage


def register() -> None:
    """Add the page to every build."""
    signals.initialized.connect(_add_filter)
    signals.get_generators.connect(_generator)
