"""`robotplug strategies`, `robotplug costs` and `robotplug robots`."""

import http.client
import json
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

import strategies
from engine import Options, Strategy, cost_models
from engine.errors import RobotPlugError
from engine.options import COSTS, OWN
from engine.parameters import Parameter


def print_strategies(*, as_json: bool) -> None:
    """Print every strategy that loads; what does not is named on standard error."""
    found = [(name, strategies.get(name)) for name in strategies.names()]
    if as_json:
        _print_json([_described(name, strategy) for name, strategy in found])
    else:
        for name, strategy in found:
            _print_strategy(name, strategy)
    for name, reason in strategies.failures().items():
        print(f"{name} does not load: {reason}", file=sys.stderr)  # noqa: T201


def print_costs(*, as_json: bool) -> None:
    """Print every cost model that loads; what does not is named on standard error."""
    found = {name: _costs(name) for name in cost_models.names()}
    if as_json:
        _print_json([{"name": name, **told} for name, told in found.items()])
    else:
        width = max(len(name) for name in found)
        for name, told in found.items():
            numbers = ", ".join(f"{one} {value}" for one, value in told.items())
            print(f"{name:<{width}}  {numbers}")  # noqa: T201
    for name, reason in cost_models.failures().items():
        print(f"{name} does not load: {reason}", file=sys.stderr)  # noqa: T201


def _costs(name: str) -> dict[str, Any]:
    told = Options(cost_models.get(name)).to_dict()
    return {one: value for one, value in told.items() if one in (*COSTS, *OWN)}


def _described(name: str, strategy: type[Strategy]) -> dict[str, Any]:
    parameters = [
        {
            "name": one.name,
            "type": one.type,
            "default": one.default,
            "low": one.low,
            "high": one.high,
        }
        for one in strategy.parameters()
    ]
    return {"name": name, "summary": strategy.summary(), "parameters": parameters}


def _print_strategy(name: str, strategy: type[Strategy]) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{name}[/bold]  {strategy.summary()}", soft_wrap=True)
    for one in strategy.parameters():
        console.print(f"    {one.name} = {one.default}  {_range(one)}", soft_wrap=True)


def _range(one: Parameter) -> str:
    if one.choices is not None:
        return f"(one of {', '.join(one.choices)})"
    return "" if one.low is None or one.high is None else f"({one.low} to {one.high})"


def print_robots(port: int, *, as_json: bool) -> None:
    """Print the league table that the running platform has published.

    RobotPlugError when nothing answers at the port, or something else does.
    """
    league = _fetch(port, "/data/robots/index.json")
    if as_json:
        _print_json(league)
        return
    table = Table("robot", "strategy", "head", box=None, pad_edge=False, header_style="bold")
    for column in ("equity", "trades", "sessions", "status", "verdict"):
        words = column in ("status", "verdict")
        table.add_column(column, justify="left" if words else "right")
    for robot in league["robots"]:
        record = robot["record"] or {}
        table.add_row(
            robot["slug"],
            robot["strategy"],
            (robot["head"] or "")[:12],
            f"{float(robot['equity']):,.2f}",
            str(record.get("trade_count", 0)),
            str(record.get("sessions", 0)),
            robot["status"],
            robot["verdict"]["level"],
        )
    # Into a pipe or a file nothing is cut: the slugs are what the API is asked with.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    console.print(f"records as of {league['as_of']}", markup=False)
    console.print(table)


def _fetch(port: int, path: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    way_out = "start it with `make run`, or name its port: PORT=8001 robotplug robots"
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == http.HTTPStatus.OK:
            found: dict[str, Any] = json.loads(body)
            return found
    except OSError:
        raise RobotPlugError(f"no platform runs at port {port}; {way_out}") from None
    except (http.client.HTTPException, ValueError):
        pass
    finally:
        connection.close()
    raise RobotPlugError(f"what answers at port {port} has no robots; {way_out}")


def _print_json(content: object) -> None:
    print(json.dumps(content, indent=2))  # noqa: T201
