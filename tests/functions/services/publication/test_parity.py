"""The parity page counts what the record says of its own checks, and hides none of it."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from functions.services.platform import Platform
from functions.services.publication.documents import encode
from functions.services.publication.pages import publish_pages
from functions.services.publication.parity import MOST, MOST_CHANGES, NOTHING
from functions.services.publication.publishing import publish_robots
from functions.services.publication.rebuild import rebuild
from functions.store.objects import Objects
from tests.builders.platforms import platform_over
from tests.builders.recorded import Recorded, Recorder

DAYS = [date(2013, 1, day) for day in (3, 4, 7, 8, 9, 10)]
SLOTS = [f"XNYS/1d/{day}T21:00:00Z" for day in DAYS]
LISTS = ("drifts", "skips", "backfilled", "restated")


@pytest.fixture
def platform(database: Any, aws: Any) -> Iterator[Platform]:
    with platform_over(database, aws) as made:
        yield made


@pytest.fixture
def recorder(database: Any) -> Iterator[Recorder]:
    with database.connect("jobs", autocommit=True) as connection:
        yield Recorder(connection)


@pytest.fixture
def robot(recorder: Recorder) -> Recorded:
    return recorder.register("sma-cross")


def parity(platform: Platform, slug: str = "sma-cross") -> dict[str, Any]:
    publish_robots(platform, [slug])
    return document(platform, f"robots/{slug}/parity.json")


def document(platform: Platform, name: str) -> dict[str, Any]:
    body = Objects(platform.s3, platform.site_bucket).get(f"data/{name}")
    assert body is not None, name
    found: dict[str, Any] = json.loads(body)
    return found


def test_before_its_first_slot_a_robot_has_nothing_to_compare(platform, robot):
    told = parity(platform)
    assert (told["status"], told["slots"], told["advances"], told["seq"]) == ("empty", 0, 0, 0)
    assert {name: told[name]["count"] for name in LISTS} == dict.fromkeys(LISTS, 0)
    assert told.keys() == NOTHING.keys() | {"v", "slug", "seq", "name", "as_of"}


def test_every_advance_works_out_all_that_was_recorded_before(platform, recorder, robot):
    for day in DAYS[:4]:
        recorder.advance(robot, day)
    told = parity(platform)
    assert (told["status"], told["slots"], told["advances"]) == ("equal", 4, 4)
    assert told["slots_replayed"] == told["slots_equal"] == 0 + 1 + 2 + 3
    assert told["advances_replayed"] == told["advances_equal"] == 3
    newest = [(each["slot"], each["slots"], each["slots_replayed"]) for each in told["newest"]]
    assert newest == [(SLOTS[at], 1, at) for at in (3, 2, 1, 0)]
    assert {name: told[name]["items"] for name in LISTS} == {name: [] for name in LISTS}


def test_slots_caught_up_in_one_go_are_one_check_and_one_range(platform, recorder, robot):
    recorder.advance(robot, DAYS[0])
    for day in DAYS[1:3]:
        recorder.advance(robot, day, caught_up=True)
    recorder.advance(robot, DAYS[3])
    recorder.advance(robot, DAYS[4], caught_up=True)
    recorder.advance(robot, DAYS[5])
    told = parity(platform)
    assert (told["slots"], told["advances"], told["slots_replayed"]) == (6, 3, 0 + 1 + 4)
    assert [each["slots"] for each in told["newest"]] == [2, 3, 1]
    assert told["backfilled"] == {
        "count": 3,
        "items": [
            {"first": SLOTS[4], "last": SLOTS[4], "slots": 1},
            {"first": SLOTS[1], "last": SLOTS[2], "slots": 2},
        ],
    }


@pytest.mark.parametrize(
    ("reason", "slots", "equal", "advances"),
    [
        ("code changed", 0 + 1 + 0 + 1, 1 + 1, (2, 2)),  # the code that decided is gone
        ("parameters changed", 0 + 1 + 2 + 1, 1 + 2 + 1, (3, 3)),
        ("engine changed", 0 + 1 + 2 + 1, 1 + 1, (3, 2)),  # worked out anew, and not equal
    ],
)
def test_a_new_segment_begins_its_own_count(
    platform, recorder, robot, reason, slots, equal, advances
):
    recorder.advance(robot, DAYS[0])
    recorder.advance(robot, DAYS[1])
    recorder.begin(robot, reason)
    recorder.advance(robot, DAYS[2])
    recorder.advance(robot, DAYS[3])
    told = parity(platform)
    assert (told["slots_replayed"], told["slots_equal"]) == (slots, equal)
    assert (told["advances_replayed"], told["advances_equal"]) == advances
    segments = [(each["number"], each["first_seq"]) for each in told["segments"]["items"]]
    assert segments == [(2, 3), (1, 1)]
    assert told["segments"]["items"][0]["reason"] == reason


@pytest.mark.parametrize(
    ("kind", "status"), [("engine", "equal"), ("data", "drifted"), ("code", "drifted")]
)
def test_a_drift_is_shown_where_the_texts_part(platform, recorder, robot, kind, status):
    recorder.advance(robot, DAYS[0])
    leaf = '{{"account":{{"cash":"{}"}},"seq":1,"slot":"' + SLOTS[0] + '"}}'
    recorder.drift(robot, DAYS[0], kind, (leaf.format("1200.50"), leaf.format("1300.50")))
    told = parity(platform)
    assert (told["status"], told["drifts"]["count"]) == (status, 1)
    (drift,) = told["drifts"]["items"]
    assert (drift["slot"], drift["kind"], drift["seq"]) == (SLOTS[0], kind, 1)
    assert (drift["row"], drift["finding"]) == (f"decision 1 ({SLOTS[0]})", "came out otherwise")
    change = {"field": "account.cash", "recorded": "1200.50", "replayed": "1300.50"}
    assert drift["changes"] == [{**change, "alike": [1, 5]}]
    assert drift["more"] == 0


def test_of_a_drift_in_many_fields_the_first_are_shown(platform, recorder, robot):
    leaves = [json.dumps({f"f{at:02}": value for at in range(15)}) for value in ("a", None)]
    recorder.advance(robot, DAYS[0])
    recorder.drift(robot, DAYS[0], "engine", leaves)
    (drift,) = parity(platform)["drifts"]["items"]
    assert (len(drift["changes"]), drift["more"]) == (MOST_CHANGES, 15 - MOST_CHANGES)
    first = {"field": "f00", "recorded": "a", "replayed": None, "alike": [0, 0]}
    assert drift["changes"][0] == first


def test_what_is_known_of_more_rows_than_one_is_told_in_words(platform, recorder, robot):
    recorder.advance(robot, DAYS[0])
    recorder.drift(robot, DAYS[0], "data", ("33 trades", "32 trades are stored"))
    (drift,) = parity(platform)["drifts"]["items"]
    assert (drift["row"], drift["finding"], drift["changes"]) == ("", "32 trades are stored", [])


def test_a_slot_that_was_skipped_is_late_once_it_is_recorded(platform, recorder, robot):
    recorder.skip(robot, DAYS[0], "waiting", "IBM has no bar yet")
    recorder.skip(robot, DAYS[0], "waiting", "IBM has no bar still")
    recorder.skip(robot, DAYS[1], "failed", "division by zero")
    recorder.advance(robot, DAYS[0])
    skips = parity(platform)["skips"]
    assert (skips["count"], skips["late"]) == (2, 1)
    told = [
        (each["slot"], each["kind"], each["reason"], each["attempts"], each["late"])
        for each in skips["items"]
    ]
    assert told == [
        (SLOTS[1], "failed", "division by zero", 1, False),
        (SLOTS[0], "waiting", "IBM has no bar still", 2, True),
    ]


def test_only_bars_that_the_robot_has_read_and_that_changed_since_are_listed(
    platform, recorder, robot
):
    recorder.advance(robot, DAYS[0])
    recorder.bar(DAYS[1], 200.0)
    recorder.restate(DAYS[1], 210.0)
    recorder.advance(robot, DAYS[1], version=2)
    recorder.bar(DAYS[5], 200.0)
    recorder.restate(DAYS[5], 210.0)  # not read so far
    assert parity(platform)["restated"]["count"] == 0
    recorder.restate(DAYS[0], 205.0)
    restated = parity(platform)["restated"]
    assert restated["count"] == 1
    (bar,) = restated["items"]
    told = ("symbol", "starts", "version_read", "version_now", "reason")
    assert [bar[name] for name in told] == ["IBM", "2013-01-03", 1, 2, "restated"]


def test_counts_are_of_all_where_a_list_is_cut(platform, recorder, robot):
    days = [date.fromordinal(date(2013, 3, 1).toordinal() + offset) for offset in range(MOST + 3)]
    for day in days:
        recorder.skip(robot, day, "waiting", "no bar")
    skips = parity(platform)["skips"]
    assert (skips["count"], len(skips["items"])) == (MOST + 3, MOST)
    assert skips["items"][0]["slot"] == f"XNYS/1d/{days[-1]}T21:00:00Z"


def test_many_robots_are_asked_together_and_answered_apart(platform, recorder, robot):
    other = recorder.register("buy-and-hold")
    recorder.advance(robot, DAYS[0])
    for day in DAYS[:3]:
        recorder.advance(other, day)
    recorder.skip(robot, DAYS[1], "waiting", "IBM has no bar yet")
    publish_robots(platform, ["sma-cross", "buy-and-hold"])
    told = [document(platform, f"robots/{slug}/parity.json") for slug in ("sma-cross", other.slug)]
    assert [(each["slots"], each["slots_replayed"], each["skips"]["count"]) for each in told] == [
        (1, 0, 1),
        (3, 3, 0),
    ]


@pytest.mark.usefixtures("quick_site")
def test_the_state_has_a_line_for_every_robot(platform, recorder, robot):
    other = recorder.register("buy-and-hold")
    recorder.advance(robot, DAYS[0])
    recorder.advance(robot, DAYS[1], caught_up=True)
    recorder.advance(robot, DAYS[2])
    recorder.skip(robot, DAYS[1], "waiting", "IBM has no bar yet")
    recorder.skip(robot, DAYS[3], "drifted", "a bar was changed")
    recorder.drift(robot, DAYS[2], "data", ("a", "b"))
    recorder.advance(other, DAYS[0])
    rebuild(platform)
    told = document(platform, "parity.json")
    assert told["counts"] == {
        "robots": 2,
        "drifted": 1,
        "slots": 4,
        "advances": 3,
        "advances_replayed": 1,
        "advances_equal": 1,
        "slots_replayed": 1,
        "slots_equal": 1,
        "drifts": 1,
        "restated": 0,
    }
    lines = [
        (each["slug"], each["status"], each["backfilled"], each["late"], each["open"])
        for each in told["robots"]
    ]
    assert lines == [("buy-and-hold", "equal", 0, 0, 0), ("sma-cross", "drifted", 1, 1, 1)]
    pages = Objects(platform.s3, platform.site_bucket)
    for key in ("status/index.html", "robots/sma-cross/parity/index.html"):
        assert b"drifted" in (pages.get(key) or b"")


@pytest.mark.usefixtures("quick_site")
def test_the_states_table_is_written_again_only_where_it_differs(platform, recorder, robot):
    recorder.advance(robot, DAYS[0])
    rebuild(platform)
    written = Objects(platform.s3, platform.site_bucket).head("data/parity.json")
    publish_pages(platform, ["sma-cross"])
    assert Objects(platform.s3, platform.site_bucket).head("data/parity.json") == written
    recorder.advance(robot, DAYS[1])
    publish_robots(platform, ["sma-cross"])
    publish_pages(platform, ["sma-cross"])
    assert document(platform, "parity.json")["counts"]["slots"] == 2


@pytest.mark.usefixtures("quick_site")
def test_a_private_robot_is_in_no_table(platform, recorder, robot):
    secret = recorder.register("secret-one", visibility="private")
    recorder.advance(secret, DAYS[0])
    rebuild(platform)
    assert [each["slug"] for each in document(platform, "parity.json")["robots"]] == ["sma-cross"]


def test_what_is_said_of_no_run_can_be_published() -> None:
    assert encode(NOTHING)
