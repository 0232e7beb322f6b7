"""A stranger sees public rows only, on every route that the document names."""

import pytest

from functions.api.handler import app
from tests.builders.stored import make_robot, make_run, make_user

PATHS = sorted(path for path, item in app.openapi()["paths"].items() if "get" in item)
SECRET = "SECRET"


@pytest.fixture(scope="module")
def private(writer, module_database):
    """A private robot with everything a robot can have, beside a public one."""
    with module_database.connect("superuser", autocommit=True) as superuser:
        user = make_user(superuser)
    made = make_robot(
        writer, "hidden-one", visibility="private", user_id=user, code=SECRET, source_public=True
    )
    make_run(writer, made, "backtest")
    make_run(writer, made, "paper")
    make_run(writer, make_robot(writer, "seen-one"), "paper")
    return made


def _ids(writer, robot):
    trade = writer.execute(
        "SELECT id FROM trades WHERE execution_id = %s LIMIT 1", [robot.runs["paper"]]
    ).fetchone()
    return {
        "strategy_id": robot.id,
        "execution_id": robot.runs["paper"],
        "trade_id": trade[0],
        "symbol": "NONE",
    }


@pytest.mark.parametrize("path", PATHS)
def test_a_private_robot_is_nowhere(reader, writer, private, path):
    ids = _ids(writer, private)
    answer = reader.send("GET", path.format(**ids))
    assert answer.status == (404 if "{" in path else 200)
    hidden = {*map(str, private.runs.values()), *map(str, ids.values()), "hidden-one", SECRET}
    told = {name for name in hidden if name in answer.text}
    assert told <= set(path.format(**ids).split("/"))


@pytest.mark.parametrize("path", [path for path in PATHS if "{strategy_id}" in path])
def test_its_slug_answers_like_one_that_does_not_exist(reader, private, path):
    hidden = reader.send("GET", path.format(strategy_id="hidden-one"))
    absent = reader.send("GET", path.format(strategy_id="absent-one"))
    assert hidden.status == absent.status == 404
    assert hidden.text.replace("hidden", "absent") == absent.text


@pytest.mark.parametrize("name", ["strategy_id", "execution_id"])
def test_it_cannot_be_reached_by_a_filter(reader, writer, private, name):
    assert reader.get("/trades", **{name: _ids(writer, private)[name]}).status == 404
    assert reader.get("/strategies", user_id=private.user_id).json["items"] == []


def test_a_private_run_of_a_public_robot_stays_private(client, jobs):
    robot = make_robot(jobs)
    run = make_run(jobs, robot, "backtest", visibility="private")
    assert client.get("/strategies/sma-cross").json["executions"]["backtest"] is None
    assert client.get("/trades", strategy_id="sma-cross").json["items"] == []
    assert client.get("/performance/sma-cross/metrics", execution_id=run).status == 404
    assert client.get(f"/executions/{run}").status == 404


def test_whom_a_transaction_reads_for_ends_with_it(reader, private):
    slugs = "SELECT s.slug FROM strategies AS s ORDER BY s.slug"
    with reader.database.reading(private.user_id) as connection:
        own = connection.execute(slugs).fetchall()
    with reader.database.reading() as connection:
        others = connection.execute(slugs).fetchall()
    assert [row["slug"] for row in own] == ["hidden-one", "seen-one"]
    assert [row["slug"] for row in others] == ["seen-one"]
