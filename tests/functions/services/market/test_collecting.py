import csv
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

import pytest
from psycopg.types.json import Jsonb

from engine.errors import DataError
from functions import providers
from functions.providers import Bar, CorporateAction
from functions.services.market.collecting import Source, collect_from, fault
from functions.services.market.slots import slot_of, time_of
from functions.store.session import Session
from tests.builders.providers import WrittenProvider, bar

MONDAY, TUESDAY, WEDNESDAY = (date(2013, 2, day) for day in (25, 26, 27))
CLOSE = {day: f"{day}T21:20:00Z" for day in (MONDAY, TUESDAY, WEDNESDAY)}
LAST_CALL = f"{TUESDAY}T23:00:00Z"
NOTHING = {
    **dict.fromkeys(("symbols", "bars", "actions"), 0),
    **dict.fromkeys(("quarantined", "restated", "unknown"), 0),
}


@pytest.fixture
def session(database):
    made = Session(database.jobs)
    yield made
    made.connect().close()


@pytest.fixture
def collect(session):
    def run(provider, time, name="written"):
        event = {"time": time, "detail": {"calendar": "XNYS", "bar": "1d"}}
        return collect_from(Source(name, provider), session.connect, slot_of(event), time_of(event))

    return run


def told(session, what="symbol, timestamp::date", of="market_data"):
    return session.connect().execute(f"SELECT {what} FROM {of} ORDER BY 1, 2").fetchall()


def follow(session, *symbols, status="active", calendar="XNYS"):
    config = {"symbols": symbols, "calendar": calendar, "bar": "1d"}
    session.connect().execute(
        "INSERT INTO strategies (name, slug, strategy_code, config, status) "
        "VALUES ('x', %s, 'builtin:x', %s, %s)",
        [f"robot-{'-'.join(symbols).lower()}", Jsonb(config), status],
    )


def three_days(*symbols):
    return [bar(name, day) for name in symbols for day in (MONDAY, TUESDAY, WEDNESDAY)]


def test_only_what_the_event_has_reached_is_collected(collect, session):
    split = CorporateAction("A", TUESDAY, "split", Decimal(2))
    later = CorporateAction("A", WEDNESDAY, "dividend", Decimal(1))
    provider = WrittenProvider(three_days("A"), [split, later], listed=["A"], careless=True)
    assert collect(provider, CLOSE[TUESDAY]) == {**NOTHING, "symbols": 1, "bars": 2, "actions": 1}
    assert told(session) == [("A", MONDAY), ("A", TUESDAY)]
    assert told(session, "symbol, ex_date", "corporate_actions") == [("A", TUESDAY)]
    assert provider.asked == [("A", None, TUESDAY)]


def test_the_same_event_ten_times_fetches_once(collect):
    provider = WrittenProvider(three_days("A"), listed=["A"])
    first = collect(provider, CLOSE[TUESDAY])
    assert first["bars"] == 2
    for _ in range(10):
        assert collect(provider, CLOSE[TUESDAY]) == NOTHING
    assert len(provider.asked) == 1


def halved():
    """A price that halves on Tuesday, for which the provider has no reason yet."""
    rows = [bar("A", MONDAY), bar("A", TUESDAY, "5"), bar("B", MONDAY), bar("B", TUESDAY)]
    return WrittenProvider(rows, listed=["A", "B"])


def test_a_move_without_an_action_is_asked_for_again_until_there_is_one(collect, session):
    provider = halved()
    collect(provider, CLOSE[TUESDAY])
    assert collect(provider, LAST_CALL) == {**NOTHING, "symbols": 1}
    provider.news.append(CorporateAction("A", TUESDAY, "split", Decimal(2)))
    assert collect(provider, LAST_CALL) == {**NOTHING, "symbols": 1, "actions": 1}
    assert collect(provider, LAST_CALL) == NOTHING
    assert [symbol for symbol, *_ in provider.asked] == ["A", "B", "A", "A"]


def test_a_wrong_price_that_is_corrected_before_the_deadline_is_seen(collect, session):
    provider = halved()
    collect(provider, CLOSE[TUESDAY])
    provider.rows[1] = bar("A", TUESDAY, "10.1")
    assert collect(provider, LAST_CALL)["restated"] == 1
    assert collect(provider, LAST_CALL) == NOTHING


