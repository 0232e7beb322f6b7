"""Every job of a session's evening, called with nothing but the events in tests/events."""

import json
from pathlib import Path
from typing import Any

import pytest

import strategies
from functions import bootstrap
from functions.jobs import (
    advance_robots,
    collect_bars,
    deliver_outbox,
    dispatch_robots,
    run_execution,
)
from functions.services.plugins import warn_of_failures
from functions.services.record import reading
from tests.builders.platforms import platform_over
from tests.builders.proved import platform_without_cloud
from tests.builders.records import advance, collect_until, days, registered, sma_robot, stored

EVENTS = Path(__file__).parents[2] / "events"
ROBOT = sma_robot()
SESSIONS = 3
"""Those of the robot's record, the last of which is the events' session."""


def recorded(name: str) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((EVENTS / name).read_text())
    return event


@pytest.fixture(scope="module")
def history(postgres):
    """A database to copy: the bars of what was before the record are in it."""
    with postgres.copy() as made:
        with platform_without_cloud(made.jobs) as platform:
            collect_until(platform, days()[-SESSIONS - 1])
        yield made.name


@pytest.fixture
def database(postgres, history):
    with postgres.copy(history) as made:
        yield made


@pytest.fixture
def platform(database, aws, monkeypatch):
    """Registered before the last sessions, whose bars are still to be collected."""
    reading.forget()
    with platform_over(database, aws) as platform:
        monkeypatch.setattr(bootstrap, "platform", lambda: platform)
        registered(platform, ROBOT, at=-SESSIONS - 1)
        yield platform


@pytest.fixture
def collected(platform):
    collect_bars.handler(recorded("scheduler.json"), None)
    return platform


def sent_to(queue: str, platform: Any) -> list[dict[str, Any]]:
    answer = platform.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
    return [json.loads(message["Body"]) for message in answer.get("Messages", [])]


def bodies(name: str) -> list[dict[str, Any]]:
    return [json.loads(record["body"]) for record in recorded(name)["Records"]]


def test_what_is_dispatched_is_what_the_next_job_is_called_with(collected):
    event = recorded("scheduler_dispatch.json")
    assert dispatch_robots.handler(event, None) == {"robots": 1, "messages": 1}
    assert sent_to(collected.robot_queue_url, collected) == bodies("sqs_robots.json")


def test_the_deadlines_dispatch_says_so_to_the_next_job(collected):
    dispatch_robots.handler(recorded("scheduler_deadline.json"), None)
    (body,) = sent_to(collected.robot_queue_url, collected)
    assert body == {**bodies("sqs_robots.json")[0], "deadline": True}


def test_a_message_of_robots_brings_them_to_its_slot_and_again_changes_nothing(collected):
    event = recorded("sqs_robots.json")
    answer = advance_robots.handler(event, None)
    assert answer == {"batchItemFailures": [], "appended": SESSIONS, "waiting": {}, "drifted": {}}
    before = stored(collected, ROBOT.id)
    assert [row[0] for row in before["decisions"]] == [1, 2, 3]
    assert before["decisions"][-1][1] == bodies("sqs_robots.json")[0]["slot"]
    assert advance_robots.handler(event, None)["appended"] == 0
    assert stored(collected, ROBOT.id) == before


def test_a_message_of_robots_that_nobody_has_is_done(collected):
    answer = advance_robots.handler(recorded("sqs.json"), None)
    assert (answer["batchItemFailures"], answer["appended"]) == ([], 0)


def test_what_registering_queued_is_what_the_backtest_is_called_with(platform):
    assert sent_to(platform.execution_queue_url, platform) == bodies("sqs_executions.json")
    event = recorded("sqs_executions.json")
    for _ in range(2):
        assert run_execution.handler(event, None) == {"batchItemFailures": []}
    found = platform.connect().execute(
        "SELECT status, trade_count > 100 FROM executions WHERE id = %s",
        [bodies("sqs_executions.json")[0]["execution_id"]],
    )
    assert found.fetchone() == ("finished", True)


def test_the_outbox_is_swept(collected):
    advance(collected, days()[-1], ROBOT.id)
    event = recorded("scheduler_outbox.json")
    assert deliver_outbox.handler(event, None)["delivered"] > 0
    assert deliver_outbox.handler(event, None) == {"delivered": 0, "failed": 0}


@pytest.mark.parametrize(
    ("job", "event"),
    [
        (collect_bars, "scheduler.json"),
        (advance_robots, "sqs.json"),
        (run_execution, "sqs_executions.json"),
    ],
)
def test_a_job_that_works_with_plugins_tells_which_do_not_load(
    platform, monkeypatch, caplog, job, event
):
    monkeypatch.setattr(strategies, "failures", lambda: {"theirs": "ImportError: gone"})
    warn_of_failures.cache_clear()
    for _ in range(2):
        job.handler(recorded(event), None)
    (told,) = [one for one in caplog.records if one.message == "plugin does not load"]
    assert (told.plugin, told.reason) == ("theirs", "ImportError: gone")
