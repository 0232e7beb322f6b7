import json
from pathlib import Path

import pytest

from engine.errors import ParameterError
from functions import bootstrap
from functions.jobs import collect_bars

EVENTS = Path(__file__).parents[2] / "events"


@pytest.fixture
def platform(database, aws, monkeypatch):
    """The platform that the environment names, as a function finds it."""
    monkeypatch.setenv("DATABASE_URL", database.jobs)
    monkeypatch.setenv("SITE_URL", "http://127.0.0.1:8000")
    monkeypatch.delenv("PROVIDER", raising=False)
    bootstrap.platform.cache_clear()
    platform = bootstrap.platform()
    yield platform
    platform.connect().close()
    platform.connect_beside().close()
    bootstrap.platform.cache_clear()


def event(time):
    return {**json.loads((EVENTS / "scheduler.json").read_text()), "time": time}


def test_the_recorded_event_collects_what_it_has_reached(platform):
    recorded = json.loads((EVENTS / "scheduler.json").read_text())
    counts = collect_bars.handler(recorded, None)
    assert (counts["symbols"], counts["quarantined"], counts["restated"]) == (5, 0, 0)
    newest = platform.connect().execute("SELECT max(timestamp) FROM market_data").fetchone()[0]
    assert newest.date().isoformat() == min(recorded["time"][:10], "2013-03-01")


def test_again_and_older_events_change_nothing(platform):
    collect_bars.handler(event("2012-07-03T20:20:00Z"), None)
    stored = "SELECT count(*), max(timestamp)::date::text, max(seen_at) FROM market_data"
    before = platform.connect().execute(stored).fetchone()
    assert before[1] == "2012-07-03"
    for time in ("2012-07-03T20:20:00Z", "2012-07-02T20:20:00Z", "2001-01-01T00:00:00Z"):
        counts = collect_bars.handler(event(time), None)
        assert counts["bars"] == counts["actions"] == 0
    assert platform.connect().execute(stored).fetchone() == before


def test_where_health_cannot_be_published_the_bars_are_stored_all_the_same(platform, monkeypatch):
    def refused(**_told):
        raise ConnectionError("S3 does not answer")

    with monkeypatch.context() as patch:
        patch.setattr(platform.s3, "put_object", refused)
        assert collect_bars.handler(event("2012-07-03T20:20:00Z"), None)["symbols"] == 5
    stored = platform.connect().execute("SELECT max(timestamp)::date::text FROM market_data")
    assert stored.fetchone()[0] == "2012-07-03"


def test_an_event_without_a_time_is_refused_before_anything_is_done():
    with pytest.raises(ParameterError, match="the event has no time"):
        collect_bars.handler({"detail": {"calendar": "XNYS", "bar": "1d"}}, None)
