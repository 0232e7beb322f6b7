"""Several rows of one session: what the session decides, and what each row does."""

from datetime import UTC, date, datetime

import numpy as np
import pytest

from engine import Account, Action, Costs, Market, Options, OrderError, ParameterError, simulate
from engine.money import UNIT
from tests.builders.bars import NAN, bars, intraday, market
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine

FREE = Options(costs=Costs(0.0, 0.0))
SECOND = date(2012, 1, 10)


def hourly(prices, actions=(), rows=3):
    return market({"IBM": prices}, actions, rows_a_session=rows)


def buy(quantity):
    return lambda broker: broker.buy("IBM", quantity=quantity)


def test_an_order_fills_at_the_open_of_the_next_row_of_the_same_session():
    run = simulate(scripted({0: buy(1)}), hourly([100.0, 101.0, 102.0]), options=FREE)
    (fill,) = run.fills
    assert (fill.row, fill.session, fill.price) == (1, date(2012, 1, 9), 101.0)
    assert datetime.fromtimestamp(fill.time, UTC) == datetime(2012, 1, 9, 15, 30, tzinfo=UTC)


def test_an_id_names_the_closing_instant_once_a_session_had_several_rows():
    ask = dict.fromkeys(range(5), buy(1))
    run = simulate(scripted(ask), hourly([100.0] * 5), options=FREE)
    assert [order.id for order in run.orders] == [
        "2012-01-09-IBM-1",
        "2012-01-09T16:30:00Z-IBM-1",
        "2012-01-09T17:30:00Z-IBM-1",
        "2012-01-10T15:30:00Z-IBM-1",
        "2012-01-10T16:30:00Z-IBM-1",
    ]


def test_an_id_does_not_change_when_more_rows_of_its_session_come():
    made = hourly([100.0] * 8)
    ask = scripted(dict.fromkeys(range(8), buy(1)))
    whole = simulate(ask, made)
    for rows in range(1, 9):
        assert simulate(ask, made.head(rows)).orders == whole.orders[:rows]


def test_an_action_is_booked_once_at_the_first_row_of_its_session():
    opening = Account.of_cash("1000")
    actions = [Action("IBM", SECOND, "dividend", 1.0), Action("IBM", SECOND, "split", 2.0)]
    run = simulate(
        scripted({0: buy(2)}),
        hourly([100.0, 100.0, 100.0, 50.0, 50.0, 50.0], actions),
        opening=opening,
        options=FREE,
    )
    booked = [(event.row, event.kind) for event in run.events if event.kind != "fill"]
    assert booked == [(3, "split"), (3, "dividend")]
    assert run.cash_units.tolist()[2:4] == [800 * UNIT, 804 * UNIT]


def test_an_action_of_a_day_without_a_session_is_booked_at_the_next_ones_first_row():
    saturday = date(2012, 1, 14)
    made = hourly([100.0] * 18, [Action("IBM", saturday, "dividend", 1.0)])
    run = simulate(scripted({0: buy(1)}), made, options=FREE)
    (paid,) = [event for event in run.events if event.kind == "dividend"]
    assert (paid.row, paid.session) == (15, date(2012, 1, 16))


def test_a_run_may_begin_inside_a_session():
    made = hourly([100.0] * 6)
    instant = datetime(2012, 1, 9, 16, 30, tzinfo=UTC)
    assert simulate(scripted({}), made, start=instant).start_row == 1
    assert made.row_of(instant.replace(minute=31)) == 2
    assert made.row_of(SECOND) == 3
    assert made.row_of(datetime(2012, 1, 9, 18, 0, tzinfo=UTC)) == 3


def test_a_start_without_a_timezone_is_refused():
    with pytest.raises(ParameterError, match="start 2012-01-09 16:30:00 has no timezone; give it"):
        hourly([100.0]).row_of(datetime(2012, 1, 9, 16, 30))  # noqa: DTZ001


def test_metrics_are_measured_at_the_last_row_of_each_session():
    prices = [100.0, 100.0, 100.0, 150.0, 50.0, 110.0, 60.0, 200.0, 121.0]
    run = simulate(weighted(np.ones((9, 1))), hourly(prices), options=FREE)
    daily = run.metrics()
    assert daily["total_return"].value == pytest.approx(0.21)
    assert daily["sharpe_ratio"].sample_size == 3
    assert daily["max_drawdown"].value == 0.0  # the dips between closes of sessions are none


def test_round_trips_count_whatever_the_length_of_the_bars():
    script = {0: buy(1), 1: lambda b: b.sell("IBM", quantity=1)}
    made = [hourly([100.0] * 6, rows=rows) for rows in (1, 3)]
    daily, inside = (simulate(scripted(script), each, options=FREE) for each in made)
    assert len(daily.trades) == len(inside.trades) == 1
    assert (daily.trades[0].bars_held, inside.trades[0].bars_held) == (1, 1)
    assert inside.trades[0].days_held == pytest.approx(1 / 24)


def test_the_ledger_names_the_instants_of_asking_and_of_filling():
    run = simulate(scripted({1: buy(2)}), hourly([100.0, 101.0, 102.0]), options=FREE)
    assert run.ledger() == (
        "2012-01-09T16:30:00Z  asks   buy 2 IBM at market\n"
        "2012-01-09T16:30:00Z  fills  buy 2 IBM at 102.00, commission 0.00\n"
    )


def test_errors_name_the_instant():
    made = hourly([100.0, 100.0])
    with pytest.raises(OrderError, match="weight of IBM on 2012-01-09T16:30:00Z is inf"):
        simulate(weighted(np.array([[0.0], [np.inf]])), made)
    with pytest.raises(
        OrderError, match="buy order for IBM on 2012-01-09T16:30:00Z has quantity -1"
    ):
        simulate(scripted({1: buy(-1)}), made)


def test_a_symbol_without_a_bar_inside_a_session_waits_for_its_next():
    run = simulate(scripted({0: buy(1)}), hourly([100.0, NAN, 103.0, 104.0]), options=FREE)
    assert [(fill.row, fill.price) for fill in run.fills] == [(2, 103.0)]


def test_a_market_of_hours_is_that_of_the_same_rows_as_days_on_another_timeline():
    path = np.linspace(100, 120, 30)[:, None]
    days = Market.build(("IBM",), bars(path))
    hours = Market.build(("IBM",), intraday(bars(path), 7))
    weights = np.where(np.arange(30)[:, None] % 4 < 2, 0.9, 0.1)
    first, second = (simulate(weighted(weights, "row"), each) for each in (days, hours))
    assert first.equity_units.tolist() == second.equity_units.tolist()
    told = [
        [(fill.row, fill.quantity, fill.price) for fill in run.fills] for run in (first, second)
    ]
    assert told[0] == told[1]
    assert len(told[0]) > 10
