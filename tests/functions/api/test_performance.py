from datetime import UTC, datetime, timedelta

import pytest

from functions.api.models.executions import Execution
from functions.store.records import Owner
from tests.builders.stored import METRICS, REGISTERED, add_metric, make_robot, make_run

MONTH_END = datetime(2012, 1, 31, 21, tzinfo=UTC)


@pytest.fixture(scope="module")
def robot(writer):
    """Forty days of record from 2012-01-03 to 2012-02-11, after a backtest of 2011.

    Total return was measured at the end of January too.
    """
    made = make_robot(writer)
    make_run(writer, made, "backtest", metrics={"total_return": {"value": 9.5}})
    paper = make_run(writer, made, "paper")
    owner = Owner(made.id, paper, None, "public")
    add_metric(writer, owner, "total_return", {"value": 0.01}, MONTH_END, REGISTERED, MONTH_END)
    return made


ROUTES = ["/strategies/sma-cross/performance", "/performance/sma-cross/metrics"]


@pytest.mark.parametrize("route", ROUTES)
def test_the_latest_metrics_of_the_record(reader, robot, route):
    answer = reader.get(route).json
    assert answer["strategy"] == {
        "id": str(robot.id),
        "slug": "sma-cross",
        "name": "Sma-Cross",
    }
    assert answer["execution"]["id"] == str(robot.runs["paper"])
    assert answer["source"] == "latest"
    assert list(answer["metrics"]) == sorted(METRICS)
    sharpe = answer["metrics"]["sharpe_ratio"]
    assert sharpe.items() >= METRICS["sharpe_ratio"].items()


@pytest.mark.parametrize("route", [*ROUTES, "/dashboard/strategies/sma-cross"])
@pytest.mark.parametrize("phase", ["paper", "backtest"])
def test_a_result_tells_what_trading_cost(reader, robot, route, phase):
    answer = reader.get(route, execution_id=robot.runs[phase]).json
    assert answer["execution"]["options"] == {"commission_bps": 5.0, "slippage_bps": 5.0}
    assert answer["execution"]["notes"] == []


@pytest.mark.parametrize(
    ("options", "notes"),
    [
        (None, []),
        ({"commission_bps": 0.0, "slippage_bps": 0.0}, ["no costs"]),
        ({"commission_bps": 0.0, "slippage_bps": 0.0, "per_share": 0.005}, []),
        (
            {"fill": "same_close", "participation": None},
            ["fills at the same close", "no volume limit"],
        ),
    ],
)
def test_what_must_be_said_of_a_result_stands_beside_it(options, notes):
    told = Execution.model_construct(options=options).notes
    assert [note.partition(": ")[0] for note in told] == notes


@pytest.mark.parametrize("route", ROUTES)
def test_another_run_answers_when_it_is_named(reader, robot, route):
    answer = reader.get(route, execution_id=robot.runs["backtest"]).json
    assert answer["execution"]["phase"] == "backtest"
    assert {name: one["value"] for name, one in answer["metrics"].items()} == {"total_return": 9.5}


def test_a_run_of_another_robot_is_not_found(reader, robot, writer):
    make_robot(writer, "other")
    answer = reader.get("/performance/other/metrics", execution_id=robot.runs["paper"])
    assert answer.status == 404
    assert "execution of other" in answer.json["detail"]


def test_an_undefined_metric_is_null_with_its_reason(reader, robot):
    metrics = reader.get("/performance/sma-cross/metrics").json["metrics"]
    assert metrics["win_rate"]["value"] is None
    assert metrics["win_rate"]["reason"] == "no round trip has ended"


def test_when_it_happened_stands_beside_the_number(reader, robot):
    metrics = reader.get("/performance/sma-cross/metrics").json["metrics"]
    assert metrics["max_drawdown"]["dates"] == METRICS["max_drawdown"]["dates"]
    assert metrics["sharpe_ratio"]["dates"] is None


def test_metrics_by_name_once_each_in_the_order_asked(reader, robot):
    asked = "win_rate,sharpe_ratio,win_rate"
    metrics = reader.get("/performance/sma-cross/metrics", metrics=asked).json["metrics"]
    assert list(metrics) == ["win_rate", "sharpe_ratio"]


def test_an_unknown_metric_is_refused_with_the_nearest(reader, robot):
    answer = reader.get("/performance/sma-cross/metrics", metrics="sharp_ratio")
    assert answer.status == 422
    assert answer.json["errors"] == [
        {
            "field": "metrics",
            "place": "query",
            "message": "no metric named 'sharp_ratio'; did you mean 'sharpe_ratio'?",
        }
    ]


