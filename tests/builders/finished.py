"""Backtests that are over, of every kind that a report must hold."""

from collections.abc import Mapping, Sequence

import numpy as np

import strategies
from engine import Account, Costs, Market, Options, Strategy, parameter, simulate
from functions.services.reporting.finished import Finished
from tests.builders.bars import NAN, bars, intraday, market, random_market
from tests.builders.robots import scripted

BOLD = "<b>Bobby</b> & <script>alert(1)</script>\"'"


class Turns(Strategy):
    """Change sides every few rows, so that there is something to tell."""

    every = parameter(7, low=1, high=1000)

    def targets(self, market: Market) -> np.ndarray:
        rows = np.arange(len(market.sessions))[:, None]
        wanted: np.ndarray = np.where(rows // self.every % 2 < 1, 0.3, 0.0)
        return wanted * np.ones(market.close.shape)


def finished(
    strategy: Strategy | type[Strategy],
    over: Market,
    *,
    options: Options | None = None,
    cash: str = "100000",
    benchmark: bool = True,
    **more: object,
) -> Finished:
    """Simulate a strategy and, beside it, buying and holding."""
    opening, options = Account.of_cash(cash), options or Options()
    run = simulate(strategy, over, opening=opening, options=options)
    beside = None
    if benchmark:
        hold = strategies.get("buy_and_hold")
        beside = simulate(hold, over, opening=opening, options=options)
    measures = run.metrics(benchmark=None if beside is None else beside.equity)
    return Finished(run, beside, measures, source="sample", **more)  # type: ignore[arg-type]


def ordinary(rows: int = 700, *, seed: int = 1, every: int = 7) -> Finished:
    """Two symbols over almost three years, with gains and losses."""
    return finished(
        Turns(every=every), random_market(seed, rows, ("AAPL", "IBM")), code="class Turns: ..."
    )


def of_prices(
    script: Mapping[int, object], prices: Sequence[object], options: Options | None = None
) -> Finished:
    """One symbol, IBM, with what is done at the close of each row."""
    return finished(scripted(script), market({"IBM": prices}), options=options)  # type: ignore[arg-type]


def _buy(quantity: float) -> object:
    return lambda broker: broker.buy("IBM", quantity=quantity)


def without_a_trade() -> Finished:
    """A strategy that never decides anything."""
    return of_prices({}, [100.0, 101.0, 99.0, 100.0])


def one_bar() -> Finished:
    """A market of a single bar: nothing can fill."""
    return of_prices({0: _buy(1)}, [100.0])


def ruined() -> Finished:
    """Everything on borrowed money, and a fall to a fifth."""
    prices = [100.0, 100.0, 90.0, 20.0, 20.0, 21.0]
    return of_prices({0: _buy(4900)}, prices, Options(leverage=5, participation=None))


def many(trips: int = 10_000) -> Finished:
    """A round trip every other bar."""
    rows = 2 * trips + 2
    steps = np.random.default_rng(3).normal(0.0, 0.002, (rows, 1))
    prices = (100 * np.exp(np.cumsum(steps, axis=0))).round(2)
    over = Market.build(("IBM",), intraday(bars(prices), 7), ())
    return finished(Turns(every=1), over, length="1h")


def hourly(rows: int = 35) -> Finished:
    """A week of bars of an hour."""
    steps = np.random.default_rng(4).normal(0.0005, 0.01, (rows, 2))
    prices = (100 * np.exp(np.cumsum(steps, axis=0))).round(2)
    return finished(
        Turns(every=3),
        Market.build(("AAPL", "IBM"), intraday(bars(prices), 7), ()),
        length="1h",
    )


def ambiguous() -> Finished:
    """A bracket whose both ends one bar reaches, and rows that were left out."""
    script = {
        0: lambda broker: broker.buy("IBM", quantity=100, stop_loss=0.05, take_profit=0.05),
    }
    made = bars(np.array([[100.0], [100.0], [100.0], [101.0]]))
    made = made._replace(
        high=np.array([[100.0], [100.0], [120.0], [101.0]]),
        low=np.array([[100.0], [100.0], [80.0], [101.0]]),
    )
    return finished(
        scripted(script), Market.build(("IBM",), made, ()), left_out={"a price is missing": 2}
    )


def bold() -> Finished:
    """Names that are markup: of the strategy, a symbol, a parameter's value and the source."""

    class Named(Turns):
        """Trade under a bold name."""

        label = parameter(BOLD, choices=(BOLD, "plain"))

    Named.__name__ = BOLD
    over = random_market(2, 120, (BOLD, "IBM"))
    told = finished(Named(), over, left_out={BOLD: 1})
    return Finished(
        told.run, told.benchmark, told.metrics, source=BOLD, length=BOLD, left_out=told.left_out
    )


def short_and_dear() -> Finished:
    """Shorts, costs that eat the result, and an option that is not the usual one."""
    sells = {0: lambda broker: broker.sell("IBM", quantity=50), 40: _buy(50)}
    prices = [100.0 + at % 5 for at in range(80)]
    costs = Costs(commission_bps=200.0, slippage_bps=50.0)
    return of_prices(sells, prices, Options(costs=costs, participation=None, leverage=2))


def with_a_hole() -> Finished:
    """A position without a bar for some rows."""
    return of_prices({0: _buy(10)}, [100.0, 101.0, NAN, NAN, 104.0, 99.0])


KINDS = {
    "ordinary": ordinary,
    "without a trade": without_a_trade,
    "one bar": one_bar,
    "ruined": ruined,
    "hourly": hourly,
    "ambiguous": ambiguous,
    "bold": bold,
    "short and dear": short_and_dear,
    "with a hole": with_a_hole,
}
