"""The Markdown twins of robots, league table and metrics, made from the published JSON.

Names and descriptions are their authors' words: in Markdown, too, they are text.
"""

import json
import re
from pathlib import Path

from jinja2 import Template
from markupsafe import Markup, escape
from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals
from pelican.writers import Writer

MARKS = re.compile(r"([\\`*_{}\[\]#|~])")


def cell(words: object) -> Markup:
    r"""Escape what would be a mark of Markdown or HTML; a line break becomes a blank.

    >>> str(cell("a|b <i>\n_c_"))
    'a\\|b &lt;i&gt; \\_c\\_'
    """
    plain = MARKS.sub(r"\\\1", " ".join(str(words).split()))
    return escape(plain)


class RobotTwins(Generator):
    """Writes the twins that are out of date."""

    def generate_output(self, _writer: Writer) -> None:
        """Write the league's, and one for each robot that is built."""
        self.env.filters["cell"] = cell
        self._write("robots", "robots.md")
        dirty = self.settings["DIRTY_SLUGS"]
        if dirty == "all":
            self._write("docs/metrics", "metrics.md")
        template = self.env.get_template("robot.md")
        for robot in self.context["robots"]:
            if dirty == "all" or robot["slug"] in dirty:
                self._write_robot(robot["slug"], template)

    def _write_robot(self, slug: str, template: Template) -> None:
        place = f"robots/{slug}"
        summary = Path(self.settings["ROBOT_DATA"], place, "summary.json").read_bytes()
        data = f"{self.settings['SITEURL']}/data/{place}"
        text = template.render(self.context, robot=json.loads(summary), data=data)
        self._put(place, text)

    def _write(self, place: str, name: str) -> None:
        self._put(place, self.env.get_template(name).render(self.context))

    def _put(self, place: str, text: str) -> None:
        path = Path(self.output_path, place, "index.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def _generator(_pelican: Pelican) -> type[Generator]:
    return RobotTwins


def register() -> None:
    """Write them with every build."""
    signals.get_generators.connect(_generator)
