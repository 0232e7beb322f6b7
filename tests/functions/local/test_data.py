"""`robotplug data` over a real database: what is brought in, once, and what is told of it."""

import json
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from engine.errors import DataError, ParameterError, RobotPlugError
from functions.local import data, data_import, data_report
from functions.local.choice import Choice
from functions.local.data import Import, Imported
from functions.local.folder import open_folder
from functions.local.past import Series
from functions.services.market.collecting import Collected
from functions.services.market.quality import CLOSED
from functions.store.session import Session

RAW = 'calendar = "XNYS"\nprices = "raw"\nanchor = "clock"\ntimezone = "America/New_York"\n'


@pytest.fixture
def bars(tmp_path: Path, shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder: SPY by day and hour, and a SPY with faults beside it."""
    folder = tmp_path / "bars"
    (folder / "1h").mkdir(parents=True)
    shutil.copy(shared_data / "us_daily" / "SPY.csv", folder)
    shutil.copy(shared_data / "us_daily" / "actions.csv", folder)
    shutil.copy(shared_data / "us_hour" / "SPY.csv.gz", folder / "1h")
    shutil.copy(shared_data / "dirty" / "SPY_2016_2018_dirty.csv", folder / "DIRTY.csv")
    (folder / "robotplug.toml").write_text(f"{RAW}grows = false\n")
    monkeypatch.setenv("DATA_FOLDER", str(folder))
    return folder


@pytest.fixture
def session(database) -> Iterator[Session]:
    session = Session(database.jobs)
    yield session
    session.close()


def asked(*symbols: str, length: str = "1d", end: date | None = None, **other: date) -> Import:
    return Import.of(Series("files", length, None, end), symbols, other.get("start"))


def again(*symbols: str, **other: date) -> Import:
    return asked(*symbols, **other)._replace(again=True)


def brought(session: Session, wanted: Import) -> dict[str, Imported]:
    return {one.symbol: one for one in data.imported(wanted, session.connect)}


def test_the_whole_past_is_brought_in_once(bars, session):
    first = brought(session, asked("spy"))["SPY"].collected
    assert (first.bars, first.failure) == (5849, "")
    again = brought(session, asked("SPY"))["SPY"]
    assert (again.collected.asked, again.collected.bars) == (0, 0)
    assert data_import.words_of(again) == "nothing new"


def test_from_and_to_bound_it_and_a_longer_past_comes_later(bars, session):
    some = asked("SPY", start=date(2016, 1, 4), end=date(2018, 12, 31))
    assert brought(session, some)["SPY"].collected.bars == 754
    (row,) = data.status(session.connect)
    assert (str(row.first_bar)[:10], str(row.last_bar)[:10]) == ("2016-01-04", "2018-12-31")
    longer = asked("SPY", start=date(2015, 1, 2), end=date(2018, 12, 31))
    assert brought(session, longer)["SPY"].collected.bars == 252
    assert data.status(session.connect)[0].bars == 754 + 252


def test_hours_stand_beside_days(bars, session):
    days = asked("SPY", start=date(2021, 3, 29))
    hours = asked("SPY", length="1h", start=date(2021, 3, 29))
    assert brought(session, days)["SPY"].collected.bars == 3
    assert brought(session, hours)["SPY"].collected.bars == 21
    told = {row.bar_length: row for row in data.status(session.connect)}
    assert set(told) == {"1d", "1h"}
    assert told["1h"].bars == told["1h"].expected == 21


def test_rows_that_cannot_be_true_are_counted_by_reason_and_listed(bars, session, capsys):
    found = brought(session, asked("DIRTY", start=date(2016, 1, 1)))["DIRTY"]
    assert sum(found.refused.values()) == found.collected.quarantined > 0
    assert "low and high do not hold open and close" in found.refused
    gaps = data.gaps(session.connect, "dirty")
    assert len(gaps.quarantined) == found.collected.quarantined
    data_report.print_gaps(gaps)
    said = capsys.readouterr().out
    assert f"{found.collected.quarantined} rows are not used" in said
    assert "low and high do not hold open and close (" in said


def test_bars_beside_their_grid_say_so_and_count_no_more_once_they_are_read(bars, session):
    (bars / "robotplug.toml").write_text(RAW.replace('"clock"', '"open"'))
    wrong = asked("SPY", length="1h", start=date(2021, 3, 29))
    done = list(data.imported(wrong, session.connect))
    assert (done[0].collected.bars, sum(done[0].refused.values())) == (0, 18)
    assert 'try anchor = "clock"' in data_import.beside_grid(wrong, done)
    assert [row.quarantined for row in data.status(session.connect)] == [[[CLOSED, 18]]]
    (bars / "robotplug.toml").write_text(RAW)
    right = asked("SPY", length="1h", start=date(2021, 3, 29))
    done = list(data.imported(right, session.connect))
    assert data_import.beside_grid(right, done) == ""
    assert [(row.bars, row.quarantined) for row in data.status(session.connect)] == [(21, [])]
    assert data.gaps(session.connect, "SPY").quarantined == []


def test_rows_that_are_passed_over_are_counted(bars, session):
    table = (bars / "SPY.csv").read_text().splitlines()
    (bars / "SPY.csv").write_text("\n".join([*table, table[-1], table[-1]]))
    found = brought(session, asked("SPY", start=date(2021, 3, 1)))["SPY"]
    assert (found.collected.bars, found.to_dict()["noted"]) == (23, 2)
    assert ", 2 noted (2: told twice, on 2021-03-31)" in data_import.words_of(found)


def test_the_states_are_printed_for_people_and_for_programs(bars, session, capsys):
    brought(session, asked("SPY", start=date(2021, 3, 1)))
    rows = data.status(session.connect)
    data_report.print_status(rows)
    header, line = capsys.readouterr().out.splitlines()
    assert header.split()[:3] == ["symbol", "source", "bar"]
    assert line.split()[:8] == [
        "SPY", "files", "1d", "XNYS", "2021-03-01", "2021-03-31", "23", "100.00%",
    ]  # fmt: skip
    data_report.print_status_json(rows)
    (told,) = json.loads(capsys.readouterr().out)
    assert (told["symbol"], told["bars"], told["coverage"]) == ("SPY", 23, 1.0)


def test_a_database_without_data_says_how_to_bring_some(session, capsys):
    data_report.print_status(data.status(session.connect))
    assert "robotplug data import" in capsys.readouterr().out


def test_an_unknown_symbol_is_named_with_the_nearest(bars, session):
    with pytest.raises(ParameterError, match="no symbol in this platform named 'SPX'"):
        data.gaps(session.connect, "SPX")
    with pytest.raises(ParameterError, match=r"files provider named 'SPX'; did you mean 'SPY'\?"):
        asked("SPX")


@pytest.mark.parametrize(
    ("series", "start", "says"),
    [
        (Series("fiels"), None, "no provider named 'fiels'; did you mean 'files'"),
        (Series("files", "5m"), None, "no bar length of the files provider named '5m'"),
        (Series("files", "1d", "XNYZ"), None, "no calendar named 'XNYZ'"),
        (Series("files"), date(2022, 1, 1), "--from 2022-01-01 is later than 2021-03-31"),
    ],
)
def test_what_cannot_be_is_named_before_anything_is_read(bars, series, start, says):
    with pytest.raises(ParameterError, match=says):
        Import.of(series, ("SPY",), start)


def test_an_end_that_is_yet_to_come_is_the_newest_bar(bars):
    assert asked("SPY", end=date(2900, 1, 1)).slot.closes_at.date() == date(2021, 3, 31)
    (bars / "robotplug.toml").write_text(RAW)
    assert asked("SPY", end=date(2900, 1, 1)).slot == asked("SPY").slot


def test_a_row_of_a_day_yet_to_come_is_named(bars):
    with (bars / "SPY.csv").open("a") as file:
        file.write("9999-12-31,1,1,1,1,1\n")
    with pytest.raises(DataError, match="files data have a row of 9999-12-31, which is yet"):
        asked("SPY")


def test_a_symbol_that_fails_stops_no_other_and_is_told_in_the_end(bars, session):
    (bars / "BAD.csv").write_text("date,open\n2021-03-31,1\n")
    (bars / "robotplug.toml").write_text(RAW)
    wanted = asked("BAD", "SPY", start=date(2021, 3, 1))
    done = list(data.imported(wanted, session.connect))
    assert [bool(one.collected.failure) for one in done] == [True, False]
    assert done[1].collected.bars == 23
    with pytest.raises(RobotPlugError, match=r"1 of 2 symbols could not be read \(BAD: "):
        data_import._refuse_failures(wanted, done)


def test_an_import_that_is_stopped_goes_on_where_it_was(bars, session):
    shutil.copy(bars / "SPY.csv", bars / "COPY.csv")
    wanted = asked("COPY", "SPY", start=date(2021, 3, 1))
    next(data.imported(wanted, session.connect))
    counts = [one.collected.bars for one in data.imported(wanted, session.connect)]
    assert counts == [0, 23]


MENDED = """date,open,high,low,close,volume
2021-03-22,10,11,9,10,5
2021-03-23,10,11,9,10.5,5
2021-03-24,10.5,11,9,10,5
2021-03-25,10,11,9,10.5,5
2021-03-26,10.5,11,9,10,0
"""


@pytest.fixture
def pair(bars):
    """A file of one's own with a row too few and one that cannot be true; and how it is mended."""
    faulty = MENDED.replace("2021-03-23,10,11,9,10.5,5\n", "").replace(
        "10,11,9,10.5,5", "10,11,12,1,5"
    )
    (bars / "OWN.csv").write_text(faulty)
    return bars / "OWN.csv"


def test_a_mended_file_is_read_again_when_asked_to(pair, session):
    until = date(2021, 3, 26)
    first = brought(session, asked("OWN", end=until))["OWN"]
    assert (first.collected.bars, first.missing, sum(first.refused.values())) == (3, 2, 1)
    assert data_import.unread(asked("OWN"), [first]) == (
        "2 bars are missing; --again reads all of it once more"
    )
    pair.write_text(MENDED.replace("2021-03-22,10,", "2021-03-22,10.2,"))
    still = brought(session, asked("OWN", end=until))["OWN"]
    assert data_import.words_of(still) == "nothing new"
    assert "2 bars are missing; --again" in data_import.unread(asked("OWN"), [still])
    mended = brought(session, again("OWN", end=until))["OWN"]
    assert (mended.collected.bars, mended.collected.restated, mended.missing) == (2, 1, 0)
    (row,) = data.status(session.connect)
    assert (row.bars, row.gaps, row.quarantined, row.restated) == (5, [], [], 1)
    with session.connect().cursor() as cursor:
        first_seen = cursor.execute("SELECT open FROM market_data ORDER BY timestamp LIMIT 1")
        assert [float(price) for (price,) in first_seen] == [10.0]
    quiet = brought(session, again("OWN", end=until))["OWN"]
    assert (quiet.collected.bars, quiet.collected.restated) == (0, 0)
    assert data_import.unread(again("OWN"), [quiet]) == ""


def test_a_file_that_later_begins_earlier_is_read_again_when_asked_to(pair, session):
    pair.write_text(MENDED)
    brought(session, asked("OWN"))
    pair.write_text(MENDED.replace("volume\n", "volume\n2021-03-19,10,11,9,10,5\n"))
    still = brought(session, asked("OWN"))["OWN"]
    assert "--again reads all of it once more" in data_import.unread(asked("OWN"), [still])
    assert brought(session, again("OWN", start=date(2021, 3, 22)))["OWN"].collected.bars == 0
    assert brought(session, again("OWN"))["OWN"].collected.bars == 1
    assert str(data.status(session.connect)[0].first_bar)[:10] == "2021-03-19"


def test_the_dirty_bars_are_made_whole_by_their_clean_twin(bars, session):
    brought(session, asked("DIRTY", end=date(2018, 12, 31)))
    table = (bars / "SPY.csv").read_text().splitlines()
    clean = [line for line in table[1:] if "2016" <= line[:4] <= "2018"]
    (bars / "DIRTY.csv").write_text("\n".join([table[0], *clean]))
    found = brought(session, again("DIRTY", end=date(2018, 12, 31)))["DIRTY"]
    assert (found.collected.bars, found.missing, found.refused) == (15, 0, {})
    (row,) = data.status(session.connect)
    assert (row.bars, row.expected, row.gaps) == (754, 754, [])
    # Of a Saturday no bar is ever read, and beside a second row of a day its first one was.
    assert row.quarantined == [["a second bar of this session", 1], [CLOSED, 1]]


def test_what_is_odd_is_listed_by_its_kind_and_day(pair, session, capsys):
    pair.write_text(MENDED)
    found = brought(session, asked("OWN"))["OWN"]
    assert data_import.words_of(found) == "5 bars, 1 noted (1: no volume, on 2021-03-26)"
    assert [one["kind"] for one in found.to_dict()["oddities"]] == ["no volume"]
    brought(session, again("OWN"))
    gaps = data.gaps(session.connect, "OWN")
    assert [(one["kind"], str(one["time"])[:10]) for one in gaps.noted] == [
        ("no volume", "2021-03-26")
    ]
    data_report.print_gaps(gaps)
    assert "  files: no volume, on 2021-03-26\n" in capsys.readouterr().out
    data_report.print_gaps_json(gaps)
    assert json.loads(capsys.readouterr().out)["noted"][0]["time"] == "2021-03-26T00:00:00Z"
    assert data.status(session.connect)[0].noted == [["no volume", 1]]


def test_files_that_ended_long_ago_lack_nothing_and_say_what_to_write(bars, session):
    (bars / "robotplug.toml").write_text(RAW)
    found = brought(session, asked("SPY", start=date(2021, 3, 1)))["SPY"]
    assert (found.missing, found.overdue > 1000) == (0, True)
    (row,) = data.status(session.connect)
    assert (row.bars, row.expected, row.gaps) == (23, 23, [])
    said = data_import.ended(asked("SPY"), [found])
    assert said.startswith("the file ends on 2021-03-31, and later sessions count as overdue; ")
    assert said.endswith("write grows = false in robotplug.toml")
    (bars / "robotplug.toml").write_text(f"{RAW}grows = false\n")
    assert data_import.ended(asked("SPY"), [found]) == ""


def test_a_platform_that_plays_these_bars_is_not_told_its_future(bars, tmp_path):
    with open_folder(tmp_path / "local") as folder:
        folder.keep_choice(Choice("files", ("SPY",), str(bars)))
    with pytest.raises(ParameterError, match="would tell it the future"):
        data.refuse_the_future(asked("SPY"), tmp_path / "local")
    data.refuse_the_future(asked("SPY", length="1h"), tmp_path / "local")
    data.refuse_the_future(asked("SPY"), tmp_path / "other")


def test_a_terminal_shows_a_bar_and_a_line_for_each_symbol(capsys):
    done = [Imported("SPY", Collected(asked=1, bars=1200), {}), Imported("QQQ", Collected(), {})]
    assert list(data_import._with_bars(("SPY", "QQQ"), done)) == done
    said = capsys.readouterr().out
    assert "SPY: 1,200 bars\n" in said
    assert "QQQ: nothing new\n" in said
    assert "2/2" in said
