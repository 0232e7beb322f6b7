"""How a run is simulated, beyond strategy and market."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import lru_cache
from typing import Any

import numpy as np

from engine import cost_models
from engine.bounds import between, flag, number, one_of, share
from engine.charges import fees_of, slippage_of
from engine.costs import Costs
from engine.errors import ParameterError, unknown
from engine.instruments import Instrument
from engine.money import UNIT, frozen_all
from engine.notes import notes_of
from engine.shown import shown
from engine.state import Rules

FILLS = ("next_open", "same_close", "next_close")
SIZED_AT = ("open", "decision")
ALWAYS = ("commission_bps", "slippage_bps", "lot_size", "cash_buffer", "min_trade")
FLAGS = ("limit_touch", "close_at_end", "take_profit_first")
OWN = ("own_fee", "own_price")
USUAL = Instrument()


@dataclass(frozen=True, slots=True)
class Options:
    """Costs, sizes, fills and margin.

    lot_size: shares in the smallest trade, where an instrument does not say otherwise.
    cash_buffer, min_trade: shares of equity that weights leave alone, and under which a change of
        weight or value is not made.
    leverage: how much of equity positions may be worth when something is bought.
    participation: how much of a bar's volume fills; None for as much as is asked for.
    fill: "next_open", or at the "same_close" or the "next_close".
    limit_touch: a limit fills when it is touched, not only when it is traded through.
    size_at: "open" sizes weights and values where they first can fill, "decision" where they were
        asked for.
    close_at_end: what is still held is sold at the last closes.
    take_profit_first: of a stop-loss and a take-profit inside one bar the better one counts.
    instruments: by symbol, where one has steps of its own.
    """

    costs: Costs = field(default_factory=Costs)
    lot_size: float = 1.0
    cash_buffer: float = 0.0
    min_trade: float = 0.0
    leverage: float = 1.0
    participation: float | None = 0.1
    fill: str = "next_open"
    limit_touch: bool = False
    size_at: str = "open"
    close_at_end: bool = False
    take_profit_first: bool = False
    instruments: Mapping[str, Instrument] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        _check_costs(self.costs)
        between("lot_size", self.lot_size, 1e-8, 1e9)
        share("cash_buffer", self.cash_buffer)
        share("min_trade", self.min_trade)
        between("leverage", self.leverage, 1, 1000)
        most = self.participation
        if most is not None and not 0 < number("participation", most) <= 1:
            raise ParameterError(
                f"participation must be a share of volume above 0 and at most 1, was {most}; "
                "None fills as much as is asked for"
            )
        one_of("fill", self.fill, FILLS)
        one_of("size_at", self.size_at, SIZED_AT)
        for name in FLAGS:
            flag(name, getattr(self, name))
        object.__setattr__(self, "instruments", _instruments(self.instruments))

    @property
    def notes(self) -> tuple[str, ...]:
        """What must be said wherever a result is shown; a name, a colon and what it means."""
        return tuple(notes_of(self.to_dict()))

    def to_dict(self) -> dict[str, Any]:
        """Return options by name, costs among them, as JSON can hold them.

        What is usual is left out but for the first five, so that an option added later changes
        nothing that was written before. A cost model's own Python is written by its name.
        """
        flat = _flat(self)
        usual = _flat(Options())
        return {name: flat[name] for name in flat if name in ALWAYS or flat[name] != usual[name]}

    @classmethod
    def from_dict(cls, options: Mapping[str, Any]) -> "Options":
        """Take what `to_dict` gave; what is missing keeps its default.

        cost_model: the name of one, whose numbers count where `options` gives no others.
        """
        for name in options:
            if name in OWN:
                raise ParameterError(f"{name} is Python, which no text can give; name a cost_model")
            if name not in NAMES:
                raise unknown("option", name, NAMES)
        read = {name: _read(name, value) for name, value in options.items()}
        model = read.pop("cost_model", None)
        usual = Costs() if model is None else cost_models.get(f"{model}")
        of_costs = {name: read.pop(name) for name in COSTS if name in read}
        return cls(replace(usual, **of_costs), **read)

    def instrument(self, symbol: str) -> Instrument:
        """Return a symbol's steps, the usual ones where it has none of its own."""
        return self.instruments.get(symbol, USUAL)

    def lot_of(self, symbol: str) -> float:
        """Return how many shares of a symbol are its smallest trade."""
        own = self.instrument(symbol).lot_size
        return self.lot_size if own is None else own

    def rules(self, symbols: Sequence[str]) -> Rules:
        """Return the options as the loop reads them, for these symbols."""
        if self.costs.own:  # own Python may have no hash
            return _rules(self, tuple(symbols))
        return _shared_rules(self, tuple(symbols), tuple(self.instruments.items()))


