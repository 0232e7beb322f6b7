"""The public robots that a new platform starts with."""

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
