import copy
import dataclasses
from datetime import date

import numpy as np
import pytest

from engine import (
    Account,
    Action,
    Bracket,
    Costs,
    Instrument,
    Market,
    Options,
    Order,
    OrderError,
    Position,
    Strategy,
    Ticket,
    simulate,
)
from engine.money import UNIT
from tests.builders.bars import NAN, market, random_market
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine


IMPOSSIBLE = [
    (lambda b: b.buy("IBN", quantity=1), "the buy order for IBN .*no symbol named 'IBN'; did you"),
    (lambda b: b.weight("IBN"), "the weight for IBN on 2012-01-09: no symbol named 'IBN'"),
    (lambda b: b.cancel_all("IBN"), "the cancel for IBN on 2012-01-09: no symbol named 'IBN'"),
    (lambda b: b.buy(None, quantity=1), "no symbol named 'None'; there are IBM"),
    (lambda b: b.buy("IBM"), "buy order for IBM on 2012-01-09 must have one size, had 0; give one"),
    (lambda b: b.sell("IBM", quantity=1, value=1), "the sell order for IBM .* had 2"),
    (lambda b: b.buy("IBM", quantity=-1), "has quantity -1; it must be above 0, to sell use sell"),
    (lambda b: b.sell("IBM", quantity=0), "has quantity 0; it must be above 0, to buy use buy"),
    (lambda b: b.buy("IBM", quantity=1e-9), "quantity 1e-09; the smallest that counts is 1e-8"),
    (lambda b: b.sell("IBM", value=1e-9), "has value 1e-09; the smallest that counts is 1e-8"),
    (
        lambda b: b.buy("IBM", 10),
        "order for IBM .* has 10 without a name; give quantity= or value=",
    ),
    (lambda b: b.target("IBM", 0.5), "has 0.5 without a name; give weight= or value= or quantity="),
    (lambda b: b.protect("IBM", 0.5), "has 0.5 without a name; give stop_loss= or take_profit="),
    (
        lambda b: b.replace(bought(b), 9),
        "has 9 without a name; give quantity= or value= or weight=",
    ),
    (lambda b: b.buy("IBM", quantity=1, tif=np.ones(2)), r"no tif named '\[1. 1.\]'"),
    (lambda b: b.buy("IBM", quantity=1, reduce_only="no"), "False for reduce_only, was 'no'"),
    (lambda b: b.buy("IBM", quantity=1, stop_loss=1e300), "stop_loss above 0 and .* was 1e[+]300"),
    (lambda b: b.buy("IBM", quantity=1, take_profit=1e300), "above 0 and below 1000, was 1e"),
    (lambda b: b.buy("IBM", quantity=1, trailing=10**308), r"above 0 and below 1, was 10+[.]{3}$"),
    (lambda b: b.buy("IBM", quantity=1, trail_share=1e300), "trail_share above 0 and below 1"),
    (lambda b: b.buy("IBM", quantity=1, limit=1e-9), "limit 1e-09, below one tick of 1e-8; a buy"),
    (lambda b: b.buy("IBM", quantity=10**5000), "must have a finite size, was a int$"),
    (lambda b: b.target("IBM", weight=1001), "weight 1001; it must be from -1000 to 1000"),
    (lambda b: b.target("IBM", weight=NAN), "target order for IBM .* finite size, was nan"),
    (lambda b: b.target("IBM", value=float("inf")), "must have a finite size, was inf"),
    (lambda b: b.buy("IBM", quantity="7"), "must have a finite size, was '7'"),
    (lambda b: b.buy("IBM", quantity=True), "must have a finite size, was True"),
    (lambda b: b.buy("IBM", quantity=10**400), r"must have a finite size, was 10{39}[.]{3}$"),
    (lambda b: b.buy("IBM", value=1e12), "it must be below ninety billion"),
    (lambda b: b.buy("IBM", quantity=1, limit=0), "must have limit above 0, was 0"),
    (lambda b: b.buy("IBM", quantity=1, stop=-3.0), "must have stop above 0, was -3.0"),
    (lambda b: b.buy("IBM", quantity=1, limit=NAN), "must have a finite limit, was nan"),
    (lambda b: b.buy("IBM", quantity=1, trail=float("inf")), "must have a finite trail, was inf"),
    (lambda b: b.buy("IBM", quantity=1, limit=1e12), "limit 1000000000000.0; it must be below"),
    (lambda b: b.buy("IBM", quantity=1, trail=1, stop=90), "a trailing stop has no other price"),
    (lambda b: b.buy("IBM", quantity=1, trail_share=0.1, limit=90), "a trail beside a limit"),
    (lambda b: b.buy("IBM", quantity=1, trail=1, trail_share=0.1), "both trail and trail_share"),
    (lambda b: b.buy("IBM", quantity=1, trail_share=1), "trail_share above 0 and below 1, was 1"),
    (lambda b: b.buy("IBM", quantity=1, stop_loss=0), "stop_loss above 0 and below 1, was 0"),
    (lambda b: b.buy("IBM", quantity=1, take_profit=1e4), "take_profit above 0 and below 1000"),
    (lambda b: b.buy("IBM", quantity=1, tif="dya"), "no tif named 'dya'; did you mean 'day'"),
    (
        lambda b: b.buy("IBM", quantity=1, stoploss=1),
        "no term named 'stoploss'; did you mean 'stop_l",
    ),
    (lambda b: b.protect("IBM", limit=1), "the exits for IBM on .* no exit named 'limit'"),
    (lambda b: b.protect("IBM", trailing=-0.1), "exits for IBM on .* trailing above 0"),
    (lambda b: b.cancel("2012-01-09-IBM-1"), "cancel on 2012-01-09: no order has the ticket '2012"),
    (lambda b: b.cancel(Ticket(7, "2012-01-09-IBM-8")), "keep what buy, sell and target return"),
    (lambda b: b.replace(None, limit=1), "replace on 2012-01-09: no order has the ticket None"),
    (lambda b: b.replace(bought(b), weight=1), "replace order for IBM .* only a target does"),
    (lambda b: b.replace(bought(b), limit=-1), "replace order for IBM .* limit above 0, was -1"),
    (lambda b: b.replace(bought(b, trail=2.0), stop=9), "replace order .* a trail beside a limit"),
    (lambda b: b.one_cancels_other(bought(b)), "one_cancels_other on 2012-01-09 must have two"),
    (
        lambda b: [grouped(b), grouped(b)],
        "takes orders asked for at this close .* 2012-01-09-IBM-1",
    ),
]


