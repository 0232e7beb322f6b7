"""Scenes: bars and orders written as one line of text, what became of them, and their mirror.

A bar is "open high low close", one number where all four are equal, "-" where there is none. "v40"
behind it is its volume, "v?" an unknown one; "q0.5" has asks so much above and bids so much below
its prices. Bars are parted by "|". A mirrored scene has every
price on the other side of 100 and every purchase turned into a sale, so one row of a table tells
the rule for long and for short.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

from engine import Account, Action, Bars, Broker, Costs, Market, Options, Run, Strategy, simulate
from engine.bars import QuotedPrices
from engine.money import UNIT, to_short_text
from tests.builders.bars import FIRST, intraday, sessions
from tests.builders.robots import scripted

FREE = Options(costs=Costs(0.0, 0.0))
AXIS = 100
SYMBOL = "IBM"
VOLUME = 1_000_000.0
EXITS = ("stop loss", "take profit", "trailing stop")
ENDINGS = ("liquidation", "ruin", "end", "delisting")
OTHER = {"buy": "sell", "sell": "buy"}


@dataclass(frozen=True)
class Ask:
    """One call of the broker."""

    verb: str
    words: Mapping[str, Any] = field(default_factory=dict)
    symbol: str = SYMBOL

    def __call__(self, broker: Broker) -> Any:
        return getattr(broker, self.verb)(self.symbol, **self.words)

    def mirrored(self) -> "Ask":
        turned = {name: _other_side(self.verb, name, word) for name, word in self.words.items()}
        return Ask(OTHER.get(self.verb, self.verb), turned, self.symbol)


def buy(quantity: float | None = None, symbol: str = SYMBOL, **words: Any) -> Ask:
    """Buy so many, or as the words say."""
    return Ask("buy", _sized(quantity, words), symbol)


def sell(quantity: float | None = None, symbol: str = SYMBOL, **words: Any) -> Ask:
    """Sell so many, or as the words say."""
    return Ask("sell", _sized(quantity, words), symbol)


def target(symbol: str = SYMBOL, **words: Any) -> Ask:
    """Hold so much."""
    return Ask("target", words, symbol)


def protect(symbol: str = SYMBOL, **words: Any) -> Ask:
    """Give the position its exits."""
    return Ask("protect", words, symbol)


Asks = Mapping[int, Ask | Sequence[Ask]]


def mirrored(asks: Asks) -> Asks:
    """Turn every purchase into a sale, with its prices on the other side of 100."""
    return {row: [ask.mirrored() for ask in _several(asked)] for row, asked in asks.items()}


def script_of(asks: Asks) -> type[Strategy]:
    """Ask at each row's close for what stands there."""

    def asking(asked: Ask | Sequence[Ask]) -> Callable[[Broker], None]:
        return lambda broker: [ask(broker) for ask in _several(asked)] and None

    return scripted({row: asking(asked) for row, asked in asks.items()})


def scene(
    bars: str | Mapping[str, str],
    *,
    actions: Sequence[Action] = (),
    rows_a_session: int = 1,
    mirror: bool = False,
) -> Market:
    """A market of these bars, daily or so many hours to a session.

    >>> scene("100 105 94 101 | -").high[:, 0].tolist()
    [105.0, nan]
    """
    texts = {SYMBOL: bars} if isinstance(bars, str) else bars
    table = np.stack([_table(text, mirror=mirror) for text in texts.values()], axis=1)
    days = sessions(len(table), FIRST)
    midnight = days.astype("datetime64[s]").astype(np.int64)
    hours = midnight + 14 * 3600 + 1800, midnight + 21 * 3600
    daily = Bars(days, *hours, *np.moveaxis(table[:, :, :5], 2, 0), **_quotes(table))
    made = daily if rows_a_session == 1 else intraday(daily, rows_a_session)
    return Market.build(tuple(texts), made, actions)


def play(
    bars: str | Mapping[str, str] | Market,
    asks: Asks | type[Strategy],
    options: Options = FREE,
    *,
    cash: str = "1000000",
) -> Run:
    """Simulate the asks, or a strategy, over the bars."""
    made = bars if isinstance(bars, Market) else scene(bars)
    robot = asks if isinstance(asks, type) else script_of(asks)
    return simulate(robot, made, opening=Account.of_cash(cash), options=options)


def told(run: Run) -> str:
    """Tell a run's fills: row, side, quantity, price, and what kind of exit it was.

    >>> told(play("100 | 101", {0: buy(10)}))
    '1 buy 10 at 101'
    """
    return "; ".join(_told(fill, len(run.market.symbols) > 1) for fill in run.fills)


