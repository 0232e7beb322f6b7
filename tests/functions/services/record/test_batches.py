"""Robots in one transaction: what goes wrong with one is that one's alone, and is noted."""

import pytest

from engine.errors import ParameterError
from functions.services.record import advancing, planning, reading, remembering, sharing
from functions.services.record.advancing import Due
from functions.services.record.batches import advance_all
from functions.store import proof
from tests.builders.platforms import platform_over
from tests.builders.records import registered, slot_at, sma_robot, stored, tamper

FIFTY = [
    sma_robot(f"robot-{number:02}", parameters={"fast": 5, "slow": 20 + number})
    for number in range(50)
]
IDS = [robot.id for robot in FIFTY]
POISON, ONE, OTHER = FIFTY[17], FIFTY[0], FIFTY[1]


@pytest.fixture
def database(sampled_database):
    """All bars are there already; `without_bars` is for tests of what is not there yet."""
    return sampled_database


@pytest.fixture
def platform(database, aws):
    reading.forget()
    remembering.forget()
    with platform_over(database, aws) as platform:
        yield platform


@pytest.fixture
def without_bars(postgres, aws):
    """A platform that has no bar but those that its test collects."""
    reading.forget()
    remembering.forget()
    with postgres.copy() as database, platform_over(database, aws) as platform:
        yield platform


def live(platform, *robots):
    sessions = registered(platform, *robots)
    registered(platform, at=-1)
    return sessions


def advanced(platform, session, *robots, deadline=False):
    ids = [robot.id for robot in robots]
    return advance_all(platform.archive, ids, Due(slot_at(session), deadline))


def skips(platform):
    query = "SELECT slot, kind, reason, attempts FROM skips ORDER BY slot"
    return platform.connect().execute(query).fetchall()


class Poisoned:
    """An archive in which one robot's equity cannot be stored."""

    def __init__(self, archive):
        self.archive = archive

    def __getattr__(self, name):
        return getattr(self.archive, name)

    def append(self, additions):
        return self.archive.append([self.spoilt(one) for one in additions])

    def spoilt(self, one):
        if one.record.robot.slug != POISON.slug:
            return one
        return one._replace(points=[point._replace(equity=None) for point in one.points])


def test_fifty_share_a_transaction_and_a_poison_robot_is_left_out_alone(platform, monkeypatch):
    sessions = live(platform, *FIFTY)
    assert len(advanced(platform, sessions[0], *FIFTY).outcomes) == 50
    database, asked = platform.connect(), []
    execute = type(database).execute
    counted = lambda self, *query: asked.append(query) or execute(self, *query)  # noqa: E731
    monkeypatch.setattr(type(database), "execute", counted)
    done = advanced(platform, sessions[1], *FIFTY)
    assert [outcome.appended for outcome in done.outcomes] == [1] * 50
    assert len(asked) < 50
    number = "SELECT DISTINCT xmin::text FROM decisions WHERE seq = 2"
    assert len(database.execute(number).fetchall()) == 1

    due = Due(slot_at(sessions[2]), deadline=False)
    done = advance_all(Poisoned(platform.archive), IDS, due)
    assert list(done.errors) == [POISON.slug]
    assert sum(outcome.appended for outcome in done.outcomes) == 49
    ((slot, kind, reason, attempts),) = skips(platform)
    assert (slot, kind, attempts) == (str(due.slot), "failed", 1)
    assert reason == "the database did not take its rows: NotNullViolation"
    done = advanced(platform, sessions[2], *FIFTY)
    assert (done.errors, sum(outcome.appended for outcome in done.outcomes)) == ({}, 1)


class Overtaken:
    """An archive in which another call comes first, once, for an earlier slot."""

    def __init__(self, archive, earlier):
        self.archive, self.earlier = archive, earlier

    def __getattr__(self, name):
        return getattr(self.archive, name)

    def append(self, additions):
        if self.earlier is not None:
            due, self.earlier = self.earlier, None
            assert advance_all(self.archive, [ONE.id, OTHER.id], due).errors == {}
        return self.archive.append(additions)


