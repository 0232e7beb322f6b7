"""How each route is asked, by curl and in Python, about robots that are really published.

The tests run every one of them against the real API.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pelican import Pelican
from pelican.generators import Generator
from pelican.plugins import signals

Json = Mapping[str, Any]
QUERIES = {"limit": 5, "granularity": "monthly", "metrics": "sharpe_ratio,max_drawdown"}
WIDEST = 84
PYTHON_GET = """import json
from urllib.request import urlopen

with urlopen({address}) as answer:
    print(json.dumps(json.load(answer), indent=2))
"""
PYTHON_SEND = """import json
from urllib.request import Request, urlopen

request = Request({address}, method="{method}"{body})
with urlopen(request) as answer:
    print(json.dumps(json.load(answer), indent=2))
"""


class Examples(Generator):
    """Finds a robot, a run, a fill and a symbol to ask about."""

    def generate_context(self) -> None:
        """Offer them to the page as `api_subjects`; without a robot, what nobody has."""
        nothing = "00000000-0000-0000-0000-000000000000"
        subjects = {"strategy_id": "sma-cross", "symbol": "AAPL"}
        subjects |= {"execution_id": nothing, "trade_id": nothing}
        robots = {robot["slug"]: robot for robot in self.context["robots"]}
        wanted = self.settings["FEATURED_ROBOT"]
        robot = robots.get(wanted) or next(iter(robots.values()), None)
        if robot and self.settings["DIRTY_SLUGS"] == "all":
            subjects = subjects_of(robot, self._trades(robot["slug"]))
        self.context["api_subjects"] = subjects

    def _trades(self, slug: str) -> list[Json]:
        path = Path(self.settings["ROBOT_DATA"]) / "robots" / slug / "trades.json"
        trades: list[Json] = json.loads(path.read_bytes())["items"] if path.is_file() else []
        return trades


def subjects_of(robot: Json, trades: list[Json]) -> dict[str, str]:
    """Choose what of a robot to ask about: its record, its newest fill, its first symbol."""
    newest = max(trades, key=lambda trade: trade["time"], default={"id": robot["slug"]})
    return {
        "strategy_id": robot["slug"],
        "execution_id": robot["record"]["execution_id"],
        "trade_id": newest["id"],
        "symbol": robot["symbols"][0],
    }


def address_of(operation: Any, base: str, subjects: Mapping[str, str]) -> str:  # noqa: ANN401
    """The address of one request: the path filled in, and a query that shows what can be asked."""
    path, query = operation.path, {}
    for field in operation.parameters:
        if field.place == "path":
            path = path.replace(f"{{{field.name}}}", _subject(operation, field.name, subjects))
        elif field.name in QUERIES:
            query[field.name] = QUERIES[field.name]
        elif field.name == "strategy_id":
            query[field.name] = subjects[field.name]
    asked = f"?{urlencode(query, safe=',')}" if query else ""
    return f"{base}{path}{asked}"


def _subject(operation: Any, name: str, subjects: Mapping[str, str]) -> str:  # noqa: ANN401
    if name not in subjects:
        raise ValueError(
            f"the example of {operation.method} {operation.path} needs a value for {{{name}}}; "
            f"known are {', '.join(sorted(subjects))}: add it in site/plugins/api_examples.py"
        )
    return subjects[name]


def curl(operation: Any, base: str, subjects: Mapping[str, str]) -> str:  # noqa: ANN401
    """The request as one line for a shell."""
    address = address_of(operation, base, subjects)
    words = ["curl"]
    if operation.method != "GET":
        words.append(f"-X {operation.method}")
    if operation.body:
        words.append("-H 'content-type: application/json' -d '{}'")
    quoted = f"'{address}'" if set("?&") & set(address) else address
    return " ".join([*words, quoted])


def python(operation: Any, base: str, subjects: Mapping[str, str]) -> str:  # noqa: ANN401
    """The request as a program that needs nothing but Python."""
    address = json.dumps(address_of(operation, base, subjects))
    if len(address) > WIDEST - len("with urlopen() as answer:"):
        before, _, after = address.rpartition("/")
        address = f'\n    {before}/"\n    "{after}\n'
    if operation.method == "GET":
        return PYTHON_GET.format(address=address)
    body = ', data=b"{}"' if operation.body else ""
    return PYTHON_SEND.format(address=address, method=operation.method, body=body)


def _add_filters(pelican: Pelican) -> None:
    pelican.settings["JINJA_FILTERS"] |= {"as_curl": curl, "as_python": python}


def _generator(_pelican: Pelican) -> type[Generator]:
    return Examples


def register() -> None:
    """Offer the filters to every template, and what they ask about to the page."""
    signals.initialized.connect(_add_filters)
    signals.get_generators.connect(_generator)
