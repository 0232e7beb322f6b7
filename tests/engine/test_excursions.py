"""How far round trips went for and against their entry, bar by bar."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import strategies
from engine import Costs, Market, Options, Strategy, simulate
from engine.fills import Fill
from engine.money import UNIT
from engine.trades import Moment, Ranges, SplitEvent, round_trips
from tests.builders import bars as builder
from tests.builders.bars import quoted, random_market

pytestmark = pytest.mark.engine

FREE = Options(Costs(commission_bps=0.0, slippage_bps=0.0))
FIRST = date(2012, 1, 3)
DAY, HOUR = 86_400, 3_600
GAP = (np.nan,) * 4

#         open   high   low    close
BARS = [
    (100.0, 101.0, 99.0, 100.0),
    (100.0, 108.0, 92.0, 104.0),
    (104.0, 120.0, 103.0, 110.0),
    (110.0, 111.0, 80.0, 100.0),
    (100.0, 130.0, 70.0, 90.0),
]


def ranges(bars=BARS, symbols=("IBM",)):
    opened, high, low, close = (np.array(column)[:, None] for column in zip(*bars, strict=True))
    closes = np.arange(len(bars)) * DAY + 7 * HOUR
    return Ranges(symbols, closes, opened, high, low, close, opened, opened)


def fill(row, side, price, *, quantity=10.0, at_close=False, reason=None, slippage=0.0):
    return Fill(
        row,
        FIRST + timedelta(days=row),
        row * DAY + (7 * HOUR if at_close else 0),
        "IBM",
        side,
        round(quantity * UNIT),
        price,
        0,
        round(slippage * UNIT),
        None,
        "IBM-1",
        reason,
    )


def gone(*fills, bars=BARS, **others):
    """The excursions of the one round trip, in money."""
    (trip,) = round_trips(fills, ranges=ranges(bars), **others)
    return trip.mae / UNIT, trip.mfe / UNIT


def limit(row, side, price, **others):
    return fill(row, side, price, reason="limit", **others)


@pytest.mark.parametrize(
    ("entry", "leaving", "against", "in_favour"),
    [
        pytest.param(fill(1, "buy", 100.0), fill(3, "sell", 110.0), -80, 200, id="open to open"),
        pytest.param(fill(3, "buy", 110.0), fill(4, "sell", 100.0), -300, 10, id="one bar"),
        pytest.param(
            fill(1, "buy", 100.5, slippage=5.0),
            fill(3, "sell", 109.5, slippage=5.0),
            *(-85, 195),
            id="slippage is paid, and the fills still lie at the open",
        ),
        pytest.param(
            fill(1, "buy", 104.0, at_close=True), fill(3, "sell", 110.0), -10, 160,
            id="entered at the close: nothing of that bar",
        ),
        pytest.param(
            fill(2, "buy", 104.0), fill(3, "sell", 100.0, at_close=True), -240, 160,
            id="left at the close: all of that bar",
        ),
        pytest.param(
            limit(1, "buy", 98.0), fill(2, "sell", 104.0), -60, 60,
            id="entered inside: the low may have come after, the high only up to the close",
        ),
        pytest.param(
            fill(2, "buy", 104.0), limit(3, "sell", 110.5), -240, 160,
            id="left inside at a limit: the low may have come before",
        ),
        pytest.param(
            fill(2, "buy", 104.0), fill(3, "sell", 110.5, reason="take profit"), -240, 160,
            id="and at a take-profit",
        ),
        pytest.param(
            fill(3, "buy", 110.0), fill(3, "sell", 95.0, reason="stop loss"), -150, 0,
            id="a stop was left at before anything worse",
        ),
        pytest.param(
            fill(3, "buy", 110.0), fill(3, "sell", 90.0, reason="stop loss", slippage=50.0),
            *(-200, 0),
            id="its slippage too",
        ),
        pytest.param(
            limit(4, "buy", 95.0), fill(4, "sell", 85.0, reason="stop loss"), -100, 0,
            id="in and out inside one bar",
        ),
        pytest.param(
            limit(4, "buy", 95.0), fill(4, "sell", 90.0, at_close=True), -250, 0,
            id="in inside, out at the close",
        ),
        pytest.param(fill(1, "sell", 100.0), fill(3, "buy", 110.0), -200, 80, id="short"),
        pytest.param(
            fill(3, "sell", 110.0), fill(4, "buy", 112.0, reason="stop loss"), -20, 300,
            id="a short left at its stop",
        ),
        pytest.param(
            limit(4, "sell", 120.0), fill(4, "buy", 90.0, at_close=True), -100, 300,
            id="a short entered inside",
        ),
    ],
)  # fmt: skip
def test_what_a_round_trip_went_through(entry, leaving, against, in_favour):
    assert gone(entry, leaving) == pytest.approx((against, in_favour))


def test_fractions_are_of_what_was_put_in():
    (trip,) = round_trips([fill(1, "buy", 100.0), fill(3, "sell", 110.0)], ranges=ranges())
    assert (trip.mae_return, trip.mfe_return) == pytest.approx((-0.08, 0.20))


def test_what_was_realised_on_the_way_counts():
    fills = [
        fill(1, "buy", 100.0),
        fill(2, "sell", 104.0, quantity=5.0),
        fill(3, "sell", 110.0, quantity=5.0),
    ]
    assert gone(*fills) == pytest.approx((-80.0, 20.0 + 5 * 20.0))


def test_what_was_added_counts_from_where_it_was_added():
    fills = [
        fill(1, "buy", 100.0),
        fill(2, "buy", 104.0),
        fill(3, "sell", 110.0, quantity=20.0),
    ]
    assert gone(*fills) == pytest.approx((-80.0, 10 * 20.0 + 10 * 16.0))


def test_what_a_stop_added_may_have_seen_the_low_before():
    fills = [fill(3, "buy", 110.0), fill(3, "buy", 110.5), fill(4, "sell", 100.0, quantity=20.0)]
    assert gone(*fills) == pytest.approx((-10 * 30.0 - 10 * 30.5, 5.0))


def test_a_fill_through_zero_ends_one_and_begins_the_other():
    fills = [fill(1, "buy", 100.0), fill(3, "sell", 110.0, quantity=20.0), fill(4, "buy", 100.0)]
    first, second = round_trips(fills, ranges=ranges())
    assert (first.mae / UNIT, first.mfe / UNIT) == pytest.approx((-80.0, 200.0))
    assert (second.mae / UNIT, second.mfe / UNIT) == pytest.approx((-10.0, 300.0))


def test_a_split_changes_the_scale_and_no_result():
    halved = [*BARS[:2], *(tuple(price / 2 for price in bar) for bar in BARS[2:])]
    split = SplitEvent(2, FIRST, 2 * DAY, "IBM", 10 * UNIT, 0)
    fills = [fill(1, "buy", 100.0), fill(3, "sell", 55.0, quantity=20.0)]
    assert gone(*fills, bars=halved, splits=[split]) == pytest.approx((-80.0, 200.0))


def test_a_position_that_was_there_counts_from_the_start_for_what_it_cost():
    held = SimpleNamespace(quantity=10 * UNIT, cost=990 * UNIT)
    found = gone(
        fill(3, "sell", 110.0), opening={"IBM": held}, start=Moment(0, FIRST, 0)
    )  # fmt: skip
    assert found == pytest.approx((920.0 - 990.0, 1200.0 - 990.0))


def test_more_of_a_position_that_was_there():
    held = SimpleNamespace(quantity=-10 * UNIT, cost=-1000 * UNIT)
    found = gone(
        fill(2, "sell", 104.0),
        fill(3, "buy", 110.0, quantity=20.0),
        opening={"IBM": held},
        start=Moment(0, FIRST, 0),
    )
    assert found == pytest.approx((-10 * 20.0 - 10 * 16.0, 80.0))


def test_without_a_start_nothing_tells_how_far_a_position_that_was_there_went():
    held = SimpleNamespace(quantity=10 * UNIT, cost=990 * UNIT)
    (trip,) = round_trips([fill(3, "sell", 110.0)], opening={"IBM": held}, ranges=ranges())
    assert trip.mae is None


def test_without_bars_it_is_not_known():
    fills = [fill(1, "buy", 100.0), fill(3, "sell", 110.0)]
    (trip,) = round_trips(fills)
    assert (trip.mae, trip.mfe, trip.mae_return) == (None, None, None)
    (other,) = round_trips(fills, ranges=ranges(symbols=("AAPL",)))
    assert other.mae is None


def test_a_bar_that_is_missing_reached_nothing():
    bars = [*BARS[:2], GAP, GAP, (110.0, 111.0, 109.0, 110.0)]
    assert gone(fill(1, "buy", 100.0), fill(4, "sell", 110.0), bars=bars) == pytest.approx(
        (-80.0, 100.0)
    )
    only_gaps = [BARS[0], BARS[1], GAP, GAP, BARS[4]]
    fills = fill(1, "buy", 104.0, at_close=True), fill(4, "sell", 100.0)
    assert gone(*fills, bars=only_gaps) == pytest.approx((-40.0, 0.0))


def test_a_delisting_pays_and_nothing_of_its_bar_counts():
    (trip,) = round_trips(
        [
            fill(1, "buy", 100.0),
            Fill(2, FIRST, 0, "IBM", "sell", 10 * UNIT, 50.0, 0, 0, None, "delisting"),
        ],
        ranges=ranges(),
    )
    assert (trip.mae / UNIT, trip.mfe / UNIT) == pytest.approx((-500.0, 80.0))


def test_an_instrument_counts_with_its_multiplier():
    (trip,) = round_trips(
        [fill(1, "buy", 100.0), fill(3, "sell", 110.0)],
        ranges=ranges(),
        multipliers={"IBM": 50.0},
    )
    assert (trip.mae / UNIT, trip.mfe / UNIT) == pytest.approx((-4000.0, 10_000.0))
    assert (trip.entry_price, trip.exit_price) == (100.0, 110.0)
    assert trip.gross_pnl == 5000 * UNIT
    assert (trip.net_return, trip.mae_return) == pytest.approx((0.1, -0.08))


prices = st.floats(50.0, 150.0).map(lambda price: round(price, 2))


@given(st.lists(st.tuples(prices, prices, prices, prices), min_size=4, max_size=9), st.data())
def test_the_result_lies_between_the_two_whatever_happened(corners, data):
    bars = [(first, max(each), min(each), last) for each in corners for first, *_, last in [each]]
    fills = []
    for row in range(len(bars)):
        price = data.draw(st.sampled_from([bars[row][0], (bars[row][1] + bars[row][2]) / 2]))
        side = data.draw(st.sampled_from(["buy", "sell"]))
        quantity = data.draw(st.sampled_from([5.0, 10.0, 20.0]))
        reason = data.draw(st.sampled_from([None, "limit", "stop loss"]))
        fills.append(fill(row, side, price, quantity=quantity, reason=reason))
    for trip in round_trips(fills, ranges=ranges(bars)):
        assert trip.mae <= 0 <= trip.mfe
        assert trip.mae - 1 <= trip.gross_pnl <= trip.mfe + 1


def expected(market, trip):
    """The excursions of a run whose fills all lie at opens, looked up bar by bar."""
    column = market.symbols.index(trip.symbol)
    held = slice(trip.entry.row, trip.exit.row)
    scale = 1 if trip.side == "long" else -1
    low, high = market.raw.low[held, column], market.raw.high[held, column]
    corners = [*low[~np.isnan(low)], *high[~np.isnan(high)], trip.exit_price, trip.entry_price]
    moves = [scale * (corner - trip.entry_price) for corner in corners]
    return trip.quantity * min(moves), trip.quantity * max(moves)


@pytest.mark.parametrize("name", strategies.names())
def test_of_a_run_every_round_trip_is_told(name):
    """One entry, one exit at the open: what the bars between them reached is all there is."""
    market = random_market(seed=4, rows=400)
    run = simulate(strategies.get(name), market, options=FREE)
    assert run.trades or name in ("buy_and_hold", "volatility_target")
    changes = Counter((fill.symbol, fill.row) for fill in run.fills)
    for trip in run.trades:
        assert trip.mae <= min(0, trip.gross_pnl) + 1
        assert trip.mfe >= max(0, trip.gross_pnl) - 1
        rows = [row for symbol, row in changes if symbol == trip.symbol]
        if not any(trip.entry.row < row < trip.exit.row for row in rows):
            assert (trip.mae, trip.mfe) == pytest.approx(expected(market, trip), abs=UNIT / 100)


class Once(Strategy):
    """Buys at the second close, with a bracket, and sells at the fifth."""

    def on_bar(self, now, broker):
        if now.row == 1:
            broker.buy("AAA", quantity=10, stop_loss=0.05, take_profit=0.10)
        if now.row == 4:
            broker.close("AAA")


def market_of(rows):
    """One symbol's open, high, low, close by row."""
    opened, high, low, close = (np.array(column)[:, None] for column in zip(*rows, strict=True))
    return Market.build(("AAA",), builder.bars(opened, close)._replace(high=high, low=low))