def test_robots_that_another_call_overtook_still_come_to_their_slot(platform):
    sessions = live(platform, ONE, OTHER)
    earlier, due = (Due(slot_at(session), deadline=False) for session in sessions[:2])
    done = advance_all(Overtaken(platform.archive, earlier), [ONE.id, OTHER.id], due)
    assert [(one.appended, one.moved) for one in done.outcomes] == [(1, False)] * 2
    assert len(stored(platform, ONE.id)["decisions"]) == 2


class Stuck(Overtaken):
    """An archive that says of every head that it moved."""

    def append(self, additions):
        return [None for _ in additions]


def test_a_head_that_only_seems_to_move_is_not_chased_for_ever(platform):
    sessions = live(platform, ONE)
    due = Due(slot_at(sessions[0]), deadline=False)
    done = advance_all(Stuck(platform.archive, None), [ONE.id], due)
    assert [(one.appended, one.moved) for one in done.outcomes] == [(0, True)]


def test_a_strategy_that_raises_is_noted_with_its_words_and_retried(platform, monkeypatch):
    sessions, honest = live(platform, ONE, OTHER), advancing.plan
    failing(monkeypatch, ZeroDivisionError("a mistake\n  of its own"))
    for _ in range(2):
        assert list(advanced(platform, sessions[0], ONE, OTHER).errors) == [OTHER.slug]
    slot = str(slot_at(sessions[0]))
    told = "ZeroDivisionError: a mistake of its own"
    assert skips(platform) == [(slot, "failed", told, 2)]
    monkeypatch.setattr(advancing, "plan", honest)
    assert advanced(platform, sessions[0], ONE, OTHER).errors == {}
    assert len(stored(platform, OTHER.id)["decisions"]) == 1
    assert skips(platform) == [(slot, "failed", told, 2)]


class WordlessError(Exception):
    def __str__(self):
        raise ValueError("no words")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (ValueError("cannot parse b'\0' here"), "ValueError: cannot parse b'\ufffd' here"),
        (ParameterError("half of \ud83d"), "half of ?"),
        (WordlessError(), "WordlessError: without words"),
    ],
)
def test_no_words_of_one_robot_stop_the_others(platform, monkeypatch, error, told):
    sessions = live(platform, ONE, OTHER)
    failing(monkeypatch, error)
    done = advanced(platform, sessions[0], ONE, OTHER)
    assert [outcome.robot for outcome in done.outcomes] == [ONE.slug]
    assert done.errors == {OTHER.slug: error}
    assert skips(platform) == [(str(slot_at(sessions[0])), "failed", told, 1)]


def failing(monkeypatch, error):
    honest = advancing.plan

    def plan(archive, task, due, robots):
        if task.record.robot.slug == OTHER.slug:
            raise error
        return honest(archive, task, due, robots)

    monkeypatch.setattr(advancing, "plan", plan)


class Noteless(Poisoned):
    """An archive that keeps no note on one robot."""

    def append(self, additions):
        return self.archive.append(additions)

    def skip(self, rows, told):
        if any(row.strategy_id == OTHER.id for row in rows):
            raise OSError("no note")
        return self.archive.skip(rows, told)


def test_a_note_that_fails_is_its_robots_error_and_the_rest_is_delivered(platform, monkeypatch):
    third = FIFTY[2]
    sessions = registered(platform, ONE, OTHER, third)
    robots = [robot.id for robot in (ONE, OTHER, third)]
    monkeypatch.setattr(reading, "incomplete", lambda before, entry, failures: "no bar of IBM yet")
    done = advance_all(Noteless(platform.archive), robots, Due(slot_at(sessions[0]), False))
    assert [(slug, str(error)) for slug, error in done.errors.items()] == [(OTHER.slug, "no note")]
    assert [one.waiting for one in done.outcomes] == ["no bar of IBM yet"] * 2
    assert len(done.outbox) == 2
    assert [reason for _, _, reason, _ in skips(platform)] == ["no bar of IBM yet"] * 2


