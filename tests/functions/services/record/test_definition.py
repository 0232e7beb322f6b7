"""What of a robot may change while its record goes on."""

from types import SimpleNamespace

import pytest

from engine.errors import ParameterError
from functions.services.record.definition import refuse_change

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
