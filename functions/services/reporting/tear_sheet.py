"""A backtest on one page: what it was made from, what came of it, and how far to believe it."""

from collections.abc import Sequence
from typing import Any

from engine import Run
from engine.estimates import Estimate
from functions.services.reporting import assumptions, doubts, trips
from functions.services.reporting.daily import beside, measured
from functions.services.reporting.drawings import benchmark_name, costs_drawing, drawings
from functions.services.reporting.figures import groups, headline
from functions.services.reporting.finished import Finished
from functions.services.reporting.identity import Identity, identity
from functions.services.reporting.numerals import LONG, counted, day, rows_told, shown
from functions.services.reporting.page import written
from functions.services.reporting.waiting import unfilled, waiting_at_end

LENGTHS = {
    "1d": "Daily bars",
    "1w": "Weekly bars",
    "1mo": "Monthly bars",
    "1h": "Hourly bars",
}
NAMED = 12
SHORT = 12  # letters of a hash that name a run among others
HASHES = {
    "run": "This run",
    "code": "Strategy code",
    "settings": "Parameters, options and opening account",
    "bars": "Bars and corporate actions",
    "rules": "Version of the engine's rules",
    "result": "Every fill, and equity after every bar",
}


def tear_sheet(finished: Finished) -> str:
    """Return one self-contained HTML page; the same run gives the same bytes.

    It needs no script and fetches nothing; it is light or dark as its reader prefers, and can be
    printed.
    """
    return written("tear_sheet.html", sheet=_sheet(finished))


def _sheet(finished: Finished) -> dict[str, Any]:
    run = finished.run
    daily = measured(finished)
    theirs = beside(finished, daily)
    settings, named = assumptions.settings(run), identity(finished)
    return {
        "title": run.strategy,
        "short": named.run[:SHORT],
        "idle": _idle(run),
        "symbols": _symbols(run.market.symbols),
        "stretch": _stretch(finished),
        "bars": f"{LENGTHS.get(finished.length, f'Bars of {finished.length}')} from "
        f"{finished.source}",
        "by_bar": finished.length not in ("1d", *LONG),
        "notes": [
            (name, meaning) for name, _, meaning in (n.partition(": ") for n in finished.notes)
        ],
        "benchmark": benchmark_name(finished) or "",
        "headline": headline(finished, theirs),
        "verdict": _verdict(finished),
        "charts": drawings(finished, daily, idle=bool(_idle(run))),
        "restated": bool(run.splits),
        "trips": trips.trips_of(run),
        "holdings": trips.holdings_of(run),
        "waiting": waiting_at_end(run),
        "costs": _costs(finished),
        "ambiguity": _ambiguity(finished),
        "data": doubts.about_data(finished),
        "assumptions": [*assumptions.sentences(run), _year(finished)],
        "parameters": assumptions.parameters(run),
        "own_settings": [row for row in settings if not row.usual],
        "usual_settings": [row for row in settings if row.usual],
        "groups": groups(finished, theirs),
        "identity": _identity(named),
    }


def _idle(run: Run) -> str:
    """Say that nothing was ever held, in place of figures that say nothing; else empty."""
    if run.fills or run.opening.positions:
        return ""
    return f"Nothing was traded: {unfilled(run) or 'no order was asked for'}."


def _symbols(symbols: Sequence[str]) -> str:
    more = len(symbols) - NAMED
    shown = ", ".join(symbols[:NAMED])
    return f"{shown} and {more} more" if more > 0 else shown


def _stretch(finished: Finished) -> str:
    sessions = finished.run.sessions
    first, last = day(str(sessions[0])), day(str(sessions[-1]))
    return f"{first} to {last}, {rows_told(len(sessions), finished.length)}"


def _year(finished: Finished) -> str:
    each = f"{LONG[finished.length]} bars" if finished.length in LONG else "sessions"
    return f"Figures of a year count {finished.periods_per_year:g} {each} for it."


def _verdict(finished: Finished) -> list[str]:
    """Say in words how much a backtest is worth as proof: nothing, and why."""
    needed = finished.metrics.get("minimum_track_record", Estimate(None))
    likely = finished.metrics.get("probabilistic_sharpe_ratio", Estimate(None))
    told = [
        "A backtest is made after the fact: whoever chose this rule may have seen what came. It "
        "proves nothing, however long it is; a record that is written bar by bar can."
    ]
    if likely.value is not None:
        told.append(
            f"If only this one rule was tried, the chance that its Sharpe ratio is above zero is "
            f"{shown(likely.value, 'fraction')}. Each further try makes it less."
        )
    if needed.value is not None:
        told.append(
            "To tell a Sharpe ratio like this from luck takes a record of "
            f"{counted(int(needed.value), 'session')}."
        )
    return told


def _costs(finished: Finished) -> dict[str, Any]:
    costs = doubts.costs_of(finished)
    return {
        "sentence": _break_even(costs),
        "paid": "" if costs.paid is None else shown(costs.paid, "basis points"),
        "drawing": costs_drawing(finished, costs),
        "rows": [
            ("Bought and sold", shown(costs.traded, "money")),
            ("Commission", shown(costs.commission, "money")),
            ("Slippage", shown(costs.slippage, "money")),
        ],
    }


def _break_even(costs: doubts.Costs) -> str:
    if costs.paid is None or costs.allowed is None:
        return "Nothing was traded, so nothing was paid."
    paid, allowed = (shown(each, "basis points") for each in (costs.paid, costs.allowed))
    if costs.allowed < 0:
        return f"The trades paid {paid} of their value, and would have lost money without costs."
    return f"The trades paid {paid} of their value. At {allowed} nothing would have been earned."


def _ambiguity(finished: Finished) -> list[str]:
    found = doubts.ambiguity_of(finished.run)
    if not found.bars:
        return ["In no bar were a stop-loss and a take-profit both reached: the result is one."]
    told = (
        f"In {counted(found.bars, 'bar')} a stop-loss and a take-profit were both reached, and "
        "which came first is not known."
    )
    if not found.known:
        return [told]
    return [told, f"The equity at the end lies between {found.worse} and {found.better}."]


def _identity(named: Identity) -> list[tuple[str, str]]:
    found = named._asdict()
    return [(words, found[name] or "not known") for name, words in HASHES.items()]
