"""The handlers that make the record, called as AWS calls them."""

import json
from uuid import uuid4

import pytest

from functions import bootstrap
from functions.jobs import advance_robots, deliver_outbox, dispatch_robots, run_execution
from functions.services.record import advancing, reading
from tests.builders.platforms import platform_over
from tests.builders.records import (
    advance,
    days,
    due_message,
    queued,
    registered,
    scheduled,
    sma_robot,
    stored,
    tamper,
)

ROBOT, OTHER = sma_robot(), sma_robot("other", parameters={"fast": 10, "slow": 50})


@pytest.fixture
def database(sampled_database):
    """All bars are there already, so that no test but those of collecting waits for them."""
    return sampled_database


@pytest.fixture
def platform(database, aws, monkeypatch):
    reading.forget()
    with platform_over(database, aws) as platform:
        monkeypatch.setattr(bootstrap, "platform", lambda: platform)
        yield platform


@pytest.fixture
def without_bars(postgres, aws, monkeypatch):
    """A platform that has no bar but those that its test collects."""
    reading.forget()
    with postgres.copy() as database, platform_over(database, aws) as platform:
        monkeypatch.setattr(bootstrap, "platform", lambda: platform)
        yield platform


def messages(platform):
    """The robots queue's bodies, taken from it."""
    answer = platform.sqs.receive_message(QueueUrl=platform.robot_queue_url, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def test_a_slot_goes_from_schedule_to_record_and_again_changes_nothing(platform):
    live = registered(platform, ROBOT, OTHER)
    registered(platform, at=-1)
    event = scheduled(live[0])
    assert dispatch_robots.handler(event, None) == {"robots": 2, "messages": 1}
    (body,) = messages(platform)
    assert body["slot"] == f"XNYS/1d/{live[0].closes:%Y-%m-%dT%H:%M:%SZ}"
    assert sorted(body["robots"]) == sorted([str(ROBOT.id), str(OTHER.id)])
    answer = advance_robots.handler(queued(body), None)
    assert answer == {"batchItemFailures": [], "appended": 2, "waiting": {}, "drifted": {}}
    before = stored(platform, ROBOT.id), stored(platform, OTHER.id)
    for _ in range(10):
        assert advance_robots.handler(queued(body), None)["appended"] == 0
        assert dispatch_robots.handler(event, None) == {"robots": 0, "messages": 0}
    assert (stored(platform, ROBOT.id), stored(platform, OTHER.id)) == before
    summary = platform.s3.get_object(
        Bucket=platform.site_bucket, Key="data/robots/sma-cross/summary.json"
    )
    assert json.loads(summary["Body"].read())["seq"] == 1


@pytest.mark.parametrize(("slug", "benchmark"), [("aaa", "zzz"), ("zzz", "aaa")])
def test_a_chart_shows_its_benchmarks_newest_session_whoever_came_first(platform, slug, benchmark):
    robots = sma_robot(slug, benchmark=benchmark), sma_robot(benchmark)
    live = registered(platform, *robots)
    registered(platform, at=-1)
    dispatch_robots.handler(scheduled(live[0]), None)
    (body,) = messages(platform)
    advance_robots.handler(queued(body), None)
    key = f"data/robots/{slug}/equity.json"
    curve = json.loads(platform.s3.get_object(Bucket=platform.site_bucket, Key=key)["Body"].read())
    assert curve["record"]["sessions"] == [live[0].session.isoformat()]
    assert None not in curve["record"]["benchmark"]


def test_what_was_published_wakes_the_site_once_for_all(platform):
    live = registered(platform, ROBOT, OTHER)
    registered(platform, at=-1)
    platform.sqs.purge_queue(QueueUrl=platform.publish_queue_url)
    dispatch_robots.handler(scheduled(live[0]), None)
    advance_robots.handler(queued(*messages(platform)), None)
    answer = platform.sqs.receive_message(
        QueueUrl=platform.publish_queue_url, MaxNumberOfMessages=10
    )
    assert [json.loads(message["Body"]) for message in answer["Messages"]] == [{"slugs": []}]


def test_an_event_of_an_earlier_slot_finds_nobody(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance_robots.handler(queued(due_message(live[2], ROBOT.id)), None)
    before = stored(platform, ROBOT.id)
    for session in (live[2], live[0], days()[-501], days()[-600]):
        assert dispatch_robots.handler(scheduled(session), None)["robots"] == 0
        answer = advance_robots.handler(queued(due_message(session, ROBOT.id)), None)
        assert answer["appended"] == 0
    assert stored(platform, ROBOT.id) == before


def test_a_robot_is_due_by_its_decisions_whatever_its_execution_says(database, platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance_robots.handler(queued(due_message(live[0], ROBOT.id)), None)
    tamper(database, "UPDATE executions SET period_end = '2030-01-01' WHERE kind = 'paper'")
    assert dispatch_robots.handler(scheduled(live[1]), None)["robots"] == 1
    assert dispatch_robots.handler(scheduled(live[0]), None)["robots"] == 0


def test_the_deadline_travels_with_the_message(without_bars):
    live = registered(without_bars, ROBOT)
    dispatch_robots.handler(scheduled(live[0], deadline=True), None)
    (body,) = messages(without_bars)
    assert body["deadline"] is True
    waits = advance_robots.handler(queued({**body, "deadline": False}), None)
    assert waits["waiting"] == {"sma-cross": "no bar of AAPL yet"}
    assert waits["batchItemFailures"] == []
    assert advance_robots.handler(queued(body), None)["appended"] == 1


def test_many_robots_go_in_messages_of_fifty(platform, monkeypatch):
    registered(platform, ROBOT)
    robots = [uuid4() for _ in range(1103)]
    monkeypatch.setattr("functions.store.robots.due_robots", lambda *_: robots)
    live = days()[-500:]
    assert dispatch_robots.handler(scheduled(live[0]), None) == {"robots": 1103, "messages": 23}
    found = []
    while bodies := messages(platform):
        found += [robot for body in bodies for robot in body["robots"]]
        assert all(len(body["robots"]) <= 50 for body in bodies)
    assert sorted(found) == sorted(str(robot) for robot in robots)


def test_a_robot_that_raises_is_named_and_stops_no_other(platform, monkeypatch, caplog):
    live = registered(platform, ROBOT, OTHER)
    registered(platform, at=-1)
    honest = advancing.plan

    def plan(archive, task, due, robots):
        if task.record.robot.slug == "other":
            raise ZeroDivisionError("a strategy's own mistake")
        return honest(archive, task, due, robots)

    monkeypatch.setattr(advancing, "plan", plan)
    event = queued(due_message(live[0], OTHER.id, ROBOT.id), due_message(live[0], ROBOT.id))
    answer = advance_robots.handler(event, None)
    assert answer["batchItemFailures"] == [{"itemIdentifier": "message-0"}]
    assert len(stored(platform, ROBOT.id)["decisions"]) == 1
    assert len(stored(platform, OTHER.id)["decisions"]) == 0
    (told,) = [record for record in caplog.records if record.message == "robot failed"]
    assert (told.robot, told.exc_info[0]) == ("other", ZeroDivisionError)
    monkeypatch.setattr(advancing, "plan", honest)
    assert advance_robots.handler(event, None)["appended"] == 1


def test_a_message_that_cannot_be_read_fails_alone(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    event = queued({"slot": "yesterday", "robots": []}, due_message(live[0], ROBOT.id))
    answer = advance_robots.handler(event, None)
    assert answer["batchItemFailures"] == [{"itemIdentifier": "message-0"}]
    assert answer["appended"] == 1


def test_a_drift_is_told_in_the_answer_and_on_the_page(database, platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance_robots.handler(queued(due_message(live[4], ROBOT.id)), None)
    with database.connect("superuser", autocommit=True) as connection:
        connection.execute("UPDATE equity_points SET equity = 1 WHERE sequence = 2")
    answer = advance_robots.handler(queued(due_message(live[5], ROBOT.id)), None)
    assert answer["batchItemFailures"] == []
    assert answer["drifted"]["sma-cross"]["kind"] == "data"
    summary = platform.s3.get_object(
        Bucket=platform.site_bucket, Key="data/robots/sma-cross/summary.json"
    )
    assert json.loads(summary["Body"].read())["status"] == "drifted"


def test_a_queued_backtest_runs_once_and_is_published(platform):
    registered(platform, ROBOT)
    (execution,) = (
        platform.connect().execute("SELECT id FROM executions WHERE kind = 'backtest'").fetchone()
    )
    event = queued({"execution_id": str(execution)}, {"execution_id": str(uuid4())})
    answer = run_execution.handler(event, None)
    assert answer == {"batchItemFailures": [{"itemIdentifier": "message-1"}]}
    summary = platform.s3.get_object(
        Bucket=platform.site_bucket, Key="data/robots/sma-cross/summary.json"
    )
    found = json.loads(summary["Body"].read())
    assert found["backtest"]["trade_count"] > 100
    count = "SELECT count(*) FROM trades"
    trades = platform.connect().execute(count).fetchone()
    assert run_execution.handler(queued({"execution_id": str(execution)}), None) == {
        "batchItemFailures": []
    }
    assert platform.connect().execute(count).fetchone() == trades


def test_the_outbox_job_sweeps(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[0], ROBOT.id)
    assert deliver_outbox.handler({}, None) == {"delivered": 2, "failed": 0}
    assert deliver_outbox.handler({}, None) == {"delivered": 0, "failed": 0}


@pytest.mark.parametrize("handler", [dispatch_robots.handler, advance_robots.handler])
def test_every_slot_job_sweeps_first(platform, handler):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[0], ROBOT.id)
    event = scheduled(live[0]) if handler is dispatch_robots.handler else queued()
    handler(event, None)
    left = platform.connect().execute(
        "SELECT count(*) FROM outbox WHERE delivered_at IS NULL AND kind <> 'page'"
    )
    assert left.fetchone() == (0,)
