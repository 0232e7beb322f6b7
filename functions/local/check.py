"""`robotplug check`: does a strategy decide from what it could know?"""

import contextlib
import io
import math
import time
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, Self

from engine import Market, Options, Strategy
from engine.errors import OrderError, ParameterError, RobotPlugError
from functions.local.limit import MEND, WAITING, bounded
from functions.local.past import Series, past_of
from functions.local.places import place_in
from functions.local.strategy_source import find_strategy, read_settings
from functions.local.typed import day_of, symbols_or_first
from functions.services.checking.judging import Judged, Subject, judged

SHARE_OF_LIMIT = 0.6
"""How much of its time a check may spend before it makes no more cuts."""
QUICK_SECONDS = 15.0
"""Of a processor: how long cuts are made where nobody says how many."""
FEWER = "try fewer --cuts, give fewer bars by --start and --end, or a longer --limit"


class Effort(NamedTuple):
    """How much is tried; cuts: None for as many as are quick. limit: in seconds."""

    cuts: int | None
    limit: float

    def checked(self) -> Self:
        """Return it; ParameterError for what makes no sense."""
        if self.cuts is not None and self.cuts < 1:
            raise ParameterError(f"--cuts must be at least 1, was {self.cuts}")
        if not 1 <= self.limit <= 86_400:
            raise ParameterError(f"--limit must be from 1 to 86400 seconds, was {self.limit:g}")
        return self


@dataclass(frozen=True)
class Request:
    """A check that makes sense as far as can be told before it runs."""

    place: str
    strategy: Strategy
    symbols: tuple[str, ...]
    start: date | None
    options: Options
    series: Series
    effort: Effort

    @classmethod
    def parse(
        cls,
        strategy: str,
        symbols: str | None,
        *,
        start: str | None,
        settings: list[str],
        series: Series,
        effort: Effort,
    ) -> Self:
        """Read what somebody typed; ParameterError names what cannot be."""
        effort = effort.checked()
        with bounded(effort.limit, strategy):
            found = find_strategy(strategy)
        parameters, options = read_settings(found, settings)
        return cls(
            place=strategy,
            strategy=found(**parameters),
            symbols=symbols_or_first(symbols, series.provider),
            start=day_of("start", start),
            options=Options.from_dict(options),
            series=series,
            effort=effort,
        )


class Result(NamedTuple):
    """What was found, and over which bars; out_of_time: before as many cuts as were asked for."""

    request: Request
    market: Market
    judged: Judged
    out_of_time: bool = False

    @property
    def bars(self) -> int:
        """How many bars there were to decide at."""
        return len(self.market.sessions) - self.market.row_of(self.request.start)


class _Pace:
    """How long cuts are made: where none are asked for, as long as the processor has been quick."""

    def __init__(self, effort: Effort) -> None:
        self.cutting = False
        self.out_of_time = False
        share = SHARE_OF_LIMIT * effort.limit
        self._spent = time.process_time() + share
        self._until = time.monotonic() + WAITING * share
        self._quick = time.process_time() + QUICK_SECONDS if effort.cuts is None else math.inf

    def go_on(self) -> bool:
        """Say whether there is time for another cut."""
        self.cutting = True
        spent = time.process_time()
        self.out_of_time = spent >= self._spent or time.monotonic() >= self._until
        return not self.out_of_time and spent < self._quick

    def way_out(self) -> str:
        """Say what to do when the time is up: a loop without an end shows before the first cut."""
        return FEWER if self.cutting else MEND


def checked(request: Request) -> Result:
    """Check within the limit; what the strategy prints or warns of is not shown."""
    market = past_of(request.series, request.symbols).market
    place, strategy, options = request.place, request.strategy, request.options
    subject = Subject(place, strategy, market, request.start, options)
    pace = _Pace(request.effort)
    with bounded(request.effort.limit, type(strategy).__name__, pace.way_out), _silent():
        found = _judged(subject, request.effort, pace)
    return Result(request, market, found, pace.out_of_time)


def _judged(subject: Subject, effort: Effort, pace: _Pace) -> Judged:
    try:
        return judged(subject, cuts=effort.cuts, go_on=pace.go_on)
    except RobotPlugError:
        raise
    except (Exception, SystemExit) as error:
        name = type(subject.strategy).__name__
        raise OrderError(f"{name} fails{place_in(error)}: {_told(error)}") from error


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
