"""The charts of a tear sheet, in the order in which they are read."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from markupsafe import Markup

from engine.estimates import Estimate
from engine.metrics import Measured
from functions.charts import (
    annual,
    beta,
    break_even,
    distribution,
    drawdown,
    equity,
    excursions,
    exposure,
    monthly,
    rolling,
)
from functions.charts.excursions import Trip
from functions.charts.scale import percent
from functions.charts.subject import Subject, short
from functions.services.reporting.daily import (
    bars_of,
    equity_of,
    exposures_of,
    marks_of,
    turnovers_of,
)
from functions.services.reporting.doubts import Costs
from functions.services.reporting.finished import Finished
from functions.services.reporting.numerals import counted

FEW = 40  # sessions; of so few with several bars each, every bar is drawn
MARKED = {
    "value_at_risk_95": "one in twenty worse than {}",
    "average_day": "average {}",
}


class Drawing(NamedTuple):
    """One chart; drawing: an SVG, empty where there is nothing to draw. half: of the width."""

    title: str
    drawing: Markup
    note: str = ""
    half: bool = False


def drawings(finished: Finished, daily: Measured, *, idle: bool = False) -> list[Drawing]:
    """Draw them all; idle: nothing was traded, so that only equity says something."""
    subject, curves = subject_of(finished), equity_of(finished, daily)
    by_bar = len(daily.sessions) < FEW and len(finished.run.sessions) > len(daily.sessions)
    close = bars_of(finished) if by_bar else curves
    marks = marks_of(finished.run, by_bar=by_bar)
    first = _drawn("Equity", equity.svg(subject, close, marks, steep=0.0))
    if idle:
        return [first]
    return [
        first,
        _drawn("Drawdown", drawdown.svg(subject, close)),
        _drawn("Monthly returns, %", monthly.svg(subject, curves)),
        _drawn("Yearly returns", annual.svg(subject, curves), half=True),
        _distribution(finished, daily, subject),
        _rolling(subject, curves),
        *_beta(subject, curves),
        _exposure(finished, daily, subject, curves),
        *_excursions(finished, subject),
    ]


def subject_of(finished: Finished) -> Subject:
    """Return whose charts they are."""
    name = short(finished.run.strategy)
    return Subject("run", name, benchmark_name(finished), finished.periods_per_year)


def _distribution(finished: Finished, daily: Measured, subject: Subject) -> Drawing:
    found = {name: finished.metrics.get(name, Estimate(None)).value for name in MARKED}
    marks = [
        (value, MARKED[name].format(percent(value, 2)))
        for name, value in found.items()
        if value is not None
    ]
    moved = [value for value in daily.returns.tolist() if value != 0.0]
    still = len(daily.returns) - len(moved)
    if not moved:
        words = "In no session did anything move."
        return Drawing("Returns of single sessions", Markup(""), words, half=True)
    drawing = distribution.svg(subject, moved, marks)
    note = "The outermost bars hold all that lies beyond."
    if still:
        note += f" {counted(still, 'session')} in which nothing moved {_are(still)} left out."
    return _drawn("Returns of single sessions", drawing, note, half=True)


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _rolling(subject: Subject, curves: Mapping[str, Any]) -> Drawing:
    title, shown = "Rolling Sharpe ratio", rolling.rollings(subject, curves)
    if not any(one.places for one in shown):
        return _untold(title, shown[0].window)
    note = (
        f"Each point is the Sharpe ratio of the {shown[0].window} sessions before it. The band is "
        "its 95% interval: "
        "where it holds zero, that stretch may be luck."
    )
    return _drawn(title, rolling.svg(subject, shown), note)


def _beta(subject: Subject, curves: Mapping[str, Any]) -> list[Drawing]:
    title, shown = "Rolling beta", beta.slopes(subject, curves)
    if not shown:
        return []
    if not any(one.values for one in shown):
        return [_untold(title, shown[0].window)]
    note = "1 moves as the benchmark does, 0 apart from it."
    return [_drawn(title, beta.svg(subject, shown), note)]


def _untold(title: str, window: int) -> Drawing:
    return Drawing(title, Markup(""), f"Told of {window} sessions or more that vary.", half=True)


def _exposure(
    finished: Finished, daily: Measured, subject: Subject, curves: Mapping[str, Any]
) -> Drawing:
    turnovers = turnovers_of(finished.run, daily)
    drawing = exposure.svg(subject, curves, exposures_of(daily), turnovers)
    return _drawn("Exposure and turnover", drawing)


def _excursions(finished: Finished, subject: Subject) -> list[Drawing]:
    told = [
        Trip(trip.mae_return, trip.mfe_return, trip.net_return)
        for trip in finished.run.trades
        if trip.mae_return is not None and trip.mfe_return is not None
    ]
    note = (
        "A dot a round trip: across how far it stood against or for its entry, up what it came to. "
        "On the slanted line it was left at its worst or its best."
    )
    if excursions.has_edge(told):
        note += " The few that are much farther out than all others are drawn on the edge."
    return [_drawn("Round trips on the way", excursions.svg(subject, told), note)] if told else []


def costs_drawing(finished: Finished, costs: Costs) -> Markup:
    """Draw what was paid beside what could have been; empty where nothing was traded."""
    if costs.paid is None or costs.allowed is None or costs.allowed < 0:
        return Markup("")
    return _drawn("", break_even.svg(subject_of(finished), costs.paid, costs.allowed)).drawing


def _drawn(title: str, svg: str, note: str = "", *, half: bool = False) -> Drawing:
    return Drawing(title, Markup(svg), note, half)  # noqa: S704 - charts escape what they are given


def benchmark_name(finished: Finished) -> str | None:
    """Name what the run is measured against as a reader says it."""
    return None if finished.benchmark is None else short(spoken(finished.benchmark.strategy))


def spoken(strategy: str) -> str:
    """Write a strategy's class name as words.

    >>> spoken("BuyAndHold"), spoken("SMACross")
    ('Buy and hold', 'SMACross')
    """
    if strategy.upper()[:2] == strategy[:2]:
        return strategy
    words = "".join(f" {letter}" if letter.isupper() else letter for letter in strategy)
    return words.strip().lower().capitalize()