def test_a_price_that_moved_over_a_gap_is_asked_for_again(collect):
    provider = WrittenProvider([bar("A", MONDAY), bar("A", WEDNESDAY, "5")], listed=["A"])
    collect(provider, CLOSE[WEDNESDAY])
    assert collect(provider, CLOSE[WEDNESDAY])["symbols"] == 1
    provider.news.append(CorporateAction("A", TUESDAY, "split", Decimal(2)))
    assert collect(provider, CLOSE[WEDNESDAY])["actions"] == 1
    assert collect(provider, CLOSE[WEDNESDAY]) == NOTHING


def test_an_older_event_changes_nothing(collect):
    provider = WrittenProvider(three_days("A"), listed=["A"])
    collect(provider, CLOSE[WEDNESDAY])
    assert collect(provider, CLOSE[MONDAY]) == NOTHING


def test_an_event_minutes_early_means_the_session_before(collect, session):
    collect(WrittenProvider(three_days("A"), listed=["A"]), f"{TUESDAY}T20:50:00Z")
    assert told(session) == [("A", MONDAY)]


def test_skipped_days_are_caught_up_by_one_fetch(collect):
    provider = WrittenProvider(three_days("A"), listed=["A"])
    collect(provider, CLOSE[MONDAY])
    assert collect(provider, CLOSE[WEDNESDAY])["bars"] == 2
    assert [until for _, _, until in provider.asked] == [MONDAY, WEDNESDAY]


def test_symbols_are_those_of_robots_each_fetched_once(collect, session):
    follow(session, "A", "B")
    follow(session, "B", "C")
    follow(session, "D", status="archived")
    follow(session, "E", calendar="24/7")
    provider = WrittenProvider(three_days(*"ABCDE"))
    assert collect(provider, CLOSE[MONDAY])["symbols"] == 3
    assert [symbol for symbol, _, _ in provider.asked] == ["A", "B", "C"]


def test_a_symbol_that_the_provider_lacks_is_counted_and_stops_nothing(collect, session):
    follow(session, "A", "TYPO")
    counts = collect(WrittenProvider(three_days("A"), listed=["A"]), CLOSE[MONDAY])
    assert (counts["unknown"], counts["bars"]) == (1, 1)


def test_a_symbol_listed_later_is_asked_for_until_it_has_a_bar(collect):
    provider = WrittenProvider([*three_days("A"), bar("B", WEDNESDAY)], listed=["A", "B"])
    assert [collect(provider, CLOSE[day])["bars"] for day in CLOSE] == [1, 1, 2]


def test_one_symbol_that_fails_stops_no_other_and_is_fetched_again(collect, session):
    provider = WrittenProvider(three_days("A", "B"), listed=["A", "B"], failing=["A"])
    with pytest.raises(DataError, match="A: ParameterError: A does not answer"):
        collect(provider, CLOSE[MONDAY])
    assert told(session) == [("B", MONDAY)]
    provider.failing = []
    assert collect(provider, CLOSE[MONDAY]) == {**NOTHING, "symbols": 1, "bars": 1}


def test_a_missing_bar_that_comes_a_day_late_is_still_collected(collect, session):
    provider = WrittenProvider([bar("A", MONDAY), bar("A", WEDNESDAY)], listed=["A"])
    collect(provider, CLOSE[MONDAY])
    assert collect(provider, CLOSE[TUESDAY])["bars"] == 0
    provider.rows.append(bar("A", TUESDAY))
    assert collect(provider, CLOSE[WEDNESDAY])["bars"] == 2
    assert len(told(session)) == 3


def test_a_correction_of_days_ago_becomes_the_next_version(collect, session):
    provider = WrittenProvider(three_days("A"), listed=["A"])
    collect(provider, CLOSE[TUESDAY])
    provider.rows[0] = bar("A", MONDAY, "10.5")
    assert collect(provider, CLOSE[WEDNESDAY])["restated"] == 1
    assert told(session, "version, close", "bar_versions") == [(2, Decimal("10.5"))]
    assert told(session, "timestamp::date, close")[0] == (MONDAY, Decimal(10))


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (bar("A", MONDAY, "-1"), "a price is missing or not positive"),
        (bar("A", MONDAY, "0"), "a price is missing or not positive"),
        (bar("A", MONDAY, close="NaN"), "a price is missing or not positive"),
        (bar("A", MONDAY, high="Infinity"), "a price is missing or not positive"),
        (bar("A", MONDAY, low="11"), "low and high do not hold open and close"),
        (bar("A", MONDAY, high="9"), "low and high do not hold open and close"),
        (bar("A", MONDAY, volume="-5"), "the volume is negative or not a number"),
        (bar("A", MONDAY, volume="NaN"), "the volume is negative or not a number"),
        (bar("A", date(2013, 2, 24)), "the market was closed on that day"),
        (bar("A", MONDAY, volume="0"), None),
        (bar("A", MONDAY, volume=None), None),
        (bar("A", MONDAY, high="11", low="9"), None),
    ],
)
def test_a_bar_that_nobody_may_compute_with_has_a_fault(broken, reason):
    assert fault(broken, frozenset([MONDAY])) == reason


