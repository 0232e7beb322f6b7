"""A run as it was stored is the run as it was simulated, whatever the market's clock."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from engine import Action
from functions.services.record.performances import stored_curve
from functions.store.records import EquityRow
from functions.store.trades import Trade

NOBODY = UUID(int=0)
FIRST = date(2013, 3, 1)
DAYS = [FIRST + timedelta(days=number) for number in range(3)]
MIDNIGHTS = [datetime(2013, 3, day, tzinfo=UTC) for day in (2, 3, 4)]
NEW_YORK = [datetime(2013, 3, day, 21, tzinfo=UTC) for day in (1, 2, 3)]


def points(closes: list[datetime]) -> list[EquityRow]:
    owner = (NOBODY, NOBODY, None, "public")
    hundred = Decimal(100)
    return [EquityRow(*owner, at, close, hundred, hundred) for at, close in enumerate(closes, 1)]


def bought(at: datetime, session: date | None) -> Trade:
    told = {"session": str(session)} if session else None
    return Trade(
        *(uuid4(), NOBODY, NOBODY, None, "public", 1, None, "A", "buy"),
        *(Decimal(4), Decimal(10), Decimal(0), Decimal(0), None),
        *(at, "paper", told),
    )


@pytest.mark.parametrize("closes", [MIDNIGHTS, NEW_YORK])
def test_a_point_belongs_to_the_session_that_its_close_ended(closes):
    assert stored_curve(points(closes), [], []).sessions.tolist() == DAYS


def test_a_fill_at_midnight_belongs_to_the_session_it_was_stored_with():
    opened = stored_curve(points(MIDNIGHTS), [bought(MIDNIGHTS[0], DAYS[1])], []).fills[0]
    closed = stored_curve(points(MIDNIGHTS), [bought(MIDNIGHTS[0], DAYS[0])], []).fills[0]
    assert (opened.session, opened.row) == (DAYS[1], 1)
    assert (closed.session, closed.row) == (DAYS[0], 0)


def test_a_fill_without_a_session_belongs_to_the_one_that_its_instant_lies_in():
    fill = stored_curve(points(NEW_YORK), [bought(NEW_YORK[1] - timedelta(hours=7), None)], [])
    assert (fill.fills[0].session, fill.fills[0].row) == (DAYS[1], 1)


def test_a_split_is_booked_in_its_own_session_where_midnight_ends_a_day():
    split = Action("A", DAYS[2], "split", 2.0)
    curve = stored_curve(points(MIDNIGHTS), [bought(MIDNIGHTS[0], DAYS[1])], [split])
    assert [(event.row, event.session) for event in curve.splits] == [(2, DAYS[2])]
