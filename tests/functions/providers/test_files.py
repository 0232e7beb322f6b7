"""A folder of one's own files, as people have them."""

import csv
import gzip
import os
import shutil
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest

from engine.errors import ParameterError
from functions.providers import CorporateAction, Facts, ProviderError, Request
from functions.providers._tables import pieces
from functions.providers.files import Files

STATED = 'calendar = "XNYS"\nprices = "raw"\n'
NEW_YORK = 'timezone = "America/New_York"\nanchor = "clock"\n'
EVER = datetime(2100, 1, 1, tzinfo=UTC)
ROWS = "2020-01-02,1,2,0.5,1.5,100\n2020-01-03,2,3,1.5,2.5,200\n"
HEADER = "date,open,high,low,close,volume\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "robotplug.toml").write_text(STATED)
    return tmp_path


def fetch(folder, symbol="X", length="1d", after=None, until=EVER):
    return Files(folder).fetch(Request(symbol, length, after, until))


def state(folder, text):
    (folder / "robotplug.toml").write_text(text)


@pytest.fixture(scope="module")
def real(shared_data, tmp_path_factory):
    """The real data beside the checkout, laid out as a user's folder."""
    folder = tmp_path_factory.mktemp("real")
    state(folder, STATED + NEW_YORK)
    for length in ("1h", "1m"):
        (folder / length).mkdir()
    for path in (shared_data / "us_daily").glob("*.csv"):
        (folder / path.name).symlink_to(path)
    (folder / "1h" / "SPY.csv.gz").symlink_to(shared_data / "us_hour" / "SPY.csv.gz")
    minutes = shared_data / "us_minute" / "SPY_2013-10-04_11_trade.csv.gz"
    (folder / "1m" / "SPY.csv.gz").symlink_to(minutes)
    return folder


@pytest.fixture(scope="module")
def twin(real, tmp_path_factory):
    """The same data as Parquet, with numbers and instants in the place of text."""
    folder = tmp_path_factory.mktemp("twin")
    state(folder, STATED + NEW_YORK)
    for path in [*real.glob("*.csv"), *real.glob("1?/*.csv.gz")]:
        if path.name == "actions.csv":
            shutil.copy(path, folder)
            continue
        there = folder / path.relative_to(real).parent / f"{path.name.split('.')[0]}.parquet"
        there.parent.mkdir(exist_ok=True)
        pyarrow.parquet.write_table(pyarrow.csv.read_csv(path), there)
    return folder


def test_a_folder_says_what_it_has(real):
    files = Files(real)
    assert files.facts == Facts("XNYS", ("1d", "1h", "1m"), "clock")
    assert files.symbols() == ("AAPL", "IBM", "SPY")
    assert files.coverage() is None


