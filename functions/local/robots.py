"""What `robotplug robots` prints: the public robots of the platform that runs here."""

import json
from collections.abc import Iterator
from typing import Any

from rich.table import Table

from engine import metrics
from engine.estimates import Estimate
from functions.local import console, published
from functions.services.reporting.figures import figure

HEADLINE = ("total_return", "cagr", "sharpe_ratio", "max_drawdown", "win_rate")


def print_robots(port: int, *, as_json: bool) -> None:
    """Print the league table; RobotPlugError when no platform answers at the port."""
    league = published.league(port)
    if as_json:
        print(json.dumps(league, indent=2))  # noqa: T201
        return
    table = Table("robot", "strategy", "head", box=None, pad_edge=False, header_style="bold")
    for column in ("equity", "fills", "sessions", "status", "verdict"):
        words = column in ("status", "verdict")
        table.add_column(column, justify="left" if words else "right")
    for robot in league["robots"]:
        table.add_row(*map(console.plain, _cells(robot)))
    output = console.opened()
    output.print(f"records as of {league['as_of']}, simulated", markup=False)
    output.print(table)


def print_robot(slug: str, port: int, *, as_json: bool) -> None:
    """Print one robot's summary; ParameterError names the nearest."""
    robot = published.robot(port, slug)
    if as_json:
        print(json.dumps(robot, indent=2))  # noqa: T201
        return
    output = console.opened()
    for line in _words(robot):
        output.print(line, markup=False, soft_wrap=True)
    output.print(_figures(robot))


def _cells(robot: dict[str, Any]) -> list[str]:
    record = robot["record"] or {}
    return [
        robot["slug"],
        robot["strategy"],
        (robot["head"] or "")[:12],
        f"{float(robot['equity']):,.2f}",
        f"{record.get('trade_count', 0)}",
        f"{record.get('sessions', 0)}",
        robot["status"],
        robot["verdict"]["level"],
    ]


def _words(robot: dict[str, Any]) -> Iterator[str]:
    parameters = ", ".join(f"{name} {value}" for name, value in robot["parameters"].items())
    told = f" ({parameters})" if parameters else ""
    yield f"{robot['slug']}: {robot['name']}, {robot['status']}, {robot['verdict']['level']}"
    yield f"{robot['strategy']}{told} over {', '.join(robot['symbols'])}, simulated"
    yield f"equity {float(robot['equity']):,.2f} as of {robot['as_of']}"
    held = (f"{one['symbol']} {float(one['quantity']):g}" for one in robot["positions"])
    yield f"holds {', '.join(held) or 'cash alone'}"
    yield from robot["notes"]
    yield f"newest hash {robot['head'] or 'none yet'}"
    yield ""


def _figures(robot: dict[str, Any]) -> Table:
    """The headline metrics of its record, and of the backtest before it."""
    table = Table("metric (95% interval)", box=None, pad_edge=False, header_style="bold")
    for phase in ("record", "backtest"):
        table.add_column(phase, justify="right")
    for name in HEADLINE:
        metric = metrics.get(name)
        cells = (_cell(robot[phase], name) for phase in ("record", "backtest"))
        table.add_row(metric.title, *cells)
    return table


def _cell(phase: dict[str, Any] | None, name: str) -> str:
    told = (phase or {}).get("metrics", {}).get(name) or {}
    estimate = Estimate(told.get("value"), told.get("low"), told.get("high"))
    found = figure(name, {name: estimate})
    return f"{found.value} ({found.interval})" if found.interval else found.value
