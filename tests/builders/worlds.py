"""Random markets, options and order scripts for the laws; the same seed makes the same ones.

Prices lie on a grid, so that limits and stops are often touched exactly. A script's decisions
depend on its seed, the row and what the broker tells, never on what comes later.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from hypothesis import strategies as st

from engine import Action, Bars, Broker, Costs, Market, Now, Options, Strategy
from engine.instruments import Instrument
from tests.builders.bars import FIRST, intraday, sessions

SYMBOLS = ("AAPL", "FB", "IBM")
GRID = 0.5
VOLUMES = (0.0, 30.0, 200.0, 5_000.0, 1e6, float("nan"))
FRACTIONS = Options(costs=Costs(10.0, 5.0), lot_size=1e-8)


@dataclasses.dataclass(frozen=True)
class Units:
    """What a script counts in: `money` for one of its own, `shares` for one from row `since` on."""

    money: float = 1.0
    shares: float = 1.0
    since: int = 0


def random_bars(seed: int, rows: int, rows_a_session: int = 1, *, thin: bool = True) -> Bars:
    """Bars that wander on the grid, with gaps, and where `thin` with little volume or none."""
    random = np.random.default_rng(seed)
    shape = (rows, len(SYMBOLS))
    close = 100 + GRID * np.cumsum(random.integers(-8, 9, shape), axis=0)
    close = np.maximum(close, 20.0)
    before = np.vstack([np.full_like(close[:1], 100.0), close[:-1]])
    opened = np.maximum(before + GRID * random.integers(-6, 7, shape), 15.0)
    high = np.maximum(opened, close) + GRID * random.integers(0, 8, shape)
    low = np.minimum(opened, close) - GRID * random.integers(0, 8, shape)
    volume = random.choice(VOLUMES, shape) if thin else np.full(shape, 1e9)
    gone = random.random(shape) < (0.08 if thin else 0.0)
    table = [np.where(gone, np.nan, each) for each in (opened, high, low, close, volume)]
    days = sessions(rows, FIRST)
    midnight = days.astype("datetime64[s]").astype(np.int64)
    opens = midnight + 14 * 3600
    daily = Bars(days, opens, midnight + 21 * 3600, *table)
    if rows_a_session == 1:
        return daily
    ends = opens[np.arange(rows) // rows_a_session] + 3600 * rows_a_session
    return intraday(daily, rows_a_session)._replace(ends=ends)


class RandomMarket(Market):
    """A market that says how it was made, and not its thousand numbers."""

    recipe = ""

    def __repr__(self) -> str:
        return f"random_bars({self.recipe}) with {list(self.actions)}"


@st.composite
def markets(draw: st.DrawFn, *, late: bool = False) -> Market:
    """Days or hours of three symbols, with actions; `late`: some of them seen after their day."""
    recipe = draw(st.integers(0, 10**6)), draw(st.integers(8, 40)), draw(st.sampled_from([1, 1, 3]))
    raw = random_bars(*recipe)
    made = RandomMarket.build(SYMBOLS, raw, draw(_actions(raw, late=late)))
    object.__setattr__(made, "recipe", ", ".join(map(str, recipe)))
    return made


def _actions(raw: Bars, *, late: bool) -> st.SearchStrategy[list[Action]]:
    day, symbol = st.sampled_from(raw.sessions.tolist()), st.sampled_from(SYMBOLS)
    seen = st.none() | day if late else st.none()
    ratio, cash = st.sampled_from([0.5, 1.5, 2.0, 3.0]), st.floats(0.01, 2.0)
    payment = st.just(float("nan")) | st.floats(0, 200)
    return st.lists(
        st.builds(Action, symbol, day, st.just("split"), ratio, seen)
        | st.builds(Action, symbol, day, st.just("dividend"), cash, seen)
        | st.builds(Action, symbol, day, st.just("delisting"), payment, seen),
        max_size=3,
        unique_by=lambda action: action[:3],
    )


def any_costs() -> st.SearchStrategy[Costs]:
    """Costs of every kind, none among them."""
    carried = {"borrow_rate": 0.1, "debit_rate": 0.2}
    return st.sampled_from(
        [
            Costs(0.0, 0.0),
            Costs(5.0, 5.0),
            Costs(20.0, 10.0, maker_bps=1.0, **carried),
            Costs(0.0, 0.0, per_share=0.01, minimum=1.0, maximum=0.005),
            Costs(10.0, 0.0, per_order=2.0, **carried),
            Costs(0.0, 5.0, tiers=((0.0, 20.0), (5_000.0, 5.0))),
            Costs(5.0, 0.0, volume_impact=0.1),
        ]
    )


@st.composite
def any_options(draw: st.DrawFn) -> Options:
    """Options of every kind."""
    one_of = st.sampled_from
    future = Instrument(lot_size=draw(one_of([1.0, 0.1])), tick_size=0.25, multiplier=5.0)
    return Options(
        costs=draw(any_costs()),
        lot_size=draw(one_of([1.0, 0.01, 1e-8, 7.0])),
        cash_buffer=draw(one_of([0.0, 0.01])),
        min_trade=draw(one_of([0.0, 0.002])),
        leverage=draw(one_of([1.0, 2.0, 5.0])),
        participation=draw(one_of([0.1, 0.5, None])),
        fill=draw(one_of(["next_open", "next_open", "same_close", "next_close"])),
        limit_touch=draw(st.booleans()),
        size_at=draw(one_of(["open", "open", "decision"])),
        take_profit_first=draw(st.booleans()),
        instruments=draw(one_of([{}, {}, {"FB": future}])),
    )


def random_script(
    seed: int, busy: float = 0.3, units: Units | None = None, verbs: Sequence[str] | None = None
) -> type[Strategy]:
    """A strategy that asks for something at about `busy` of the closes of each symbol."""
    counted = units or Units()
    names = tuple(verbs or VERBS)

    class Scripted(Strategy):
        """Ask for whatever the seed says."""

        def on_bar(self, now: Now, broker: Broker) -> None:
            random = np.random.default_rng([seed, now.row])
            shares = counted.shares if now.row >= counted.since else 1.0
            for at, symbol in enumerate(broker.symbols):
                close = float(now.close[-1, at])
                if random.random() < busy and not np.isnan(close):
                    dice = Dice(random, symbol, close / counted.money, counted.money, shares)
                    VERBS[str(random.choice(names))](broker, dice)

    return Scripted


@dataclasses.dataclass
class Dice:
    """What one symbol's decision is made of; prices in the script's own money."""

    random: np.random.Generator
    symbol: str
    close: float
    money: float
    shares: float

    def one(self, *choices: Any) -> Any:
        return choices[int(self.random.integers(len(choices)))]

    def price(self, *steps: int) -> float:
        """A price so many steps of the grid from the close, as the broker counts it."""
        near = round(self.close / GRID) * GRID
        return float(max(near + GRID * self.one(*steps), 1.0) * self.money)

    def quantity(self) -> float:
        return float(self.one(1, 3, 10, 50, 400) * self.shares)

    def size(self) -> dict[str, float]:
        value = float(self.one(500, 5_000, 40_000) * self.money)
        return self.one({"quantity": self.quantity()}, {"value": value})

    def goal(self) -> dict[str, float]:
        weight = float(self.one(-0.6, -0.2, 0.0, 0.1, 0.3, 0.5, 0.9))
        sign = self.one(-1, 1, 1)
        sized = {name: sign * size for name, size in self.size().items()}
        return self.one({"weight": weight}, {"weight": weight}, sized)

    def exits(self) -> dict[str, float]:
        """Exits at distances that are no whole steps, or on them, or none."""
        return self.one(
            {},
            {},
            {"stop_loss": 0.02},
            {"stop_loss": 0.05, "take_profit": 0.03},
            {"take_profit": 0.01},
            {"trailing": 0.03},
            {"stop_loss": 0.06, "trailing": 0.04, "take_profit": 0.1},
        )

    def terms(self) -> dict[str, Any]:
        tif = self.one("gtc", "gtc", "day", "open", "close")
        exits = self.exits()
        return {"tif": tif, **({"reduce_only": True} if self.one(0, 0, 0, 1) else exits)}

    def resting(self, side: int) -> dict[str, float]:
        """Prices an order of this side rests at, mostly beyond the market; 1 buys."""
        steps = tuple(side * step for step in (-8, -4, -2, -1, 0, 2))
        limit, stop = self.price(*steps), self.price(*(-step for step in steps))
        beyond = stop + side * GRID * self.money * self.one(0, 1, 2)
        distance = float(GRID * self.one(1, 3, 6) * self.money)
        return self.one(
            {"limit": limit},
            {"limit": limit},
            {"stop": stop},
            {"stop": stop, "limit": beyond},
            {"trail": distance},
            {"trail_share": 0.03},
        )


def _market(broker: Broker, dice: Dice) -> None:
    dice.one(broker.buy, broker.sell)(dice.symbol, **dice.size(), **dice.terms())


def _target(broker: Broker, dice: Dice) -> None:
    broker.target(dice.symbol, **dice.goal(), **dice.exits())


def _resting(broker: Broker, dice: Dice) -> None:
    side = dice.one(1, -1)
    ask = broker.buy if side > 0 else broker.sell
    ask(dice.symbol, **dice.size(), **dice.resting(side), **dice.terms())


def _pair(broker: Broker, dice: Dice) -> None:
    size = dice.size()
    low = broker.buy(dice.symbol, **size, limit=dice.price(-6, -3, -1))
    high = dice.one(broker.buy, broker.sell)(dice.symbol, **size, limit=dice.price(1, 3))
    broker.one_cancels_other(low, high)


def _cancel(broker: Broker, dice: Dice) -> None:
    for ticket in broker.orders(dice.symbol)[:1]:
        broker.cancel(ticket)


def _cancel_all(broker: Broker, dice: Dice) -> None:
    broker.cancel_all(dice.one(dice.symbol, None))


def _replace(broker: Broker, dice: Dice) -> None:
    for ticket in broker.orders(dice.symbol)[-1:]:
        broker.replace(ticket, quantity=dice.quantity())


def _protect(broker: Broker, dice: Dice) -> None:
    if broker.quantity(dice.symbol) != 0:
        broker.protect(dice.symbol, **(dice.exits() or {"stop_loss": 0.04}))


def _close(broker: Broker, dice: Dice) -> None:
    broker.close(dice.symbol)


VERBS: dict[str, Callable[[Broker, Dice], None]] = {
    "market": _market,
    "target": _target,
    "resting": _resting,
    "resting too": _resting,
    "pair": _pair,
    "cancel": _cancel,
    "cancel all": _cancel_all,
    "replace": _replace,
    "protect": _protect,
    "close": _close,
}
