"""`robotplug backtest`: a strategy over a provider's past, straight through the engine."""

import traceback
from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

import strategies
from engine import Account, Market, Options, Run, Strategy, simulate
from engine.errors import OrderError, ParameterError, RobotPlugError
from engine.estimates import Estimate
from functions.local.past import Series, past_of
from functions.local.strategy_source import find_strategy, read_settings

BENCHMARK = "buy_and_hold"


@dataclass(frozen=True)
class Request:
    """A backtest that makes sense as far as can be told before it runs."""

    strategy: Strategy
    symbols: tuple[str, ...]
    start: date | None
    cash: str
    options: Options
    series: Series

    @property
    def provider(self) -> str:
        """Where the bars come from."""
        return self.series.provider

    @classmethod
    def parse(
        cls,
        strategy: str,
        symbols: str,
        *,
        start: str | None,
        end: str | None,
        cash: str,
        settings: list[str],
        provider: str,
        bar: str = "1d",
        calendar: str | None = None,
    ) -> "Request":
        """Read what somebody typed; ParameterError names what cannot be."""
        found = find_strategy(strategy)
        parameters, options = read_settings(found, settings)
        request = cls(
            strategy=found(**parameters),
            symbols=symbols_of(symbols),
            start=day_of("start", start),
            cash=_money(cash),
            options=Options.from_dict(options),
            series=Series(provider, bar, calendar, day_of("end", end)),
        )
        first, last = request.start, request.series.end
        if first and last and first > last:
            raise ParameterError(f"start {first} is later than end {last}")
        return request


class Result(NamedTuple):
    """What came of it; metrics are measured against buying and holding the same symbols."""

    request: Request
    run: Run
    metrics: dict[str, Estimate]
    left_out: Counter[str]


def simulated(request: Request) -> Result:
    """Run the strategy and, beside it, the benchmark."""
    market, left_out = past_of(request.series, request.symbols)
    run = _run(request.strategy, market, request)
    benchmark = _run(strategies.get(BENCHMARK)(), market, request)
    return Result(request, run, run.metrics(benchmark=benchmark.equity), left_out)


def _run(strategy: Strategy, market: Market, request: Request) -> Run:
    opening, options = Account.of_cash(request.cash), request.options
    try:
        return simulate(strategy, market, start=request.start, opening=opening, options=options)
    except RobotPlugError:
        raise
    except (Exception, SystemExit) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise OrderError(
            f"{type(strategy).__name__} fails at {where.filename}:{where.lineno}: "
            f"{type(error).__name__}: {error}"
        ) from error


def symbols_of(text: str) -> tuple[str, ...]:
    """Read AAPL,MSFT, each once; ParameterError for another form."""
    names = [name.strip().upper() for name in text.split(",")]
    if not all(names) or len(set(names)) != len(names):
        raise ParameterError(f"--symbols must be like AAPL,MSFT, each once, was {text!r}")
    return tuple(names)


def day_of(name: str, text: str | None) -> date | None:
    """Read an option's day; ParameterError where it is none."""
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise ParameterError(f"--{name} must be a day like 2005-01-01, was {text!r}") from None


def _money(text: str) -> str:
    try:
        money = Decimal(text)
    except InvalidOperation:
        money = Decimal(0)
    if not money.is_finite() or not 0 < money <= 10**9:
        raise ParameterError(f"--cash must be an amount from above 0 to 1000000000, was {text!r}")
    return text
