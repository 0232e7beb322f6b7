"""The public robots that a new platform starts with."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from functions.services.record.registering import RobotDefinition

ALL = ("AAPL", "FB", "GOOG", "IBM", "MSFT")
BACKTEST_FROM = date(2001, 3, 1)
"""A year after the sample begins: the longest average any of them uses is known by then."""

SHOWCASE: tuple[RobotDefinition, ...] = (
    RobotDefinition(
        slug="buy-and-hold",
        name="Buy and Hold",
        description=(
            "Buys five large technology shares in equal parts and never sells: "
            "what all the others have to beat."
        ),
        strategy="buy_and_hold",
        symbols=ALL,
        backtest_from=BACKTEST_FROM,
    ),
    RobotDefinition(
        slug="sma-cross",
        name="Moving-Average Cross",
        description=(
            "Bets that trends last: holds a share while its 20-day average price is above its "
            "100-day one, and pays for it in sideways markets."
        ),
        strategy="sma_cross",
        symbols=ALL,
        backtest_from=BACKTEST_FROM,
        parameters={"fast": 20, "slow": 100},
        benchmark="buy-and-hold",
    ),
    RobotDefinition(
        slug="momentum-rotation",
        name="Momentum Rotation",
        description=(
            "Bets that winners keep winning: each month holds the two shares that rose most in "
            "the past half year, and cash where none rose."
        ),
        strategy="momentum_rotation",
        symbols=ALL,
        backtest_from=BACKTEST_FROM,
        parameters={"lookback": 126, "hold": 2},
        benchmark="buy-and-hold",
    ),
    RobotDefinition(
        slug="rsi-reversion",
        name="RSI Mean Reversion",
        description=(
            "Bets that sharp dips in a rising share recover within days: many small gains, and "
            "now and then a dip that goes on."
        ),
        strategy="rsi_reversion",
        symbols=ALL,
        backtest_from=BACKTEST_FROM,
        parameters={"bars": 2, "entry": 10.0, "exit": 65.0, "trend": 200},
        benchmark="buy-and-hold",
    ),
    RobotDefinition(
        slug="channel-breakout",
        name="Channel Breakout",
        description=(
            "Bets that a new 55-day high starts a trend: buys it and follows with a trailing "
            "stop, so that many small losses pay for a few long rides."
        ),
        strategy="channel_breakout",
        symbols=ALL,
        backtest_from=BACKTEST_FROM,
        parameters={"channel": 55, "range_bars": 20, "trail": 3.5},
        benchmark="buy-and-hold",
    ),
    RobotDefinition(
        slug="volatility-target",
        name="Volatility Target",
        description=(
            "Bets on steadiness rather than direction: holds less of a share the more it swings, "
            "giving up gains in wild years for smaller falls."
        ),
        strategy="volatility_target",
        symbols=ALL,
        backtest_from=BACKTEST_FROM,
        benchmark="buy-and-hold",
    ),
)

_DESCRIPTIONS = {
    "buy-and-hold": (
        "Buys {symbols} in equal parts and never sells: what all the others have to beat."
    ),
    "sma-cross": (
        "Bets that trends last: of {symbols}, holds what has its 20-day average price above its "
        "100-day one, and pays for it in sideways markets."
    ),
    "momentum-rotation": (
        "Bets that winners keep winning: each month holds the {winners} of {symbols} that rose "
        "most in the past half year, and cash where none rose."
    ),
    "rsi-reversion": (
        "Bets that sharp dips of {symbols} recover within days while the trend is up: many small "
        "gains, and now and then a dip that goes on."
    ),
    "channel-breakout": (
        "Bets that a new 55-day high of {symbols} starts a trend: buys it and follows with a "
        "trailing stop, so that many small losses pay for a few long rides."
    ),
    "volatility-target": (
        "Bets on steadiness rather than direction: holds less of {symbols} the more each swings, "
        "giving up gains in wild years for smaller falls."
    ),
}
_OF_ONE = {
    "buy-and-hold": "Buys {symbols} and never sells: what all the others have to beat.",
    "sma-cross": (
        "Bets that trends last: holds {symbols} while its 20-day average price is above its "
        "100-day one, and pays for it in sideways markets."
    ),
    "momentum-rotation": (
        "Bets that what rose keeps rising: holds {symbols} for a month where it rose in the past "
        "half year, and cash where it did not."
    ),
    "volatility-target": (
        "Bets on steadiness rather than direction: holds less of {symbols} the more it swings, "
        "giving up gains in wild years for smaller falls."
    ),
}
_MOST_NAMED = 5
_COINS = {"lot_size": 1e-8}
"""A coin is bought in parts: a whole one may cost more than a robot has."""


def showcase_of(
    symbols: Sequence[str], calendar: str, backtest_from: date
) -> tuple[RobotDefinition, ...]:
    """Return the same robots over other symbols; their ids are the same, so are their names."""
    return tuple(_over(robot, tuple(symbols), calendar, backtest_from) for robot in SHOWCASE)


def _over(
    robot: RobotDefinition, symbols: tuple[str, ...], calendar: str, backtest_from: date
) -> RobotDefinition:
    parameters = dict(robot.parameters)
    if "hold" in parameters:
        # Of one or two, all would be held all the time.
        parameters["hold"] = min(parameters["hold"], max(1, len(symbols) - 1))
    told = _DESCRIPTIONS.get(robot.slug)
    if len(symbols) == 1:
        told = _OF_ONE.get(robot.slug, told)
    words = {"symbols": _listed(symbols), "winners": _counted(parameters.get("hold", 0))}
    return replace(
        robot,
        description=told.format(**words) if told else robot.description,
        symbols=symbols,
        calendar=calendar,
        backtest_from=backtest_from,
        parameters=parameters,
        options=_COINS if calendar == "24/7" else robot.options,
    )


def _listed(symbols: Sequence[str]) -> str:
    """Name the symbols as a sentence does.

    >>> _listed(["SPY", "QQQ"]), _listed(["A", "B", "C", "D", "E", "F"])
    ('SPY and QQQ', 'A, B, C, D and 2 others')
    """
    named = list(symbols)
    if len(named) > _MOST_NAMED:
        named = [*named[: _MOST_NAMED - 1], f"{len(named) - _MOST_NAMED + 1} others"]
    return " and ".join(part for part in (", ".join(named[:-1]), named[-1]) if part)


def _counted(number: int) -> str:
    return "one" if number == 1 else "two"