def test_a_benchmark_that_is_no_name_is_none(database, platform):
    sessions = live(platform, ONE, OTHER)
    change = "UPDATE strategies SET config = jsonb_set(config, '{benchmark}', '[1]') WHERE id = %s"
    tamper(database, change, OTHER.id)
    done = advanced(platform, sessions[0], ONE, OTHER)
    assert (done.errors, [outcome.appended for outcome in done.outcomes]) == ({}, [1, 1])


def test_a_slot_that_waits_is_noted_and_the_page_is_told_once(without_bars):
    platform = without_bars
    sessions = registered(platform, ONE)
    for _ in range(2):
        (outcome,) = advanced(platform, sessions[0], ONE).outcomes
        assert (outcome.appended, outcome.waiting) == (0, "no bar of AAPL yet")
    slot = str(slot_at(sessions[0]))
    assert skips(platform) == [(slot, "waiting", "no bar of AAPL yet", 2)]
    told = "SELECT payload FROM outbox WHERE key = %s"
    page = platform.connect().execute(told, [f"{ONE.slug}/0/{slot}/waiting"]).fetchall()
    assert page == [({"slug": ONE.slug, "seq": 0},)]


def test_a_slot_that_drifted_is_noted(database, platform):
    sessions = live(platform, ONE)
    advanced(platform, sessions[9], ONE)
    tamper(database, "UPDATE equity_points SET equity = equity + 1 WHERE sequence = 7")
    advanced(platform, sessions[10], ONE)
    ((slot, kind, reason, attempts),) = skips(platform)
    assert (slot, kind, attempts) == (str(slot_at(sessions[10])), "drifted", 1)
    assert reason == f"data: equity point 7 ({sessions[6].session}) was changed"


def test_robots_that_stand_at_one_slot_read_the_market_once(platform, monkeypatch):
    sessions = live(platform, ONE, OTHER)
    read = []
    honest = sharing.news_for
    noted = lambda *given, **more: read.append(1) or honest(*given, **more)  # noqa: E731
    monkeypatch.setattr(sharing, "news_for", noted)
    advanced(platform, sessions[0], ONE, OTHER)
    assert len(read) == 1
    advanced(platform, sessions[1], ONE)
    advanced(platform, sessions[2], ONE, OTHER)
    assert len(read) == 4
    assert (
        stored(platform, ONE.id)["decisions"][-1][3]
        == (stored(platform, OTHER.id)["decisions"][-1][3])
    )


def test_a_warm_process_replays_all_and_writes_only_what_is_new(platform, monkeypatch):
    sessions = live(platform, ONE, OTHER)
    advanced(platform, sessions[39], ONE, OTHER)
    rows, lines = [], []
    simulated, new_lines = planning.simulated, planning.new_lines
    monkeypatch.setattr(
        planning,
        "simulated",
        lambda *given: rows.append(run := simulated(*given)) or run,
    )
    monkeypatch.setattr(
        planning,
        "new_lines",
        lambda segment, new, late: lines.append(new) or new_lines(segment, new, late),
    )
    advanced(platform, sessions[40], ONE)
    assert [len(run.sessions) for run in rows] == [41]
    assert [len(new.leaves) for new in lines] == [1]
    remembering.forget()
    advanced(platform, sessions[41], ONE)
    assert advanced(platform, sessions[41], OTHER).outcomes[0].appended == 2
    one, other = (
        [row[3] for row in stored(platform, robot.id)["decisions"]] for robot in (ONE, OTHER)
    )
    assert one == other


def test_a_digest_of_the_first_form_still_proves_its_rows(database, platform):
    sessions = live(platform, ONE)
    advanced(platform, sessions[9], ONE)
    (record,) = platform.archive.records([ONE.id])
    written = proof.earlier_digest_of(platform.archive.lines(record))
    tamper(database, "UPDATE decisions SET digest = %s WHERE seq = 10", written)
    remembering.forget()
    assert advanced(platform, sessions[10], ONE).outcomes[0].appended == 1
    tamper(database, "UPDATE decisions SET digest = %s WHERE seq = 11", written)
    assert advanced(platform, sessions[11], ONE).outcomes[0].drift.kind == "data"
