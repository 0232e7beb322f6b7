"""Actions seen after their ex-date: booked when they were seen, on what was held when due."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine import Account, Action, Costs, DataError, Market, Options, Position, simulate
from engine.money import UNIT, to_units, worth
from tests.builders.bars import NAN, bars, market, random_market, sessions
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine

DAYS = [day.item() for day in sessions(80)]
FREE = Options(costs=Costs(0.0, 0.0))
HALVED = [100.0, 100.0, 50.0, 50.0, 50.0, 50.0]


def late(kind, value, ex, seen, symbol="IBM"):
    return Action(symbol, DAYS[ex], kind, value, DAYS[seen])


def holding(quantity):
    return Account(0, {"IBM": Position(to_units(quantity), to_units(quantity) * 90)})


def play(prices, actions, script=None, opening=None, start=0):
    made = market({"IBM": prices}, actions)
    begun = None if start == 0 else DAYS[start]
    return simulate(scripted(script or {}), made, start=begun, opening=opening, options=FREE)


def buy(quantity):
    return lambda broker: broker.buy("IBM", quantity=quantity)


def sell(quantity):
    return lambda broker: broker.sell("IBM", quantity=quantity)


def held(run):
    rows = range(run.start_row, len(run.market.sessions))
    positions = [run.account_at(row).positions.get("IBM") for row in rows]
    return [position.quantity / UNIT if position else 0 for position in positions]


def test_a_split_is_booked_at_the_open_of_the_session_that_saw_it():
    run = play(HALVED, [late("split", 2.0, 2, 4)], opening=holding("10"))
    assert held(run) == [10, 10, 10, 10, 20, 20]
    assert run.equity.tolist() == [1000, 1000, 500, 500, 1000, 1000]
    (event,) = run.events
    assert (event.row, event.kind, event.reason) == (4, "split", "late")


@pytest.mark.parametrize(
    ("script", "after"),
    [
        ({2: sell(4)}, 12),  # six were held throughout
        ({2: sell(10)}, 0),  # nothing was
        ({2: buy(5)}, 25),  # five are of the new shares already
        ({1: sell(4), 2: buy(4)}, 16),  # six were, four are new
        ({0: buy(2)}, 24),  # bought before the ex-date
        ({1: buy(2)}, 22),  # bought at its open, in new shares
        ({3: sell(3)}, 17),  # sold at the open that books it, in new shares
    ],
)
def test_a_split_multiplies_what_was_held_without_interruption(script, after):
    opening = Account(to_units("1000"), holding("10").positions)
    run = play(HALVED, [late("split", 2.0, 2, 4)], script, opening)
    assert held(run)[4] == after


@pytest.mark.parametrize(
    ("script", "paid"),
    [
        ({}, 10),
        ({2: sell(10)}, 10),  # sold since, and still owed
        ({1: sell(10)}, 10),  # sold at the ex-date's open, as held before it
        ({0: sell(4)}, 6),
        ({0: buy(3)}, 13),
        ({1: buy(3), 2: buy(3)}, 10),
    ],
)
def test_a_dividend_is_paid_on_what_was_held_when_its_ex_date_opened(script, paid):
    opening = Account(to_units("1000"), holding("10").positions)
    run = play([100.0] * 6, [late("dividend", 1.5, 2, 4)], script, opening)
    (event,) = [event for event in run.events if event.kind == "dividend"]
    assert (event.row, event.reason, event.cash) == (4, "late", round(paid * 1.5 * UNIT))


def test_a_split_since_does_not_change_what_a_dividend_pays():
    actions = [late("dividend", 1.5, 1, 4), Action("IBM", DAYS[2], "split", 2.0)]
    run = play(HALVED, actions, opening=holding("10"))
    assert run.account_at(4) == Account(to_units("15"), {"IBM": Position(20 * UNIT, 900 * UNIT)})


@pytest.mark.parametrize("seen", [3, 4, 5])
def test_a_dividend_after_a_split_that_was_seen_late_counts_the_new_shares(seen):
    actions = [late("split", 2.0, 2, seen), late("dividend", 1.5, 3, 5)]
    run = play(HALVED, actions, opening=holding("10"))
    assert run.account_at(5).cash == to_units("30")


def test_both_on_one_ex_date_count_the_new_shares_too():
    actions = [late("split", 2.0, 2, 4), late("dividend", 1.5, 2, 4)]
    run = play(HALVED, actions, opening=holding("10"))
    assert run.account_at(4).cash == to_units("30")


def test_two_splits_seen_late_multiply_each_other():
    actions = [late("split", 2.0, 1, 4), late("split", 3.0, 2, 4)]
    run = play([600.0, 300.0, 100.0, 100.0, 100.0], actions, opening=holding("10"))
    assert held(run)[-1] == 60
    assert run.equity[-1] == 6000.0


def test_a_split_on_time_between_ex_date_and_booking_multiplies_what_was_held_too():
    actions = [late("split", 2.0, 1, 4), Action("IBM", DAYS[2], "split", 3.0)]
    run = play([600.0, 300.0, 100.0, 100.0, 100.0], actions, {2: sell(12)}, holding("10"))
    assert held(run) == [10, 10, 30, 18, 36]


def test_an_ex_date_before_the_first_row_counts_what_the_account_opened_with():
    actions = [late("split", 2.0, 1, 4), late("dividend", 1.0, 1, 4)]
    run = play(HALVED, actions, {3: sell(4)}, holding("10"), start=3)
    assert held(run) == [10, 16, 16]
    assert [event.cash for event in run.events if event.kind == "dividend"] == [20 * UNIT]


def test_an_ex_date_before_the_first_bar_moves_no_price():
    before = Action("IBM", date(2012, 1, 3), "split", 2.0, DAYS[2])
    run = play([50.0] * 4, [before], opening=holding("10"))
    assert held(run) == [10, 10, 20, 20]
    assert run.market.close[:, 0].tolist() == [50.0] * 4


def test_a_fraction_of_a_lot_is_paid_in_cash_where_it_is_booked():
    run = play([90.0, 60.0, 60.0, (66.0, 60.0)], [late("split", 1.5, 1, 3)], opening=holding("15"))
    assert (held(run)[-1], run.account_at(3).cash) == (22, to_units("33"))


def test_orders_asked_for_before_the_ex_date_are_scaled_and_later_ones_are_not():
    script = {
        0: buy(10),
        2: lambda broker: (broker.buy("IBM", quantity=7), broker.buy("IBM", value=50)),
    }
    run = play([100.0, NAN, NAN, NAN, 50.0], [late("split", 2.0, 1, 4)], script)
    assert [fill.quantity / UNIT for fill in run.fills] == [20, 7, 1]
    (adjusted,) = [event for event in run.events if event.kind == "adjust"]
    assert (adjusted.order_id, adjusted.reason) == ("2012-01-09-IBM-1", "late")


def test_the_price_scale_knows_a_split_from_the_row_that_booked_it():
    made = market({"IBM": HALVED}, [late("split", 2.0, 2, 4)])
    assert made.close[:, 0].tolist() == [100, 100, 50, 50, 100, 100]
    np.testing.assert_array_equal(made.head(4).close, made.close[:4])


def test_a_dividends_factor_uses_the_close_before_its_ex_date():
    made = market({"IBM": [100.0, 80.0, 40.0, 50.0]}, [late("dividend", 20.0, 1, 3)])
    assert made.close[:, 0].tolist() == pytest.approx([100, 80, 40, 50 / 0.8])


def test_a_dividends_factor_uses_the_close_in_the_shares_of_its_ex_date():
    actions = [late("split", 2.0, 1, 3), late("dividend", 10.0, 1, 3)]
    made = market({"IBM": [100.0, 50.0, 50.0, 50.0]}, actions)
    assert made.close[3, 0] == pytest.approx(50 * 2 / 0.8)


def test_a_symbol_without_a_bar_since_is_marked_in_new_shares_once_it_is_known():
    run = play([100.0, NAN, NAN, NAN], [late("split", 2.0, 1, 3)], opening=holding("10"))
    assert run.equity.tolist() == [1000.0] * 4
    assert held(run)[-1] == 20


def test_a_late_dividend_that_is_no_part_of_a_close_is_refused():
    made = market({"IBM": [100.0, 50.0, 200.0]}, [late("dividend", 100.0, 1, 2)])
    with pytest.raises(DataError, match="dividend of IBM on 2012-01-11 is not below the close"):
        made.close.sum()


def test_an_action_seen_on_its_ex_date_or_before_a_row_passed_is_not_late():
    on_time = play(HALVED, [Action("IBM", DAYS[2], "split", 2.0)], opening=holding("10"))
    for seen in (DAYS[2], DAYS[1]):
        run = play(HALVED, [Action("IBM", DAYS[2], "split", 2.0, seen)], opening=holding("10"))
        assert run.events == on_time.events


def test_an_action_not_seen_by_the_last_row_is_not_known():
    made = market({"IBM": HALVED}, [late("split", 2.0, 2, 4)])
    assert made.head(4).actions == ()
    assert made.head(5).actions == made.actions
    assert play(HALVED[:4], made.actions, opening=holding("10")).events == ()


def test_tables_grow_as_far_as_late_actions_need():
    def ask(broker):
        for _ in range(30):
            broker.buy("IBM", quantity=1)

    actions = [late("split", ratio, 2, 4) for ratio in (0.5, 2.0, 0.25, 4.0)]
    actions += [late("dividend", 0.01, 2, 4) for _ in range(20)]
    run = play([100.0, 100.0, NAN, NAN, 100.0], actions, {1: ask}, holding("10"))
    counted = [event.kind for event in run.events]
    assert [counted.count(kind) for kind in ("split", "adjust", "dividend")] == [4, 120, 20]
    assert (held(run)[-1], run.account_at(4).cash) == (10, to_units("2"))


WEIGHTS = st.integers(0, 10_000)


def traded(seed, actions, rows=80):
    random = np.random.default_rng(seed)
    weights = np.where(random.random((rows, 1)) < 0.6, np.nan, random.random((rows, 1)).round(2))
    options = Options(lot_size=1e-8)
    return simulate(weighted(weights, "row"), seeded(seed, actions, rows), options=options)


def seeded(seed, actions, rows=80):
    return random_market(seed, rows, ("IBM",), gaps=0.1, actions=actions)


@settings(max_examples=60, deadline=None)
@given(
    seed=WEIGHTS,
    ex=st.integers(1, 60),
    wait=st.integers(1, 19),
    ratio=st.sampled_from([0.1, 0.5, 1.5, 2.0, 3.0, 7.0]),
)
def test_a_late_split_multiplies_the_smallest_holding_since(seed, ex, wait, ratio):
    run, booked = traded(seed, [late("split", ratio, ex, ex + wait)]), ex + wait
    units = [position_of(run, row) for row in range(ex - 1, booked)]
    gained = round(min(units) * ratio) - min(units)
    told = [event for event in run.events if event.kind == "split"]
    assert sum(event.quantity for event in told) == gained
    assert all((event.row, event.cash) == (booked, 0) for event in told)


@settings(max_examples=60, deadline=None)
@given(seed=WEIGHTS, ex=st.integers(1, 60), wait=st.integers(1, 19), amount=st.floats(0.01, 5))
def test_a_late_dividend_pays_exactly_what_was_due(seed, ex, wait, amount):
    run = traded(seed, [late("dividend", amount, ex, ex + wait)])
    due = worth(position_of(run, ex - 1), round(amount * UNIT))
    told = [(event.row, event.cash) for event in run.events if event.kind == "dividend"]
    assert told == ([(ex + wait, due)] if position_of(run, ex - 1) else [])
    assert run.cash_units[-1] == run.opening.cash + sum(event.cash for event in run.events)


@settings(max_examples=100, deadline=None)
@given(
    shares=st.integers(1, 1000),
    told=st.lists(
        st.tuples(
            st.sampled_from([("split", 2.0), ("split", 0.5), ("split", 3.0), ("dividend", 0.25)]),
            st.integers(1, 79),
        ),
        max_size=5,
        unique=True,
    ),
    known=st.integers(1, 79),
)
def test_what_is_held_throughout_ends_as_if_all_had_been_known_in_time(shares, told, known):
    on_time = [Action("IBM", DAYS[ex], *what) for what, ex in told]
    seen = [one._replace(seen=max(one.ex_date, DAYS[known])) for one in on_time]
    ends = [
        simulate(
            scripted({}),
            Market.build(("IBM",), bars(np.full((80, 1), 100.0)), actions),
            opening=holding(str(shares)),
            options=Options(Costs(0.0, 0.0), lot_size=1e-8),
        ).account_at(79)
        for actions in (on_time, seen)
    ]
    assert ends[0] == ends[1]


def position_of(run, row):
    held = run.account_at(row).positions.get("IBM")
    return held.quantity if held else 0
