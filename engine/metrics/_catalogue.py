"""Every metric found, by name, and all of them computed at once."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from types import MappingProxyType, ModuleType

from engine.bars import Sessions
from engine.errors import unknown
from engine.metrics._conventions import OURS, check_convention
from engine.metrics._declaration import MARK, Estimate, Metric
from engine.metrics._kept import Kept
from engine.metrics._measured import Measured
from engine.metrics._shared import one_result
from engine.metrics._trading import Traded, Trading, Trip
from engine.money import Floats
from engine.plugins import Plugins


def _pick(thing: object) -> tuple[Metric, ...]:
    found = tuple(_declared(thing))
    if not found:
        raise TypeError("it declares no metric; decorate a function with engine.metrics.metric")
    return found


def _declared(thing: object) -> Iterable[Metric]:
    if not isinstance(thing, ModuleType):
        mark = getattr(thing, "__dict__", {}).get(MARK)
        return [] if mark is None else [mark]
    own = [
        item for item in vars(thing).values() if getattr(item, "__module__", "") == thing.__name__
    ]
    return [item.__dict__[MARK] for item in own if MARK in getattr(item, "__dict__", {})]


# The order of the groups wherever metrics are shown; a group of a plugin comes last.
GROUPS = ("returns", "ratios", "risk", "benchmark", "trades", "costs", "evidence")

PLUGINS: Plugins[tuple[Metric, ...]] = Plugins(
    "metrics module", "engine.metrics", "tradingrobotplug.metrics", _pick
)


@cache
def _found() -> tuple[dict[str, Metric], dict[str, str]]:
    metrics: dict[str, Metric] = {}
    refused: dict[str, str] = {}
    for source in PLUGINS.names():
        for each in PLUGINS.get(source):
            if each.name in metrics:
                refused[f"{source}.{each.name}"] = "a metric of that name is already there"
            else:
                metrics[each.name] = each
    ordered = sorted(metrics.values(), key=_place)
    return {each.name: each for each in ordered}, {**PLUGINS.failures(), **refused}


def catalogue() -> MappingProxyType[str, Metric]:
    """Every metric by name, group by group in the order in which a reader asks."""
    return MappingProxyType(_found()[0])


def _place(metric: Metric) -> int:
    return GROUPS.index(metric.group) if metric.group in GROUPS else len(GROUPS)


def names() -> list[str]:
    """Every metric's name, in alphabetical order."""
    return sorted(catalogue())


def get(name: str) -> Metric:
    """Return one metric; ParameterError suggests the nearest name."""
    if name not in catalogue():
        raise unknown("metric", name, catalogue())
    return catalogue()[name]


def failures() -> dict[str, str]:
    """What was found and is not in the catalogue, each with its reason."""
    return dict(_found()[1])


def measure(
    *,
    equity: Floats,
    start_equity: float,
    sessions: Sessions,
    periods_per_year: float,
    since: date | None = None,
    benchmark: Floats | None = None,
    cash: Floats | None = None,
    shorts: Floats | None = None,
    round_trips: Sequence[Trip] = (),
    fills: Iterable[Traded] = (),
    risk_free: float = 0.0,
    convention: str = OURS,
    multipliers: Mapping[str, float] | None = None,
    kept: Kept | None = None,
) -> dict[str, Estimate]:
    """Compute every metric of the catalogue; see `Measured.of` for what each array holds.

    risk_free: a year, simple. convention: "empyrical", "lean" or "backtesting.py" for a figure as
    these define it; where they have none of their own it is ours. kept: of the same run, if it is
    measured again and again; metrics of its trades alone are then computed when it has new ones.
    """
    check_convention(convention)
    with one_result():
        measured = Measured.of(
            equity=equity,
            start_equity=start_equity,
            sessions=sessions,
            periods_per_year=periods_per_year,
            since=since,
            benchmark=benchmark,
            cash=cash,
            shorts=shorts,
            round_trips=round_trips,
            fills=fills,
            risk_free=risk_free,
            convention=convention,
            multipliers=multipliers,
            kept=kept,
        )
        known = kept.estimates if kept else {}
        found = {name: known.get(name) or each.of(measured) for name, each in catalogue().items()}
    if kept:
        kept.estimates = {name: found[name] for name in _of_trades()}
    return found


@cache
def _of_trades() -> tuple[str, ...]:
    """The metrics that take nothing but trades."""
    return tuple(name for name, each in catalogue().items() if each.takes <= {*Trading._fields})
