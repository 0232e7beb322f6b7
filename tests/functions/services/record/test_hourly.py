"""Robots on hourly bars: slot by slot they record what one run records, byte for byte."""

import math
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from psycopg.types.json import Jsonb

from engine.errors import ParameterError
from functions import providers
from functions.providers import CorporateAction
from functions.services.market.collecting import Source, collect_symbols
from functions.services.market.slots import bars_of
from functions.services.record import reading
from functions.services.record.backtesting import run_execution
from functions.services.record.registering import RobotDefinition, register_robot
from functions.store.records import read_records
from tests.builders.folders import (
    LAST_CALL,
    Folder,
    account,
    advanced,
    begun,
    collected,
    played,
    reading_files,
    slots_of,
)
from tests.builders.platforms import platform_over
from tests.builders.providers import bar
from tests.builders.records import stored
from tests.builders.shared import bars_in


@pytest.fixture
def platform(database, aws, tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    reading.forget()
    with platform_over(database, aws) as made:
        yield reading_files(made)


@pytest.fixture
def other(module_database, aws):
    with platform_over(module_database, aws) as made:
        yield reading_files(made)


def robot(slug, calendar, symbol, strategy="sma_cross", **changes):
    parameters = {"fast": 3, "slow": 8} if strategy == "sma_cross" else {}
    return RobotDefinition(
        slug,
        "Hourly",
        "A test's robot.",
        strategy,
        (symbol,),
        date(2013, 1, 1),
        parameters=parameters,
        calendar=calendar,
        bar="1h",
        **changes,
    )


def wave(calendar, anchor, first, last):
    """Bars of a price that swings, so that a robot trades; with volume enough to fill at once."""
    times = bars_of(calendar, "1h", anchor, first, last)
    prices = [f"{100 + 10 * math.sin(at / 5):.2f}" for at in range(len(times))]
    made = [bar("WAVE", time.starts, price) for time, price in zip(times, prices, strict=True)]
    return [one._replace(volume=Decimal(1_000_000)) for one in made]


def spy(shared_data):
    rows = bars_in(shared_data / "us_hour" / "SPY.csv.gz", "SPY")
    return [one for one in rows if date(2019, 9, 1) < one.starts.date() < date(2020, 1, 1)]


def bitcoin(shared_data):
    return bars_in(shared_data / "crypto" / "BTCUSD_bitfinex_hour_2013-10.csv", "BTC")


CASES = {
    # The end of summer time, a half day, and hours nobody has.
    "spy-clock": ("XNYS", "clock", "SPY", spy, (date(2019, 10, 30), date(2019, 11, 5))),
    "spy-half-days": ("XNYS", "clock", "SPY", spy, (date(2019, 11, 26), date(2019, 12, 3))),
    "btc": ("24/7", "clock", "BTC", bitcoin, (date(2013, 10, 26), date(2013, 10, 27))),
    "wave-open": (
        *("XNYS", "open", "WAVE"),
        lambda _: wave("XNYS", "open", date(2019, 10, 1), date(2019, 11, 8)),
        (date(2019, 10, 30), date(2019, 11, 5)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_slot_by_slot_is_one_run(platform, other, tmp_path, shared_data, name):
    calendar, anchor, symbol, rows, (first, last) = CASES[name]
    folder = Folder(tmp_path, calendar, anchor)
    folder.bars(symbol, rows(shared_data), "1h")
    definition = robot(name, calendar, symbol)
    slots = slots_of(folder, "1h", first, last)[2:]  # it begins within a session
    begun(platform, definition, slots[0])
    outcomes = played(platform, definition, slots[1:])
    assert [outcome.appended for outcome in outcomes] == [1] * (len(slots) - 1)
    reading.forget()
    begun(other, definition, slots[0])
    collected(other, slots[-1])
    whole = advanced(other, definition, slots[-1], deadline=True)
    assert whole.appended == len(slots) - 1 >= 25
    by_slot, at_once = stored(platform, definition.id), stored(other, definition.id)
    assert len(by_slot["trades"]) >= 2
    for table in ("decisions", "trades", "equity_points", "segments"):
        assert by_slot[table] == at_once[table]


def test_an_hours_slot_waits_for_its_bar(platform, tmp_path):
    folder = Folder(tmp_path, "XNYS", "open")
    rows = wave("XNYS", "open", date(2019, 10, 1), date(2019, 11, 8))
    definition = robot("waits", "XNYS", "WAVE")
    slots = slots_of(folder, "1h", date(2019, 10, 29), date(2019, 10, 30))
    gone = slots[3].newest().starts
    folder.bars("WAVE", [one for one in rows if one.starts != gone], "1h")
    begun(platform, definition, slots[0])
    played(platform, definition, slots[1:3])
    collected(platform, slots[3])
    assert advanced(platform, definition, slots[3]).waiting == "no bar of WAVE yet"
    folder.bars("WAVE", rows, "1h")
    collected(platform, slots[3], LAST_CALL)
    assert advanced(platform, definition, slots[3]).appended == 1


def test_a_split_told_within_the_session_is_booked_at_the_next_open(platform, tmp_path):
    folder = Folder(tmp_path, "XNYS", "open")
    folder.bars("WAVE", wave("XNYS", "open", date(2019, 10, 1), date(2019, 11, 8)), "1h")
    definition = robot("split", "XNYS", "WAVE", "buy_and_hold")
    slots = slots_of(folder, "1h", date(2019, 10, 29), date(2019, 10, 31))
    begun(platform, definition, slots[0])
    played(platform, definition, slots[1:9])
    before = held(platform, definition)
    # The second day's first slot is recorded when its split of that day is told.
    told = CorporateAction("WAVE", date(2019, 10, 30), "split", Decimal(2))
    folder.actions([told])
    played(platform, definition, slots[9:14])
    assert held(platform, definition) == before
    outcomes = played(platform, definition, slots[14:16])
    assert [one.drift for one in outcomes] == [None, None]
    assert held(platform, definition) == 2 * before
    (record,) = read_records(platform.connect(), [definition.id])
    tape = reading.tape_at(platform.archive, record.head.tape, definition.symbols)
    assert [(one.ex_date, one.seen) for one in tape.actions] == [
        (date(2019, 10, 30), date(2019, 10, 31))
    ]


def test_a_warm_process_reads_the_newest_hour_alone(platform, tmp_path):
    folder = Folder(tmp_path, "XNYS", "open")
    folder.bars("WAVE", wave("XNYS", "open", date(2019, 10, 1), date(2019, 11, 8)), "1h")
    definition = robot("warm", "XNYS", "WAVE")
    slots = slots_of(folder, "1h", date(2019, 10, 29), date(2019, 10, 30))
    begun(platform, definition, slots[0])
    played(platform, definition, slots[1:3])
    (record,) = read_records(platform.connect(), [definition.id])
    before = reading.tape_at(platform.archive, record.head.tape, definition.symbols)
    collected(platform, slots[3])
    assert reading.tape_at(platform.archive, record.head.tape, definition.symbols) is before


def held(platform, definition):
    return Decimal(account(platform, definition)["positions"]["WAVE"]["quantity"])


def test_a_backtest_on_minutes_ends_with_its_last_session(platform, tmp_path, shared_data):
    """Bars before and after trading hours are left out: 390 rows a session."""
    folder = Folder(tmp_path, "XNYS", "open")
    file = shared_data / "us_minute" / "SPY_2013-10-04_11_trade.csv.gz"
    folder.bars("SPY", bars_in(file, "SPY"), "1m")
    last = slots_of(folder, "1m", date(2013, 10, 4), date(2013, 10, 11))[-1]
    source = Source("files", providers.get("files"))
    found = collect_symbols(source, platform.connect, last, last.closes_at, ["SPY"])
    assert found["SPY"].failure == ""
    definition = robot("daily", "XNYS", "SPY")
    request = {**definition.config(), "bar": "1m", "source": "files"}
    period = {"start": "2013-10-07", "end": "2013-10-10"}
    execution = backtest(platform, definition, {**request, **period})
    run_execution(platform, execution)
    row = platform.connect().execute(
        "SELECT status, error, period_start, period_end, trade_count FROM executions WHERE id = %s",
        [execution],
    )
    status, error, begins, ends, trades = row.fetchone()
    assert (status, error) == ("finished", None)
    assert (str(begins.date()), f"{ends:%Y-%m-%dT%H:%M}") == ("2013-10-07", "2013-10-10T20:00")
    assert trades > 50
    points = "SELECT count(*) FROM equity_points WHERE execution_id = %s"
    assert platform.connect().execute(points, [execution]).fetchone() == (4 * 390,)


def backtest(platform, definition, request):
    """Queue a backtest of a robot that is in no schedule; returns its id."""
    execution, database = uuid4(), platform.connect()
    database.execute(
        "INSERT INTO strategies (id, name, slug, strategy_code, config, visibility, registered_at)"
        " VALUES (%s, 'x', 'minutes', %s, %s, 'public', now())",
        [definition.id, definition.strategy_code, Jsonb(definition.config())],
    )
    database.execute(
        "INSERT INTO executions (id, strategy_id, visibility, kind, request)"
        " VALUES (%s, %s, 'public', 'backtest', %s)",
        [execution, definition.id, Jsonb(request)],
    )
    return execution


def test_robots_on_minutes_are_refused(platform, tmp_path):
    folder = Folder(tmp_path, "XNYS", "open")
    slot = slots_of(folder, "5m", date(2019, 10, 29), date(2019, 10, 29))[0]
    definition = RobotDefinition(
        "minutes", "M", "x.", "buy_and_hold", ("WAVE",), date(2019, 1, 1), bar="5m"
    )
    with pytest.raises(ParameterError, match="bar must be 1d or 1h, was '5m': robots on shorter"):
        register_robot(platform, definition, slot)