def bought(broker, **terms):
    return broker.buy("IBM", quantity=1, **terms)


def grouped(broker):
    first = Ticket(0, "2012-01-09-IBM-1")
    bought(broker)
    broker.one_cancels_other(first, bought(broker))


@pytest.mark.parametrize(("ask", "message"), IMPOSSIBLE)
def test_an_impossible_order_names_symbol_and_bar(ask, message):
    with pytest.raises(OrderError, match=message):
        simulate(scripted({0: ask}), market({"IBM": [100.0, 100.0]}))


def test_the_broker_tells_what_the_account_holds():
    seen = []

    def look(broker):
        weight = round(broker.weight("IBM"), 4)
        held = broker.quantity("IBM"), weight
        seen.append((broker.cash, broker.equity, *held, broker.waiting("IBM")))

    opening = Account(500 * UNIT, {"IBM": Position(10 * UNIT, 900 * UNIT)})
    script = {0: look, 1: lambda b: b.buy("IBM", quantity=1), 2: look, 3: look}
    made = market({"IBM": [(99.0, 100.0), (99.0, 101.0), NAN, (90.0, 95.0)]})
    simulate(scripted(script), made, opening=opening, options=Options(costs=Costs(0, 0)))
    assert seen == [
        (500.0, 1500.0, 10.0, 0.6667, 0),
        (500.0, 1510.0, 10.0, 0.6689, 1),
        (410.0, 1455.0, 11.0, 0.7182, 0),
    ]


def test_now_shows_this_bar_and_all_before_it_and_nothing_after():
    made = random_market(5, rows=30, actions=[Action("IBM", date(2012, 1, 20), "split", 2.0)])
    seen = []

    class Looking(Strategy):
        """Look around."""

        def on_bar(self, now, broker):
            seen.append((now.row, now.session, now.close.copy()))
            for name in ("open", "high", "low", "close", "volume"):
                assert len(getattr(now, name)) == now.row + 1
            assert len(now.window(made.close)) == now.row + 1

    simulate(Looking, made)
    assert [row for row, *_ in seen] == list(range(30))
    for row, session, close in seen:
        assert session == made.sessions[row].item()
        np.testing.assert_array_equal(close, made.close[: row + 1])


def test_what_is_shown_cannot_be_changed():
    class Meddling(Strategy):
        """Change the past."""

        def on_bar(self, now, broker):
            now.close[0, 0] = 1.0

    with pytest.raises(ValueError, match="read-only"):
        simulate(Meddling, market({"IBM": [100.0]}))


