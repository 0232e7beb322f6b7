from tests.builders.stored import make_robot, make_run


def test_an_empty_platform(client):
    answer = client.get("/dashboard/overview").json
    assert answer["headline"] == {
        "strategies": 0,
        "active": 0,
        "drifted": 0,
        "with_record": 0,
        "recorded_trades": 0,
        "as_of": None,
    }
    assert (answer["active_strategies"], answer["recent_trades"]) == ([], [])


def test_all_robots_at_a_glance(client, jobs):
    for slug in ("b-robot", "a-robot"):
        robot = make_robot(jobs, slug)
        make_run(jobs, robot, "backtest", trades=9)
        make_run(jobs, robot, "paper")
    make_robot(jobs, "archived", status="archived")
    make_robot(jobs, "new-robot")
    answer = client.get("/dashboard/overview").json
    assert answer["headline"] == {
        "strategies": 4,
        "active": 3,
        "drifted": 0,
        "with_record": 2,
        "recorded_trades": 8,
        "as_of": "2012-02-11T21:00:00Z",
    }
    first, second, new = answer["active_strategies"]
    assert (first["slug"], second["slug"], new["slug"]) == ("a-robot", "b-robot", "new-robot")
    assert first["equity"] == "103900.00000000"
    assert first["execution"]["phase"] == "record"
    assert list(first["metrics"]) == ["total_return", "sharpe_ratio", "max_drawdown", "win_rate"]
    assert (new["equity"], new["execution"], new["metrics"]) == (None, None, {})
    assert len(answer["recent_trades"]) == 8
    assert {trade["phase"] for trade in answer["recent_trades"]} == {"record"}


def test_a_drifted_record_is_shown_as_such(client, jobs):
    make_run(jobs, make_robot(jobs), "paper", status="drifted")
    answer = client.get("/dashboard/overview").json
    assert (answer["headline"]["active"], answer["headline"]["drifted"]) == (0, 1)
    assert answer["active_strategies"][0]["status"] == "drifted"


def test_one_robot_at_a_glance_is_of_one_run(client, jobs):
    robot = make_robot(jobs)
    make_run(jobs, robot, "backtest", trades=30, days=60)
    make_run(jobs, robot, "paper")
    record = client.get("/dashboard/strategies/sma-cross").json
    assert record["strategy"]["executions"]["backtest"]["id"] == str(robot.runs["backtest"])
    assert record["execution"]["id"] == str(robot.runs["paper"])
    assert record["equity"]["points"] == 40
    assert {trade["execution_id"] for trade in record["recent_trades"]} == {
        str(robot.runs["paper"])
    }
    run = {"execution_id": robot.runs["backtest"]}
    backtest = client.get("/dashboard/strategies/sma-cross", **run).json
    assert (backtest["execution"]["phase"], backtest["equity"]["points"]) == ("backtest", 60)
    assert len(backtest["recent_trades"]) == 20


def test_a_robot_without_a_run_shows_no_fill_of_another(client, jobs):
    make_run(jobs, make_robot(jobs, "other"), "paper")
    make_robot(jobs)
    answer = client.get("/dashboard/strategies/sma-cross").json
    assert (answer["execution"], answer["equity"], answer["recent_trades"]) == (None, None, [])
