"""Bars pushed one at a time, or saved and gone on with, leave the ledger of one call."""

import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import strategies
from engine import (
    Account,
    Action,
    Bars,
    DataError,
    Market,
    Options,
    OrderError,
    ParameterError,
    Position,
    Strategy,
    Stream,
    parameter,
    simulate,
)
from engine.bars import QuotedPrices
from engine.money import UNIT
from tests.builders.bars import intraday, market, random_market
from tests.builders.robots import scripted, weighted
from tests.builders.worlds import any_options, markets, random_script

pytestmark = pytest.mark.engine


def part(bars: Bars, first: int, stop: int) -> Bars:
    """Some rows of bars."""
    cut = [None if column is None else column[first:stop] for column in bars[:8]]
    quotes = [
        None if side is None else QuotedPrices._make(each[first:stop] for each in side)
        for side in bars[8:10]
    ]
    return Bars(*cut, *quotes, None if bars.ends is None else bars.ends[first:stop])


def streamed(strategy, made: Market, sizes=(1,), **about) -> Stream:
    """The market pushed in parts of these sizes, over and over; actions come with their day."""
    stream, row, at = Stream(strategy, made.symbols, **about), 0, 0
    left = list(made.actions)
    while row < len(made.sessions):
        stop = min(row + sizes[at % len(sizes)], len(made.sessions))
        last = made.sessions[stop - 1].item()
        now = [each for each in left if each.ex_date <= last]
        left = [each for each in left if each.ex_date > last]
        stream.push(part(made.raw, row, stop), now)
        row, at = stop, at + 1
    return stream


def alike(one, other):
    assert one.ledger() == other.ledger()
    assert one.fills == other.fills
    assert one.events == other.events
    assert one.equity_units.tolist() == other.equity_units.tolist()
    last = len(one.market.sessions) - 1
    assert one.account_at(last) == other.account_at(last)


@settings(deadline=None, max_examples=40)
@given(
    made=markets(),
    options=any_options(),
    seed=st.integers(0, 10**6),
    sizes=st.lists(st.integers(1, 9), min_size=1, max_size=3),
)
def test_bars_pushed_a_few_at_a_time_leave_the_same_ledger(made, options, seed, sizes):
    script = random_script(seed)
    alike(
        streamed(script, made, sizes, options=options).run, simulate(script, made, options=options)
    )


@settings(deadline=None, max_examples=25)
@given(made=markets(), options=any_options(), seed=st.integers(0, 10**6), at=st.floats(0.1, 0.9))
def test_a_stream_that_was_saved_goes_on_as_if_it_had_not_been(made, options, seed, at):
    script, cut = random_script(seed), max(1, int(len(made.sessions) * at))
    first = streamed(script, Market.build(made.symbols, part(made.raw, 0, cut)), options=options)
    saved = json.loads(json.dumps(first.save(), allow_nan=False))
    later = part(made.raw, cut, len(made.sessions))
    went_on = Stream.load(script, saved)
    for stream in (first, went_on):
        stream.push(later, made.actions)
    alike(went_on.run, first.run)


@pytest.mark.parametrize("name", strategies.names())
def test_every_built_in_strategy_streams(name):
    made = random_market(7, rows=130, actions=[Action("IBM", date(2012, 3, 5), "split", 2.0)])
    stream = streamed(strategies.get(name), made, (40, 1, 1, 7))
    alike(stream.run, simulate(strategies.get(name), made))


class Counting(Strategy):
    """Buy every few bars while the average rises; counts for itself."""

    every: int = parameter(3, low=1, high=50)

    def prepare(self, market):
        self.mean = np.cumsum(market.close, axis=0)
        self.asked = 0

    def on_bar(self, now, broker):
        self.asked += 1
        if self.asked % self.every == 0 and now.window(self.mean)[-1, 0] > 0:
            broker.buy("IBM", quantity=self.asked, stop_loss=0.05)


class Remembering(Strategy):
    """Replace the stop that it remembers; needs no indicators."""

    stop = None

    def on_bar(self, now, broker):
        if broker.quantity("IBM") == 0:
            broker.buy("IBM", quantity=10)
        elif self.stop is None:
            self.stop = broker.sell(
                "IBM", quantity=10, stop=now.close[-1, 0] * 0.9, reduce_only=True
            )
        else:
            self.stop = broker.replace(self.stop, stop=now.close[-1, 0] * 0.9)