@pytest.mark.parametrize(
    ("query", "values"),
    [
        ({"end_date": "2012-01-31"}, [0.01]),
        ({"end_date": "2012-02-29"}, [0.1234]),
        ({"start_date": "2012-01-03"}, [0.1234]),
        ({"start_date": "2012-01-03", "end_date": "2012-01-31"}, [0.01]),
        ({"start_date": "2012-01-04"}, []),
        ({"end_date": "2012-01-30"}, []),
    ],
)
def test_a_range_gives_the_newest_measurement_wholly_within(reader, robot, query, values):
    answer = reader.get("/performance/sma-cross/metrics", metrics="total_return", **query).json
    assert answer["source"] == "recorded"
    measured = answer["metrics"]["total_return"]
    assert [measured["value"]] == (values or [None])
    assert (measured["reason"] is None) == bool(values)
    unnamed = reader.get("/performance/sma-cross/metrics", **query).json["metrics"]
    assert [one["value"] for name, one in unnamed.items() if name == "total_return"] == values


@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_what_json_cannot_say_is_null_with_a_reason(client, jobs, value):
    at = REGISTERED + timedelta(days=1)
    robot = make_robot(jobs)
    owner = Owner(robot.id, make_run(jobs, robot, "paper"), None, "public")
    add_metric(jobs, owner, "win_rate", {"value": value, "high": value}, at, REGISTERED, at)
    answer = client.get("/performance/sma-cross/metrics", end_date=at.date(), metrics="win_rate")
    assert answer.json["metrics"]["win_rate"]["value"] is None
    assert answer.json["metrics"]["win_rate"]["high"] is None
    assert answer.json["metrics"]["win_rate"]["reason"] == "undefined over this period"


def test_before_the_first_run_there_is_nothing_to_measure(client, jobs):
    make_robot(jobs)
    answer = client.get("/strategies/sma-cross/performance").json
    assert (answer["execution"], answer["metrics"], answer["equity"]) == (None, {}, None)


def test_before_the_first_measurement_a_named_metric_is_null(client, jobs):
    make_run(jobs, make_robot(jobs), "paper", metrics=None)
    answer = client.get("/performance/sma-cross/metrics", metrics="sharpe_ratio").json
    assert answer["metrics"]["sharpe_ratio"]["reason"] == "not recorded yet"


@pytest.mark.parametrize(
    ("query", "first", "last", "points"),
    [
        ({}, "100000.00000000", "103900.00000000", 40),
        ({"start_date": "2012-01-04"}, "100100.00000000", "103900.00000000", 39),
        ({"end_date": "2012-01-04"}, "100000.00000000", "100100.00000000", 2),
    ],
)
def test_what_the_account_was_worth_at_both_ends(reader, robot, query, first, last, points):
    equity = reader.get("/strategies/sma-cross/performance", **query).json["equity"]
    assert (equity["first"], equity["last"], equity["points"]) == (first, last, points)


def test_history_by_day(reader, robot):
    answer = reader.get("/performance/sma-cross/history").json
    assert (answer["granularity"], len(answer["points"])) == ("daily", 40)
    assert answer["points"][0] == {
        "time": "2012-01-03T21:00:00Z",
        "equity": "100000.00000000",
        "cash": "5.00000000",
        "change": None,
    }
    assert answer["points"][1]["change"] == pytest.approx(0.001)


@pytest.mark.parametrize(
    ("query", "first", "last", "points"),
    [
        ({"start_date": "2012-01-10"}, "01-10", "02-11", 33),
        ({"end_date": "2012-01-10"}, "01-03", "01-10", 8),
        ({"start_date": "2012-01-10", "end_date": "2012-01-10"}, "01-10", "01-10", 1),
    ],
)
def test_history_of_a_range(reader, robot, query, first, last, points):
    found = reader.get("/performance/sma-cross/history", **query).json["points"]
    assert (found[0]["time"][5:10], found[-1]["time"][5:10], len(found)) == (first, last, points)


@pytest.mark.parametrize(
    ("granularity", "days"),
    [
        ("weekly", ["01-08", "01-15", "01-22", "01-29", "02-05", "02-11"]),
        ("monthly", ["01-31", "02-11"]),
    ],
)
def test_history_takes_the_last_point_of_a_week_or_month(reader, robot, granularity, days):
    points = reader.get("/performance/sma-cross/history", granularity=granularity).json["points"]
    assert [point["time"][5:10] for point in points] == days


def test_a_change_is_against_the_point_before_even_outside_the_range(reader, robot):
    query = {"granularity": "monthly", "start_date": "2012-02-01"}
    (point,) = reader.get("/performance/sma-cross/history", **query).json["points"]
    assert point["change"] == pytest.approx(103_900 / 102_800 - 1)


def test_history_of_a_robot_without_a_run(client, jobs):
    make_robot(jobs)
    answer = client.get("/performance/sma-cross/history").json
    assert (answer["execution"], answer["points"]) == (None, [])
