"""Each kind of corporate action, from what a provider tells to what an account holds.

Real bars of Apple around its split of seven for one in June 2014, and what is made of them.
"""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from functions.providers import CorporateAction
from functions.services.record import reading
from functions.services.record.registering import RobotDefinition
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
from tests.builders.records import stored
from tests.builders.shared import actions_in, bars_in

FIRST, SPLIT, LAST = date(2014, 5, 20), date(2014, 6, 9), date(2014, 6, 20)
ROBOT = RobotDefinition(
    "hold", "Hold", "Holds both.", "buy_and_hold", ("AAPL", "IBM"), date(2014, 1, 2)
)


@pytest.fixture
def platform(database, aws, tmp_path, monkeypatch):
    monkeypatch.setenv("DATA_FOLDER", str(tmp_path))
    reading.forget()
    with platform_over(database, aws) as made:
        yield reading_files(made)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path)


@pytest.fixture
def bars(shared_data):
    """Half a year of real bars by symbol."""
    return {
        symbol: [
            bar
            for bar in bars_in(shared_data / "us_daily" / f"{symbol}.csv", symbol)
            if date(2014, 1, 1) < bar.starts.date() <= LAST
        ]
        for symbol in ROBOT.symbols
    }


@pytest.fixture
def real(shared_data):
    return [
        action
        for symbol in ROBOT.symbols
        for action in actions_in(shared_data, symbol)
        if date(2014, 1, 1) < action.ex_date <= LAST
    ]


@pytest.fixture
def slots(folder):
    return slots_of(folder, "1d", FIRST, LAST)


def write(folder, bars, actions):
    for symbol, rows in bars.items():
        folder.bars(symbol, rows)
    folder.actions(actions)


def scaled(bars, before, factor):
    """Prices before a day times a factor, volumes divided by it."""
    return [
        bar._replace(
            open=bar.open * factor,
            high=bar.high * factor,
            low=bar.low * factor,
            close=bar.close * factor,
            volume=(bar.volume / factor).quantize(Decimal(1)),
        )
        if bar.starts.date() < before
        else bar
        for bar in bars
    ]


def held(platform, symbol="AAPL"):
    return Decimal(account(platform, ROBOT)["positions"][symbol]["quantity"])


def cash(platform):
    return Decimal(account(platform, ROBOT)["cash"])


def until(slots, day):
    return [slot for slot in slots if slot.session().session < day]


def since(slots, day):
    return [slot for slot in slots if slot.session().session >= day]


def seen(platform, columns, table):
    return (
        platform.connect().execute(f"SELECT {columns} FROM {table} ORDER BY 1".encode()).fetchall()
    )


def tape_of(platform):
    (record,) = read_records(platform.connect(), [ROBOT.id])
    return reading.tape_at(platform.archive, record.head.tape, ROBOT.symbols)


def test_a_split_multiplies_what_is_held(platform, folder, slots, bars, real):
    write(folder, bars, real)
    begun(platform, ROBOT, slots[0])
    played(platform, ROBOT, until(slots, SPLIT)[1:])
    before, money = held(platform), cash(platform)
    (outcome,) = played(platform, ROBOT, since(slots, SPLIT)[:1])
    assert (outcome.appended, outcome.waiting) == (1, "")
    assert held(platform) == 7 * before > 0
    assert cash(platform) == money


def test_a_reverse_split_pays_the_fraction_in_cash(platform, folder, slots, bars, real):
    bars["AAPL"] = scaled(scaled(bars["AAPL"], SPLIT, Decimal(1) / 7), SPLIT, Decimal("0.1"))
    bars["AAPL"] = [bar._replace(**_rounded(bar)) for bar in bars["AAPL"]]
    reverse = [CorporateAction("AAPL", SPLIT, "split", Decimal("0.1"))]
    write(folder, bars, reverse)
    begun(platform, ROBOT, slots[0])
    played(platform, ROBOT, until(slots, SPLIT)[1:])
    before, money = held(platform), cash(platform)
    assert before % 10 != 0
    (outcome,) = played(platform, ROBOT, since(slots, SPLIT)[:1])
    assert outcome.appended == 1
    assert held(platform) == before // 10
    opens = next(bar.open for bar in bars["AAPL"] if bar.starts.date() == SPLIT)
    assert cash(platform) - money == pytest.approx((before % 10) / 10 * opens, abs=Decimal("0.01"))


