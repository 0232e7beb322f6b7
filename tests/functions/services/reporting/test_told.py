"""What a report says of trips, costs, doubts and assumptions, by hand and by law."""

from dataclasses import replace

import pytest

from engine import Costs, Options, metrics
from engine.money import UNIT
from engine.options import NAMES
from functions.services.reporting import assumptions, doubts, trips
from functions.services.reporting.figures import groups, headline, is_signed
from tests.builders.bars import random_market
from tests.builders.finished import Turns, finished, of_prices


def test_trips_are_the_runs_own_newest_first(of_kind):
    run = of_kind("ordinary").run
    told = trips.trips_of(run)
    assert told.total == len(run.trades) == len(told.newest)
    newest, oldest = told.newest[0], told.newest[-1]
    assert newest.symbol == run.trades[-1].symbol
    assert oldest.result == trips.shown(run.trades[0].net_pnl / UNIT, "money", signed=True)
    results = sorted(trip.net_pnl for trip in run.trades)
    assert [row.result for row in told.worst] == [
        trips.shown(each / UNIT, "money", signed=True) for each in results[:5]
    ]
    assert told.best[0].result == trips.shown(results[-1] / UNIT, "money", signed=True)


def test_of_many_trips_the_newest_are_shown(busy):
    told = trips.trips_of(busy.run)
    assert (told.total, len(told.newest)) == (3000, trips.SHOWN)
    assert told.newest[0].left == trips._when(busy.run, busy.run.trades[-1].exit.row)


def test_a_short_trip_is_told_as_one(of_kind):
    (row,) = trips.trips_of(of_kind("short and dear").run).newest
    assert (row.side, row.symbol) == ("short", "IBM")


def test_what_is_held_at_the_end_is_worth_its_last_close():
    told = of_prices({0: lambda broker: broker.buy("IBM", quantity=10)}, [100.0, 101.0, 104.0])
    assert trips.holdings_of(told.run) == [trips.Holding("IBM", "10", "104.00", "$1,040.00")]
    flat = of_prices({}, [100.0, 101.0])
    assert trips.holdings_of(flat.run) == []


def test_with_the_costs_at_break_even_nothing_is_earned():
    """Of the same trades: sizes do not depend on what they cost."""
    free = Options(costs=Costs(0.0, 0.0), participation=None)
    script = {
        0: lambda broker: broker.buy("IBM", quantity=100),
        2: lambda broker: broker.sell("IBM", quantity=100),
    }
    prices = [100.0, 100.0, 104.0, 104.0]
    bps = doubts.costs_of(of_prices(script, prices, free)).allowed
    dear = Options(costs=Costs(bps, 0.0), participation=None)
    told = of_prices(script, prices, dear)
    assert told.run.equity[-1] == pytest.approx(100_000.0, abs=0.01)
    costs = doubts.costs_of(told)
    assert costs.paid == pytest.approx(bps)
    assert costs.allowed == pytest.approx(costs.paid)


def test_what_was_paid_is_commission_and_slippage_of_all_fills(of_kind):
    finished_run = of_kind("ordinary")
    costs = doubts.costs_of(finished_run)
    assert costs.commission == pytest.approx(finished_run.metrics["commission_paid"].value)
    assert costs.slippage == pytest.approx(finished_run.metrics["slippage_paid"].value)
    assert costs.paid == pytest.approx((costs.commission + costs.slippage) / costs.traded * 1e4)


def test_the_range_of_an_ambiguous_run_holds_both_ends(of_kind):
    run = of_kind("ambiguous").run
    found = doubts.ambiguity_of(run)
    worse, better = run.result_range()
    assert (found.bars, found.known) == (1, True)
    assert found.worse == trips.shown(float(worse.equity[-1]), "money")
    assert found.better == trips.shown(float(better.equity[-1]), "money")
    assert found.worse != found.better


def test_a_run_that_cannot_be_simulated_again_says_only_what_it_knows(of_kind):
    found = doubts.ambiguity_of(replace(of_kind("ambiguous").run, again=None))
    assert (found.bars, found.known) == (1, False)
    assert found.worse == found.better


def test_missing_bars_and_rows_left_out_are_told(of_kind):
    assert doubts.about_data(of_kind("ambiguous")) == ["2 rows left out: a price is missing."]
    (stale,) = doubts.about_data(of_kind("with a hole"))
    assert stale.startswith("2 closes had a position without a bar")


def test_every_option_is_told_and_the_unusual_ones_first(of_kind):
    told = assumptions.settings(of_kind("short and dear").run)
    assert {row.name for row in told} == set(NAMES) - {"cost_model"}
    unusual = [row.name for row in told if not row.usual]
    assert unusual == ["commission_bps", "slippage_bps", "leverage", "participation"]
    assert told[0] == assumptions.Setting("commission_bps", "200", usual=False)
    assert [row.usual for row in told] == sorted(row.usual for row in told)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (Options(fill="same_close"), "fills at that same close"),
        (Options(fill="next_close"), "fills at the next bar's close"),
        (Options(costs=Costs(0.0, 0.0)), "Trading costs nothing at all"),
        (Options(costs=Costs(per_share=0.01)), "what the options below add"),
        (Options(costs=Costs(volume_impact=0.1)), "more in thin bars"),
        (Options(participation=None), "as if the market had no end"),
        (Options(participation=0.25), "At most 25% of a bar's volume"),
        (Options(limit_touch=True), "when its price is touched."),
        (Options(take_profit_first=True), "the better one counts"),
        (Options(leverage=2), "2 times the account"),
        (Options(close_at_end=True), "is sold at the last close"),
    ],
)
def test_each_assumption_is_said_as_it_was(options, sentence):
    usual = " ".join(assumptions.sentences(of_prices({}, [100.0]).run))
    told = " ".join(assumptions.sentences(of_prices({}, [100.0], options).run))
    assert sentence in told
    assert sentence not in usual


def test_every_metric_is_in_one_group_and_signs_follow_the_catalogue(of_kind):
    told = of_kind("ordinary")
    rows = [row for _, found in groups(told, {}) for row in found]
    assert [row.run.name for row in rows] == list(told.metrics)
    by_name = {row.run.name: row.run for row in rows}
    assert by_name["total_return"].value[0] in "+−"
    assert by_name["volatility"].value[0] not in "+−"
    assert by_name["longest_drawdown"].value.endswith(" sessions")
    assert is_signed(metrics.get("sharpe_ratio"))
    assert by_name["sharpe_ratio"].interval


def test_the_headline_has_the_benchmark_beside_it(of_kind):
    told = of_kind("ordinary")
    beside = headline(told, told.benchmark.metrics())
    assert beside[0].run.title == "Return"
    assert beside[0].benchmark is not None
    alone = headline(told, {})
    assert all(each.benchmark is None for each in alone)


def test_a_run_without_a_benchmark_is_told_alone():
    told = finished(Turns(), random_market(1, 60, ("IBM",)), benchmark=False)
    assert told.metrics["beta"].value is None
    assert headline(told, {})[0].benchmark is None
