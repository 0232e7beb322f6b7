"""How a record was checked, over what the jobs really wrote."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from engine import Options
from functions.services.record import planning, reading, replay
from tests.builders.platforms import platform_over
from tests.builders.proved import HISTORY, ROBOT
from tests.builders.records import advance, collect_until, registered, tamper
from tests.builders.stored import make_robot, make_run

SEEN = datetime(2013, 3, 2, tzinfo=UTC)


@pytest.fixture
def platform(database, aws):
    reading.forget()
    with platform_over(database, aws) as platform:
        yield platform


@pytest.fixture
def live(platform):
    """A record of six slots: one, one, and four that were caught up together."""
    sessions = registered(platform, ROBOT, at=HISTORY)
    collect_until(platform, sessions[35])
    for at in (0, 1, 5):
        advance(platform, sessions[at], ROBOT.id)
    return sessions


def asked(client, **query):
    answer = client.get("/strategies/sma-cross/parity", **query)
    assert answer.status == 200
    return answer.json


def test_each_advance_replayed_what_lay_before_it(client, live):
    answer = asked(client)
    steps = [(step["seq"], step["slots"], step["slots_replayed"]) for step in answer["items"]]
    assert steps == [(6, 4, 2), (2, 1, 1), (1, 1, 0)]
    assert (answer["status"], answer["slots"]) == ("equal", 6)
    assert (answer["slots_replayed"], answer["slots_equal"]) == (3, 3)
    assert (answer["total"], answer["next"]) == (3, None)
    assert (answer["advances_replayed"], answer["advances_equal"]) == (2, 2)
    assert answer["drifted"] == {"engine": 0, "data": 0, "code": 0}
    assert [one["reason"] for one in answer["segments"]] == ["registered"]
    assert answer["execution"]["kind"] == "paper"
    assert answer["checked_at"] == answer["items"][0]["at"]


def test_what_was_caught_up_is_told_as_a_range(client, live):
    told = asked(client)["backfilled"]
    (caught_up,) = told["ranges"]
    assert (told["slots"], caught_up["slots"]) == (3, 3)
    assert caught_up["first"] == f"XNYS/1d/{live[2].closes:%Y-%m-%dT%H:%M:%SZ}"
    assert caught_up["last"] == f"XNYS/1d/{live[4].closes:%Y-%m-%dT%H:%M:%SZ}"


def test_advances_are_paged_newest_first(client, live):
    seen, cursor = [], {}
    for _ in range(3):
        page = asked(client, limit=1, **cursor)
        seen += [step["seq"] for step in page["items"]]
        cursor = {"cursor": page["next"]}
    assert (seen, page["next"]) == ([6, 2, 1], None)


def test_a_changed_row_is_data_drift(client, database, platform, live):
    tamper(database, "UPDATE equity_points SET equity = equity + 1 WHERE sequence = 2")
    advance(platform, live[6], ROBOT.id)
    answer = asked(client)
    assert (answer["status"], answer["slots"]) == ("drifted", 6)
    assert answer["drifted"] == {"engine": 0, "data": 1, "code": 0}
    (drift,) = answer["drifts"]
    slot = f"XNYS/1d/{live[1].closes:%Y-%m-%dT%H:%M:%SZ}"
    assert (drift["seq"], drift["slot"]) == (2, slot)
    row = f"equity point 2 ({live[1].session})"
    assert (drift["row"], drift["finding"]) == (row, "was changed")
    (change,) = drift["changes"]
    assert change["field"] == "equity"
    assert Decimal(change["recorded"]) - Decimal(change["replayed"]) == 1
    assert drift["recorded"].startswith("equity|2|")


def test_changed_parameters_open_a_segment_and_the_old_one_is_still_replayed(
    client, database, platform, live
):
    tamper(database, "UPDATE strategies SET config = jsonb_set(config, '{parameters,fast}', '7')")
    advance(platform, live[6], ROBOT.id)
    advance(platform, live[7], ROBOT.id)
    answer = asked(client)
    assert [step["slots_replayed"] for step in answer["items"]] == [1, 6, 2, 1, 0]
    assert [one["reason"] for one in answer["segments"]] == ["parameters changed", "registered"]
    assert answer["status"] == "equal"


@pytest.mark.parametrize(("at", "late"), [(5, True), (6, False)])
def test_a_slot_that_was_not_recorded_is_open_until_it_is(client, database, live, at, late):
    slot = f"XNYS/1d/{live[at].closes:%Y-%m-%dT%H:%M:%SZ}"
    tamper(
        database,
        """INSERT INTO skips (strategy_id, execution_id, visibility, slot, closes_at, kind, reason,
        attempts) SELECT strategy_id, id, 'public', %s, %s, 'waiting', 'no bar of IBM yet', 2
        FROM executions WHERE kind = 'paper'""",
        *(slot, live[at].closes),
    )
    answer = asked(client)
    (skip,) = answer["skips"]
    assert answer["skipped"] == {"open": int(not late), "late": int(late)}
    assert (skip["slot"], skip["late"], skip["attempts"]) == (slot, late, 2)
    assert skip["reason"] == "no bar of IBM yet"


def test_a_bar_of_the_tape_that_was_restated_is_named(client, database, live):
    tamper(
        database,
        """INSERT INTO bar_versions (market_data_id, version, open, high, low, close, volume,
        seen_at, reason) SELECT id, 2, open, high, low, close + 1, volume, %s, 'close was else'
        FROM market_data WHERE symbol IN ('IBM', 'FB') AND timestamp = ANY(%s)""",
        *(SEEN, [live[3].session, live[9].session]),
    )
    answer = asked(client)
    (bar,) = answer["restated"]
    assert answer["restated_count"] == 1
    assert (bar["symbol"], bar["time"][:10]) == ("IBM", str(live[3].session))
    assert (bar["version_read"], bar["version_now"]) == (1, 2)
    assert (bar["bar"], bar["reason"]) == ("1d", "close was else")


def test_of_many_the_newest_hundred_are_told_and_all_are_counted(client, database, live):
    tamper(
        database,
        """INSERT INTO skips (strategy_id, execution_id, visibility, slot, closes_at, kind, reason)
        SELECT strategy_id, id, 'public', 'XNYS/1d/' || n, now() + n * interval '1 day', 'failed',
        'it failed' FROM executions, generate_series(1, 120) n WHERE kind = 'paper'""",
    )
    answer = asked(client)
    assert (len(answer["skips"]), answer["skipped"]["open"]) == (100, 120)
    assert answer["skips"][0]["slot"] == "XNYS/1d/120"


def test_before_the_first_slot_nothing_was_checked(client, jobs):
    make_run(jobs, make_robot(jobs), "backtest")
    answer = asked(client)
    assert (answer["status"], answer["execution"], answer["items"]) == ("empty", None, [])
    assert (answer["slots"], answer["checked_at"], answer["total"]) == (0, None, 0)


def test_a_robot_that_is_not_there_or_not_public_is_not_found(client, jobs):
    make_robot(jobs, "hidden", visibility="private")
    for slug in ("hidden", "nobody"):
        assert client.get(f"/strategies/{slug}/parity").status == 404


def test_a_new_engine_that_parts_is_told_and_the_record_goes_on(
    client, platform, live, monkeypatch
):
    simulate, resolve = replay.simulate, planning.resolve

    def dearer(*given, options, **more):
        costs = Options.from_dict({**options.to_dict(), "slippage_bps": 9.0})
        return simulate(*given, options=costs, **more)

    advance(platform, live[29], ROBOT.id)
    monkeypatch.setattr(replay, "simulate", dearer)
    monkeypatch.setattr(planning, "resolve", lambda *asked: resolve(*asked)._replace(rules="newer"))
    advance(platform, live[30], ROBOT.id)
    answer = asked(client)
    assert (answer["status"], answer["slots"]) == ("equal", 31)
    assert answer["drifted"] == {"engine": 1, "data": 0, "code": 0}
    newest, first = answer["segments"]
    assert (newest["reason"], newest["rules"], first["reason"]) == (
        "engine changed",
        "newer",
        "registered",
    )
    assert answer["items"][0]["slots_replayed"] == 30
    assert answer["slots_replayed"] - answer["slots_equal"] == 30
    assert answer["advances_replayed"] - answer["advances_equal"] == 1
    (drift,) = answer["drifts"]
    assert (drift["row"], drift["finding"]) == (
        f"decision {drift['seq']} ({drift['slot']})",
        "came out otherwise",
    )
    assert "account.cash" in {change["field"] for change in drift["changes"]}
