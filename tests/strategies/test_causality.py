"""Every strategy found decides from nothing but what it could know."""

import pytest

import strategies
from engine.causality import check
from tests.builders.bars import random_market

pytestmark = pytest.mark.engine

NAMES = strategies.names()
SHORT = {
    "slow": 40, "fast": 10, "trend": 40, "channel": 20, "range_bars": 10, "lookback": 20,
    "bars": 10,
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_every_strategy_is_clean(name):
    kind = strategies.get(name)
    values = {one.name: SHORT[one.name] for one in kind.parameters() if one.name in SHORT}
    found = check(kind(**values), random_market(rows=300, late=60), cuts=30)
    assert (found.verdict, found.change, found.failed) == ("clean", None, 0)
    assert found.covered >= min(found.decisions, 10)
