"""A run's latest metrics: kept short, told in full."""

from datetime import UTC, datetime
from uuid import UUID

from engine.estimates import Estimate
from functions.store import latest
from functions.store.performance import PerformanceMetrics, latest_of
from functions.store.records import Owner

START, END = datetime(2013, 1, 2, 21, tzinfo=UTC), datetime(2013, 3, 1, 21, tzinfo=UTC)
PERIOD = {
    "calculation_time": "2013-03-01T21:00:00Z",
    "period_start": "2013-01-02T21:00:00Z",
    "period_end": "2013-03-01T21:00:00Z",
}
METRICS = PerformanceMetrics(
    Owner(UUID(int=1), UUID(int=2), None, "public"),
    END,
    START,
    END,
    {
        "sharpe_ratio": Estimate(0.5, -0.1, 1.1, 41, "lo 2002"),
        "cagr": Estimate(None, reason="shorter than a year"),
    },
)


def row(of, *times):
    return {"slug": "x", "latest_metrics": of} | dict(
        zip(("metrics_time", "metrics_start", "metrics_end"), times, strict=True)
    )


def test_what_is_nothing_is_not_kept():
    assert latest_of(METRICS) == {
        "sharpe_ratio": {
            "value": 0.5,
            "low": -0.1,
            "high": 1.1,
            "sample_size": 41,
            "method": "lo 2002",
        },
        "cagr": {"reason": "shorter than a year"},
    }


def test_it_is_told_with_every_field_and_its_period():
    found = latest.told(row(latest_of(METRICS), *METRICS.period))
    assert set(found) == {"slug", "latest_metrics"}
    for name, one in METRICS.values.items():
        whole = {field: value for field, value in vars(one).items() if field != "dates"}
        assert found["latest_metrics"][name] == {**whole, **PERIOD}


def test_metrics_that_name_their_own_period_keep_it():
    earlier = {"cagr": {"value": 0.1, **PERIOD}}
    for times in ((None, None, None), (START, START, START)):
        (told,) = latest.told(row(earlier, *times))["latest_metrics"].values()
        assert told == {**dict.fromkeys(latest.FIELDS), "value": 0.1, **PERIOD}


def test_what_is_no_metric_is_told_as_it_is():
    for broken in (None, [5], {"cagr": 5}):
        assert latest.told(row(broken, None, None, None))["latest_metrics"] == broken
