from datetime import UTC, date, datetime

import pytest

from engine.errors import DataError, ParameterError
from functions.services.market.calendars import Session, sessions


def closes(first, last, calendar="XNYS"):
    return [f"{day.closes:%m-%d %H:%M}" for day in sessions(calendar, first, last)]


def test_a_session_is_a_date_and_two_instants():
    day = date(2013, 3, 1)
    assert sessions("XNYS", day, day) == (
        Session(
            day, datetime(2013, 3, 1, 14, 30, tzinfo=UTC), datetime(2013, 3, 1, 21, tzinfo=UTC)
        ),
    )


def test_half_days_close_early():
    assert closes(date(2012, 7, 2), date(2012, 7, 5)) == [
        "07-02 20:00",
        "07-03 17:00",
        "07-05 20:00",
    ]
    assert closes(date(2012, 11, 21), date(2012, 11, 26)) == [
        "11-21 21:00",
        "11-23 18:00",
        "11-26 21:00",
    ]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (date(2012, 3, 9), date(2012, 3, 12), ["03-09 21:00", "03-12 20:00"]),
        (date(2012, 11, 2), date(2012, 11, 5), ["11-02 20:00", "11-05 21:00"]),
    ],
)
def test_summer_time_moves_the_close_in_utc(first, last, expected):
    assert closes(first, last) == expected


def test_a_weekend_has_none():
    assert sessions("XNYS", date(2013, 3, 2), date(2013, 3, 3)) == ()
    assert sessions("XNYS", date(2013, 3, 3), date(2013, 3, 2)) == ()


def test_old_years_are_known_and_years_may_be_crossed():
    assert len(sessions("XNYS", date(2000, 3, 1), date(2013, 3, 1))) == 3270
    assert closes(date(2001, 9, 10), date(2001, 9, 17)) == ["09-10 20:00", "09-17 20:00"]


def test_round_the_clock_a_session_is_a_utc_day():
    assert closes(date(2012, 12, 31), date(2013, 1, 1), "24/7") == ["01-01 00:00", "01-02 00:00"]


@pytest.mark.parametrize("day", [date(1999, 12, 28), date(2000, 12, 26), date(2019, 12, 30)])
def test_a_session_is_the_same_in_whichever_range_it_is_asked_for(day):
    (alone,) = sessions("XKRX", day, day)
    assert alone.opens.hour == 0
    assert alone in sessions("XKRX", day.replace(year=day.year - 1), day.replace(year=day.year + 1))


def test_an_unknown_calendar_names_the_nearest():
    with pytest.raises(ParameterError, match="no calendar named 'XNYSE'; did you mean 'XNYS'"):
        sessions("XNYSE", date(2013, 3, 1), date(2013, 3, 1))


def test_a_year_beyond_knowledge_is_named():
    with pytest.raises(DataError, match="calendar XKRX from 1900"):
        sessions("XKRX", date(1900, 1, 1), date(1900, 1, 5))