def _rounded(bar):
    names = ("open", "high", "low", "close")
    return {name: getattr(bar, name).quantize(Decimal("0.0001")) for name in names}


@pytest.mark.parametrize("kind", ["dividend", "special_dividend"])
def test_a_dividend_is_paid_on_what_is_held(platform, folder, slots, bars, real, kind):
    day = slots[5].session().session
    paid = CorporateAction("IBM", day, kind, Decimal("10.5"))
    write(folder, bars, [*real, paid])
    begun(platform, ROBOT, slots[0])
    played(platform, ROBOT, slots[1:5])
    money = cash(platform)
    played(platform, ROBOT, slots[5:6])
    assert cash(platform) - money == held(platform, "IBM") * Decimal("10.5")
    assert seen(platform, "kind", "corporate_actions WHERE symbol = 'IBM' AND value = 10.5") == [
        (kind,)
    ]


def test_a_dividend_told_late_is_paid_late_on_what_was_held(platform, folder, slots, bars, real):
    day = slots[5].session().session
    write(folder, bars, real)
    begun(platform, ROBOT, slots[0])
    played(platform, ROBOT, slots[1:8])
    money = cash(platform)
    write(folder, bars, [*real, CorporateAction("IBM", day, "dividend", Decimal("2.5"))])
    played(platform, ROBOT, slots[8:9])
    assert cash(platform) - money == held(platform, "IBM") * Decimal("2.5")
    newest = tape_of(platform).actions[-1]
    assert (newest.ex_date, newest.seen) == (day, slots[8].session().session)


def test_a_rename_goes_on_in_the_same_position(platform, folder, slots, bars, real):
    day = slots[5].session().session
    rename = CorporateAction("AAPL", day, "rename", None, "APLE")
    whole = bars["AAPL"]
    bars["AAPL"] = [bar for bar in whole if bar.starts.date() < day]
    bars["APLE"] = [bar for bar in whole if bar.starts.date() >= day]
    split = [action._replace(symbol="APLE") for action in real if action.ex_date == SPLIT]
    write(folder, bars, [rename, *split])
    begun(platform, ROBOT, slots[0])
    outcomes = played(platform, ROBOT, slots[1:])
    assert {(one.appended, one.waiting) for one in outcomes} == {(1, "")}
    closes = tape_of(platform).bars.close[:, 0]
    assert closes.tolist() == [float(bar.close) for bar in whole]
    assert held(platform) % 7 == 0
    assert ("rename", "APLE") in seen(platform, "kind, detail", "corporate_actions")


@pytest.mark.parametrize("payment", ["80.25", None])
def test_a_delisting_closes_the_position(platform, folder, slots, bars, real, payment):
    day = slots[5].session().session
    bars["IBM"] = [bar for bar in bars["IBM"] if bar.starts.date() < day]
    value = None if payment is None else Decimal(payment)
    write(folder, bars, [*real, CorporateAction("IBM", day, "delisting", value)])
    begun(platform, ROBOT, slots[0])
    played(platform, ROBOT, slots[1:5])
    money, shares = cash(platform), held(platform, "IBM")
    outcomes = played(platform, ROBOT, slots[5:8])
    assert [one.waiting for one in outcomes] == ["", "", ""]
    assert "IBM" not in account(platform, ROBOT)["positions"]
    paid = value or bars["IBM"][-1].close
    assert cash(platform) - money == shares * paid


