import numpy as np
import pytest

from engine import OrderError, Strategy, Targets, simulate
from engine.decisions import orders_of
from engine.orders import WEIGHT_UNIT
from tests.builders.bars import NAN, market, random_market
from tests.builders.robots import scripted, weighted

pytestmark = pytest.mark.engine

MADE = market({"FB": [40.0] * 3, "IBM": [100.0] * 3})
HALF = np.full((3, 2), 0.5)


def decided(weights, rebalance="change", start=0):
    """Row, column and weight of each decision."""
    table = orders_of(weights, MADE, start, rebalance)
    columns = (table.row.tolist(), table.symbol.tolist(), (table.amount / WEIGHT_UNIT).tolist())
    return list(zip(*columns, strict=True))


def test_a_weight_is_decided_where_it_changes():
    weights = np.array([[0.5, NAN], [0.5, -0.2], [0.0, NAN]])
    assert decided(weights) == [(0, 0, 0.5), (1, 1, -0.2), (2, 0, 0.0)]
    assert len(decided(weights, "row")) == 4
    assert decided(weights, start=1) == [(1, 0, 0.5), (1, 1, -0.2), (2, 0, 0.0)]


def test_weights_are_rounded_before_they_are_compared():
    weights = np.array([[1 / 3, NAN], [1 / 3 + 1e-12, NAN], [NAN, NAN]])
    assert decided(weights) == [(0, 0, 0.333333333)]


def test_exits_are_numbers_or_tables():
    table = np.array([[0.1, 0.2], [0.3, NAN], [0.5, 0.6]])
    orders = orders_of(Targets(HALF, stop_loss=0.05, trailing=table), MADE, 0, "row")
    assert orders.stop_loss.tolist() == [50_000_000] * 6
    assert (orders.trailing / WEIGHT_UNIT).tolist() == [0.1, 0.2, 0.3, 0.0, 0.5, 0.6]
    assert orders.take_profit.tolist() == [0] * 6


def test_exits_count_only_where_a_weight_is_decided():
    bad_elsewhere = np.array([[0.1, 0.2], [-1.0, NAN], [9.0, 0.6]])
    orders = orders_of(Targets(HALF, stop_loss=bad_elsewhere), MADE, 0, "change")
    assert orders.stop_loss.tolist() == [100_000_000, 200_000_000]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        (np.ones(3), r"targets must have shape \(3, 2\), one row a bar .* had \(3,\)"),
        (np.full((3, 2), "a"), "targets must be real numbers, one for each bar, had <U1"),
        (np.array([[0, 0], [0, np.inf], [0, 0]]), "the weight of IBM on 2012-01-10 is inf; it mu"),
        (np.array([[-np.inf, 0], [0, 0], [0, 0]]), "the weight of FB on 2012-01-09 is -inf"),
        (np.array([[0, 0], [0, 0], [2000, 0]]), "weight of FB on 2012-01-11 is 2000.0; it must"),
        (Targets(HALF, stop_loss=1.0), "the stop_loss of FB on 2012-01-09 is 1.0; it must be abov"),
        (Targets(HALF, trailing=-0.1), "the trailing of FB on 2012-01-09 is -0.1"),
        (
            Targets(HALF, take_profit=np.inf),
            "take_profit of FB on 2012-01-09 is inf; .* below 1000",
        ),
        (Targets(HALF, stop_loss=np.full(2, 0.1)), r"stop_loss must have shape \(3, 2\)"),
        (Targets(HALF, stop_loss="0.1"), "stop_loss must be real numbers"),
    ],
)
def test_decisions_that_cannot_be_are_named(weights, message):
    with pytest.raises(OrderError, match=message):
        orders_of(weights, MADE, 0, "change")


@pytest.mark.parametrize("exits", [{"stop_loss": 0.02, "take_profit": 0.03}, {"trailing": 0.04}])
def test_targets_with_exits_are_the_orders_a_broker_would_be_asked_for(exits):
    made = random_market(3, rows=60, gaps=0.02)
    weights = np.random.default_rng(3).choice([NAN, 0.0, 0.3, -0.2], (60, 3))

    class Whole(Strategy):
        """Decide all at once."""

        def targets(self, market):
            return Targets(weights, **exits)

    last = {}

    def ask(broker):
        for symbol, weight in zip(broker.symbols, weights[broker.now.row], strict=True):
            if not np.isnan(weight) and last.get(symbol) != weight:
                last[symbol] = weight
                broker.target(symbol, weight=weight, **exits)

    by_bar = simulate(scripted(dict.fromkeys(range(60), ask)), made)
    whole = simulate(Whole, made)
    assert whole.ledger() == by_bar.ledger()
    assert len(whole.fills) > 20


def test_a_misspelt_rebalance_is_refused():
    late = weighted(HALF, "daily")
    with pytest.raises(OrderError, match="no rebalance named 'daily'; there are change, row"):
        simulate(late, MADE)
    with pytest.raises(OrderError, match="Wrong: no rebalance named 'rows'; did you mean 'row'"):
        type("Wrong", (Strategy,), {"rebalance": "rows"})
    own = weighted(HALF)()
    own.rebalance = "rows"
    assert len(simulate(own, MADE).orders) == 2  # a fresh one decides


def test_rows_of_different_lengths_are_refused():
    with pytest.raises(OrderError, match="targets must be one table of real numbers: setting an"):
        orders_of([[0.5], [0.5, 0.5]], MADE, 0, "change")
