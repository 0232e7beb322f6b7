import pytest

from engine import ParameterError, Strategy, parameter

pytestmark = pytest.mark.engine


class Sample(Strategy):
    """Take every kind of parameter."""

    bars: int = parameter(10, low=2, high=100)
    share: float = parameter(0.5, low=0.0, high=1.0)
    careful: bool = parameter(True)
    mode: str = parameter("slow", choices=("slow", "fast"))
    free: int = parameter(3)
    least: int = parameter(3, low=1)

    def targets(self, market):
        return market.close


class Narrower(Sample):
    """Take one more, and another default."""

    bars: int = parameter(20, low=5, high=50)
    extra: int = parameter(1)


def test_parameters_are_declared_once_and_read_everywhere():
    first = Sample.parameters()[0]
    assert (first.name, first.type, first.default, first.low, first.high) == (
        "bars",
        "int",
        10,
        2,
        100,
    )
    assert [one.name for one in Sample.parameters()][1:] == [
        "share",
        "careful",
        "mode",
        "free",
        "least",
    ]


def test_values_stand_on_the_instance_and_in_one_canonical_dict():
    robot = Sample(bars=20, share=1)
    assert (robot.bars, robot.share, robot.mode) == (20, 1.0, "slow")
    assert robot.parameters_dict() == {
        "bars": 20,
        "careful": True,
        "free": 3,
        "least": 3,
        "mode": "slow",
        "share": 1.0,
    }
    assert list(robot.parameters_dict()) == sorted(robot.parameters_dict())
    assert type(robot.parameters_dict()["share"]) is float
    assert type(Sample(bars=20.0).bars) is int  # as JSON may bring it


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"bars": 500}, "bars must be between 2 and 100, was 500"),
        ({"least": 0}, "least must be at least 1, was 0"),
        ({"bars": 2.5}, "bars must be of type int, was 2.5"),
        ({"bars": "20"}, "bars must be of type int, was '20'"),
        ({"bars": True}, "bars must be of type int, was True"),
        ({"share": float("nan")}, "share must be finite, was nan"),
        ({"mode": "quick"}, "mode must be one of slow, fast, was quick"),
        ({"brs": 3}, "no parameter of Sample named 'brs'; did you mean 'bars'"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(given, message):
    with pytest.raises(ParameterError, match=message):
        Sample(**given)


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("bars", "20", 20),
        ("share", "0.25", 0.25),
        ("careful", "false", False),
        ("mode", "fast", "fast"),
    ],
)
def test_typed_text_is_read_in_the_parameters_type(name, text, value):
    (declared,) = (one for one in Sample.parameters() if one.name == name)
    assert declared.parsed(text) == value


@pytest.mark.parametrize(
    ("name", "text"), [("bars", "2.5"), ("bars", "many"), ("careful", "maybe")]
)
def test_text_of_another_type_is_refused(name, text):
    (declared,) = (one for one in Sample.parameters() if one.name == name)
    with pytest.raises(ParameterError, match=f"{name} must be of type"):
        declared.parsed(text)


def test_a_subclass_adds_and_overrides():
    assert Narrower().parameters_dict()["bars"] == 20
    assert Sample().parameters_dict()["bars"] == 10
    assert "extra" not in Sample().parameters_dict()


def test_a_default_out_of_its_range_is_refused_where_it_is_declared():
    with pytest.raises(ParameterError, match="bars must be between 2 and 5, was 10"):
        type("Wrong", (Strategy,), {"bars": parameter(10, low=2, high=5)})


def test_a_strategy_without_parameters_says_so():
    plain = type("Plain", (Strategy,), {})
    with pytest.raises(ParameterError, match="Plain has no parameters, was given fast"):
        plain(fast=3)
