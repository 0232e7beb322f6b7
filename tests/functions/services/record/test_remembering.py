"""What a warm process takes over from its last replay is what a new one works out."""

from collections import Counter

import pytest

from functions.services.record import measuring, remembering
from tests.fakes.archive import MemoryArchive
from tests.faults.memory import InMemory
from tests.faults.simulation import Advance, Collect, crowd
from tests.faults.world import EARLIER, Walks, days

DAYS = days()[EARLIER : EARLIER + 70]
ROBOTS = crowd(10)
AT_ONCE = (1, 1, *[3] * 21, 5)
"""How many slots each advance catches up; months end between them."""


def lived(*, warm):
    archive = MemoryArchive()
    stage, at = InMemory(Walks(3), ROBOTS, archive), 0
    for slots in AT_ONCE:
        for day in DAYS[at : at + slots]:
            stage.collect(Collect(day, deadline=True))
        at += slots
        if not warm:
            stage.new_process()
        robots = tuple(robot.id for robot in ROBOTS)
        assert stage.advance(Advance(DAYS[at - 1], robots, deadline=True))
    return archive


@pytest.fixture
def known(monkeypatch):
    """Of each curve that was measured: how many slots, and whether its fills were known."""
    found, honest = [], measuring.whole_curve

    def noted(earlier, run, tape, known=None):
        curve = honest(earlier, run, tape, known)
        found.append((len(run.sessions), known is not None))
        return curve

    monkeypatch.setattr(measuring, "whole_curve", noted)
    return found


def test_a_warm_process_leaves_the_rows_and_figures_of_a_cold_one(known):
    cold = lived(warm=False)
    assert not any(taken_over for _, taken_over in known)
    known.clear()
    warm = lived(warm=True)
    assert {taken_over for _, taken_over in known} == {True, False}
    assert any(taken_over for slots, taken_over in known if slots > 60)
    for robot in ROBOTS:
        assert warm.runs[robot.id] == cold.runs[robot.id], robot.slug
    assert warm.outbox == cold.outbox
    assert warm.drifts == cold.drifts == {}


def live(archive):
    """Advance day by day in one process; yields after each slot."""
    stage = InMemory(Walks(3), ROBOTS, archive)
    for day in DAYS[:24]:
        stage.collect(Collect(day, deadline=True))
        stage.advance(Advance(day, tuple(robot.id for robot in ROBOTS), deadline=True))
        yield


def test_rows_are_read_again_though_nobody_wrote_them(monkeypatch):
    monkeypatch.setattr(remembering, "READ_AGAIN", 8)
    archive, found = MemoryArchive(), {}
    for slot, _ in enumerate(live(archive)):
        for robot in ROBOTS:
            run = archive.runs[robot.id]
            if slot == 3:  # as a disk would: without a trace in what marks the rows
                run.points[1] = run.points[1]._replace(cash=run.points[1].cash + 1)
            if run.status == "drifted":
                found.setdefault(robot.slug, slot)
    assert found.keys() == {robot.slug for robot in ROBOTS}
    assert all(4 <= slot <= 3 + 8 for slot in found.values())
    assert len(set(found.values())) > 1, "all robots of a process are read in one slot"
    assert {drift.seq for drift in archive.drifts.values()} == {2}


def test_all_rows_are_read_once_in_so_many_decisions_and_no_oftener(monkeypatch):
    monkeypatch.setattr(remembering, "READ_AGAIN", 8)
    archive, read = MemoryArchive(), []
    honest = archive.stored
    archive.stored = lambda records: read.extend(records) or honest(records)
    for _ in live(archive):
        pass
    counts = Counter(record.robot.slug for record in read)
    assert counts.keys() == {robot.slug for robot in ROBOTS}
    assert set(counts.values()) <= {1 + 23 // 8, 2 + 23 // 8}