def test_real_days_are_told_to_the_last_digit(real, shared_data):
    with (shared_data / "us_daily" / "AAPL.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    told = fetch(real, "AAPL").bars
    assert len(told) == 5849
    assert [str(bar.starts.date()) for bar in told] == [row["date"] for row in rows]
    assert [bar[2:] for bar in told] == [
        tuple(Decimal(row[name]) for name in ("open", "high", "low", "close", "volume"))
        for row in rows
    ]


def test_real_actions_are_told_in_our_words(real):
    actions = fetch(real, "AAPL").actions
    splits = [(one.ex_date, one.value) for one in actions if one.kind == "split"]
    assert splits == [
        (date(2000, 6, 21), 2),
        (date(2005, 2, 28), 2),
        (date(2014, 6, 9), 7),
        (date(2020, 8, 31), 4),
    ]
    assert {one.kind for one in actions} == {"split", "dividend"}


def test_real_hours_are_instants_whatever_the_season(real):
    told = fetch(real, "SPY", "1h").bars
    assert len(told) == 40_832
    assert {(bar.starts.hour, bar.starts.minute) for bar in told if bar.starts.month == 1} == {
        (hour, 0) for hour in range(14, 21)
    }
    assert min(bar.starts.hour for bar in told if bar.starts.month == 7) == 13


@pytest.mark.parametrize("length", ["1d", "1h", "1m"])
def test_parquet_tells_what_its_csv_twin_tells(real, twin, length):
    assert fetch(real, "SPY", length) == fetch(twin, "SPY", length)
    middle = fetch(real, "SPY", length).bars[100].starts
    assert fetch(real, "SPY", length, middle) == fetch(twin, "SPY", length, middle)


def test_only_the_range_is_told(real):
    everything = fetch(real, "SPY").bars
    after, until = everything[10].starts, everything[20].starts
    assert fetch(real, "SPY", after=after, until=until).bars == everything[11:20]
    assert fetch(real, "SPY", until=until).actions == []


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date,Open,High,Low,Close,Adj Close,Volume", "2020-01-02,1,2,0.5,1.5,1.4,100"),
        ("timestamp;OPEN;HIGH;LOW;CLOSE;VOLUME", "2020-01-02 00:00:00-05:00;1;2;0.5;1.5;100"),
        ("Datetime\tOpen\tHigh\tLow\tClose\tVolume", "2020-01-02T00:00:00Z\t1\t2\t0.5\t1.5\t100"),
        ("volume,close,low,high,open,time", "100,1.5,0.5,2,1,20200102"),
        (",open,high,low,close,volume", "2020-01-02,1,2,0.5,1.5,100"),
        ('"date", "open", "high", "low", "close", "volume"', '"2020-01-02",1,2,0.5,1.5,100'),
    ],
)
def test_columns_are_known_by_the_names_people_use(folder, header, row):
    (folder / "X.csv").write_text(f"{header}\n{row}\n", encoding="utf-8-sig")
    (bar,) = fetch(folder).bars
    assert bar == ("X", datetime(2020, 1, 2, tzinfo=UTC), 1, 2, Decimal("0.5"), Decimal("1.5"), 100)


@pytest.mark.parametrize(
    "written",
    [
        "start_utc 2020-07-01T14:30:00Z",
        "start_utc 2020-07-01T14:30",
        "start_local 2020-07-01T10:30",
        "timestamp 2020-07-01T10:30:00-04:00",
        "timestamp 1593613800",
        "time 1593613800000",
        "datetime 20200701T103000",
        "time 202007011030",
        "time 20200701103000",
    ],
)
def test_one_instant_in_the_ways_it_is_written(folder, written):
    state(folder, STATED + NEW_YORK)
    (folder / "1m").mkdir()
    name, text = written.split()
    (folder / "1m" / "X.csv").write_text(f"{name},open,high,low,close\n{text},1,1,1,1\n")
    (bar,) = fetch(folder, length="1m").bars
    assert bar.starts == datetime(2020, 7, 1, 14, 30, tzinfo=UTC)
    assert bar.volume is None


@pytest.mark.parametrize("text", ["2020-11-01 01:00", "2020-03-08 02:00"])
def test_a_local_time_that_was_twice_or_never_is_set_aside_alone(folder, text):
    state(folder, 'calendar = "24/7"\nprices = "raw"\n' + NEW_YORK)
    (folder / "1h").mkdir()
    path = folder / "1h" / "X.csv"
    rows = [f"{text[:10]} 00:00,1,1,1,1", f"{text},2,2,2,2", f"{text[:10]} 03:00,3,3,3,3"]
    path.write_text("\n".join(["time,open,high,low,close", *rows]))
    told = fetch(folder, length="1h")
    assert [bar.close for bar in told.bars] == [1, 3]
    (unread,) = told.unread
    assert (unread.at, unread.reason) == (
        text,
        f"its time is {text!r}, which America/New_York had twice or never; write times in UTC "
        "(start_utc) or with their offset",
    )
    path.write_text(f"time,open,high,low,close\n{text}-05:00,1,1,1,1\n")
    assert fetch(folder, length="1h").bars[0].starts.tzinfo is UTC


