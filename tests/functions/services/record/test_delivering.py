import json
from dataclasses import replace

import pytest

from functions.services.live.pushing import Pushed
from functions.services.record import delivering, reading
from functions.services.record.delivering import deliver, sweep
from functions.store import outbox
from functions.store.outbox import Message
from tests.builders.platforms import platform_over
from tests.builders.records import advance, registered, sma_robot, stored

ROBOT = sma_robot()


@pytest.fixture
def database(sampled_database):
    """All bars are there already: no test waits for them to be collected."""
    return sampled_database


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
        yield platform


def waiting(platform, kind=None):
    rows = platform.connect().execute(
        "SELECT kind, key, attempts, last_error FROM outbox WHERE delivered_at IS NULL"
        " AND kind <> 'page' ORDER BY position"
    )
    return [row for row in rows if kind in (None, row[0])]


def body(platform, key):
    return platform.s3.get_object(Bucket=platform.site_bucket, Key=key)["Body"].read()


def test_what_a_crash_left_behind_is_swept(platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    advance(platform, live[2], ROBOT.id)  # commits, and "crashes" before it delivers
    assert [row[0] for row in waiting(platform)] == ["leaf", "leaf", "leaf", "robot"]
    assert sweep(platform) == (4, 0)
    assert waiting(platform) == []
    for row in stored(platform, ROBOT.id)["decisions"]:
        assert body(platform, f"data/leaves/{row[5]}.json") == row[4].encode()
    summary = json.loads(body(platform, "data/robots/sma-cross/summary.json"))
    assert summary["seq"] == 3
    pages = platform.connect().execute("SELECT key, payload FROM outbox WHERE kind = 'page'")
    assert pages.fetchall() == [("sma-cross/3", {"seq": 3, "slug": "sma-cross"})]
    assert sweep(platform) == (0, 0)


def leaf_in_the_bucket(platform, body):
    """Advance once and let this stand where the leaf belongs; what is to be delivered, its key."""
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    outcome = advance(platform, live[0], ROBOT.id)
    row = stored(platform, ROBOT.id)["decisions"][0]
    key = f"data/leaves/{row[5]}.json"
    platform.s3.put_object(Bucket=platform.site_bucket, Key=key, Body=body or row[4].encode())
    return outcome.outbox, key


def test_a_leaf_that_is_there_is_delivered(platform):
    positions, _ = leaf_in_the_bucket(platform, None)
    assert deliver(platform, positions).failed == 0


def test_a_leaf_that_is_there_in_other_bytes_is_a_failure_with_a_name(platform):
    positions, key = leaf_in_the_bucket(platform, b"x")
    assert deliver(platform, positions) == (1, 1)
    assert body(platform, key) == b"x"
    ((_, _, attempts, told),) = waiting(platform)
    assert (attempts, key in told, "other bytes" in told) == (1, True, True)


def test_what_fails_keeps_its_error_and_stops_nothing_else(platform, monkeypatch):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)

    def fails(platform, slug):
        raise ConnectionError("S3 is away")

    honest = delivering.publish_robot
    monkeypatch.setattr(delivering, "publish_robot", fails)
    outcome = advance(platform, live[0], ROBOT.id)
    assert deliver(platform, outcome.outbox) == (1, 1)
    assert sweep(platform) == (0, 1)
    told = "robot sma-cross/1: ConnectionError: S3 is away"
    assert waiting(platform) == [("robot", "sma-cross/1", 2, told)]
    monkeypatch.setattr(delivering, "publish_robot", honest)
    assert sweep(platform) == (1, 0)
    assert waiting(platform) == []


def test_a_database_error_of_one_item_does_not_spoil_the_others(platform, monkeypatch):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    monkeypatch.setattr(
        delivering, "publish_robot", lambda platform, slug: platform.connect().execute("nonsense")
    )
    outcome = advance(platform, live[0], ROBOT.id)
    assert deliver(platform, outcome.outbox) == (1, 1)


def test_a_kind_that_nobody_delivers_is_told(platform):
    outbox.put(platform.connect(), [Message("pigeon", "1", {})])
    assert sweep(platform) == (0, 1)
    assert waiting(platform)[0][3] == "nobody delivers items of kind pigeon"


def test_what_another_holds_is_left_to_it(database, aws, platform):
    outbox.put(platform.connect(), [Message("execution", "1", {"execution_id": "1"})])
    with platform_over(database, aws) as other:
        holding = other.connect()
        with holding.transaction():
            assert len(outbox.take(holding, None, [], 10)) == 1
            assert sweep(platform) == (0, 0)
        assert sweep(platform) == (1, 0)


@pytest.mark.parametrize("swept", [False, True])
def test_who_watches_is_told_once_and_while_nothing_is_locked(
    database, platform, monkeypatch, swept
):
    robots = [Message("robot", f"nobody/{n}", {"slug": f"nobody-{n % 3}"}) for n in range(250)]
    positions = outbox.put(platform.connect(), robots)
    told = []

    def tell(_platform, slugs):
        with database.connect("jobs") as other:
            taken = other.execute("SELECT 1 FROM outbox WHERE kind = 'robot' FOR UPDATE NOWAIT")
            told.append((sorted(slugs), taken.rowcount))
        return Pushed(late=("nobody-1",))

    monkeypatch.setattr(delivering, "push", tell)
    monkeypatch.setattr(delivering, "push_late", tell)
    watched = replace(platform, connections_url="http://127.0.0.1:9")
    assert (sweep(watched) if swept else deliver(watched, positions)) == (250, 0)
    slugs = ["nobody-0", "nobody-1", "nobody-2"]
    assert told == [(slugs, 250), (["nobody-1"], 250)]


def test_a_registration_queues_its_backtest(platform):
    registered(platform, ROBOT)
    answer = platform.sqs.receive_message(QueueUrl=platform.execution_queue_url)
    (message,) = answer["Messages"]
    rows = platform.connect().execute("SELECT id FROM executions WHERE kind = 'backtest'")
    assert json.loads(message["Body"]) == {"execution_id": str(rows.fetchone()[0])}


def test_nothing_of_a_private_robot_is_published(database, platform):
    live = registered(platform, ROBOT)
    registered(platform, at=-1)
    with database.connect("superuser", autocommit=True) as connection:
        connection.execute("UPDATE strategies SET visibility = 'private'")
    assert advance(platform, live[0], ROBOT.id).outbox == ()


def test_a_benchmark_that_comes_later_is_shown_by_those_measured_against_it(platform):
    follower, benchmark = sma_robot("follower", benchmark="leader"), sma_robot("leader")
    live = registered(platform, follower, benchmark)
    registered(platform, at=-1)
    deliver(platform, advance(platform, live[0], follower.id).outbox)
    deliver(platform, advance(platform, live[0], benchmark.id).outbox)
    curve = json.loads(body(platform, "data/robots/follower/equity.json"))
    assert curve["record"]["sessions"] == [live[0].session.isoformat()]
    assert None not in curve["record"]["benchmark"]
    pages = platform.connect().execute("SELECT key FROM outbox WHERE kind = 'page'").fetchall()
    assert ("follower/1/beside/leader",) in pages
