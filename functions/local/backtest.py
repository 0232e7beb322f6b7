"""`robotplug backtest`: a strategy over a provider's past, straight through the engine."""

import traceback
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import NamedTuple, Self

from engine import Account, Market, Options, Run, Strategy, metrics, simulate
from engine.errors import OrderError, ParameterError, RobotPlugError
from functions import providers
from functions.local.past import Past, Series, past_of
from functions.local.strategy_source import aside, read_settings, sourced
from functions.local.typed import day_of, money_of, symbols_or_first
from functions.services.reporting.finished import Finished

BENCHMARK = "buy_and_hold"
NO_BENCHMARK = "none"
USUAL_YEAR = 252.0


class Terms(NamedTuple):
    """What every strategy of one command is simulated on; settings as name=value.

    benchmark: what it is measured against, named as a strategy is; "none" for nothing.
    """

    symbols: tuple[str, ...]
    start: date | None
    cash: str
    series: Series
    settings: tuple[str, ...] = ()
    benchmark: str = BENCHMARK

    @classmethod
    def parse(
        cls,
        symbols: str | None,
        *,
        start: str | None,
        end: str | None,
        cash: str,
        settings: Sequence[str],
        provider: str,
        bar: str = "1d",
        calendar: str | None = None,
        benchmark: str | None = None,
    ) -> Self:
        """Read what somebody typed; ParameterError names what cannot be."""
        terms = cls(
            symbols=symbols_or_first(symbols, provider),
            start=day_of("start", start),
            cash=money_of(cash),
            series=Series(provider, bar, calendar, day_of("end", end)),
            settings=tuple(settings),
            benchmark=BENCHMARK if benchmark is None else benchmark,
        )
        first, last = terms.start, terms.series.end
        if first and last and first > last:
            raise ParameterError(f"start {first} is later than end {last}")
        return terms

    @property
    def periods_per_year(self) -> float:
        """How many sessions make a year of this calendar; the usual 252 where it is not known."""
        calendar = self.series.calendar or providers.get(self.series.provider).facts.calendar
        try:
            return metrics.periods_per_year(calendar)
        except ParameterError:
            return USUAL_YEAR


@dataclass(frozen=True)
class Request:
    """A backtest that makes sense as far as can be told before it runs."""

    strategy: Strategy
    code: str
    options: Options
    terms: Terms
    benchmark: Strategy | None

    @classmethod
    def of(cls, named: str, terms: Terms) -> Self:
        """Read a strategy as NAME, FILE.py, or either with settings of its own: NAME:fast=20.

        ParameterError names what cannot be.
        """
        name, own = parted(named)
        found, code = sourced(name)
        parameters, options = read_settings(found, (*own, *terms.settings))
        benchmark = _benchmark(terms.benchmark)
        return cls(found(**parameters), code, Options.from_dict(options), terms, benchmark)


def _benchmark(named: str) -> Strategy | None:
    """Read what a run is measured against; its options are the run's own."""
    if named == NO_BENCHMARK:
        return None
    name, own = parted(named)
    try:
        found = sourced(name).strategy
        parameters, options = read_settings(found, own)
    except ParameterError as error:
        raise ParameterError(f"--benchmark: {error}") from error
    if options:
        raise ParameterError(
            f"--benchmark {named} sets {next(iter(options))}, but costs and fills are those of the "
            "run; give it by --set"
        )
    return found(**parameters)


def parted(named: str) -> tuple[str, tuple[str, ...]]:
    """Part a strategy from the settings behind its colon.

    >>> parted("sma_cross:fast=20,slow=50")
    ('sma_cross', ('fast=20', 'slow=50'))
    >>> parted("mine.py")
    ('mine.py', ())
    """
    name, colon, settings = named.partition(":")
    return name, tuple(settings.split(",")) if colon else ()


def simulated(request: Request) -> Finished:
    """Run the strategy and, beside it, the benchmark."""
    terms = request.terms
    return finished(request, past_of(terms.series, terms.symbols))


def finished(request: Request, past: Past) -> Finished:
    """Run the strategy over a past, and what it is measured against."""
    run = _run(request.strategy, past.market, request)
    against = request.benchmark
    benchmark = None if against is None else _run(against, past.market, request)
    terms = request.terms
    return measured(
        Finished(
            run,
            benchmark,
            metrics={},
            source=terms.series.provider,
            length=terms.series.length,
            left_out=past.left_out,
            code=request.code,
            periods_per_year=terms.periods_per_year,
        )
    )


def measured(told: Finished) -> Finished:
    """Return a run with every metric, against its benchmark where it has one."""
    against = None if told.benchmark is None else told.benchmark.equity
    return replace(told, metrics=told.run.metrics(told.periods_per_year, benchmark=against))


def _run(strategy: Strategy, market: Market, request: Request) -> Run:
    opening, start = Account.of_cash(request.terms.cash), request.terms.start
    try:
        with aside():
            return simulate(strategy, market, start=start, opening=opening, options=request.options)
    except RobotPlugError:
        raise
    except (Exception, SystemExit) as error:
        where = traceback.extract_tb(error.__traceback__)[-1]
        raise OrderError(
            f"{type(strategy).__name__} fails at {where.filename}:{where.lineno}: "
            f"{type(error).__name__}: {error}"
        ) from error
