"""What was measured of a run: its latest metrics, or those recorded within a range."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from difflib import get_close_matches
from typing import NamedTuple
from uuid import UUID

from functions.store.reading import measurements
from functions.store.reading.rows import Reading, Row

_SHOWN = (
    *("value", "low", "high", "sample_size", "method", "reason", "dates"),
    *("calculation_time", "period_start", "period_end"),
)


class NotMeasuredError(LookupError):
    """Mend the request: it names a metric that no measurement of this run has."""


class Asked(NamedTuple):
    """What is wanted of which run: metrics by name (None: all), in [since, before)."""

    execution_id: UUID | None = None
    names: Sequence[str] | None = None
    since: datetime | None = None
    before: datetime | None = None

    @property
    def source(self) -> str:
        """Whether that is the latest state, or recorded rows of a range."""
        return "latest" if self.since is None and self.before is None else "recorded"


def measured(connection: Reading, execution_id: UUID | None, asked: Asked) -> dict[str, Row]:
    """Return measurements by metric, as they are recorded; nothing is computed.

    A metric that was asked for by name and is not recorded is null with the reason.
    NotMeasuredError for a name that the run does not have.
    """
    if execution_id is None:
        return {}
    latest = measurements.latest(connection, execution_id)
    _check(asked.names, latest)
    if asked.source == "latest":
        found = latest
    else:
        found = measurements.within(
            connection, execution_id, asked.names, asked.since, asked.before
        )
    wanted = sorted(found) if asked.names is None else asked.names
    return {name: _explained(found.get(name), asked.source) for name in wanted}


def chosen(metrics: Mapping[str, Row] | None, names: Collection[str]) -> dict[str, Row]:
    """Return the few of the latest metrics that stand for a robot in a list."""
    latest = metrics or {}
    return {name: _explained(latest[name], "latest") for name in names if name in latest}


def _check(names: Sequence[str] | None, known: Mapping[str, Row]) -> None:
    for name in names or ():
        if known and name not in known:
            near = get_close_matches(name, sorted(known), n=1)
            way_out = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}"
            raise NotMeasuredError(f"no metric named {name!r}; {way_out}")


def _explained(row: Row | None, source: str) -> Row:
    """Never leave a null value without its reason."""
    if row is None:
        within = "yet" if source == "latest" else "for a period within this range"
        return {"value": None, "reason": f"not recorded {within}"}
    shown = {name: row.get(name) for name in _SHOWN}
    if shown["value"] is None and not shown["reason"]:
        shown["reason"] = "undefined over this period"
    return shown