def test_digits_that_are_no_time_are_told(folder):
    (folder / "X.csv").write_text("time,open,high,low,close\n201313011430,1,1,1,1\n")
    with pytest.raises(ProviderError, match="its time is '201313011430'"):
        fetch(folder)


def test_a_date_and_a_time_may_stand_in_two_columns(folder):
    state(folder, STATED + NEW_YORK)
    (folder / "1h").mkdir()
    (folder / "1h" / "X.csv").write_text(
        "Date,Time,Open,High,Low,Close\n2020-01-02,09:00,1,1,1,1\n"
    )
    assert fetch(folder, length="1h").bars[0].starts == datetime(2020, 1, 2, 14, tzinfo=UTC)


def test_local_times_need_to_be_told_where(folder):
    state(folder, STATED + 'anchor = "open"\n')
    (folder / "1h").mkdir()
    (folder / "1h" / "X.csv").write_text("time,open,high,low,close\n2020-01-02 09:30,1,1,1,1\n")
    with pytest.raises(ParameterError, match=r"write timezone = .* in robotplug\.toml"):
        fetch(folder, length="1h")
    daily = "timestamp,open,high,low,close\n2020-01-01T15:00:00Z,1,1,1,1\n"
    (folder / "X.csv").write_text(daily)
    with pytest.raises(ParameterError, match="timezone"):
        fetch(folder)
    state(folder, STATED + 'anchor = "open"\ntimezone = "Asia/Tokyo"\n')
    assert fetch(folder).bars[0].starts == datetime(2020, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('prices = "raw"', 'must say calendar: the market\'s code, like "XNYS"'),
        ('calendar = "XNYS"', 'must say prices: "raw" or "splits" or "all"'),
        ('calendar = "XNYS"\nprices = "ajusted"', "prices in .* must be .* was 'ajusted'"),
        (STATED + 'timezone = "New York"', "timezone in .* must be like"),
        (STATED + 'timezone = "America"', "timezone in .* must be like"),
        (STATED + 'anchor = "noon"', 'anchor in .* must be "open" or "clock"'),
        (STATED + "grows = 1", "grows in .* must be true or false"),
        (STATED + 'timezoen = "UTC"', "did you mean 'timezone'"),
        ("calendar = XNYS", "no TOML"),
    ],
)
def test_what_the_statement_lacks_is_told(folder, text, told):
    state(folder, text)
    with pytest.raises(ParameterError, match=told):
        _ = Files(folder).facts


def test_a_statement_may_begin_with_a_byte_order_mark(folder):
    (folder / "robotplug.toml").write_text(STATED, encoding="utf-8-sig")
    assert Files(folder).facts.calendar == "XNYS"


def test_a_folder_without_a_statement_is_told_what_to_write(tmp_path):
    with pytest.raises(ParameterError, match=r'no robotplug\.toml .* calendar = "XNYS" and prices'):
        _ = Files(tmp_path).facts


def test_short_bars_need_their_anchor(folder):
    (folder / "1h").mkdir()
    (folder / "1h" / "X.csv").write_text("start_utc,open,high,low,close\n")
    with pytest.raises(ParameterError, match='anchor = "open"'):
        _ = Files(folder).facts


@pytest.mark.parametrize(
    ("stated", "adjusted"), [("raw", "none"), ("splits", "splits"), ("all", "all")]
)
def test_what_prices_are_adjusted_for_is_as_stated(folder, stated, adjusted):
    state(folder, f'calendar = "24/7"\nprices = "{stated}"\n')
    (folder / "X.csv").write_text(HEADER + ROWS)
    assert fetch(folder).adjusted == adjusted
    assert Files(folder).facts.calendar == "24/7"


def test_doubles_faults_and_their_order_are_left_to_collecting(folder):
    faulty = "2020-01-06,1,3,1,-2,inf\n2020-01-03,2,3,1.5,2.5,200\n"
    (folder / "X.csv").write_text(HEADER + ROWS + faulty)
    bars = fetch(folder).bars
    assert [bar.starts.day for bar in bars] == [2, 3, 6, 3]
    assert bars[2].close == -2
    assert bars[2].volume.is_infinite()
    assert bars[1] == bars[3]


