"""What an archive promises, kept by PostgreSQL's and by the one in memory alike."""

from datetime import UTC, datetime
from itertools import count

import pytest

from functions import providers
from functions.services.market.collecting import Source, collect_from
from functions.services.record import remembering
from functions.services.record.advancing import Due
from functions.services.record.batches import advance_all
from functions.services.record.comparing import Drift
from functions.services.record.recording import drift_row
from functions.services.record.registering import register_robot
from functions.store.archive import PostgresArchive
from functions.store.outbox import Message
from functions.store.session import Session
from functions.store.skips import SkipRow
from functions.store.tapes import Feed
from tests.builders.platforms import platform_over
from tests.builders.records import SCHEDULED_AFTER, days, slot_at, sma_robot
from tests.fakes.archive import MemoryArchive
from tests.fakes.tapes import Seen

FEED = Feed(("AAPL", "IBM", "MSFT"), "sample", "1d")
FIRST, ENDS = datetime(1990, 1, 1, tzinfo=UTC), datetime(2013, 3, 2, tzinfo=UTC)
AT = -61
LIVE = days()[AT + 1 :]
numbers = count(1)


class Taking:
    """An archive that takes additions and appends none, as if somebody else came first."""

    def __init__(self, archive):
        self.archive, self.taken = archive, []

    def __getattr__(self, name):
        return getattr(self.archive, name)

    def append(self, additions):
        self.taken = list(additions)  # asked once more, since a head seems to have moved
        return [None] * len(additions)


class Case:
    """An archive with two robots, registered at one session, and all bars that follow."""

    def __init__(self, archive, robots):
        self.archive, (self.one, self.other) = archive, robots

    def advance(self, at, *robots):
        ids = [robot.id for robot in robots or (self.one, self.other)]
        done = advance_all(self.archive, ids, Due(slot_at(LIVE[at]), deadline=False))
        assert done.errors == {}
        return done

    def record(self):
        """The first robot's."""
        (found,) = self.archive.records([self.one.id])
        return found

    def additions(self, at, *robots):
        """What an advance to a session would append."""
        taking = Taking(self.archive)
        ids = [robot.id for robot in robots]
        advance_all(taking, ids, Due(slot_at(LIVE[at]), deadline=False))
        return taking.taken

    def whole(self):
        """Both records, with all that is stored of them."""
        records = self.archive.records([self.one.id, self.other.id])
        lines = [self.archive.lines(record) for record in records]
        return records, self.archive.stored(records), lines