@pytest.mark.parametrize("strategy", [Counting(every=2), Remembering])
def test_what_a_strategy_keeps_for_itself_is_kept(strategy):
    made = random_market(3, rows=60, gaps=0.0)
    alike(streamed(strategy, made).run, simulate(strategy, made))


def test_a_strategy_of_its_own_bars_alone_is_asked_once_for_each():
    asked = []

    class Noting(Strategy):
        """Note the row."""

        def on_bar(self, now, broker):
            asked.append(now.row)

    streamed(Noting, market({"IBM": [100.0] * 5}))
    assert asked == [0, 1, 2, 3, 4]


def test_each_push_tells_what_happened_in_it():
    script = {0: lambda b: b.buy("IBM", quantity=1), 1: lambda b: b.buy("IBM", quantity=2)}
    made = market({"IBM": [100.0, 101.0, 102.0]})
    stream = Stream(scripted(script), ["IBM"])
    told = [stream.push(part(made.raw, row, row + 1)) for row in range(3)]
    assert [[(event.kind, event.row) for event in events] for events in told] == [
        [],
        [("fill", 1)],
        [("fill", 2)],
    ]
    assert tuple(event for events in told for event in events) == stream.run.events


def test_a_run_that_was_told_stays_as_it_was():
    made = market({"IBM": [100.0] * 4})
    stream = Stream(
        scripted({row: lambda b: b.buy("IBM", quantity=1) for row in range(4)}), ["IBM"]
    )
    stream.push(part(made.raw, 0, 2))
    early = stream.run
    stream.push(part(made.raw, 2, 4))
    assert [len(early.fills), len(stream.run.fills)] == [1, 3]
    assert len(early.equity) == 2


def test_bars_before_the_start_are_history():
    made = random_market(5, rows=30)
    day = made.sessions[12].item()
    script = random_script(4)
    alike(streamed(script, made, start=day).run, simulate(script, made, start=day))
    early = Stream(script, made.symbols, start=day)
    assert early.push(part(made.raw, 0, 5)) == ()
    with pytest.raises(DataError, match=r"no bars of .* were pushed yet; push some"):
        _ = early.run


def test_a_stream_goes_on_from_an_opening_account():
    opening = Account(5_000 * UNIT, {"IBM": Position(30 * UNIT, 3_000 * UNIT)})
    made = market({"IBM": [100.0, 90.0, 95.0, 99.0]})
    script = {1: lambda b: b.sell("IBM", quantity=10, limit=97.0)}
    whole = simulate(scripted(script), made, opening=opening)
    waiting = whole.account_at(1)
    assert len(waiting.waiting) == 1
    alike(streamed(scripted(script), made, opening=opening).run, whole)
    rest = Market.build(["IBM"], part(made.raw, 2, 4))
    alike(
        streamed(scripted({}), rest, opening=waiting).run,
        simulate(scripted({}), rest, opening=waiting),
    )


def test_an_action_pushed_after_its_day_is_booked_on_the_next():
    made = market({"IBM": [100.0, 100.0, 50.0, 50.0]})
    split = Action("IBM", made.sessions[2].item(), "split", 2.0)
    stream = Stream(scripted({0: lambda b: b.buy("IBM", quantity=10)}), ["IBM"])
    stream.push(part(made.raw, 0, 3))
    stream.push(part(made.raw, 3, 4), [split])
    assert stream.run.account_at(3).positions["IBM"].quantity == 20 * UNIT
    assert "split  IBM 2 for 1, 10 shares more, late" in stream.run.ledger()
    late = split._replace(seen=made.sessions[3].item())
    one_call = simulate(
        scripted({0: lambda b: b.buy("IBM", quantity=10)}), Market.build(["IBM"], made.raw, [late])
    )
    assert stream.run.ledger() == one_call.ledger()


@pytest.mark.parametrize("tif", ["day", "close", "open"])
def test_hours_that_do_not_tell_when_their_session_ends_come_out_right_in_the_end(tif):
    daily = random_market(6, rows=24, gaps=0.0)
    raw = intraday(daily.raw._replace(ends=None), 4)._replace(ends=None)
    made = Market.build(daily.symbols, raw)
    ask = {row: lambda b: b.buy("IBM", quantity=1, tif=tif) for row in range(0, 24, 3)}
    stream = Stream(scripted(ask), made.symbols)
    for row in range(24):
        stream.push(part(raw, row, row + 1))
    alike(stream.run, simulate(scripted(ask), made))


