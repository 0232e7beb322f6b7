"""What a run takes for granted, in sentences, and every option that it was simulated with."""

import json
import math
from typing import NamedTuple

from engine import Options, Run
from engine.options import NAMES

FILLS = {
    "next_open": "What is decided at a bar's close fills at the next bar's open.",
    "same_close": "What is decided at a bar's close fills at that same close, at a price that was "
    "known when it was decided.",
    "next_close": "What is decided at a bar's close fills at the next bar's close.",
}


class Setting(NamedTuple):
    """One option by the name that --set takes; usual: whether it is what everybody gets."""

    name: str
    value: str
    usual: bool


def sentences(run: Run) -> list[str]:
    """Say what every fill of the run rests on."""
    options = run.options
    return [
        FILLS[options.fill],
        _costs(options),
        _size(options),
        "A limit order fills when its price is touched."
        if options.limit_touch
        else "A limit order fills when its price is traded through, not when it is touched.",
        "Of a stop-loss and a take-profit reached inside one bar the "
        f"{'better' if options.take_profit_first else 'worse'} one counts.",
        _borrowing(options),
        "Dividends are paid in cash and splits change the shares on their day; cash earns no "
        "interest, and no tax is taken.",
        "What is still held at the end is sold at the last close."
        if options.close_at_end
        else "What is still held at the end is counted at the last close, and not sold.",
    ]


def _costs(options: Options) -> str:
    costs = options.costs
    if costs.none:
        return "Trading costs nothing at all: a real account would have earned less."
    if costs.own:
        return "Each order pays what the cost model's own Python says."
    more = any(
        (costs.per_share, costs.per_order, costs.minimum, costs.tiers, costs.maker_bps is not None)
    )
    impact = costs.volume_impact or costs.volatility_impact
    return (
        f"Each order pays {costs.commission_bps:g} basis points of its value"
        f"{' and what the options below add' if more else ''}, and its price is moved "
        f"{costs.slippage_bps:g} basis points against it{', more in thin bars' if impact else ''}."
    )


def _size(options: Options) -> str:
    if options.participation is None:
        return "Any size fills at once, as if the market had no end."
    return (
        f"At most {options.participation:.0%} of a bar's volume fills; the rest waits for the "
        "next bar."
    )


def _borrowing(options: Options) -> str:
    if options.leverage == 1:
        return "Nothing is borrowed to buy more than the account is worth."
    return f"Positions may be worth {options.leverage:g} times the account when they are bought."


def settings(run: Run) -> list[Setting]:
    """Return every option with its value, those that are not the usual ones first."""
    usual, given = Options(), run.options
    rows = [
        Setting(name, _written(_of(given, name)), _of(given, name) == _of(usual, name))
        for name in NAMES
        if name != "cost_model"
    ]
    return sorted(rows, key=lambda row: row.usual)


def _of(options: Options, name: str) -> object:
    return getattr(options if hasattr(options, name) else options.costs, name)


def _written(value: object) -> str:
    """Write a value as --set takes it.

    >>> _written(5.0), _written(None), _written(False), _written("next_open")
    ('5', 'none', 'false', 'next_open')
    >>> _written(math.inf), _written(()), _written({})
    ('none', 'none', 'none')
    """
    match value:
        case None | () | []:
            return "none"
        case dict() if not value:
            return "none"
        case float() if math.isinf(value):
            return "none"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"{value:,.8g}"
        case str():
            return value
        case _:
            return json.dumps(value, default=_plain)


def _plain(value: object) -> object:
    told = getattr(value, "to_dict", None)
    return told() if told else getattr(value, "__qualname__", str(value))


def parameters(run: Run) -> list[Setting]:
    """Return the strategy's parameters, by name."""
    return [Setting(name, _written(value), usual=False) for name, value in run.parameters.items()]