def test_a_bad_row_is_quarantined_with_its_reason_and_the_good_ones_stay(collect, session):
    rows = [bar("A", MONDAY), bar("A", TUESDAY, low="NaN"), bar("A", WEDNESDAY, volume="-1")]
    provider = WrittenProvider(rows, listed=["A"])
    counts = collect(provider, CLOSE[WEDNESDAY])
    assert (counts["bars"], counts["quarantined"]) == (1, 2)
    kept = told(session, "timestamp, reason, row ->> 'low'", "quarantined_bars")
    assert kept == [
        ("2013-02-26", "a price is missing or not positive", "NaN"),
        ("2013-02-27", "the volume is negative or not a number", "10"),
    ]
    assert collect(provider, CLOSE[WEDNESDAY])["quarantined"] == 0


def test_a_second_bar_of_a_session_is_refused_unless_it_is_the_same(collect, session):
    rows = [bar("A", MONDAY), bar("A", MONDAY), bar("A", MONDAY, "11")]
    counts = collect(WrittenProvider(rows, listed=["A"]), CLOSE[MONDAY])
    assert (counts["bars"], counts["quarantined"], counts["restated"]) == (1, 1, 0)
    assert told(session, "timestamp, reason", "quarantined_bars") == [
        ("2013-02-25", "a second bar of this session")
    ]


SHOWN_BY_ITSELF = {
    *("negative_volume", "close_outside_range", "all_nan", "nan_close", "weekend_bar"),
    *("negative_price", "duplicate_conflicting", "non_numeric", "infinite", "high_below_low"),
    "zero_price",
}


def number(text):
    try:
        return Decimal(text)
    except InvalidOperation:
        return Decimal("NaN")


def test_of_faults_put_in_by_hand_those_a_bar_shows_by_itself_are_refused(
    collect, session, shared_data
):
    def read(name):
        with (shared_data / "dirty" / name).open(newline="") as file:
            return list(csv.DictReader(file))

    rows = [
        Bar("SPY", date.fromisoformat(row["date"]), *map(number, list(row.values())[1:6]))
        for row in read("SPY_2016_2018_dirty.csv")
    ]
    faults = {row["timestamp"]: row["kind"] for row in read("SPY_2016_2018_dirty_faults.csv")}
    counts = collect(WrittenProvider(rows, listed=["SPY"]), "2018-12-31T21:20:00Z")
    refused = {row[0] for row in told(session, "timestamp, reason", "quarantined_bars")}
    assert refused == {day for day, kind in faults.items() if kind in SHOWN_BY_ITSELF}
    once = {row.session for row in rows}
    conflicting = 1  # of the two bars told for that day the first is kept
    assert counts["bars"] == len(once) - len(refused) + conflicting


def test_the_sample_is_collected_whole_and_without_a_fault(collect, session):
    sample = providers.get("sample")
    counts = collect(sample, "2013-03-01T21:20:00Z", "sample")
    assert counts == {**NOTHING, "symbols": 5, "bars": 12154, "actions": 95}
    assert told(session, "count(*), max(timestamp)::date") == [(12154, date(2013, 3, 1))]


def test_the_sample_day_by_day_is_the_sample_at_once(collect, session):
    sample = providers.get("sample")
    day = date(2013, 2, 1)
    counts = [collect(sample, f"{day + timedelta(days=n)}T21:20:00Z", "sample") for n in range(29)]
    assert {count["restated"] + count["quarantined"] for count in counts} == {0}
    assert sum(count["bars"] for count in counts) == 12154
    assert sum(count["actions"] for count in counts) == 95
