"""What a robot's published curves say: phases, drawdowns, months; plain lists, no numpy."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import accumulate, groupby
from typing import Any

PHASES = ("backtest", "record")
DENSE = 1_000

Values = Sequence[float | None]


@dataclass(frozen=True)
class Phase:
    """One account's life: before the robot was registered (backtest), or since (record).

    sessions: "YYYY-MM-DD", or instants in UTC where each bar counts, ascending.
    equity, benchmark: of equal length; a benchmark may lack sessions (None), or be missing as a
    whole. start: what both were worth before the first session; None where that is not known.
    """

    name: str
    sessions: Sequence[str]
    equity: Sequence[float]
    benchmark: Values | None
    start: float | None = None

    @cached_property
    def days(self) -> list[float]:
        """The sessions as days of the proleptic Gregorian calendar; instants with their part."""
        return [day_of(session) for session in self.sessions]


def day_of(session: str) -> float:
    """Return a session, or an instant in UTC, as a day of the proleptic Gregorian calendar.

    >>> day_of("0001-01-02"), day_of("0001-01-02T18:00:00Z")
    (2, 2.75)
    """
    if len(session) == len("YYYY-MM-DD"):
        return date.fromisoformat(session).toordinal()
    day = date.fromisoformat(session[:10]).toordinal()
    hours, minutes = int(session[11:13]), int(session[14:16])
    return day + hours / 24 + minutes / 1440


def phases(equity: Mapping[str, Any]) -> list[Phase]:
    """Take the phases of an equity document that have a session."""
    found = [(name, equity.get(name) or {}) for name in PHASES]
    return [
        Phase(name, phase["sessions"], phase["equity"], phase.get("benchmark"), phase.get("start"))
        for name, phase in found
        if phase.get("sessions")
    ]


def drawdowns(values: Values, start: float | None = None) -> list[float | None]:
    """How far below its peak so far each value is, at or below zero; None stays None.

    start: what it was before the first value, which counts as a peak too.

    >>> drawdowns([100.0, 75.0, None, 120.0])
    [0.0, -0.25, None, 0.0]
    >>> drawdowns([75.0, 120.0], 100.0)
    [-0.25, 0.0]
    """
    _, *peaks = accumulate((value or 0.0 for value in values), max, initial=start or 0.0)
    return [
        None if value is None else value / peak - 1.0 if peak else 0.0
        for value, peak in zip(values, peaks, strict=True)
    ]


def months(phase: Phase) -> dict[tuple[int, int], float]:
    """Return of each month by (year, month), from the last session of the month before.

    The first month starts from the phase's start, or else from the first session.

    >>> months(Phase("record", ["2012-01-30", "2012-02-01"], [100.0, 110.0], None))
    {(2012, 1): 0.0, (2012, 2): 0.10000000000000009}
    """
    return dict(_growth(phase, 7))


def years(phase: Phase) -> dict[tuple[int, int], float]:
    """Return of each year by (year, 0), reckoned as in `months`."""
    return dict(_growth(phase, 4))


def _growth(phase: Phase, letters: int) -> Iterator[tuple[tuple[int, int], float]]:
    before = phase.equity[0] if phase.start is None else phase.start
    both = zip(phase.sessions, phase.equity, strict=True)
    for period, sessions in groupby(both, key=lambda each: each[0][:letters]):
        *_, (_, last) = sessions
        yield (int(period[:4]), int(period[5:7] or 0)), last / before - 1.0 if before else 0.0
        before = last


def weekly(phase: Phase) -> list[int]:
    """Find the places to keep of a dense curve: each week's last session, the first, its ends.

    A curve of at most a thousand sessions keeps them all.
    """
    count = len(phase.sessions)
    if count <= DENSE:
        return list(range(count))
    weeks = [(day - 1) // 7 for day in phase.days]
    lasts = [at for at in range(count - 1) if weeks[at] != weeks[at + 1]]
    extremes = [phase.equity.index(end) for end in (min(phase.equity), max(phase.equity))]
    return sorted({0, *lasts, *extremes, count - 1})


def outline(values: Values, buckets: int) -> list[int]:
    """Find the places to keep so that a curve drawn with few points looks the same.

    The lowest and the highest of each bucket, and both ends.

    >>> outline([0.0, 5.0, 1.0, 2.0, -3.0, 0.0, 4.0, 1.0, 1.0], 2)
    [0, 1, 4, 6, 8]
    """
    known = [at for at, value in enumerate(values) if value is not None]
    if len(known) <= 2 * buckets:
        return known
    kept = {known[0], known[-1]}
    for bucket in range(buckets):
        first, last = (len(known) * edge // buckets for edge in (bucket, bucket + 1))
        kept |= {pick(known[first:last], key=lambda at: values[at] or 0.0) for pick in (min, max)}
    return sorted(kept)