def asked(ask, prices=(100.0, 100.0), **about):
    """The orders of a script that asks at the first close."""
    return simulate(scripted({0: ask}), market({"IBM": list(prices)}), **about).orders


def test_an_order_says_all_it_was_asked_with():
    (order,) = asked(
        lambda b: b.buy(
            "IBM",
            quantity=10,
            limit=99.5,
            stop=101,
            tif="day",
            stop_loss=0.05,
            take_profit=0.1,
            trailing=0.07,
        )
    )
    assert order.to_dict() == {
        "id": "2012-01-09-IBM-1",
        "symbol": "IBM",
        "side": "buy",
        "sizing": "quantity",
        "amount": "10.00000000",
        "limit": "99.50000000",
        "stop": "101.00000000",
        "stop_loss": "0.050000000",
        "take_profit": "0.100000000",
        "trailing": "0.070000000",
        "tif": "day",
    }
    assert Order.from_dict(order.to_dict()) == order
    assert str(order) == (
        "buy 10 IBM at stop 101.00 limit 99.50 with stop loss 0.05 and take profit 0.1 and "
        "trailing stop 0.07, for the day"
    )


def test_what_is_given_as_none_is_not_given():
    (order,) = asked(lambda b: b.buy("IBM", quantity=1, limit=None, stop_loss=None, trail=None))
    assert order == Order("2012-01-09-IBM-1", "IBM", "buy", "quantity", UNIT)


def test_prices_come_in_on_the_one_scale_and_are_rounded_to_the_tick():
    split = Action("IBM", date(2012, 1, 10), "split", 4.0)
    made = market({"IBM": [100.0, 25.0, 25.0]}, [split])
    script = {
        1: lambda b: (b.buy("IBM", quantity=1, limit=90.3), b.sell("IBM", quantity=1, trail=4))
    }
    ticks = Options(instruments={"IBM": Instrument(tick_size=0.25)})
    limit, trail = simulate(scripted(script), made, options=ticks).orders
    assert (limit.limit, trail.trail) == (int(22.5 * UNIT), UNIT)
    assert simulate(scripted(script), made).orders[0].limit == 2_257_500_000


