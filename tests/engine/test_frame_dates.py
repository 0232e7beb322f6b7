"""Daily bars from anywhere are of the day they were traded on, or they are refused."""

import pandas as pd
import pytest

from engine.errors import DataError, ParameterError
from engine.frames import market_from_frames

DAYS = pd.bdate_range("2012-01-02", "2012-12-31")  # both changes of the clocks lie within
PLACES = (
    "America/New_York", "Europe/London", "Europe/Berlin", "Asia/Tokyo", "Australia/Sydney", "UTC",
)  # fmt: skip


def walk(rows: int) -> pd.DataFrame:
    return pd.DataFrame({name: [10.0] * rows for name in ("open", "high", "low", "close")})


def stamped(place: str, shown_in: str, days: pd.DatetimeIndex = DAYS) -> pd.DataFrame:
    """Bars stamped with midnight of a place, as a clock elsewhere shows it."""
    return walk(len(days)).set_axis(days.tz_localize(place).tz_convert(shown_in))


def sessions_of(frame: pd.DataFrame, timezone: str | None = None) -> list[str]:
    market = market_from_frames({"IBM": frame}, timezone=timezone)
    return market.sessions.astype(str).tolist()


TRUE = DAYS.strftime("%Y-%m-%d").tolist()


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shown_in", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_with_its_timezone_a_bar_is_of_the_day_it_was_traded_on(place, shown_in):
    assert sessions_of(stamped(place, shown_in), place) == TRUE


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("shown_in", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_without_it_a_bar_is_never_of_another_day(place, shown_in):
    frame = stamped(place, shown_in)
    if frame.index.tz_localize(None).normalize().equals(DAYS):
        assert sessions_of(frame) == TRUE
        return
    with pytest.raises(DataError, match=f"give timezone='{place}'"):
        sessions_of(frame)


@pytest.mark.parametrize("place", ["Europe/Berlin", "Asia/Tokyo", "Australia/Sydney"])
def test_a_day_early_is_refused_also_in_a_few_bars_and_without_weekends(place):
    with pytest.raises(DataError, match=f"midnights of another timezone.*timezone='{place}'"):
        sessions_of(stamped(place, "UTC", pd.bdate_range("2012-07-02", "2012-07-05")))
    with pytest.raises(DataError, match="midnights of another timezone"):
        sessions_of(stamped(place, "UTC", pd.date_range("2012-07-02", "2012-09-05")))


def test_a_place_that_is_not_known_is_refused_too():
    with pytest.raises(DataError, match="give theirs, such as timezone="):
        sessions_of(stamped("Asia/Kathmandu", "UTC"))


def test_without_a_clock_it_is_refused_with_the_way_out():
    naive = stamped("Europe/Berlin", "UTC").tz_localize(None)
    with pytest.raises(DataError, match=r'tz_localize\("UTC"\).*timezone=\'Europe/Berlin\''):
        sessions_of(naive)
    assert sessions_of(naive.tz_localize("UTC"), "Europe/Berlin") == TRUE


@pytest.mark.parametrize("hour", [9.5, 16.0, 17.0])
def test_stamps_of_an_exchanges_hours_are_no_midnights(hour):
    there = stamped("America/New_York", "America/New_York")
    there.index = there.index + pd.Timedelta(hours=hour)
    assert sessions_of(there) == sessions_of(there.tz_convert("UTC")) == TRUE


def test_what_counts_every_day_until_its_end_is_taken_as_it_is():
    days = pd.date_range("2012-01-01", "2012-03-31", tz="UTC") + pd.Timedelta("23:59:59")
    assert sessions_of(walk(len(days)).set_axis(days))[:2] == ["2012-01-01", "2012-01-02"]


def test_a_timezone_that_is_none_is_refused_for_daily_bars_too():
    with pytest.raises(ParameterError, match="no timezone named 'Berlin'"):
        sessions_of(walk(len(DAYS)).set_axis(DAYS), "Berlin")
    assert sessions_of(walk(len(DAYS)).set_axis(DAYS), "Europe/Berlin") == TRUE
