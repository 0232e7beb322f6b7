"""What a robot is measured against: another robot's strategy on the same tape and costs."""

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

from engine import Account, Market, simulate
from engine.errors import RobotPlugError
from engine.metrics import Floats
from functions.services.record.definition import Definition, resolve
from functions.services.record.leaf import plain
from functions.services.record.rows import instant

KEPT_CURVES = 64

Public = Mapping[str, tuple[str, Mapping[str, Any]]]
"""Strategy code and config of public robots, by slug."""

_kept: OrderedDict[str, Floats] = OrderedDict()


def benchmark_curve(
    robots: Public, config: dict[str, Any], tape: str, market: Market, start_row: int
) -> Floats | None:
    """Return the equity of the robot that config names, shape (rows from start_row,).

    It has this robot's symbols, cash and options, so that only the rule differs. None where no
    benchmark is named, or it cannot be simulated here. tape: the market's hash.
    """
    named = config.get("benchmark")
    found = robots.get(named) if isinstance(named, str) else None
    if found is None:
        return None
    code, its = found
    terms = {"parameters": its.get("parameters", {}), "options": config.get("options", {})}
    place = {"tape": tape, "row": start_row, "symbols": list(market.symbols)}
    key = plain({**terms, **place, "code": code, "cash": config["cash"]})
    if key not in _kept:
        try:
            definition = resolve(code, terms)
        except RobotPlugError:
            return None
        _kept[key] = _equity(definition, market, start_row, config["cash"])
        if len(_kept) > KEPT_CURVES:
            _kept.popitem(last=False)
    return _kept[key]


def _equity(definition: Definition, market: Market, start_row: int, cash: str) -> Floats:
    run = simulate(
        definition.strategy,
        market,
        start=instant(int(market.closes[start_row])),
        opening=Account.of_cash(cash),
        options=definition.options,
    )
    return run.equity