def test_what_is_still_held_is_sold_at_the_last_close_of_a_stream_too():
    made, options = market({"IBM": [100.0] * 4}), Options(close_at_end=True)
    script = scripted({0: lambda b: b.buy("IBM", quantity=1)})
    run = streamed(script, made, options=options).run
    alike(run, simulate(script, made, options=options))
    assert [fill.order_id for fill in run.fills] == ["2012-01-09-IBM-1", "end"]


def test_a_strategy_that_looks_ahead_is_caught():
    class Ahead(Strategy):
        """Hold what closes above its mean over all bars."""

        def targets(self, market):
            return np.where(market.close > market.close.mean(), 0.5, 0.0)

    made = market({"IBM": [100.0, 101.0, 102.0, 110.0]})
    with pytest.raises(OrderError, match=r"Ahead decides otherwise on 2012-01-1. now .* robotplug"):
        streamed(Ahead, made)


def test_bars_that_cannot_be_leave_the_stream_as_it_was():
    made = market({"IBM": [100.0] * 4})
    script = scripted({row: lambda b: b.buy("IBM", quantity=1) for row in range(4)})
    stream = Stream(script, ["IBM"])
    stream.push(part(made.raw, 0, 2))
    for wrong in (part(made.raw, 1, 2), part(made.raw, 2, 3)._replace(low=np.array([[-1.0]]))):
        with pytest.raises(DataError):
            stream.push(wrong)
    stream.push(part(made.raw, 2, 4))
    alike(stream.run, simulate(script, made))


def test_a_strategy_that_fails_may_be_asked_again():
    failing = [True]

    class Failing(Strategy):
        """Fail at one bar, once."""

        def on_bar(self, now, broker):
            broker.buy("IBM", quantity=1)
            if now.row == 2 and failing.pop():
                raise ZeroDivisionError

    made = market({"IBM": [100.0] * 4})
    stream = Stream(Failing, ["IBM"])
    stream.push(part(made.raw, 0, 2))
    with pytest.raises(ZeroDivisionError):
        stream.push(part(made.raw, 2, 3))
    failing.append(False)
    stream.push(part(made.raw, 2, 3))
    failing.append(False)
    assert [fill.row for fill in stream.run.fills] == [1, 2]


def test_what_was_told_before_a_push_that_failed_is_not_told_again():
    failing = []

    class Failing(Strategy):
        """Buy on every bar, and fail where it is told to."""

        def on_bar(self, now, broker):
            broker.buy("IBM", quantity=1)
            if failing:
                raise ZeroDivisionError

    made = market({"IBM": [100.0] * 6})
    stream = Stream(Failing, ["IBM"])
    told = [*stream.push(part(made.raw, 0, 3))]
    failing.append(True)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            stream.push(part(made.raw, 3, 4))
    failing.clear()
    told += stream.push(part(made.raw, 3, 5))
    told += stream.push(part(made.raw, 5, 6))
    assert [event.row for event in told] == [1, 2, 3, 4, 5]
    assert tuple(told) == stream.run.events


@pytest.mark.parametrize(
    ("strategy", "change", "message"),
    [
        (Counting, {"rules": "1"}, "saved with rules 1, here they are"),
        (
            Remembering,
            {"parameters": {}},
            "saved with strategy Counting, here they are Remembering",
        ),
        (Counting(every=5), {}, "saved with parameters .* give the same, or push the bars"),
    ],
)
def test_a_stream_is_loaded_only_with_what_it_was_saved_with(strategy, change, message):
    stream = Stream(Counting, ["IBM"])
    with pytest.raises(ParameterError, match=message):
        Stream.load(strategy, stream.save() | change)


def test_weights_of_constant_size_are_decided_once_in_a_stream():
    made = random_market(9, rows=20, gaps=0.0)
    weights = np.full((20, 3), 0.2)
    stream = streamed(weighted(weights), made)
    assert len(stream.run.orders) == 3
    alike(stream.run, simulate(weighted(weights), made))
