import json

import pytest

from engine import Costs, Options, cost_models
from engine.errors import DataError, ParameterError
from functions.services.record import reading
from functions.services.record.registering import register_robot
from functions.services.record.showcase import SHOWCASE
from functions.store.health import Series, State, write
from tests.builders.platforms import platform_over
from tests.builders.records import collect_until, days, registered, slot_at, sma_robot, stored

ROBOT = sma_robot()


OPTIONS = {
    "leverage": 2,
    "fill": "next_close",
    "tiers": [[0, 10], [1000, 5]],
    "participation": None,
    "instruments": {"IBM": {"lot_size": 0.01}},
}


def test_every_option_is_kept_in_the_configuration():
    robot = sma_robot(options={"cost_model": "lean", **OPTIONS})
    kept = json.loads(json.dumps(robot.config()["options"]))
    assert "cost_model" not in kept
    assert kept.items() >= {"per_share": 0.005, "leverage": 2.0, "fill": "next_close"}.items()
    assert Options.from_dict(kept).to_dict() == robot.config()["options"]
    assert sma_robot(options=kept).config() == robot.config()


def test_an_instrument_of_no_symbol_of_its_is_refused():
    robot = sma_robot(options={"instruments": {"ES": {"multiplier": 50}}})
    with pytest.raises(ParameterError, match="no symbol with an instrument named 'ES'"):
        robot.config()


def test_a_cost_model_of_own_python_is_no_part_of_a_record(monkeypatch):
    own = Costs(own_fee=lambda shares, value, maker_value: 1.0)
    monkeypatch.setattr(cost_models, "get", lambda name: own)
    with pytest.raises(ParameterError, match="runs Python of its own cannot be kept with a run"):
        sma_robot(options={"cost_model": "theirs"}).config()


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
        yield platform


def test_registering_twice_changes_nothing(platform):
    registered(platform, ROBOT)
    before = stored(platform, ROBOT.id)
    assert register_robot(platform, ROBOT, slot_at(days()[-400])) is False
    assert stored(platform, ROBOT.id) == before
    counts = platform.connect().execute(
        "SELECT (SELECT count(*) FROM strategies), (SELECT count(*) FROM executions),"
        " (SELECT count(*) FROM segments), (SELECT count(*) FROM outbox)"
    )
    assert counts.fetchone() == (1, 2, 1, 1)


def test_robots_with_the_same_symbols_share_one_history(platform):
    registered(platform, ROBOT, sma_robot("other"), sma_robot("fewer", symbols=("IBM",)))
    assert platform.connect().execute("SELECT count(*) FROM tapes").fetchone() == (2,)


def test_without_bars_the_way_out_is_told(platform):
    with pytest.raises(DataError, match=r"no bars of AAPL, IBM, MSFT .* collect them first"):
        register_robot(platform, ROBOT, slot_at(days()[100]))


def test_a_wrong_parameter_registers_nothing(platform):
    collect_until(platform, days()[100])
    with pytest.raises(ParameterError, match="fast must be between"):
        register_robot(platform, sma_robot(parameters={"fast": 1}), slot_at(days()[100]))
    assert platform.connect().execute("SELECT count(*) FROM strategies").fetchone() == (0,)


def test_the_showcase_is_complete_and_each_robot_is_measured_against_the_benchmark():
    assert {robot.slug for robot in SHOWCASE} == {
        "buy-and-hold",
        "sma-cross",
        "momentum-rotation",
        "rsi-reversion",
        "channel-breakout",
        "volatility-target",
    }
    slugs = {robot.slug for robot in SHOWCASE}
    assert {robot.benchmark for robot in SHOWCASE} <= {None, *slugs}
    for robot in SHOWCASE:
        assert robot.config()["parameters"] | dict(robot.parameters) == robot.config()["parameters"]
        assert robot.description.endswith(".")


def test_a_symbol_its_provider_lacks_is_named(platform):
    collect_until(platform, days()[100])
    with pytest.raises(ParameterError, match="no symbol of the sample provider named 'IBN'"):
        register_robot(platform, sma_robot(symbols=("AAPL", "IBN")), slot_at(days()[100]))
    assert platform.connect().execute("SELECT count(*) FROM strategies").fetchone() == (0,)


def test_a_symbol_that_is_not_listed_yet_is_welcome(platform):
    collect_until(platform, days()[100])
    assert register_robot(platform, sma_robot(symbols=("AAPL", "FB")), slot_at(days()[100]))


def test_why_there_are_no_bars_is_told(platform):
    with platform.connect() as database:
        write(
            database,
            Series("AAPL", "sample", "1d"),
            State(
                "XNYS",
                None,
                None,
                0,
                0,
                0,
                [],
                "sample: rate limited",
                slot_at(days()[100]).closes_at,
            ),
        )
    with pytest.raises(DataError, match=r"no bars of AAPL.*: rate limited; mend that"):
        register_robot(platform, sma_robot(symbols=("AAPL",)), slot_at(days()[100]))


@pytest.mark.parametrize("length", ["30m", "1m"])
def test_a_robots_bar_is_an_hour_at_least(platform, length):
    with pytest.raises(ParameterError, match=f"must be 1d or 1h, was '{length}'"):
        register_robot(platform, sma_robot(bar=length), slot_at(days()[100]))


def test_a_robot_keeps_the_name_of_its_own_source(platform):
    registered(platform, ROBOT)
    rows = platform.connect().execute("SELECT DISTINCT request ->> 'source' FROM executions")
    assert rows.fetchall() == [("sample",)]