def run_once(market, **options):
    (trip,) = simulate(Once(), market, options=replace(FREE, **options)).trades
    return trip.mae / UNIT, trip.mfe / UNIT, trip.gross_pnl / UNIT


CALM = (100.0, 101.0, 99.0, 100.0)


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        pytest.param([CALM] * 7, (-10.0, 10.0, 0.0), id="out at the market"),
        pytest.param(
            [CALM] * 3 + [(100.0, 108.0, 80.0, 90.0)] + [CALM] * 3, (-50.0, 10.0, -50.0),
            id="out at the stop: the low lies beyond it, and the high may have come after",
        ),
        pytest.param(
            [CALM] * 3 + [(90.0, 108.0, 80.0, 90.0)] + [CALM] * 3, (-100.0, 10.0, -100.0),
            id="out at the open that gaps through the stop",
        ),
        pytest.param(
            [CALM] * 3 + [(100.0, 120.0, 97.0, 118.0)] + [CALM] * 3, (-30.0, 100.0, 100.0),
            id="out at the take-profit: the low may have come before",
        ),
    ],
)  # fmt: skip
def test_a_bracket_of_a_run(rows, found):
    assert run_once(market_of(rows)) == pytest.approx(found)


@pytest.mark.parametrize("fill", ["same_close", "next_close"])
def test_a_run_filled_at_closes_counts_none_of_the_bars_before_them(fill):
    wide, narrow = (100.0, 104.0, 96.0, 100.0), (100.0, 102.0, 98.0, 100.0)
    entered = 1 if fill == "same_close" else 2
    rows = [wide] * (entered + 1) + [narrow] * (7 - entered)
    assert run_once(market_of(rows), fill=fill) == pytest.approx((-20.0, 20.0, 0.0))


def test_who_paid_the_spread_at_the_open_was_there_for_the_whole_bar():
    rows = [CALM] * 2 + [(100.0, 110.0, 96.0, 100.0)] + [CALM] * 4
    made = market_of(rows).raw
    found = run_once(Market.build(("AAA",), quoted(made, 0.5)))
    assert found == pytest.approx((-42.5, 97.5, -5.0))
