from datetime import timedelta

import pytest

from tests.builders.stored import CONFIG, REGISTERED, make_robot, make_run, make_user


def test_lists_public_robots_newest_first(client, jobs):
    for number, slug in enumerate(("first", "second", "third")):
        make_robot(jobs, slug, created_at=REGISTERED + timedelta(days=number))
    answer = client.get("/strategies").json
    assert [item["slug"] for item in answer["items"]] == ["third", "second", "first"]
    assert (answer["total"], answer["total_is_minimum"], answer["next"]) == (3, False, None)


def test_an_empty_list_is_an_answer(client):
    answer = client.get("/strategies")
    assert answer.status == 200
    assert answer.json == {"items": [], "total": 0, "total_is_minimum": False, "next": None}


def test_filters_by_status_and_user(client, jobs, database):
    with database.connect("superuser", autocommit=True) as superuser:
        user = make_user(superuser)
    make_robot(jobs, "theirs", user_id=user)
    make_robot(jobs, "archived", status="archived")
    assert _slugs(client.get("/strategies", user_id=user)) == ["theirs"]
    assert _slugs(client.get("/strategies", status="archived")) == ["archived"]
    assert _slugs(client.get("/strategies", status="archived", user_id=user)) == []


def test_a_robot_whose_record_drifted_says_so(client, jobs):
    make_run(jobs, make_robot(jobs, "drifted"), "paper", status="drifted")
    make_run(jobs, make_robot(jobs, "sound"), "paper")
    assert client.get("/strategies/drifted").json["status"] == "drifted"
    assert _slugs(client.get("/strategies", status="drifted")) == ["drifted"]
    assert _slugs(client.get("/strategies", status="active")) == ["sound"]


def test_pages_through_robots_of_one_instant_without_loss(client, jobs):
    slugs = {f"robot-{number}" for number in range(7)}
    for slug in slugs:
        make_robot(jobs, slug)
    seen, cursor = [], {}
    for _ in range(7):
        answer = client.get("/strategies", limit=3, **cursor).json
        seen += [item["slug"] for item in answer["items"]]
        if answer["next"] is None:
            break
        cursor = {"cursor": answer["next"]}
    assert len(seen) == 7
    assert set(seen) == slugs


def test_one_robot_by_id_and_by_slug(client, jobs):
    robot = make_robot(jobs)
    by_id, by_slug = client.get(f"/strategies/{robot.id}"), client.get("/strategies/sma-cross")
    assert by_id.json == by_slug.json
    assert by_id.json["config"] == CONFIG
    assert by_id.json["strategy_code"] == "builtin:sma_cross"
    assert by_id.json["registered_at"] == "2012-01-03T21:00:00Z"
    assert by_id.json["executions"] == {"backtest": None, "record": None}


def test_one_robot_names_both_of_its_runs(client, jobs):
    robot = make_robot(jobs)
    make_run(jobs, robot, "backtest")
    newest = make_run(jobs, robot, "backtest", created_at=REGISTERED + timedelta(hours=1))
    make_run(jobs, robot, "backtest", status="failed", created_at=REGISTERED + timedelta(hours=2))
    paper = make_run(jobs, robot, "paper")
    runs = client.get("/strategies/sma-cross").json["executions"]
    assert runs["backtest"]["id"] == str(newest)
    assert (runs["record"]["id"], runs["record"]["phase"]) == (str(paper), "record")


@pytest.mark.parametrize(
    ("code", "public", "shown"),
    [
        ("print('secret')", False, None),
        ("print('open')", True, "print('open')"),
        ("builtin:sma_cross", False, "builtin:sma_cross"),
        ("builtin:x\nprint('secret')", False, None),
    ],
)
def test_source_is_shown_only_where_it_is_public(client, jobs, code, public, shown):
    make_robot(jobs, code=code, source_public=public)
    answer = client.get("/strategies/sma-cross")
    assert answer.json["strategy_code"] == shown
    assert "secret" not in answer.text


def test_a_run_by_its_id(client, jobs):
    robot = make_robot(jobs)
    run = make_run(jobs, robot, "backtest")
    answer = client.get(f"/executions/{run}").json
    assert (answer["kind"], answer["phase"], answer["error"]) == ("backtest", "backtest", None)
    assert answer["progress"] == 1
    record = client.get(f"/executions/{make_run(jobs, robot, 'paper')}").json
    assert (record["phase"], record["progress"]) == ("record", None)


def _slugs(answer):
    return [item["slug"] for item in answer.json["items"]]
