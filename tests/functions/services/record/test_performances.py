"""A run as it was stored is the run as it was simulated, whatever the market's clock."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import numpy as np
import pytest

from engine import Action, Instrument, Options, simulate
from engine.trades import Ranges
from functions.services.record.measuring import earlier_curve
from functions.services.record.performances import Account, curve_of, measurable
from functions.services.record.stored_curves import stored_curve, with_shorts
from functions.services.record.tape import blank
from functions.store.records import EquityRow, Owner, Record, Segment
from functions.store.trades import Trade
from functions.trackers._measuring import measured
from tests.builders.bars import market, random_market
from tests.builders.worlds import random_script

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


HOURS = [datetime(2013, 3, day, hour, tzinfo=UTC) for day in (1, 2) for hour in (15, 16, 17)]


@pytest.mark.parametrize(("minutes", "row"), [(-30, 0), (0, 1), (30, 1), (60, 2), (24 * 60, 4)])
def test_a_fill_belongs_to_the_row_that_was_open_at_its_instant(minutes, row):
    at = HOURS[0] + timedelta(minutes=minutes)
    (fill,) = stored_curve(points(HOURS), [bought(at, at.date())], []).fills
    assert fill.row == row


def test_a_fill_at_the_close_of_its_sessions_last_row_stays_in_it():
    (fill,) = stored_curve(points(HOURS), [bought(HOURS[2], DAYS[0])], []).fills
    assert fill.row == 2


def test_shorter_bars_are_measured_session_by_session():
    owner = Owner(NOBODY, NOBODY, None, "public")
    account = Account(owner, 100.0, HOURS[0], "XNYS")
    curve = stored_curve(points(HOURS), [bought(HOURS[3], DAYS[1])], [])
    curve = curve._replace(equity=np.arange(6.0), cash=np.arange(6.0) * 10)
    found = measurable(account, curve, np.arange(100.0, 106.0), HOURS[-1], lasting=False)
    assert found.sessions.tolist() == DAYS[:2]
    assert found.equity.tolist() == [2.0, 5.0]
    assert found.cash.tolist() == [20.0, 50.0]
    assert found.benchmark.tolist() == [102.0, 105.0]
    assert [fill.row for fill in found.fills] == [1]


def test_round_trips_are_told_of_the_bars_themselves_however_short():
    account = Account(Owner(NOBODY, NOBODY, None, "public"), 100.0, HOURS[0], "XNYS")
    first, last = bought(HOURS[0] - timedelta(minutes=30), DAYS[0]), bought(HOURS[3], DAYS[1])
    curve = stored_curve(points(HOURS), [first, last._replace(side="sell")], [])
    curve = curve._replace(equity=np.arange(6.0) + 1.0, cash=np.zeros(6))
    (trip,) = measurable(account, curve, None, HOURS[-1], lasting=False).round_trips
    assert trip.mae is None
    price = curve.fills[0].price
    level = np.full((6, 1), price)
    low = level - np.array([[0.0], [7.0], [0.0], [0.0], [0.0], [0.0]])
    bars = (level, level + 3.0, low, level, level, level)
    curve = curve._replace(ranges=Ranges((curve.fills[0].symbol,), curve.closes, *bars))
    (trip,) = measurable(account, curve, None, HOURS[-1], lasting=False).round_trips
    shares = curve.fills[0].quantity
    assert (trip.mae, trip.mfe) == (-7 * shares, 3 * shares)
    assert curve.head(2).ranges.low.tolist() == low[:2].tolist()


class Kept:
    """An archive with two trades at the instant that parts two segments."""

    def points(self, execution_id, before):
        return points(MIDNIGHTS)[: before - 1]

    def trades(self, execution_id, before):
        own = [bought(MIDNIGHTS[0], DAYS[0]), bought(MIDNIGHTS[0], DAYS[1])]
        numbered = [trade._replace(sequence=at) for at, trade in enumerate(own, 1)]
        return [trade for trade in numbered if trade.sequence < before]


@pytest.mark.parametrize(("first_trade", "fills"), [(1, 0), (2, 1), (3, 2)])
def test_a_trade_belongs_to_one_segment_though_its_instant_ends_one_and_begins_the_next(
    first_trade, fills
):
    segment = Segment(
        *(NOBODY, 2, 2, "", "", "", {}, "", {}, {}),
        first_trade=first_trade,
    )
    record = Record(Owner(NOBODY, NOBODY, None, "public"), None, segment, None)
    curve = earlier_curve(Kept(), record, blank(("A",)))
    assert (len(curve.closes), len(curve.fills)) == (1, fills)


def hedged():
    """Points whose trades bought four A, and sold four of B a day later."""
    sale = bought(MIDNIGHTS[0], DAYS[1])._replace(symbol="B", side="sell")
    return stored_curve(points(MIDNIGHTS), [bought(MIDNIGHTS[0], DAYS[0]), sale], [])


def test_nothing_is_known_to_be_short_where_nothing_was_sold_that_was_not_held():
    curve = stored_curve(points(MIDNIGHTS), [bought(MIDNIGHTS[0], DAYS[0])], [])
    assert curve.shorts.tolist() == [0.0, 0.0, 0.0]
    assert hedged().shorts is None


def test_what_a_stored_curve_held_short_counts_at_the_closes_of_the_bars():
    made = market({"A": [10.0] * 4, "B": [10.0, 11.0, 12.0, 13.0]})
    curve = hedged()
    curve = curve._replace(closes=made.closes[1:])
    found = with_shorts(curve, made, {"B": 5.0})
    assert found.shorts.tolist() == [0.0, 4 * 12.0 * 5.0, 4 * 13.0 * 5.0]
    assert found.head(2).shorts.tolist() == [0.0, 240.0]


def test_stretches_are_exposed_together_as_far_as_both_are_known():
    known = hedged()._replace(shorts=np.array([0.0, 40.0, 40.0]))
    assert known.then(known).shorts.tolist() == [0.0, 40.0, 40.0] * 2
    assert hedged().then(known).shorts is None


def test_what_is_measured_is_told_what_was_short_and_what_a_contract_is():
    account = Account(Owner(NOBODY, NOBODY, None, "public"), 100.0, HOURS[0], "XNYS")
    curve = stored_curve(points(HOURS), [bought(HOURS[0], DAYS[0])], [])
    curve = curve._replace(shorts=np.arange(6.0) * 10, multipliers={"A": 50.0})
    found = measurable(account, curve, None, HOURS[-1], lasting=False)
    assert found.multipliers == {"A": 50.0}
    assert measured(found).values["exposure"].value == pytest.approx((2 * 20 + 2 * 50) / 100 / 2)


@pytest.mark.parametrize("seed", [3, 8])
def test_what_follows_from_trades_and_splits_is_what_the_run_was_short(seed):
    split = Action("IBM", date(2012, 3, 5), "split", 2.0)
    made = random_market(seed, rows=130, actions=[split])
    options = Options(leverage=3.0, instruments={"MSFT": Instrument(multiplier=5.0)})
    curve = curve_of(simulate(random_script(seed), made, options=options))
    found = with_shorts(curve._replace(shorts=None), made, curve.multipliers)
    assert curve.shorts.any()
    assert found.shorts == pytest.approx(curve.shorts, rel=1e-12)
