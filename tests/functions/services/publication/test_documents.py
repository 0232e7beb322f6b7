"""The laws of rebasing, and of the text that documents are written in."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as some

from engine.events import DELISTING_ID
from engine.reasons import OWN_FILLS
from functions.services.publication.documents import (
    WITHOUT_ORDER,
    History,
    action_of,
    encode,
    rebased,
    trades_of,
)
from functions.store.series import CurveRow, TradeRow

START = date(2013, 1, 3)
RUN = UUID(int=1)
amounts = some.floats(0.01, 1e9)
equities = some.lists(amounts, min_size=1, max_size=30)


def curve(equity, first=0):
    days = [str(START + timedelta(days=first + day)) for day in range(len(equity))]
    return CurveRow(RUN, days, equity)


@given(own=equities, other=equities)
def test_a_rebased_benchmark_starts_where_the_robot_does_and_keeps_its_returns(own, other):
    found = rebased(curve(own), curve(other))
    assert len(found) == len(own)
    assert found[0] == pytest.approx(own[0])
    for value, raw in zip(found, other, strict=False):
        assert value == pytest.approx(own[0] * raw / other[0], rel=1e-9, abs=1e-8)
    assert found[len(other) :] == [None] * len(found[len(other) :])


@given(own=equities, late=some.integers(0, 40))
def test_a_benchmark_that_begins_later_is_rebased_where_it_begins(own, late):
    found = rebased(curve(own), curve([7.0] * len(own), first=late))
    if late >= len(own):
        assert found is None
    else:
        assert found[:late] == [None] * late
        assert found[late:] == [pytest.approx(own[late])] * (len(own) - late)


documents = some.recursive(
    some.none()
    | some.booleans()
    | some.integers()
    | some.text()
    | some.floats(allow_nan=False, allow_infinity=False),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(), inner),
    max_leaves=10,
)


@given(document=some.dictionaries(some.text(), documents, max_size=5))
def test_a_document_survives_its_text_and_its_order_does_not_matter(document):
    assert json.loads(encode(document)) == document
    assert encode(dict(reversed(document.items()))) == encode(document)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_what_json_cannot_say_is_refused(number):
    with pytest.raises(ValueError, match="not JSON compliant"):
        encode({"value": number})


def test_what_stands_for_an_order_is_what_the_engine_writes():
    assert {*WITHOUT_ORDER} == {DELISTING_ID, *OWN_FILLS.values()}


@pytest.mark.parametrize(
    ("side", "opens", "action"),
    [
        ("buy", True, "buy"),
        ("sell", False, "sell"),
        ("sell", True, "sell short"),
        ("buy", False, "buy back"),
    ],
)
def test_a_fill_says_what_it_does_to_the_position(side, opens, action):
    assert action_of(side, opens=opens) == action


@pytest.mark.parametrize(
    ("order_id", "reason", "kind"),
    [
        ("2012-01-09-IBM-1", None, "fill"),
        ("2012-01-09-IBM-1", "stop loss", "fill"),
        ("delisting", None, "delisting"),
        ("liquidation", "liquidated", "liquidation"),
        ("ruin", "ruined", "ruin"),
        ("end", "the run ends", "end"),
    ],
)
def test_a_trade_tells_what_brought_it(order_id, reason, kind):
    at, one = datetime(2012, 1, 10, 14, 30, tzinfo=UTC), Decimal(1)
    costs = (Decimal(0), Decimal(0))
    row = TradeRow(
        RUN, RUN, at, "2012-01-10", "IBM", "buy", one, one, *costs, one, order_id, reason
    )
    (told,) = trades_of(History({}, {}, {"record": [row]}, []))
    assert (told["kind"], told["action"], told["reason"]) == (kind, "buy back", reason)
