"""What trading costs: a frozen record, read by one function."""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from engine.bounds import number, share
from engine.errors import ParameterError
from engine.money import LARGEST, UNIT
from engine.state import Fees, Slippage

OwnFee: TypeAlias = Callable[[float, float, float], float]
OwnPrice: TypeAlias = Callable[[float, int, float, float], float]

BELOW = {
    **dict.fromkeys(("commission_bps", "slippage_bps"), 10_000),
    **dict.fromkeys(("per_share", "per_order", "minimum"), 1e9),
    **dict.fromkeys(("volume_impact", "volatility_impact"), 1000),
}


@dataclass(frozen=True, slots=True)
class Costs:
    """What an order pays, by how much its price is moved, and what a position costs to keep.

    An order pays `per_order`, `per_share` and basis points of its value; then at most `maximum`,
    a share of its value; then at least `minimum`. All of it counts for the order, however many
    fills it takes.

    maker_bps: on what rested at its limit; None where that pays as the rest does.
    tiers: (from_value, bps) in rising order; the part of an order's value from there on pays so
        many basis points, the part below the first tier `commission_bps`.
    borrow_rate, debit_rate: a year, on what is short and on cash below zero.
    volume_impact: the move at the whole of a bar's volume, falling with the square of the share.
    volatility_impact: the move in volatilities of a bar, at the whole of its volume; it falls
        with the root of the share.
    own_fee: Python in place of the fee: takes the shares, the value and the value that rested at
        its limit of an order so far, and returns what it owes in all.
    own_price: Python in place of slippage: takes price, direction (1 to buy, -1 to sell), share
        of the bar's volume and volatility, and returns the price paid.
    """

    commission_bps: float = 5.0
    slippage_bps: float = 5.0
    maker_bps: float | None = None
    per_share: float = 0.0
    per_order: float = 0.0
    minimum: float = 0.0
    maximum: float = math.inf
    tiers: tuple[tuple[float, float], ...] = ()
    borrow_rate: float = 0.0
    debit_rate: float = 0.0
    volume_impact: float = 0.0
    volatility_impact: float = 0.0
    own_fee: OwnFee | None = None
    own_price: OwnPrice | None = None

    def __post_init__(self) -> None:
        for name, below in BELOW.items():
            share(name, getattr(self, name), below=below)
        if self.maker_bps is not None:
            share("maker_bps", self.maker_bps, below=10_000)
        for name in ("borrow_rate", "debit_rate"):
            share(name, getattr(self, name), below=10, what="a share a year, ")
        if not number("maximum", self.maximum) > 0:
            raise ParameterError(f"maximum must be a share of value above 0, was {self.maximum}")
        object.__setattr__(self, "tiers", _tiers(self.tiers))
        for name in ("own_fee", "own_price"):
            own = getattr(self, name)
            if not (own is None or callable(own)):
                raise ParameterError(f"{name} must be a function, was {own!r}; name a cost_model")

    @property
    def none(self) -> bool:
        """Whether trading is free, which every result must then say."""
        bps = (self.maker_bps, *(bps for _, bps in self.tiers))
        return not (self.own or any(bps) or any(getattr(self, name) for name in BELOW))

    @property
    def own(self) -> bool:
        """Whether it runs Python of its own, which every result must then say."""
        return self.own_fee is not None or self.own_price is not None


def order_fee(fees: Fees, quantity: int, value: int, maker_value: int) -> int:
    """Return what an order owes in all for what it traded so far, rounded half-even once.

    quantity, value, maker_value: in units, at least 0; the last is what of the value rested at
    its limit. It never falls as an order fills further, but for a model's own Python.
    """
    if quantity == 0:
        return 0
    owed = _owed(fees, quantity, value, maker_value, fees.own)
    return round(min(max(owed, 0.0), float(LARGEST)))


def slipped_price(
    slippage: Slippage, price: int, direction: int, share: float, volatility: float
) -> int:
    """Return a price moved against you: up for a buy (direction 1), down for a sell (-1).

    share: of the bar's volume, 0 where that is unknown. At most the price itself is added, and at
    least one unit is left of it.
    """
    moved = _moved(slippage, price, direction, (share, volatility), slippage.own)
    return max(1, round(min(moved, 2.0 * price)))


def _owed(fees: Fees, quantity: int, value: int, maker_value: int, own: OwnFee | None) -> float:
    """The fee in units, not rounded; its own Python is an argument, which Numba leaves out."""
    if own is None:
        owed = _by_value(fees, value, maker_value)
        owed += fees.per_order * UNIT + fees.per_share * quantity
        if fees.maximum < math.inf:
            owed = min(owed, fees.maximum * value)
        return max(owed, fees.minimum * UNIT)
    return own(quantity / UNIT, value / UNIT, maker_value / UNIT) * UNIT


def _by_value(fees: Fees, value: int, maker_value: int) -> float:
    if math.isnan(fees.maker_bps):
        return _tiered(fees, value)
    return _tiered(fees, value - maker_value) + maker_value * fees.maker_bps / 10_000


def _tiered(fees: Fees, value: int) -> float:
    tiers = len(fees.tier_from)
    if tiers == 0:
        return value * fees.bps / 10_000
    owed = min(value, int(fees.tier_from[0])) * fees.bps / 10_000
    for tier in range(tiers):
        top = value if tier + 1 == tiers else min(value, int(fees.tier_from[tier + 1]))
        part = top - int(fees.tier_from[tier])
        if part > 0:
            owed += part * fees.tier_bps[tier] / 10_000
    return float(owed)


def _moved(
    slippage: Slippage, price: int, direction: int, bar: tuple[float, float], own: OwnPrice | None
) -> float:
    """The price in units, not rounded; its own Python is an argument, which Numba leaves out."""
    share, volatility = bar
    if own is None:
        move = slippage.bps / 10_000 + slippage.volume_impact * share * share
        move += slippage.volatility_impact * volatility * math.sqrt(share)
        return price * (1 + direction * move)
    return own(price / UNIT, direction, share, volatility) * UNIT


def _tiers(tiers: object) -> tuple[tuple[float, float], ...]:
    """The tiers as pairs of numbers; ParameterError where they do not rise."""
    way_out = "give pairs of from_value and bps, as ((0, 10), (1000000, 5))"
    if not isinstance(tiers, Iterable):
        raise ParameterError(f"tiers cannot be {tiers!r}; {way_out}")
    found: list[tuple[float, float]] = []
    for tier in tiers:
        if not isinstance(tier, Sequence) or isinstance(tier, str) or len(tier) != 2:
            raise ParameterError(f"tiers cannot hold {tier!r}; {way_out}")
        share("the from_value of a tier", tier[0], below=LARGEST / UNIT)
        share("the bps of a tier", tier[1], below=10_000)
        if found and tier[0] <= found[-1][0]:
            raise ParameterError(f"tiers must rise, but {tier[0]:g} follows {found[-1][0]:g}")
        found.append((float(tier[0]), float(tier[1])))
    return tuple(found)
