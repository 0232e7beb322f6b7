"""Round trips: flat to flat, nothing lost between the fills and the pairs."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from engine import Action, Options, simulate
from engine.fills import Fill
from engine.money import UNIT, worth
from engine.trades import Moment, RoundTrip, SplitEvent, round_trips
from tests.builders.bars import random_market

pytestmark = pytest.mark.engine

FIRST = date(2012, 1, 3)
DAY = 86_400


def moment(row):
    return Moment(row, FIRST + timedelta(days=row), row * DAY)


def fill(row, side, quantity, price, *, commission=0.0, symbol="IBM"):
    return Fill(
        **moment(row)._asdict(),
        symbol=symbol,
        side=side,
        quantity=round(quantity * UNIT),
        price=price,
        commission=round(commission * UNIT),
        slippage=0,
        pnl=None,
        order_id=f"{row}-{symbol}",
    )


def split(row, quantity, *, cash=0.0, symbol="IBM"):
    return SplitEvent(*moment(row), symbol, round(quantity * UNIT), round(cash * UNIT))


def held(quantity, cost):
    return SimpleNamespace(quantity=round(quantity * UNIT), cost=round(cost * UNIT))


def told(trip: RoundTrip):
    return (trip.side, trip.quantity / UNIT, trip.entry_price, trip.exit_price, trip.net_pnl / UNIT)


def test_a_buy_and_its_sale_are_one_round_trip():
    trips = round_trips(
        [fill(1, "buy", 10, 100.0, commission=1), fill(4, "sell", 10, 110.0, commission=2)]
    )
    assert [told(trip) for trip in trips] == [("long", 10, 100.0, 110.0, 97.0)]
    trip = trips[0]
    assert (trip.entry, trip.exit) == (moment(1), moment(4))
    assert (trip.bars_held, trip.days_held) == (3, 3.0)
    assert trip.net_return == pytest.approx(0.097)
    assert (trip.gross_pnl, trip.commissions) == (100 * UNIT, 3 * UNIT)


def test_entries_and_exits_in_parts_are_averaged():
    trips = round_trips(
        [
            fill(1, "buy", 10, 100.0),
            fill(2, "buy", 30, 120.0),
            fill(3, "sell", 20, 130.0),
            fill(5, "sell", 20, 110.0),
        ]
    )
    assert [told(trip) for trip in trips] == [("long", 40, 115.0, 120.0, 200.0)]


def test_what_is_still_held_is_no_round_trip():
    assert round_trips([fill(1, "buy", 10, 100.0), fill(2, "sell", 9, 110.0)]) == ()


def test_a_fill_through_zero_closes_one_and_opens_the_next():
    trips = round_trips(
        [
            fill(1, "buy", 10, 100.0),
            fill(2, "sell", 30, 110.0, commission=3),
            fill(3, "buy", 20, 105.0),
        ]
    )
    assert [told(trip) for trip in trips] == [
        ("long", 10, 100.0, 110.0, 99.0),
        ("short", 20, 110.0, 105.0, 98.0),
    ]


def test_a_split_while_holding_changes_the_scale_and_no_money():
    trips = round_trips(
        [fill(1, "buy", 10, 100.0), fill(5, "sell", 20, 55.0)], splits=[split(3, 10)]
    )
    assert [told(trip) for trip in trips] == [("long", 20, 50.0, 55.0, 100.0)]


def test_a_split_is_booked_before_the_fills_of_its_row():
    trips = round_trips(
        [fill(1, "buy", 10, 100.0), fill(3, "sell", 20, 55.0)], splits=[split(3, 10)]
    )
    assert [told(trip) for trip in trips] == [("long", 20, 50.0, 55.0, 100.0)]


def test_a_split_after_a_partial_exit_rescales_both_sides():
    trips = round_trips(
        [fill(1, "buy", 10, 100.0), fill(2, "sell", 4, 110.0), fill(5, "sell", 12, 60.0)],
        splits=[split(3, 6)],
    )
    assert [told(trip) for trip in trips] == [("long", 20, 50.0, 58.0, 160.0)]


def test_a_reverse_split_that_pays_all_in_cash_closes_the_position():
    trips = round_trips(
        [fill(1, "buy", 5, 2.0)], splits=[split(3, -4.5), split(3, -0.5, cash=11.0)]
    )
    assert [told(trip) for trip in trips] == [("long", 0.5, 20.0, 22.0, 1.0)]


def test_a_split_of_what_is_not_held_changes_nothing():
    assert round_trips([], splits=[split(3, 0)]) == ()


def test_an_inherited_position_was_entered_at_the_start_for_what_it_cost():
    trips = round_trips(
        [fill(7, "sell", 10, 110.0, commission=1)],
        opening={"IBM": held(10, 1000.0), "AAPL": held(5, 10.0)},
        start=moment(0),
    )
    assert [told(trip) for trip in trips] == [("long", 10, 100.0, 110.0, 99.0)]
    assert trips[0].entry == moment(0)


def test_an_inherited_position_without_a_start_begins_with_its_first_change():
    trips = round_trips([fill(7, "sell", 10, 110.0)], opening={"IBM": held(10, 1000.0)})
    assert trips[0].entry == trips[0].exit == moment(7)


def test_symbols_do_not_mix_and_come_in_the_order_of_their_exits():
    trips = round_trips(
        [
            fill(1, "buy", 1, 10.0, symbol="IBM"),
            fill(2, "buy", 1, 10.0, symbol="AAPL"),
            fill(3, "sell", 1, 11.0, symbol="AAPL"),
            fill(4, "sell", 1, 12.0, symbol="IBM"),
        ]
    )
    assert [trip.symbol for trip in trips] == ["AAPL", "IBM"]


changes = st.lists(
    st.tuples(
        st.sampled_from(["buy", "sell"]),
        st.integers(1, 10**11),
        st.integers(1, 10**11),
        st.integers(0, 10**9),
    ),
    max_size=12,
)


@given(changes)
def test_no_cash_is_lost_or_made_between_fills_and_round_trips(asked):
    fills = [
        Fill(
            row,
            FIRST,
            row * DAY,
            "IBM",
            side,
            quantity,
            price / UNIT,
            commission,
            0,
            None,
            str(row),
        )
        for row, (side, quantity, price, commission) in enumerate(asked)
    ]
    left = -sum(each.quantity if each.side == "buy" else -each.quantity for each in fills)
    if left:  # flatten at the end, so that every fill is in a round trip
        side = "buy" if left > 0 else "sell"
        fills.append(Fill(len(asked), FIRST, 0, "IBM", side, abs(left), 7.0, 0, 0, None, "last"))
    cash = sum(
        worth(each.quantity, round(each.price * UNIT)) * (-1 if each.side == "buy" else 1)
        - each.commission
        for each in fills
    )
    assert sum(trip.net_pnl for trip in round_trips(fills)) == cash


SPLITS = [
    Action("AAPL", date(2012, 3, 1), "split", 2.0),
    Action("IBM", date(2012, 5, 2), "split", 0.3),
    Action("MSFT", date(2012, 4, 3), "split", 1.5),
]


@pytest.mark.parametrize("name", strategies.names())
@pytest.mark.parametrize("lot_size", [1.0, 1e-8])
def test_round_trips_bring_what_the_account_was_paid(name, lot_size):
    """Two ways to one number: pairs of fills here, cash booked in the account there."""
    run = simulate(
        strategies.get(name),
        random_market(seed=4, rows=400, actions=SPLITS),
        options=Options(lot_size=lot_size),
    )
    still_held = run.account_at(399).positions
    for symbol in set(run.market.symbols) - set(still_held):
        paid = sum(
            event.cash
            for event in run.events
            if event.symbol == symbol and event.kind in ("fill", "cash in lieu")
        )
        assert sum(trip.net_pnl for trip in run.trades if trip.symbol == symbol) == paid
    assert run.trades or name in ("buy_and_hold", "volatility_target")
