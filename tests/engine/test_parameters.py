import numpy as np
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


class Annotated(Strategy):
    """Say types by annotations."""

    share: float = parameter(5, low=1, high=10)
    quoted: "float" = parameter(2)
    bare = parameter(3)

    def targets(self, market):
        return market.close


def test_the_annotation_says_the_type():
    assert [(one.name, one.type) for one in Annotated.parameters()] == [
        ("share", "float"),
        ("quoted", "float"),
        ("bare", "int"),
    ]
    assert Annotated(share=2.5).share == 2.5
    told = Annotated().parameters_dict()
    assert (told["share"], type(told["share"])) == (5.0, float)
    assert type(Annotated.parameters()[0].default) is float


@pytest.mark.parametrize(
    ("given", "name", "kind"),
    [
        (np.int64(20), "bars", int),
        (np.float64(20.0), "bars", int),
        (np.float32(0.5), "share", float),
        (np.int8(1), "share", float),
        (np.bool_(False), "careful", bool),
        (np.str_("fast"), "mode", str),
    ],
)
def test_numpys_numbers_are_taken_as_pythons(given, name, kind):
    value = Sample(**{name: given}).parameters_dict()[name]
    assert (value, type(value)) == (given, kind)


@pytest.mark.parametrize(
    ("declared", "message"),
    [
        ({"prepare": parameter(1)}, "Wrong has a parameter named prepare, as something of every"),
        ({"on_bar": parameter(1)}, "named on_bar, .*; give it another name"),
        ({"targets": parameter(1)}, "named targets"),
        ({"rebalance": parameter("row")}, "named rebalance"),
        ({"bars": parameter(3, low=5, high=2)}, "bars has low 5 above high 2; give the lower one"),
        ({"bars": parameter(3, low="2")}, "bars must have a number for low and high, was '2'"),
        ({"bars": parameter(3, high=float("nan"))}, "a number for low and high, was nan"),
        ({"bars": parameter(3, low=True)}, "a number for low and high, was True"),
        ({"mode": parameter("a", low=1)}, "mode is of type str, which has no low or high; leave"),
        ({"mode": parameter("a", choices="ab")}, "the choices of mode must be texts .* were 'ab'"),
        ({"bars": parameter(3, choices=(3, 5))}, r"choices of bars must be texts .* \(3, 5\)"),
        (
            {"bars": parameter(None)},
            "bars must default to an int, float, bool or str, was NoneType",
        ),
        (
            {"bars": parameter(2.5), "__annotations__": {"bars": int}},
            "bars must be of type int, was",
        ),
    ],
)
def test_a_declaration_that_cannot_be_is_refused(declared, message):
    with pytest.raises(ParameterError, match=message):
        type("Wrong", (Strategy,), declared)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"share": 10**400}, r"share must be of type float, was 10{39}[.]{3}$"),
        ({"bars": 10**400}, r"bars must be between 2 and 100, was 10{39}[.]{3}$"),
        ({"bars": 10**5000}, "bars must be between 2 and 100, was a int$"),
        ({"mode": np.datetime64("2012-01-09")}, "mode must be of type str, was np.datetime64"),
    ],
)
def test_what_is_long_is_not_told_whole(given, message):
    with pytest.raises(ParameterError, match=message):
        Sample(**given)


def test_parameters_are_given_by_name():
    with pytest.raises(ParameterError, match="Sample takes parameters by name, had 20, 1"):
        Sample(20, 1)
