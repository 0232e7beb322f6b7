"""One catalogue of metrics: the API, the site, the tear sheet and the docs all read it.

A metric is there by being written: a public function decorated with `@metric` in a module of
this package, or in what an installed distribution offers as an entry point of the group
`tradingrobotplug.metrics` (a module, or one decorated function). It takes what it needs of a
`Measured` record by the names of its parameters.

>>> get("sharpe_ratio").title
'Sharpe ratio'
>>> get("sharp_ratio")
Traceback (most recent call last):
engine.errors.ParameterError: no metric named 'sharp_ratio'; did you mean 'sharpe_ratio'?
"""

from engine.metrics._calendars import periods_per_year
from engine.metrics._catalogue import catalogue, failures, get, measure, names
from engine.metrics._conventions import CONVENTIONS, OURS
from engine.metrics._curves import Period, growth, period_returns, simple_returns
from engine.metrics._declaration import (
    Better,
    Estimate,
    Floats,
    Interval,
    Metric,
    Needs,
    Unit,
    metric,
)
from engine.metrics._kept import Kept
from engine.metrics._measured import Measured

__all__ = [
    "CONVENTIONS",
    "OURS",
    "Better",
    "Estimate",
    "Floats",
    "Interval",
    "Kept",
    "Measured",
    "Metric",
    "Needs",
    "Period",
    "Unit",
    "catalogue",
    "failures",
    "get",
    "growth",
    "measure",
    "metric",
    "names",
    "period_returns",
    "periods_per_year",
    "simple_returns",
]