class InPostgres(Case):
    def __init__(self, archive, robots, database):
        super().__init__(archive, robots)
        self.database = database

    def change(self, table, at, column, value):
        """Change a column of the first robot's row at a place, as no role may."""
        place = "seq" if table == "decisions" else "sequence"
        name = {"points": "equity_points"}.get(table, table)
        statement = f"UPDATE {name} SET {column} = %s WHERE execution_id = %s AND {place} = %s"
        with self.database.connect("superuser", autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute(statement, [value, self.record().owner.execution_id, at])

    def skips(self):
        query = "SELECT slot, kind, reason, attempts FROM skips WHERE execution_id = %s"
        with self.database.connect() as connection:
            return connection.execute(query, [self.record().owner.execution_id]).fetchall()


class InMemory(Case):
    def change(self, table, at, column, value):
        run = self.archive.runs[self.one.id]
        rows = getattr(run, table)
        rows[at - 1] = rows[at - 1]._replace(**{column: value})
        run.touched += 1

    def skips(self):
        found = self.archive.skips.values()
        return [(*one.row[4:5], *one.row[6:], one.attempts) for one in found]


@pytest.fixture(scope="module")
def market(module_database):
    """All bars and actions of the sample, collected once."""
    session = Session(module_database.jobs)
    source = Source("sample", providers.get("sample"))
    last = days()[-1]
    collect_from(source, session.connect, slot_at(last), last.closes + SCHEDULED_AFTER)
    archive = PostgresArchive(session.connect)
    yield archive.newest_bars(FEED, FIRST, ENDS), archive.known_actions(FEED, ENDS.date())
    session.close()


@pytest.fixture
def robots():
    """Two robots that no other test has."""
    number = next(numbers)
    one = sma_robot(f"one-{number}", benchmark=f"other-{number}")
    return one, sma_robot(f"other-{number}", parameters={"fast": 10, "slow": 40})


@pytest.fixture
def stored(module_database, market, aws, robots):
    with platform_over(module_database, aws) as platform:
        for robot in robots:
            register_robot(platform, robot, slot_at(days()[AT]))
        yield InPostgres(platform.archive, robots, module_database)


@pytest.fixture
def held(market, robots):
    archive = MemoryArchive()
    bars, actions = market
    for bar in bars:
        starts = datetime.fromisoformat(bar.session).replace(tzinfo=UTC)
        archive.add_bar("sample", "1d", bar.symbol, starts, Seen(*bar[3:8], bar.seen_at))
    for action in actions:
        archive.add_action("sample", action)
    for robot in robots:
        archive.register(robot, slot_at(days()[AT]))
    return InMemory(archive, robots)


@pytest.fixture(params=["stored", "held"])
def case(request):
    return request.getfixturevalue(request.param)


def test_both_hold_the_same_record_after_the_same_slots(stored, held):
    for at in (0, 1, 2, 17, 30, 31):
        for case in (stored, held):
            remembering.forget()
            case.advance(at)
    kept, fake = stored.whole(), held.whole()
    assert kept[0][0].robot.slug in {robot.slug for robot in (stored.one, stored.other)}
    assert kept == fake
    assert [record.head.seq for record in kept[0]] == [32, 32]
    assert any(record.robot.trade_count for record in kept[0])
    assert stored.archive.trades(kept[0][0].owner.execution_id) == held.archive.trades(
        kept[0][0].owner.execution_id
    )


def test_what_an_advance_leaves_is_read_as_it_was_foreseen(case):
    case.advance(20)
    record = case.record()
    (mark,) = case.archive.marks([record])
    assert remembering.remembered(record, mark) is not None
    case.advance(21)
    record = case.record()
    assert remembering.remembered(record, mark) is None
    assert remembering.remembered(record, *case.archive.marks([record])) is not None


def test_a_head_that_moved_takes_nothing_and_stops_no_other(case):
    additions = case.additions(4, case.one, case.other)
    case.advance(3, case.one)
    before = case.record()
    for addition, done in zip(additions, case.archive.append(additions), strict=True):
        assert (done is None) == (addition.record.owner == before.owner)
    assert case.record() == before
    (other,) = case.archive.records([case.other.id])
    assert other.head.seq == 5


@pytest.mark.parametrize("table", ["decisions", "points", "trades"])
def test_a_row_that_is_there_twice_undoes_the_append_of_all(case, table):
    case.advance(30)
    one, other = case.additions(59, case.one, case.other)
    before = case.whole()
    twice = [*getattr(other, table), getattr(other, table)[-1]]
    with pytest.raises(Exception, match=r"unique|there already"):
        case.archive.append([one, other._replace(**{table: twice})])
    assert case.whole() == before
    assert all(case.archive.append([one, other]))


def test_a_message_is_told_once(case):
    (first,) = case.additions(0, case.one)
    (done,) = case.archive.append([first])
    (second,) = case.additions(1, case.one)
    (again,) = case.archive.append([second._replace(messages=first.messages)])
    assert len(set(done.outbox)) == len(first.messages) == 2
    assert again.outbox == ()


@pytest.mark.parametrize(
    "change",
    [("decisions", 3, "backfilled", False), ("points", 4, "equity", 1), ("trades", 1, "price", 1)],
)
def test_a_row_that_was_changed_shows_in_mark_digest_and_lines(case, change):
    case.advance(40, case.one)
    record = case.record()
    mark, stored = case.archive.marks([record]), case.archive.stored([record])
    lines = case.archive.lines(record)
    case.change(*change)
    assert case.archive.marks([record]) != mark
    assert case.archive.stored([record])[0].current != stored[0].current
    assert len(set(case.archive.lines(record)) - set(lines)) == 1


def test_a_leaf_that_was_changed_breaks_the_chain_there(case):
    case.advance(9)
    execution = case.record().owner.execution_id
    assert case.archive.broken_link(execution, 10) is None
    case.change("decisions", 6, "leaf", "{}")
    assert case.archive.broken_link(execution, 10) == 6
    assert case.archive.broken_link(execution, 5) is None
    assert case.archive.leaf(execution, 6).leaf == "{}"
    assert case.archive.leaf(execution, 99) is None


def test_a_drift_is_kept_where_the_head_stands_and_nowhere_else(case):
    case.advance(2, case.one)
    stale = case.record()
    case.advance(3, case.one)
    drift = Drift(stale.head.seq, stale.head.slot, "data", "this", "that")
    page = [Message("robot", f"{case.one.slug}/3/drifted", {})]
    assert case.archive.note_drift(stale, drift_row(stale, drift), page) is None
    now = case.record()
    assert len(case.archive.note_drift(now, drift_row(now, drift), page)) == 1
    assert case.archive.note_drift(now, drift_row(now, drift), page) == ()


def test_a_slot_is_skipped_once_with_its_newest_reason(case):
    owner, slot = case.record().owner, slot_at(LIVE[0])
    for reason in ("no bar of IBM yet", "no bar of AAPL yet"):
        row = SkipRow(*owner, str(slot), slot.closes_at, "waiting", reason)
        case.archive.skip([row], [])
    assert case.skips() == [(str(slot), "waiting", "no bar of AAPL yet", 2)]


@pytest.mark.parametrize("text", ["a zero \0 byte", "half of \ud83d"])
def test_a_text_that_no_column_takes_is_refused(case, text):
    owner, slot = case.record().owner, slot_at(LIVE[0])
    row = SkipRow(*owner, str(slot), slot.closes_at, "failed", text)
    with pytest.raises(Exception, match=r"NUL|surrogates|zero byte|half"):
        case.archive.skip([row], [])
    assert case.skips() == []


def test_earlier_rows_are_read_up_to_a_place(case):
    case.advance(40)
    execution = case.record().owner.execution_id
    assert [row.sequence for row in case.archive.points(execution, 4)] == [1, 2, 3]
    trades = case.archive.trades(execution)
    assert case.archive.trades(execution, 2) == trades[:1] != []
    name = trades[0].order_id
    ((order, _, leaf),) = case.archive.asked_before(execution, 99, [name])
    assert (order, leaf) == (name, trades[0].market_data_snapshot["decision"])


def test_only_public_robots_are_compared_with(case):
    slugs = {case.one.slug, case.other.slug}
    assert set(case.archive.public_robots([*slugs, "nobody"])) == slugs