PRICE, VOLUME = "a price is missing or not positive", "the volume is negative or not a number"


@pytest.mark.parametrize(
    ("row", "name", "text", "reason"),
    [
        ("2020-01-06,N/A,3,1,2,5", "open", "N/A", PRICE),
        ("2020-01-06,1,3,1,,5", "close", None, PRICE),
        ("2020-01-06,1,nan,1,2,5", "high", "nan", PRICE),
        ("2020-01-06,1,3,1,2,many", "volume", "many", VOLUME),
    ],
)
def test_a_cell_that_is_no_number_is_told_as_it_is_written(folder, row, name, text, reason):
    (folder / "X.csv").write_text(HEADER + ROWS + row + "\n")
    fetched = fetch(folder)
    assert [bar.starts.day for bar in fetched.bars] == [2, 3]
    (unread,) = fetched.unread
    assert unread[:2] == ("X", datetime(2020, 1, 6, tzinfo=UTC))
    assert (unread.row[name] or None, unread.reason) == (text, reason)
    assert fetch(folder, until=datetime(2020, 1, 6, tzinfo=UTC)).unread == []


def test_a_volume_that_is_not_told_is_unknown(folder):
    (folder / "X.csv").write_text(HEADER + "2020-01-02,1,1,1,1,\n2020-01-03,1,1,1,1, \n")
    assert [bar.volume for bar in fetch(folder).bars] == [None, None]


TIME = "its time is {!r}; write it like 2013-03-01 or 2013-03-01T14:30:00Z"


