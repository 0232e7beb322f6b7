"""What a run cannot know: bars whose inside is hidden, costs that are assumed, rows left out."""

from typing import NamedTuple

from engine import Run
from engine.money import UNIT
from functions.services.reporting.daily import value_of
from functions.services.reporting.finished import Finished
from functions.services.reporting.numerals import counted, shown


class Ambiguity(NamedTuple):
    """What the run came to, and what it could have come to; equity at the end, written.

    bars: how many reached a stop-loss and a take-profit. known: whether the other end of the
    range could be simulated.
    """

    bars: int
    worse: str
    better: str
    known: bool


class Costs(NamedTuple):
    """What trading cost, in basis points of what was traded; None where nothing was.

    paid: what the fills paid. allowed: what they could have paid until nothing was earned.
    """

    paid: float | None
    allowed: float | None
    traded: float
    commission: float
    slippage: float


def ambiguity_of(run: Run) -> Ambiguity:
    """Return the range in which the result lies, over all bars that hide their order of exits."""
    bars, known = run.ambiguous_bars, run.again is not None
    ends = run.result_range() if known else (run, run)
    worse, better = sorted(float(each.equity[-1]) for each in ends)
    return Ambiguity(bars, shown(worse, "money"), shown(better, "money"), known)


def costs_of(finished: Finished) -> Costs:
    """Return what the run paid for its trades beside what it could have paid."""
    run = finished.run
    traded = sum(value_of(run, fill) for fill in run.fills)
    commission = sum(fill.commission for fill in run.fills) / UNIT
    slippage = sum(fill.slippage for fill in run.fills) / UNIT
    allowed = finished.metrics.get("break_even_cost")
    return Costs(
        paid=(commission + slippage) / traded * 10_000.0 if traded else None,
        allowed=None if allowed is None else allowed.value,
        traded=traded,
        commission=commission,
        slippage=slippage,
    )


def about_data(finished: Finished) -> list[str]:
    """Say what was not as it should be in the bars."""
    stale = int(finished.run.stale.sum())
    told = [
        f"{counted(count, 'row')} left out: {reason}."
        for reason, count in sorted(finished.left_out.items())
    ]
    if stale:
        told.append(
            f"{counted(stale, 'close')} had a position without a bar: it is counted at its last."
        )
    return told