def _rules(options: Options, symbols: tuple[str, ...]) -> Rules:
    for name in options.instruments:
        if name not in symbols:
            raise unknown("symbol with an instrument", name, symbols)
    steps = [options.instrument(symbol) for symbol in symbols]
    lots = [options.lot_of(symbol) for symbol in symbols]
    most = options.participation
    rules = Rules(
        fees=fees_of(options.costs),
        slippage=slippage_of(options.costs),
        lot=np.array([round(lot * UNIT) for lot in lots], np.int64),
        tick=np.array([round(one.tick_size * UNIT) for one in steps], np.int64),
        multiplier=np.array([one.multiplier for one in steps], np.float64),
        cash_buffer=float(options.cash_buffer),
        min_trade=float(options.min_trade),
        leverage=float(options.leverage),
        participation=math.inf if most is None else float(most),
        borrow_rate=float(options.costs.borrow_rate),
        debit_rate=float(options.costs.debit_rate),
        fill=FILLS.index(options.fill),
        limit_touch=options.limit_touch,
        size_at_decision=options.size_at == "decision",
        take_profit_first=options.take_profit_first,
    )
    return frozen_all(rules)


@lru_cache(maxsize=64)
def _shared_rules(
    options: Options, symbols: tuple[str, ...], _instruments: tuple[tuple[str, Instrument], ...]
) -> Rules:
    """Return one object for all runs alike, which nobody can write to.

    _instruments: beside the options, which do not count them where they are told apart.
    """
    return _rules(options, symbols)


COSTS = tuple(one.name for one in fields(Costs) if one.name not in OWN)
MINE = tuple(one.name for one in fields(Options) if one.name != "costs")
NAMES = (*COSTS, *MINE, "cost_model")


def _check_costs(given: object) -> None:
    if not isinstance(given, Costs):
        known = given if isinstance(given, str) and given in cost_models.names() else "lean"
        raise ParameterError(
            f"costs must be a Costs record, were {shown(given)}; give Costs(...), or a named one "
            f"with cost_models.get({known!r})"
        )


def _flat(options: Options) -> dict[str, Any]:
    """Every option and cost under one roof, as JSON holds them."""
    costs = {name: _told(getattr(options.costs, name)) for name in (*COSTS, *OWN)}
    return costs | {name: _told(getattr(options, name)) for name in MINE}


def _told(value: Any) -> object:  # noqa: ANN401
    match value:
        case bool() | str() | None:
            return value
        case tuple():
            return [list(tier) for tier in value]
        case Mapping():
            return {symbol: one.to_dict() for symbol, one in sorted(value.items())}
        case _ if callable(value):
            return f"{value.__module__}:{getattr(value, '__qualname__', type(value).__name__)}"
        case _:
            return float(value)


def _read(name: str, value: Any) -> Any:  # noqa: ANN401
    """A value as JSON holds it, in the type that it has here."""
    if name == "instruments" and isinstance(value, Mapping):
        return {symbol: _instrument(symbol, one) for symbol, one in value.items()}
    return float(value) if type(value) is int else value


def _instruments(instruments: object) -> Mapping[str, Instrument]:
    """A copy, which the giver does not change; ParameterError where it is no table of them."""
    if not isinstance(instruments, Mapping):
        raise ParameterError(f"instruments must be given by symbol, were {instruments!r}")
    for symbol, one in instruments.items():
        if not isinstance(one, Instrument):
            raise ParameterError(f"the instrument of {symbol} must be an Instrument, was {one!r}")
    return dict(instruments)


def _instrument(symbol: str, settings: object) -> Instrument:
    if not isinstance(settings, Mapping):
        raise ParameterError(
            f"the instrument of {symbol} must be given by setting, was {settings!r}"
        )
    return Instrument.from_dict(settings)
