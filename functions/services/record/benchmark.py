"""What a robot is measured against: another robot's strategy on the same tape and costs."""

from collections import OrderedDict
from typing import Any

from engine import Account, Market, simulate
from engine.errors import RobotPlugError
from engine.metrics import Floats
from functions.services.record.definition import Definition, resolve
from functions.services.record.leaf import canonical, leaf_hash
from functions.store.appending import Database

KEPT_CURVES = 16

_CODE = "SELECT strategy_code, config FROM strategies WHERE slug = %s AND visibility = 'public'"
_kept: OrderedDict[str, Floats] = OrderedDict()


def benchmark_curve(
    database: Database, config: dict[str, Any], tape: str, market: Market, start_row: int
) -> Floats | None:
    """Return the equity of the robot that config names, shape (rows from start_row,).

    It has this robot's symbols, cash and options, so that only the rule differs. None where no
    benchmark is named, or it cannot be simulated here. tape: the market's hash.
    """
    slug = config.get("benchmark")
    found = database.execute(_CODE, [slug]).fetchone() if slug else None
    if found is None:
        return None
    terms = {"parameters": found[1].get("parameters", {}), "options": config.get("options", {})}
    try:
        definition = resolve(found[0], terms)
    except RobotPlugError:
        return None
    place = {"tape": tape, "row": start_row, "symbols": list(market.symbols)}
    what = {**terms, "code": definition.code, "cash": config["cash"]}
    key = leaf_hash(canonical({**what, **place}))
    if key not in _kept:
        _kept[key] = _equity(definition, market, start_row, config["cash"])
        if len(_kept) > KEPT_CURVES:
            _kept.popitem(last=False)
    return _kept[key]


def _equity(definition: Definition, market: Market, start_row: int, cash: str) -> Floats:
    run = simulate(
        definition.strategy,
        market,
        start=market.sessions[start_row].item(),
        opening=Account.of_cash(cash),
        options=definition.options,
    )
    return run.equity
