"""What cannot be counted is refused in words, wherever it comes from."""

import numpy as np
import pytest

from engine import Account, OrderError, Position, Strategy, simulate
from engine.money import LARGEST
from tests.builders.bars import market
from tests.builders.robots import scripted

pytestmark = pytest.mark.engine


def deciding(matrix):
    class Deciding(Strategy):
        """Decides what it is told."""

        def targets(self, market):
            return matrix

    return Deciding()


def test_an_account_beyond_what_money_can_count_is_refused_in_words():
    made = market({"IBM": [0.01, 1000.0, 1000.0]})
    opening = Account(0, {"IBM": Position(LARGEST, 100)})
    sell = {0: lambda broker: broker.target("IBM", weight=0.5)}
    with pytest.raises(OrderError, match="beyond ninety billion"):
        simulate(scripted(sell), made, opening=opening)


@pytest.mark.parametrize("kind", [complex, str])
def test_weights_that_are_no_real_numbers_are_refused(kind):
    made = market({"IBM": [1.0, 2.0]})
    with pytest.raises(OrderError, match="targets must be real numbers"):
        simulate(deciding(np.full((2, 1), kind(1))), made)


@pytest.mark.parametrize("weight", [1e300, np.inf, -1e300])
def test_an_enormous_weight_is_refused_without_a_warning(weight):
    made = market({"IBM": [1.0, 2.0]})
    with pytest.raises(OrderError, match=r"the weight of IBM on .*; it must be from -1000 to 1000"):
        simulate(deciding(np.full((2, 1), weight)), made)