def both_sides(*rows: tuple[str, str, str]) -> pytest.MarkDecorator:
    """Parametrise a test by a table's rows (name, bars, fills), each long and in its mirror."""
    sides = (("", False), (", mirrored", True))
    table = [
        pytest.param(bars, fills, mirror, id=f"{name}{side}")
        for name, bars, fills in rows
        for side, mirror in sides
    ]
    return pytest.mark.parametrize(("bars", "fills", "mirror"), table)


def check(
    bars: str, asks: Asks, fills: str, options: Options = FREE, *, mirror: bool = False
) -> Run:
    """Play a row of a table and compare its fills."""
    made = scene(bars, mirror=mirror)
    run = play(made, mirrored(asks) if mirror else asks, options)
    assert told(run) == (in_mirror(fills) if mirror else fills), run.ledger()
    return run


def in_mirror(fills: str) -> str:
    """Tell fills as their mirrored scene would.

    >>> in_mirror("1 buy 10 at 95; 2 sell 10 at 94.5 stop loss")
    '1 sell 10 at 105; 2 buy 10 at 105.5 stop loss'
    """
    return "; ".join(_fill_in_mirror(fill) for fill in fills.split("; ")) if fills else ""


def kinds(run: Run, *wanted: str) -> list[str]:
    """What happened, by row and kind; all kinds but fills unless told otherwise."""
    found = [event for event in run.events if event.kind in wanted or not wanted]
    return [f"{event.row} {event.kind}" for event in found if wanted or event.kind != "fill"]


def refusals(run: Run) -> list[str]:
    """What was rejected, skipped or cancelled, with its reason."""
    ended = [event for event in run.events if event.kind in ("reject", "skip", "cancel")]
    return [f"{event.row} {event.kind}: {event.reason}" for event in ended]


def held(run: Run, row: int = -1, symbol: str = SYMBOL) -> float:
    """How much is held after a row's close, signed."""
    at = range(len(run.market.sessions))[row]
    position = run.account_at(at).positions.get(symbol)
    return position.quantity / UNIT if position else 0.0


def waiting(run: Run, row: int = -1) -> list[str]:
    """The orders that wait after a row's close."""
    at = range(len(run.market.sessions))[row]
    return [order.id for order in run.account_at(at).waiting]


def _sized(quantity: float | None, words: dict[str, Any]) -> dict[str, Any]:
    return words if quantity is None else {"quantity": quantity, **words}


def _several(asked: Ask | Sequence[Ask]) -> Sequence[Ask]:
    return [asked] if isinstance(asked, Ask) else asked


def _other_side(verb: str, name: str, word: Any) -> Any:
    if name in ("limit", "stop"):
        return 2 * AXIS - word
    return -word if verb == "target" and name in ("weight", "value", "quantity") else word


def _quotes(table: np.ndarray) -> dict[str, QuotedPrices]:
    """Asks and bids around the prices, where a bar tells its half spread."""
    prices, half = table[:, :, :4], table[:, :, 5:]
    if np.isnan(half).all():
        return {}
    sides = {"ask": prices + half, "bid": prices - half}
    return {side: QuotedPrices(*np.moveaxis(quoted, 2, 0)) for side, quoted in sides.items()}


def _table(text: str, *, mirror: bool) -> np.ndarray:
    rows = np.array([_bar(bar.split()) for bar in text.split("|")])
    if mirror:
        rows[:, :4] = 2 * AXIS - rows[:, [0, 2, 1, 3]]
    return rows


def _bar(words: list[str]) -> list[float]:
    nan = float("nan")
    if words == ["-"]:
        return [nan] * 6
    told = {word[0]: word[1:] for word in words if word[0] in "vq"}
    numbers = [float(word) for word in words if word[0] not in "vq"]
    prices = numbers if len(numbers) == 4 else numbers * 4
    volume = told.get("v", VOLUME)
    return [*prices, nan if volume == "?" else float(volume), float(told.get("q", nan))]


def _told(fill: Any, several: bool) -> str:
    words = [str(fill.row), fill.side, to_short_text(fill.quantity, 0)]
    words += [fill.symbol] if several else []
    words += ["at", to_short_text(round(fill.price * UNIT), 0)]
    words += [fill.reason] if fill.reason in EXITS else []
    return " ".join([*words, *([fill.order_id] if fill.order_id in ENDINGS else [])])


def _fill_in_mirror(fill: str) -> str:
    row, side, quantity, at, price, *rest = fill.split(" ")
    other = to_short_text(round((2 * AXIS - float(price)) * UNIT), 0)
    return " ".join([row, OTHER[side], quantity, at, other, *rest])