def test_a_price_below_one_tick_is_one_tick():
    ticks = Options(instruments={"IBM": Instrument(tick_size=0.5)})
    orders = asked(
        lambda b: [b.sell("IBM", quantity=1, limit=0.1), b.buy("IBM", quantity=1, stop=0.1)],
        options=ticks,
    )
    assert [order.limit or order.stop for order in orders] == [UNIT // 2] * 2
    with pytest.raises(OrderError, match=r"limit 0\.4, below one tick of 0\.5; a buy"):
        asked(lambda b: b.buy("IBM", quantity=1, limit=0.4), options=ticks)


def test_a_limit_is_never_worse_than_what_was_given():
    ticks = Options(instruments={"IBM": Instrument(tick_size=0.5)})
    script = {
        0: lambda b: [
            b.buy("IBM", quantity=1, limit=99.9),
            b.sell("IBM", quantity=1, limit=99.1),
            b.target("IBM", quantity=1, limit=99.9),
            b.buy("IBM", quantity=1, stop=101.4),
            b.buy("IBM", quantity=1, limit=99.5),
            b.sell("IBM", quantity=1, limit=99.5),
        ],
        1: lambda b: b.replace(b.orders("IBM")[-1], limit=100.1),
    }
    run = simulate(scripted(script), market({"IBM": [100.0] * 2}), options=ticks)
    prices = [(order.limit or order.stop) / UNIT for order in run.orders]
    assert prices == [99.5, 99.5, 100.0, 101.5, 99.5, 99.5, 100.0]


def test_a_broker_is_of_no_use_after_its_run():
    kept = []
    run = simulate(scripted({0: kept.append}), market({"IBM": [100.0, 100.0]}))
    asks = [
        lambda b: b.buy("IBM", quantity=1),
        lambda b: b.cancel_all(),
        lambda b: b.cancel(Ticket(0, "2012-01-09-IBM-1")),
        lambda b: b.quantity("IBM"),
        lambda b: b.cash,
        lambda b: b.equity,
    ]
    for ask in asks:
        with pytest.raises(
            OrderError, match="this broker's run is over; use the one given to on_b"
        ):
            ask(kept[0])
    assert run.orders == ()
    copy.deepcopy(kept[0])


def test_the_entry_price_is_that_of_the_fills_on_the_one_scale():
    seen = []
    script = {
        0: lambda b: (seen.append(b.entry_price("IBM")), b.buy("IBM", quantity=10)),
        1: lambda b: b.buy("IBM", quantity=30),
        2: lambda b: seen.append(b.entry_price("IBM")),
        3: lambda b: seen.append(b.entry_price("IBM")),
    }
    made = market(
        {"IBM": [100.0, 100.0, 120.0, 60.0]}, [Action("IBM", date(2012, 1, 12), "split", 2.0)]
    )
    simulate(scripted(script), made, options=Options(costs=Costs(100.0, 0.0)))
    assert np.isnan(seen[0])
    assert seen[1:] == [115.0, 115.0]


def test_the_broker_tells_of_shorts_and_debts():
    seen = []

    def look(broker):
        seen.append((broker.quantity("IBM"), broker.cash, broker.equity, broker.weight("IBM")))

    script = {0: lambda b: b.target("IBM", weight=-0.5), 1: look, 2: look}
    made = market({"IBM": [100.0, 100.0, 110.0]})
    opening = Account.of_cash("1000")
    simulate(scripted(script), made, opening=opening, options=Options(costs=Costs(0, 0)))
    assert seen == [(-5.0, 1500.0, 1000.0, -0.5), (-5.0, 1500.0, 950.0, -550 / 950)]


def test_the_multiplier_of_a_contract_counts_in_what_is_told():
    seen = []

    def look(broker):
        seen.append((broker.equity, broker.weight("IBM"), broker.entry_price("IBM")))

    script = {0: lambda b: b.buy("IBM", quantity=2), 1: look, 2: look}
    about = {"opening": Account.of_cash("10000"), "options": CONTRACTS}
    run = simulate(scripted(script), market({"IBM": [100.0, 100.0, 110.0]}), **about)
    assert seen == [(10_000.0, 0.2, 100.0), (10_200.0, 2_200 / 10_200, 100.0)]
    assert run.equity.tolist() == [10_000.0, 10_000.0, 10_200.0]


CONTRACTS = Options(costs=Costs(0, 0), instruments={"IBM": Instrument(multiplier=10.0)})


def test_tickets_stand_for_the_orders_that_wait():
    seen = []

    def ask(broker):
        ticket = broker.buy("IBM", quantity=1, limit=50)
        seen.append((ticket.id, broker.orders("IBM"), broker.waiting("IBM")))

    def look(broker):
        seen.append([ticket.id for ticket in broker.orders("IBM")])
        seen.append(broker.orders("FB"))

    opening = Account(
        1000 * UNIT, waiting=(Order("mine", "IBM", "buy", "quantity", UNIT, 40 * UNIT),)
    )
    made = market({"FB": [100.0] * 3, "IBM": [100.0] * 3})
    simulate(scripted({0: ask, 1: look}), made, opening=opening)
    ((came,),) = [seen[0][1]]
    assert (came.id, seen[0][0], seen[0][2]) == ("mine", "2012-01-09-IBM-1", 1)
    assert seen[1:] == [["mine", "2012-01-09-IBM-1"], ()]


def test_cancelling_ends_what_waits_and_what_was_just_asked_for():
    def ask(broker):
        broker.cancel(broker.buy("IBM", quantity=1))
        broker.buy("FB", quantity=2, limit=50)

    made = market({"FB": [100.0] * 4, "IBM": [100.0] * 4})
    run = simulate(scripted({0: ask, 1: lambda b: b.cancel_all()}), made)
    assert [len(run.account_at(row).waiting) for row in range(4)] == [1, 0, 0, 0]
    assert run.fills == ()
    cancelled = [(event.row, event.order_id, event.reason) for event in run.events]
    assert cancelled == [
        (0, "2012-01-09-IBM-1", "as asked"),
        (1, "2012-01-09-FB-1", "as asked"),
    ]
    assert run.orders[1].to_dict()["replaces"] == "2012-01-09-IBM-1"
    assert str(run.orders[1]) == "cancel 2012-01-09-IBM-1"


def test_all_orders_for_one_symbol_can_be_cancelled():
    def ask(broker):
        broker.buy("IBM", quantity=1, limit=50)
        broker.buy("FB", quantity=2, limit=50)
        broker.cancel_all("IBM")

    run = simulate(scripted({0: ask}), market({"FB": [100.0] * 2, "IBM": [100.0] * 2}))
    assert [order.symbol for order in run.account_at(1).waiting] == ["FB"]


def test_an_order_that_has_ended_is_neither_cancelled_nor_replaced():
    tickets = []

    def late(broker):
        broker.cancel(tickets[0])
        tickets.append(broker.replace(tickets[0], limit=50))

    script = {0: lambda b: tickets.append(b.buy("IBM", quantity=1)), 1: late}
    run = simulate(scripted(script), market({"IBM": [100.0] * 3}))
    assert len(run.orders) == 1
    assert tickets[0] == tickets[1]


def test_a_replacement_keeps_what_is_not_given():
    tickets = []

    def ask(broker):
        terms = {"limit": 140.0, "reduce_only": True, "stop_loss": 0.05}
        tickets.append(broker.sell("IBM", quantity=10, **terms))
        tickets.append(broker.target("FB", weight=0.5, trail_share=0.1))

    def change(broker):
        broker.replace(tickets[0], limit=150)
        broker.replace(tickets[1], weight=0.25, trail=2)

    made = market({"FB": [100.0] * 4, "IBM": [100.0] * 4})
    run = simulate(scripted({0: ask, 1: change}), made)
    first, second = run.orders_at(1)
    old = run.orders[0]
    ids = {"id": "2012-01-10-IBM-1", "replaces": "2012-01-09-IBM-1"}
    assert first == dataclasses.replace(old, limit=150 * UNIT, **ids)
    assert (second.amount, second.trail, second.trail_share) == (250_000_000, 2 * UNIT, 0)
    reasons = [event.reason for event in run.events if event.kind == "cancel"]
    assert reasons == ["another order replaces it"] * 2


def test_a_replacement_asks_for_what_is_left():
    thin = market({"IBM": [100.0] * 4})
    raw = thin.raw._replace(volume=np.full((4, 1), 40.0))
    tickets = []
    script = {
        0: lambda b: tickets.append(b.buy("IBM", quantity=10)),
        1: lambda b: b.replace(tickets[0], limit=120),
    }
    run = simulate(scripted(script), Market.build(["IBM"], raw))
    assert [(fill.row, fill.quantity // UNIT) for fill in run.fills] == [(1, 4), (2, 4), (3, 2)]
    assert run.orders[1].amount == 6 * UNIT


def test_one_fill_of_a_group_ends_the_others():
    def ask(broker):
        low = broker.buy("IBM", quantity=1, limit=95)
        high = broker.buy("IBM", quantity=1, stop=105)
        broker.one_cancels_other(low, high)

    run = simulate(scripted({0: ask}), market({"IBM": [100.0, 100.0, 106.0, 90.0]}))
    assert [fill.order_id for fill in run.fills] == ["2012-01-09-IBM-2"]
    assert {order.group for order in run.orders} == {"2012-01-09-IBM-1"}
    again = Account.from_dict(run.account_at(1).to_dict())
    rest = market({"IBM": [106.0, 90.0]}, first=date(2012, 1, 11))
    later = simulate(scripted({}), rest, opening=again)
    assert [fill.order_id for fill in later.fills] == ["2012-01-09-IBM-2"]
    assert later.account_at(1).waiting == ()


def test_exits_can_be_given_and_taken_away_while_a_position_is_held():
    script = {
        0: lambda b: b.buy("IBM", quantity=1),
        1: lambda b: b.protect("IBM", stop_loss=0.1),
        2: lambda b: b.protect("IBM"),
        3: lambda b: (b.protect("IBM", take_profit=0.05), b.protect("FB", stop_loss=0.1)),
    }
    run = simulate(scripted(script), market({"FB": [9.0] * 6, "IBM": [100.0] * 5 + [200.0]}))
    exits = [held.bracket for row in (1, 2, 3) if (held := run.account_at(row).positions["IBM"])]
    assert exits == [
        Bracket("2012-01-10-IBM-1", stop_loss=100_000_000),
        None,
        Bracket("2012-01-12-IBM-1", take_profit=50_000_000),
    ]
    assert [(fill.reason, fill.order_id) for fill in run.fills[1:]] == [
        ("take profit", "2012-01-12-IBM-1")
    ]
    assert [str(order) for order in run.orders_at(2)] == ["protect IBM with nothing"]
    assert [event.reason for event in run.events if event.kind == "reject"] == [
        "the position is closed"
    ]


def test_a_position_can_be_closed_by_its_name():
    script = {0: lambda b: b.sell("IBM", quantity=3), 1: lambda b: b.close("IBM")}
    run = simulate(scripted(script), market({"IBM": [100.0] * 3}))
    assert [(fill.side, fill.quantity // UNIT) for fill in run.fills] == [("sell", 3), ("buy", 3)]
