"""A cost record as the loop reads it."""

import math
from collections.abc import Callable
from decimal import Decimal
from numbers import Real

import numpy as np

from engine.bounds import short
from engine.costs import Costs
from engine.errors import OrderError
from engine.money import UNIT, to_units
from engine.shown import shown
from engine.state import Fees, Slippage


def fees_of(costs: Costs) -> Fees:
    """Return what an order pays as the loop reads it."""
    return Fees(
        bps=float(costs.commission_bps),
        maker_bps=math.nan if costs.maker_bps is None else float(costs.maker_bps),
        per_share=float(costs.per_share),
        per_order=float(costs.per_order),
        minimum=float(costs.minimum),
        maximum=float(costs.maximum),
        tier_from=np.array([to_units(start) for start, _ in costs.tiers], np.int64),
        tier_bps=np.array([bps for _, bps in costs.tiers], np.float64),
        own=costs.own_fee and _finite(costs.own_fee, "own_fee", 0.0),
    )


def slippage_of(costs: Costs) -> Slippage:
    """Return by how much prices are moved as the loop reads it."""
    return Slippage(
        bps=float(costs.slippage_bps),
        volume_impact=float(costs.volume_impact),
        volatility_impact=float(costs.volatility_impact),
        own=costs.own_price and _finite(costs.own_price, "own_price", 1 / UNIT),
    )


def _finite(own: Callable[..., float], name: str, least: float) -> Callable[..., float]:
    """The function, refused where it fails or returns no amount."""
    written = getattr(own, "__qualname__", type(own).__name__)

    def refused(told: tuple[float, ...], what: str) -> OrderError:
        call = f"{name}({', '.join(map(short, told))})"
        return OrderError(
            f"{call} must return a number from {short(least)} on, {what}; mend {written}"
        )

    def checked(*told: float) -> float:
        try:
            given = own(*told)
        except Exception as error:  # whatever a user's own Python may raise
            raise refused(told, f"raised {type(error).__name__}: {error}") from error
        amount = _number(given)
        if not (math.isfinite(amount) and amount >= least):
            raise refused(told, f"was {shown(given)}")
        return amount

    return checked


def _number(given: object) -> float:
    """What was returned as a float, NaN where it is no number."""
    if isinstance(given, bool):
        return math.nan
    try:
        return float(given) if isinstance(given, (Real, Decimal)) else math.nan
    except OverflowError:
        return math.nan
