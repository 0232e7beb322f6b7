"""The pages of the robots, written from the published JSON and from nothing else."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from markupsafe import Markup
from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

Json = Mapping[str, Any]
Draw = Callable[[Json], Markup]
FIGURES = ("equity", "drawdown", "monthly")
LATER_FIGURES = ("rolling",)  # a robot that published before there were any has none yet
TRADES_SHOWN = 50
ACTIONS_SHOWN = 20
LEAVES_SHOWN = 5
SLUG = re.compile(r"[a-z0-9-]{3,60}")
ACTIVE_CONTENT = re.compile(
    r"<\s*(script|foreignobject|iframe)|\son\w+\s*=|javascript:", re.IGNORECASE
)


class PublishedError(Exception):
    """What is published cannot become a page; its message says which file, and the way out."""


class RobotPages(Generator):
    """Writes home, the league table, the state and the pages of the robots in DIRTY_SLUGS.

    Reads only below ROBOT_DATA; whatever else the site says comes from its own content.
    """

    def generate_context(self) -> None:
        """Give every template the league table, the platform's state and the catalogue."""
        self.data = Path(self.settings["ROBOT_DATA"])
        robots = self._json("robots/index.json")["robots"]
        catalogue = self._json("catalogue.json")
        self.context |= {
            "robots": robots,
            "robot_names": {_slug(robot): robot["name"] for robot in robots},
            "platform": self._json("platform.json"),
            "health": self._json("health.json"),
            "parities": self._json("parity.json"),
            "catalogue": catalogue,
            "metrics": {metric["name"]: metric for metric in catalogue["metrics"]},
            "metric_groups": _grouped(catalogue["metrics"]),
            "drawing_of": self._drawing,
        }

    def generate_output(self, writer: Writer) -> None:
        """Write the pages that are out of date."""
        self.context["sparks"] = {slug: self._spark(slug) for slug in self.context["robot_names"]}
        self._write(writer, "index.html", "home", **self._featured())
        self._write(writer, "robots/index.html", "robots")
        self._write(writer, "status/index.html", "status")
        if self.settings["DIRTY_SLUGS"] == "all":
            self._write(writer, "404.html", "not_found")
            self._write(writer, "docs/metrics/index.html", "metrics")
        for slug in self._dirty():
            self._write(writer, f"robots/{slug}/index.html", "robot", **self._robot(slug))
            parity = self._of_robot(slug, "parity")
            self._write(writer, f"robots/{slug}/parity/index.html", "parity", parity=parity)

    def _dirty(self) -> list[str]:
        known, dirty = self.context["robot_names"], self.settings["DIRTY_SLUGS"]
        return [slug for slug in known if dirty == "all" or slug in dirty]

    def _featured(self) -> dict[str, Any]:
        slugs = list(self.context["robot_names"])
        if not slugs:
            return {"featured": None}
        wanted = self.settings["FEATURED_ROBOT"]
        slug = wanted if wanted in slugs else slugs[0]
        leaves = self._of_robot(slug, "record")["leaves"]
        return {
            "featured": self._of_robot(slug, "summary"),
            "drawing": self._drawing(slug, "equity"),
            "leaves": leaves[-3:],
        }

    def _robot(self, slug: str) -> dict[str, Any]:
        told = self._of_robot(slug, "trades")
        trades, actions = told["items"], told["actions"]
        record = self._of_robot(slug, "record")
        newest = sorted(trades, key=lambda trade: (trade["time"], trade["id"]), reverse=True)
        return {
            "robot": self._of_robot(slug, "summary"),
            "drawings": {name: self._drawing(slug, name) for name in self._figures(slug)},
            "trades": newest[:TRADES_SHOWN],
            "trade_count": len(trades),
            "actions": actions[::-1][:ACTIONS_SHOWN],
            "action_count": len(actions),
            "record_of": record,
            "leaves": record["leaves"][-LEAVES_SHOWN:][::-1],
        }

    def _figures(self, slug: str) -> list[str]:
        folder = self.data / f"robots/{slug}/figures"
        return [*FIGURES, *(name for name in LATER_FIGURES if (folder / f"{name}.svg").is_file())]

    def _write(self, writer: Writer, save_as: str, template: str, **context: object) -> None:
        url = save_as.removesuffix("index.html")
        writer.write_file(save_as, self.get_template(template), self.context, url=url, **context)

    def _of_robot(self, slug: str, name: str) -> Json:
        return self._json(f"robots/{slug}/{name}.json")

    def _spark(self, slug: str, kind: str = "sparkline") -> Markup:
        draw: Draw = self.env.filters[kind]
        return _read_spark(*_version(self.data / f"robots/{slug}/equity.json"), draw)

    def _json(self, name: str) -> Json:
        return _read_json(*_version(self.data / name))

    def _drawing(self, slug: str, name: str) -> Markup:
        return _read_drawing(*_version(self.data / f"robots/{slug}/figures/{name}.svg"))


def _slug(robot: Json) -> str:
    slug: str = robot["slug"]
    if not SLUG.fullmatch(slug):
        raise PublishedError(
            f"slug must match {SLUG.pattern}, was {slug!r}; mend robots/index.json"
        )
    return slug


def _grouped(metrics: Sequence[Json]) -> list[tuple[str, list[Json]]]:
    """Put metrics of one group together, both in the catalogue's own order."""
    groups = dict.fromkeys(metric["group"] for metric in metrics)
    return [(name, [each for each in metrics if each["group"] == name]) for name in groups]


def _version(path: Path) -> tuple[Path, int]:
    try:
        return path, path.stat().st_mtime_ns
    except FileNotFoundError:
        raise PublishedError(
            f"no {path.name} in {path.parent}; publish the robots first, or point ROBOT_DATA"
            " to the folder that holds robots/index.json"
        ) from None


# A build every few seconds reads again only what was written since.
@lru_cache(maxsize=256)
def _read_json(path: Path, _modified: int) -> Json:
    parsed: Json = json.loads(path.read_bytes())
    return parsed


@lru_cache(maxsize=4096)
def _read_spark(path: Path, _modified: int, draw: Draw) -> Markup:
    return draw(json.loads(path.read_bytes()))


@lru_cache(maxsize=256)
def _read_drawing(path: Path, _modified: int) -> Markup:
    text = path.read_text(encoding="utf-8")
    drawing = text[text.index("<svg") :] if "<svg" in text else ""
    if not drawing or ACTIVE_CONTENT.search(drawing):
        raise PublishedError(f"{path} must be a drawing without scripts; draw it again")
    return Markup(drawing)  # noqa: S704 - drawn by the platform, and checked above


def _only_robots(pelican: Pelican) -> None:
    """Leave alone what does not change when robots do."""
    if pelican.settings["DIRTY_SLUGS"] != "all":
        nothing: dict[str, list[str]] = {
            name: [] for name in ("PAGE_PATHS", "ARTICLE_PATHS", "DIRECT_TEMPLATES")
        }
        pelican.settings.update(nothing)


def _generator(_pelican: Pelican) -> type[Generator]:
    return RobotPages


def register() -> None:
    """Add the robots' pages to every build."""
    signals.initialized.connect(_only_robots)
    signals.get_generators.connect(_generator)