def test_a_provider_that_begins_to_adjust_for_splits_changes_no_record(
    platform, folder, slots, bars, real
):
    """Up to the split's day the folder is raw, from then on it tells adjusted prices."""
    write(folder, bars, real)
    begun(platform, ROBOT, slots[0])
    played(platform, ROBOT, until(slots, SPLIT)[1:])
    folder.state("splits")
    told = [_adjusted(action) for action in real]
    write(folder, {**bars, "AAPL": scaled(bars["AAPL"], SPLIT, Decimal(1) / 7)}, told)
    outcomes = played(platform, ROBOT, since(slots, SPLIT))
    assert {(one.appended, one.waiting) for one in outcomes} == {(1, "")}
    assert tape_of(platform).bars.close[:, 0].tolist() == [float(bar.close) for bar in bars["AAPL"]]
    assert seen(platform, "count(*)", "bar_versions") == [(0,)]
    assert seen(platform, "count(*)", "quarantined_bars") == [(0,)]
    assert held(platform) == 7 * bought(platform)
    booked = sorted(one.value for one in tape_of(platform).actions)
    assert booked == sorted(float(one.value) for one in real)


def bought(platform):
    (row,) = [row for row in stored(platform, ROBOT.id)["trades"] if row[3] == "AAPL"]
    return row[5]


def _adjusted(action):
    if action.symbol != "AAPL" or action.kind == "split" or action.ex_date >= SPLIT:
        return action
    return action._replace(value=(action.value / 7).quantize(Decimal("0.000001")))


def test_an_adjustment_without_its_split_is_refused_and_waits_with_the_factor(
    platform, folder, slots, bars, real
):
    rest = [action for action in real if action.kind != "split"]
    write(folder, bars, rest)
    begun(platform, ROBOT, slots[0])
    played(platform, ROBOT, until(slots, SPLIT)[1:])
    folder.state("splits")
    write(folder, {**bars, "AAPL": scaled(bars["AAPL"], SPLIT, Decimal(1) / 7)}, rest)
    slot = since(slots, SPLIT)[0]
    told = collected(platform, slot)
    assert "AAPL: files: " in told
    waits = advanced(platform, ROBOT, slot)
    assert waits.appended == 0
    assert waits.waiting.startswith("no bar of AAPL yet: files: ")
    assert "told at 0.142857 times their price" in waits.waiting
    folder.actions(real)
    folder.state("splits")
    collected(platform, slot, LAST_CALL)
    assert advanced(platform, ROBOT, slot).appended == 1
    assert held(platform) % 7 == 0


def test_a_split_nobody_tells_waits_for_the_deadline_and_is_booked_when_it_comes(
    platform, folder, slots, bars, real
):
    rest = [action for action in real if action.kind != "split"]
    write(folder, bars, rest)
    begun(platform, ROBOT, slots[0])
    played(platform, ROBOT, until(slots, SPLIT)[1:])
    before = held(platform)
    first, second = since(slots, SPLIT)[:2]
    collected(platform, first)
    assert advanced(platform, ROBOT, first).waiting == (
        "AAPL moved by -85% without a split or dividend"
    )
    collected(platform, first, LAST_CALL)
    assert advanced(platform, ROBOT, first, deadline=True).appended == 1
    assert held(platform) == before
    folder.actions(real)
    collected(platform, second)
    assert advanced(platform, ROBOT, second).appended == 1
    assert held(platform) == 7 * before


def test_a_bar_that_a_provider_fails_to_tell_is_waited_for_with_its_reason(
    platform, folder, slots, bars, real
):
    write(folder, bars, real)
    begun(platform, ROBOT, slots[0])
    (folder.path / "IBM.csv").unlink()
    collected(platform, slots[1])
    waits = advanced(platform, ROBOT, slots[1])
    assert waits.waiting.startswith("no bar of IBM yet: files: no symbol with 1d bars")
    folder.bars("IBM", bars["IBM"])
    collected(platform, slots[1], timedelta(minutes=11))
    assert advanced(platform, ROBOT, slots[1]).appended == 1