@pytest.mark.parametrize(
    ("line", "at", "reason"),
    [
        ("2020-01-06,5", datetime(2020, 1, 6, tzinfo=UTC), "it has 2 cells, not 6"),
        ("2020-01-06,1,2,1,1,1,000", datetime(2020, 1, 6, tzinfo=UTC), "it has 7 cells, not 6"),
        ("Total,,,,,", "Total", TIME.format("Total")),
        ("06/10/2024,1,2,1,1,5", "06/10/2024", TIME.format("06/10/2024")),
        (",1,2,1,1,5", "", TIME.format("")),
        ("end", "end", "it has 1 cells, not 6"),
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_one_bad_line_stops_no_other(folder, line, at, reason, place):
    lines = ROWS.splitlines()
    lines.insert(place, line)
    (folder / "X.csv").write_text(HEADER + "\n".join(lines))
    fetched = fetch(folder)
    assert [bar.starts.day for bar in fetched.bars] == [2, 3]
    (unread,) = fetched.unread
    assert (unread.symbol, unread.at, unread.reason) == ("X", at, reason)
    assert [cell for cell in unread.row.values() if cell][0:1] == [line.split(",")[0]] or not at


def test_a_bad_line_of_a_time_to_come_is_not_told_yet(folder):
    (folder / "X.csv").write_text(HEADER + ROWS + "2020-01-06,5\n")
    assert fetch(folder, until=datetime(2020, 1, 6, tzinfo=UTC)).unread == []


@pytest.mark.parametrize("above", ["\n", "# made by hand\n", "\n# a, b, c\n\n"])
def test_comments_and_blank_lines_are_passed_over(folder, above):
    within = ROWS.replace("\n", "\n# a comment\n\n#,,,,,\n", 1)
    (folder / "X.csv").write_text(above + HEADER + "# one more, here\n" + within)
    fetched = fetch(folder)
    assert [bar.starts.day for bar in fetched.bars] == [2, 3]
    assert fetched.unread == []
    (folder / "X.csv.gz").write_bytes(gzip.compress((folder / "X.csv").read_bytes()))
    (folder / "X.csv").unlink()
    assert fetch(folder) == fetched


def test_in_parquet_too_a_row_without_a_time_stops_no_other(folder):
    columns = {name: ["1", "2", "3"] for name in ("open", "high", "low", "close")}
    table = pa.table({"date": ["2020-01-02", None, "2020-01-03"], **columns})
    pyarrow.parquet.write_table(table, folder / "X.parquet")
    fetched = fetch(folder)
    assert [bar.close for bar in fetched.bars] == [1, 3]
    assert [row.reason for row in fetched.unread] == [TIME.format("")]


def test_blank_rows_are_no_bars_and_no_actions(folder):
    (folder / "X.csv").write_text(HEADER + ",,,,,\n" + ROWS + " , ,,,,\n")
    (folder / "actions.csv").write_text("symbol,ex_date,kind,value\n,,,\nx,2020-01-03,Split,2\n")
    fetched = fetch(folder)
    assert [bar.starts.day for bar in fetched.bars] == [2, 3]
    assert fetched.actions == [CorporateAction("X", date(2020, 1, 3), "split", Decimal(2))]


@pytest.mark.parametrize(
    ("written", "meant"),
    [("0.3333", 1 / 3), ("0.142857", 1 / 7), ("1.3333", 4 / 3), ("0.66666", 2 / 3), ("0.05", 0.05)],
)
def test_a_rounded_ratio_is_the_one_that_was_meant(folder, written, meant):
    (folder / "X.csv").write_text(HEADER + ROWS)
    row = f"X,2020-01-03,split,{written}"
    (folder / "actions.csv").write_text(f"symbol,ex_date,kind,value\n{row}\n")
    assert float(fetch(folder).actions[0].value) == meant


def test_a_file_whose_newest_row_is_first_is_turned_round(folder):
    first, second = ROWS.splitlines()
    (folder / "X.csv").write_text(f"{HEADER}{second}\n{first}\n")
    assert [bar.starts.day for bar in fetch(folder).bars] == [2, 3]


def test_a_file_that_changed_is_read_again(folder):
    files, request = Files(folder), Request("X", "1d", None, EVER)
    path = folder / "X.csv"
    path.write_text(HEADER + ROWS)
    stamp = path.stat()
    assert files.fetch(request).bars[0].open == 1
    path.write_text(HEADER + ROWS.replace(",1,", ",9,"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    assert files.fetch(request).bars[0].open == 9


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("X.csv", b"", "X.csv is empty"),
        ("X.csv", b"date,open,high,low,close\n2020-01-02,1,2\n", "X.csv cannot be read"),
        ("X.csv", b"\n\n# nothing\n", "X.csv is empty"),
        ("X.csv", b"date,open,high,low,close\nsoon,1,1,1,1\n", "its time is 'soon'"),
        ("X.csv", b"date,open,high,low,close\n,1,1,1,1\n", "its time is ''"),
        (
            "X.csv",
            b"date,open,high,low,close\n2020-01-02,1,1,1,1\n2,1\n3,1\n",
            "X.csv cannot be read: of 3 rows 2 make no sense, the first: it has 2 cells, not 5",
        ),
        ("X.csv.gz", gzip.compress(HEADER.encode() * 50)[:40], "X.csv.gz cannot be read"),
        ("X.csv.gz", b"no gzip", "X.csv.gz cannot be read"),
        ("X.parquet", b"PAR1 cut off", "X.parquet cannot be read"),
    ],
    ids=[
        "empty",
        "ragged",
        "blank",
        "text time",
        "no time",
        "most",
        "cut gzip",
        "no gzip",
        "cut parquet",
    ],
)
def test_a_file_that_makes_no_sense_now_may_later(folder, name, content, told):
    (folder / name).write_bytes(content)
    with pytest.raises(ProviderError, match=told):
        fetch(folder)


def test_a_table_without_rows_has_no_bars(folder):
    (folder / "X.csv").write_text(HEADER)
    assert fetch(folder).bars == []


def test_what_is_no_bar_is_told(folder, shared_data):
    shutil.copy(shared_data / "fx" / "EURUSD_daily.csv", folder / "X.csv")
    with pytest.raises(ParameterError, match="has bids and asks"):
        fetch(folder)
    (folder / "X.csv").write_text("date,open,high,low\n2020-01-02,1,1,1\n")
    with pytest.raises(ParameterError, match="has no column close"):
        fetch(folder)
    (folder / "X.csv").write_text("when,open,high,low,close\n2020-01-02,1,1,1,1\n")
    with pytest.raises(ParameterError, match="no column with the time"):
        fetch(folder)


def test_a_symbol_in_two_files_is_told(folder):
    (folder / "X.csv").write_text(HEADER + ROWS)
    (folder / "X.csv.gz").write_bytes(gzip.compress((HEADER + ROWS).encode()))
    with pytest.raises(ParameterError, match=r"X\.csv\.gz and X\.csv: keep one"):
        fetch(folder)


@pytest.mark.parametrize("symbol", ["Y", "../X", "/etc/passwd", "", "actions"])
def test_a_symbol_is_a_file_of_the_folder_and_nothing_else(folder, symbol):
    (folder / "X.csv").write_text(HEADER + ROWS)
    (folder / "actions.csv").write_text("symbol,ex_date,kind,value\n")
    with pytest.raises(ParameterError, match="no symbol"):
        fetch(folder, symbol)


@pytest.mark.parametrize(("calendar", "known"), [("XASX", 1), ("XNYS", 0), ("24/7", 0)])
def test_an_ex_date_begins_where_its_market_is(folder, calendar, known):
    state(folder, f'calendar = "{calendar}"\nprices = "raw"\nanchor = "open"\n')
    (folder / "1h").mkdir()
    first_hour = "start_utc,open,high,low,close\n2020-11-04T23:00:00Z,1,1,1,1\n"
    (folder / "1h" / "X.csv").write_text(first_hour)
    (folder / "actions.csv").write_text("symbol,ex_date,kind,value\nX,2020-11-05,split,2\n")
    fetched = fetch(folder, length="1h", until=datetime(2020, 11, 5, tzinfo=UTC))
    assert (len(fetched.bars), len(fetched.actions)) == (1, known)


def test_every_kind_of_action_is_read(folder):
    (folder / "X.csv").write_text(HEADER + ROWS)
    (folder / "actions.csv").write_text(
        "symbol,ex_date,kind,value,detail\n"
        "X,2020-01-06,rename,,Y\n"
        "X,2020-01-02,special_dividend,1.5,\n"
        "Z,2020-01-02,dividend,9,\n"
        "X,2020-01-03,split,0.1,\n"
        "X,2020-01-07,delisting,,\n"
        "X,2020-01-08,delisting,2.25,\n"
    )
    assert fetch(folder).actions == [
        CorporateAction("X", date(2020, 1, 2), "special_dividend", Decimal("1.5")),
        CorporateAction("X", date(2020, 1, 3), "split", Decimal("0.1")),
        CorporateAction("X", date(2020, 1, 6), "rename", None, "Y"),
        CorporateAction("X", date(2020, 1, 7), "delisting", None),
        CorporateAction("X", date(2020, 1, 8), "delisting", Decimal("2.25")),
    ]


def with_actions(folder, *rows):
    (folder / "X.csv").write_text(HEADER + ROWS)
    table = "\n".join(["symbol,ex_date,kind,value", "X,2020-01-03,split,2", *rows])
    (folder / "actions.csv").write_text(table)
    return fetch(folder)


@pytest.mark.parametrize(
    ("row", "at", "reason"),
    [
        (
            "X,2020-01-02,split,two",
            "2020-01-02",
            "the value of a split must be a number, was 'two'",
        ),
        ("X,soon,dividend,1", "soon", "its ex_date is 'soon'; write it like 2013-03-01"),
        ("X,2020-01-02,dividend", "2020-01-02", "it has 3 cells, not 4"),
    ],
)
def test_an_action_that_cannot_be_read_stops_no_other(folder, row, at, reason):
    fetched = with_actions(folder, row, "# a comment", "Y,never,split,2")
    assert [one.kind for one in fetched.actions] == ["split"]
    (unread,) = fetched.unread
    assert (unread.action, unread.reason, unread.row["ex_date"]) == (True, reason, at)
    assert len(fetched.bars) == 2


@pytest.mark.parametrize(
    ("kind", "value"), [("spinoff", "1"), ("split", "-2"), ("split", "0"), ("dividend", "")]
)
def test_which_actions_can_be_booked_collecting_judges(folder, kind, value):
    told = with_actions(folder, f"X,2020-01-02,{kind},{value}").actions
    amount = Decimal(value) if value else None
    assert told[0] == CorporateAction("X", date(2020, 1, 2), kind, amount)


def test_an_action_of_a_time_to_come_is_not_told_yet(folder):
    with_actions(folder, "X,2020-02-03,split,two")
    assert fetch(folder, until=datetime(2020, 1, 6, tzinfo=UTC)).unread == []


def test_a_table_of_actions_that_is_torn_is_told(folder):
    with pytest.raises(ProviderError, match=r"actions\.csv cannot be read: most lines are torn"):
        with_actions(folder, "X,2020", "X,2020")


def test_a_folder_that_does_not_grow_says_how_far_it_goes(folder):
    state(folder, STATED + "grows = false\n")
    (folder / "X.csv").write_text(HEADER + ROWS)
    assert Files(folder).coverage() == (date(2020, 1, 2), date(2020, 1, 3))


def test_the_folder_is_that_of_the_environment(folder, monkeypatch):
    (folder / "X.csv").write_text(HEADER + ROWS)
    monkeypatch.setenv("DATA_FOLDER", str(folder))
    assert Files().symbols() == ("X",)
    monkeypatch.setenv("DATA_FOLDER", str(folder / "nowhere"))
    with pytest.raises(ParameterError, match="DATA_FOLDER must be a folder"):
        Files().symbols()
    monkeypatch.delenv("DATA_FOLDER")
    with pytest.raises(ParameterError, match="no DATA_FOLDER; set it"):
        Files().symbols()


def test_real_coins_around_the_clock(folder, shared_data):
    state(folder, 'calendar = "24/7"\nprices = "raw"\nanchor = "clock"\n')
    crypto = shared_data / "crypto"
    (folder / "BTC-USD.csv").symlink_to(crypto / "BTCUSD_coinbase_daily.csv")
    for length, name in (("1h", "BTCUSD_bitfinex_hour_2013-10"), ("5m", "XRPETH_5m_2019-10")):
        (folder / length).mkdir()
        (folder / length / "BTC-USD.csv").symlink_to(crypto / f"{name}.csv")
    counts = {length: len(fetch(folder, "BTC-USD", length).bars) for length in ("1d", "1h", "5m")}
    assert counts == {"1d": 1318, "1h": 733, "5m": 706}
    first = fetch(folder, "BTC-USD", "5m").bars[0]
    assert (first.starts, str(first.open)) == (datetime(2019, 10, 11, tzinfo=UTC), "0.00141342")


def test_a_huge_file_is_read_in_pieces(folder):
    """Two hundred thousand minutes, of which an hour is asked for."""
    state(folder, STATED + NEW_YORK)
    (folder / "1m").mkdir()
    first = datetime(2020, 1, 1, tzinfo=UTC)
    count = 200_000
    minutes = pa.array([first + timedelta(minutes=number) for number in range(count)])
    table = pa.table(
        {
            "start_utc": minutes,
            **{name: [1.25] * count for name in ("open", "high", "low", "close", "volume")},
        }
    )
    pyarrow.csv.write_csv(table, folder / "1m" / "X.csv")
    assert len(list(pieces(folder / "1m" / "X.csv", print))) > 10
    until = first + timedelta(minutes=count)
    told = fetch(folder, length="1m", after=until - timedelta(minutes=61), until=until).bars
    assert len(told) == 60
