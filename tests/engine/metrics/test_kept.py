"""A run measured again and again: what its trades tell is worked out when it has new ones."""

from dataclasses import replace

import numpy as np
import pytest

from engine.metrics import Kept, catalogue, measure
from engine.metrics._declaration import MARK, Interval, Unit, metric
from engine.metrics._trading import Trading
from engine.trades import round_trips
from tests.builders.finished import many, ordinary

pytestmark = pytest.mark.engine


def life(rows=260):
    """A run, slot by slot: what it is measured by after each of its rows."""
    run = ordinary(rows).run
    fills, trips = (), ()
    for row in range(1, rows + 1):
        past = tuple(fill for fill in run.fills if fill.row < row)
        if past != fills:
            fills, trips = past, round_trips(past)
        yield {
            "equity": run.equity[:row],
            "start_equity": 100_000.0,
            "sessions": run.sessions[:row],
            "periods_per_year": 252.0,
            "cash": run.cash_units[:row] / 1e8,
            "fills": fills,
            "round_trips": trips,
        }


def test_slot_by_slot_every_figure_is_what_a_first_look_gives():
    kept, traded = Kept(), 0
    for told in life():
        assert measure(**told, kept=kept) == measure(**told)
        traded = len(told["fills"])
    assert traded > 20


def test_of_the_same_trades_a_metric_is_computed_once(monkeypatch):
    told, calls = list(life(60))[-1], []
    each = catalogue()["win_rate"]
    compute = each.compute

    def counting(trip_pnl):
        calls.append(trip_pnl)
        return compute(trip_pnl)

    watched = replace(each, compute=counting)
    monkeypatch.setattr(
        "engine.metrics._catalogue.catalogue", lambda: {**catalogue(), "win_rate": watched}
    )
    kept = Kept()
    first, second = measure(**told, kept=kept), measure(**told, kept=kept)
    assert first == second
    assert len(calls) == 1
    measure(**{**told, "fills": (*told["fills"],)}, kept=kept)
    assert len(calls) == 2


def test_what_was_kept_of_another_run_does_no_harm():
    kept = Kept()
    for told in (list(life(90))[-1], list(life(60))[-1], next(life(5))):
        assert measure(**told, kept=kept) == measure(**told)


def test_another_multiplier_is_another_trade():
    kept, told = Kept(), list(life(60))[-1]
    ten = dict.fromkeys({fill.symbol for fill in told["fills"]}, 10.0)
    one = measure(**told, kept=kept)
    assert measure(**told, multipliers=ten, kept=kept) == measure(**told, multipliers=ten)
    assert measure(**told, kept=kept) == one
    assert measure(**told, multipliers=ten)["turnover"].value == pytest.approx(
        10.0 * one["turnover"].value
    )


def test_trades_in_a_list_may_change_and_are_read_anew():
    kept, told = Kept(), list(life(60))[-1]
    fills, trips = list(told["fills"]), list(told["round_trips"])
    changing = {**told, "fills": fills, "round_trips": trips}
    before = measure(**changing, kept=kept)
    fills.pop(), trips.pop()
    after = measure(**changing, kept=kept)
    assert after == measure(**changing)
    assert after["trade_count"].value == before["trade_count"].value - 1


def test_a_metric_of_trades_takes_nothing_else_neither_for_its_interval_nor_for_its_dates():
    trades = set(Trading._fields)
    assert catalogue()["win_rate"].takes == {"trip_pnl"}
    assert not catalogue()["turnover"].takes <= trades

    @metric(
        unit=Unit.RATIO,
        group="trades",
        formula="x",
        interval=Interval("own", lambda trip_pnl, years: (years, years)),
        dates=lambda sessions: {"last": str(sessions[-1])},
    )
    def odd(trip_pnl):
        return float(len(trip_pnl))

    assert odd.__dict__[MARK].takes == {"trip_pnl", "years", "sessions"}


def test_money_beyond_what_a_float_counts_exactly_is_told_as_before():
    trips = round_trips(many(3).run.fills)
    dear = [replace(trip, gross_pnl=2**53 * 3 + 1) for trip in trips]
    found = Trading.of(dear, (), {}).trip_pnl
    assert np.array_equal(found, [trip.net_pnl / 100_000_000 for trip in dear])


def test_what_is_left_to_the_next_measuring_cannot_be_written_to():
    trading = Kept().trading((), (), None)
    arrays = [each for each in trading if isinstance(each, np.ndarray)]
    assert arrays
    assert not any(each.flags.writeable for each in arrays)
