"""The pages of the strategies: what each bets on, its source, and the robots that run it."""

from collections.abc import Mapping
from typing import Any

from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

Json = Mapping[str, Any]
ROBOTS_SHOWN = 12


class StrategyPages(Generator):
    """Writes the list of strategies, and the pages of those whose robots are out of date."""

    def generate_context(self) -> None:
        """Say which strategies have a page, and which public robots run which."""
        names = [each["name"] for each in self.context["catalogue"]["strategies"]]
        runs: dict[str, list[Json]] = {name: [] for name in names}
        for robot in self.context["robots"]:
            runs.setdefault(robot["strategy"], []).append(robot)
        self.context["strategy_names"] = names
        self.context["runs"] = {name: self._in_order(robots) for name, robots in runs.items()}

    def generate_output(self, writer: Writer) -> None:
        """Write the pages."""
        self._write(writer, "strategies/", "strategies")
        for strategy in self.context["catalogue"]["strategies"]:
            robots = self.context["runs"][strategy["name"]]
            if self._out_of_date(robots):
                self._write_one(writer, strategy, robots)

    def _write_one(self, writer: Writer, strategy: Json, robots: list[Json]) -> None:
        shown = robots[0] if robots else None
        drawing = self.context["drawing_of"](shown["slug"], "equity") if shown else None
        self._write(
            writer,
            f"strategies/{strategy['name']}/",
            "strategy",
            strategy=strategy,
            run_by=robots[:ROBOTS_SHOWN],
            run_by_count=len(robots),
            shown=shown,
            drawing=drawing,
        )

    def _write(self, writer: Writer, url: str, template: str, **context: object) -> None:
        page = self.get_template(template)
        writer.write_file(f"{url}index.html", page, self.context, url=url, **context)

    def _out_of_date(self, robots: list[Json]) -> bool:
        dirty = self.settings["DIRTY_SLUGS"]
        return dirty == "all" or any(robot["slug"] in dirty for robot in robots)

    def _in_order(self, robots: list[Json]) -> list[Json]:
        """Robots that run before those that stopped, else as the league has them."""
        return sorted(robots, key=lambda robot: robot["status"] != "active")


def _generator(_pelican: Pelican) -> type[Generator]:
    return StrategyPages


def register() -> None:
    """Add the strategies' pages to every build."""
    signals.get_generators.connect(_generator)
