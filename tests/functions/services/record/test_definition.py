"""What of a robot may change while its record goes on."""

from types import SimpleNamespace

import pytest

from engine.errors import ParameterError
from functions.services.record.definition import changed, refuse_change, resolve

TERMS = {"symbols": ["ES", "IBM"], "calendar": "XNYS", "bar": "1d"}


def robot(was, asked):
    request, config = ({**TERMS, "options": {"instruments": each}} for each in (was, asked))
    return SimpleNamespace(slug="robot", request=request, config=config)


@pytest.mark.parametrize(
    ("was", "asked", "told"),
    [
        ({"ES": {"multiplier": 50.0}}, {"ES": {"multiplier": 5.0}}, "must be 50.0, was 5.0"),
        ({"ES": {"multiplier": 50.0}}, {}, "must be 50.0, was 1.0"),
        ({}, {"ES": {"multiplier": 50.0}}, "must be 1.0, was 50.0"),
    ],
)
def test_another_multiplier_is_another_robot(was, asked, told):
    with pytest.raises(ParameterError, match=f"multiplier of ES of robot 'robot' .* {told}; put"):
        refuse_change(robot(was, asked))


@pytest.mark.parametrize("asked", [{"ES": {"multiplier": 1, "lot_size": 0.01}}, {}, None, [1]])
def test_other_steps_of_trading_may_change(asked):
    refuse_change(robot({"ES": {"lot_size": 1.0}}, asked))
    refuse_change(SimpleNamespace(slug="robot", request=TERMS, config=TERMS))


def test_robots_of_one_definition_share_no_strategy():
    one, other = (resolve("builtin:sma_cross", {"options": {"lot_size": 2.0}}) for _ in range(2))
    assert one.strategy is not other.strategy
    assert one.options == other.options
    assert one.parameters is not other.parameters


@pytest.mark.parametrize("asked", [{"lot_size": 3.0}, {"lot_size": 2.0, "cash_buffer": 0.1}])
def test_other_options_are_seen_however_often_they_were_read(asked):
    was = resolve("builtin:sma_cross", {"options": {"lot_size": 2.0}})
    now = resolve("builtin:sma_cross", {"options": asked})
    terms = {"code": was.code, "parameters": was.parameters}
    for _ in range(2):
        assert not changed(was, options=was.options.to_dict(), **terms)
        assert changed(now, options=was.options.to_dict(), **terms) == "options changed"
