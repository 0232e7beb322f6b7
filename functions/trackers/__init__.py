"""Performance trackers: one module each; what a tracker is, stands on this page.

A plugin is a class with the three methods of `Tracker`, made for each unit of work with a
`Store`: a module's one class of that kind, or what another distribution offers as entry point.
The built-in ones are told of trades inside the record's transaction and write when they
`finish`. Others are told after the commit, at least once; a trade's id says whether it is new.
"""

import inspect
import pkgutil
from collections.abc import Sequence
from functools import cache
from typing import Protocol, cast, runtime_checkable
from uuid import UUID

from engine.plugins import Plugins
from functions.store.performance import Performance, PerformanceMetrics
from functions.store.trades import Trade

__all__ = [
    "Performance",
    "PerformanceMetrics",
    "Store",
    "Tracker",
    "Trade",
    "failures",
    "get",
    "names",
    "open_built_in",
    "others",
]


class Store(Protocol):
    """What a tracker may read and write: one unit of work on the runs of one robot."""

    def performances(self) -> Sequence[Performance]:
        """Return the moments of this unit of work that are to be measured, oldest first."""

    def performance(self, strategy_id: UUID, trade_type: str | None = None) -> Performance:
        """Return the newest paper or simulated run; without a type paper where there is one.

        DataError when the robot has no such run yet.
        """

    def trades(self, strategy_id: UUID, trade_type: str | None = None) -> list[Trade]:
        """Return the trades of that run, in sequence."""

    def add_trades(self, trades: Sequence[Trade]) -> None:
        """Store new trades."""

    def add_metrics(self, metrics: PerformanceMetrics, *, lasting: bool) -> None:
        """Store metrics as the run's latest, and for ever where lasting."""


@runtime_checkable
class Tracker(Protocol):
    """What follows the trades of robots."""

    def track_trade(self, trade: Trade) -> None:
        """Take notice of a trade; the same one may come again."""

    def calculate_metrics(self, strategy_id: UUID) -> PerformanceMetrics:
        """Measure the robot's run that this tracker is about."""

    def get_trade_history(self, strategy_id: UUID) -> list[Trade]:
        """Return that run's trades, oldest first."""


@runtime_checkable
class BuiltIn(Tracker, Protocol):
    """A tracker that works inside the record's transaction."""

    def finish(self) -> None:
        """Write what was tracked."""


class Factory(Protocol):
    """Makes a tracker for one unit of work."""

    def __call__(self, store: Store) -> Tracker: ...


def _pick(thing: object) -> Factory:
    members = [thing] if inspect.isclass(thing) else vars(thing).values()
    name = getattr(thing, "__name__", None)
    found = [
        member
        for member in members
        if inspect.isclass(member) and (member is thing or member.__module__ == name)
        if all(hasattr(member, method) for method in _METHODS)
    ]
    if len(found) != 1:
        raise TypeError(f"it must define one class with {', '.join(_METHODS)}")
    return cast(Factory, found[0])


_METHODS = ("track_trade", "calculate_metrics", "get_trade_history")
_plugins: Plugins[Factory] = Plugins(
    "tracker", "functions.trackers", "tradingrobotplug.trackers", _pick
)
names = _plugins.names
get = _plugins.get
failures = _plugins.failures


def open_built_in(store: Store) -> list[BuiltIn]:
    """Make every built-in tracker for a unit of work.

    ParameterError where one does not load: what it would have written must not go missing.
    """
    return [cast(BuiltIn, get(name)(store)) for name in _built_in()]


def others() -> list[str]:
    """Name the trackers that other distributions bring."""
    return sorted({*names()} - {*_built_in()})


@cache
def _built_in() -> tuple[str, ...]:
    """Name the modules of this package, those that do not load among them."""
    found = (module.name for module in pkgutil.iter_modules(__path__))
    return tuple(name for name in sorted(found) if not name.startswith("_"))
