from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Barrier
from time import sleep
from types import SimpleNamespace

import pytest
from psycopg.types.json import Jsonb

from engine.errors import unknown
from functions import providers
from functions.providers import CorporateAction, Facts, ProviderError, Request
from functions.providers.files import Files
from functions.services.market.collecting import Source, collect_from, collect_symbols
from functions.services.market.collecting import collect as collect_all
from functions.services.market.slots import slot_of, time_of
from functions.services.market.turns import UNASKED, turns
from functions.store.session import Session
from tests.builders.providers import WrittenProvider, bar

MONDAY, TUESDAY, WEDNESDAY = (date(2013, 2, day) for day in (25, 26, 27))
CLOSE = {day: f"{day}T21:20:00Z" for day in (MONDAY, TUESDAY, WEDNESDAY)}
LAST_CALL = f"{TUESDAY}T23:00:00Z"
NOTHING = {
    **dict.fromkeys(("symbols", "bars", "actions"), 0),
    **dict.fromkeys(("quarantined", "restated", "noted", "unknown"), 0),
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
    closes = datetime(2013, 2, 26, 21, tzinfo=UTC)
    assert provider.asked == [Request("A", "1d", None, closes)]


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
    assert collect(provider, f"{TUESDAY}T22:00:00Z") == {**NOTHING, "symbols": 1}
    provider.news.append(CorporateAction("A", TUESDAY, "split", Decimal(2)))
    assert collect(provider, LAST_CALL) == {**NOTHING, "symbols": 1, "actions": 1}
    assert collect(provider, f"{TUESDAY}T23:30:00Z") == NOTHING
    assert [one.symbol for one in provider.asked] == ["A", "B", "A", "A"]


def test_a_wrong_price_that_is_corrected_before_the_deadline_is_seen(collect, session):
    provider = halved()
    collect(provider, CLOSE[TUESDAY])
    provider.rows[1] = bar("A", TUESDAY, "10.1")
    assert collect(provider, LAST_CALL)["restated"] == 1
    assert collect(provider, LAST_CALL) == NOTHING


def test_a_price_that_moved_over_a_gap_is_asked_for_again(collect):
    provider = WrittenProvider([bar("A", MONDAY), bar("A", WEDNESDAY, "5")], listed=["A"])
    collect(provider, CLOSE[WEDNESDAY])
    assert collect(provider, f"{WEDNESDAY}T22:00:00Z")["symbols"] == 1
    provider.news.append(CorporateAction("A", TUESDAY, "split", Decimal(2)))
    assert collect(provider, f"{WEDNESDAY}T22:30:00Z")["actions"] == 1
    assert collect(provider, f"{WEDNESDAY}T23:00:00Z") == NOTHING


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
    assert [one.until.date() for one in provider.asked] == [MONDAY, WEDNESDAY]


def test_symbols_are_those_of_robots_each_fetched_once(collect, session):
    follow(session, "A", "B")
    follow(session, "B", "C")
    follow(session, "D", status="archived")
    follow(session, "E", calendar="24/7")
    provider = WrittenProvider(three_days(*"ABCDE"))
    assert collect(provider, CLOSE[MONDAY])["symbols"] == 3
    assert [one.symbol for one in provider.asked] == ["A", "B", "C"]


class Choosy(WrittenProvider):
    """Names what it does not have, as every provider does that has a list."""

    def fetch(self, request):
        if request.symbol not in self.listed:
            raise unknown("symbol of the written provider", request.symbol, self.listed)
        return super().fetch(request)


def test_a_symbol_that_the_provider_lacks_is_counted_and_stops_nothing(collect, session):
    follow(session, "A", "TYPO")
    counts = collect(Choosy(three_days("A"), listed=["A"]), CLOSE[MONDAY])
    assert (counts["unknown"], counts["bars"]) == (1, 1)


def test_a_symbol_listed_later_is_asked_for_until_it_has_a_bar(collect):
    provider = WrittenProvider([*three_days("A"), bar("B", WEDNESDAY)], listed=["A", "B"])
    assert [collect(provider, CLOSE[day])["bars"] for day in CLOSE] == [1, 1, 2]


def test_one_symbol_that_fails_stops_no_other_and_is_fetched_again(collect, session):
    provider = WrittenProvider(three_days("A", "B"), listed=["A", "B"], failing=["A"])
    with pytest.raises(ProviderError, match=r"written provider failed \(A: written: A does not"):
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


def test_what_a_file_has_that_is_no_row_is_quarantined_as_it_is_written(collect, session, tmp_path):
    (tmp_path / "robotplug.toml").write_text('calendar = "XNYS"\nprices = "raw"\n')
    rows = ["2013-02-25,1,2,1,1,5", "2013-02-26,N/A,2,1,1,5", "2013-02-27,1,2", "Total,\0,,,,"]
    table = ["date,open,high,low,close,volume", *rows, "2013-02-22,1,2,1,1,5"]
    (tmp_path / "A.csv").write_text("\n".join(table))
    actions = ["A,2013-02-25,spinoff,1", "A,2013-02-25,split,-2", "A,2013-02-26,dividend,some"]
    (tmp_path / "actions.csv").write_text("\n".join(["symbol,ex_date,kind,value", *actions]))
    counts = collect(Files(tmp_path), CLOSE[WEDNESDAY], "files")
    assert (counts["bars"], counts["quarantined"]) == (2, 6)
    kept = "timestamp, reason, row ->> 'open', row ->> 'value'"
    assert told(session, kept, "quarantined_bars") == [
        (
            "2013-02-25",
            "no action has the kind 'spinoff'; there are split, dividend, special_dividend, "
            "delisting, rename",
            None,
            "1",
        ),
        ("2013-02-25", "the value of a split must be from 1e-8 to 1e9, was -2", None, "-2"),
        ("2013-02-26", "a price is missing or not positive", "N/A", None),
        ("2013-02-26", "the value of a dividend must be a number, was 'some'", None, "some"),
        ("2013-02-27", "it has 3 cells, not 6", "1", None),
        (
            "Total",
            "its time is 'Total'; write it like 2013-03-01 or 2013-03-01T14:30:00Z",
            "",
            None,
        ),
    ]
    assert collect(Files(tmp_path), f"{WEDNESDAY}T22:00:00Z", "files")["quarantined"] == 0


def test_a_second_bar_of_a_session_is_refused_unless_it_is_the_same(collect, session):
    rows = [bar("A", MONDAY), bar("A", MONDAY), bar("A", MONDAY, "11")]
    counts = collect(WrittenProvider(rows, listed=["A"]), CLOSE[MONDAY])
    assert (counts["bars"], counts["quarantined"], counts["restated"]) == (1, 1, 0)
    assert told(session, "timestamp, reason", "quarantined_bars") == [
        ("2013-02-25", "a second bar of this session")
    ]


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


def followed_from(session, source, *symbols):
    """A robot whose paper run names where its bars come from."""
    follow(session, *symbols)
    session.connect().execute(
        "INSERT INTO executions (strategy_id, kind, request) SELECT id, 'paper', %s"
        " FROM strategies WHERE slug = %s",
        [Jsonb({"source": source}), f"robot-{'-'.join(symbols).lower()}"],
    )


def test_a_robots_symbols_are_asked_of_its_own_provider(collect, session):
    followed_from(session, "other", "A")
    followed_from(session, "written", "B")
    provider = WrittenProvider(three_days("A", "B"))
    assert collect(provider, CLOSE[MONDAY])["symbols"] == 1
    assert collect(provider, CLOSE[MONDAY], "other")["symbols"] == 1
    assert [one.symbol for one in provider.asked] == ["B", "A"]


def test_many_who_collect_at_once_fetch_each_symbol_once(database):
    provider = WrittenProvider(three_days("A", "B", "C"), listed=["A", "B", "C"])
    event = {"time": CLOSE[TUESDAY], "detail": {"calendar": "XNYS", "bar": "1d"}}
    together = Barrier(8)

    def run(_number):
        own = Session(database.jobs)
        together.wait()
        source = Source("written", provider)
        counts = collect_from(source, own.connect, slot_of(event), time_of(event))
        own.close()
        return counts["bars"]

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(run, range(8))) == 6
    assert sorted(one.symbol for one in provider.asked) == ["A", "B", "C"]


def test_while_a_provider_is_asked_no_transaction_is_open(collect, session, database):
    state, seen = "SELECT state FROM pg_stat_activity WHERE pid = %s", []

    class Watched(WrittenProvider):
        def fetch(self, request):
            pid = session.connect().info.backend_pid
            with database.connect() as other:
                seen.append(other.execute(state, [pid]).fetchone()[0])
            return super().fetch(request)

    with pytest.raises(ProviderError, match="B does not answer"):
        collect(Watched(three_days("A", "B"), listed=["A", "B"], failing=["B"]), CLOSE[MONDAY])
    assert seen == ["idle", "idle"]
    held = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = %s"
    pid = session.connect().info.backend_pid
    assert session.connect().execute(held, [pid]).fetchone() == (0,)


def test_a_missing_bar_is_not_asked_for_twice_by_one_event(collect):
    provider = WrittenProvider([bar("A", MONDAY)], listed=["A"])
    for _ in range(3):
        collect(provider, CLOSE[TUESDAY])
    assert len(provider.asked) == 1
    collect(provider, LAST_CALL)
    assert len(provider.asked) == 2


def test_why_a_symbol_could_not_be_read_is_kept_until_it_can(collect, session):
    provider = WrittenProvider(three_days("A"), listed=["A"], failing=["A"])
    with pytest.raises(ProviderError):
        collect(provider, CLOSE[MONDAY])
    assert told(session, "failure, bars", "data_health") == [("written: A does not answer", 0)]
    provider.failing = []
    collect(provider, CLOSE[MONDAY])
    assert told(session, "failure, bars", "data_health") == [(None, 1)]


def test_what_there_was_no_time_for_comes_before_what_failed(session):
    event = {"time": CLOSE[MONDAY], "detail": {"calendar": "XNYS", "bar": "1d"}}
    provider = WrittenProvider(three_days("A", "B", "C", "D"), listed="ABCD", failing=["A", "B"])

    def call(most):
        provider.asked.clear()
        source, slot = Source("written", provider), slot_of(event)
        with pytest.raises(ProviderError, match="A: written"):
            collect_from(
                source,
                session.connect,
                slot,
                time_of(event),
                late=lambda: len(provider.asked) >= most,
            )
        return [one.symbol for one in provider.asked]

    assert call(1) == ["A"]
    assert told(session, "symbol, failure", "data_health") == [
        ("A", "written: A does not answer"),
        *((name, f"written: {UNASKED}") for name in "BCD"),
    ]
    assert call(2) == ["B", "C"]
    assert call(4) == ["D", "A", "B"]
    assert told(session) == [("C", MONDAY), ("D", MONDAY)]


def test_a_call_without_time_asks_nobody_and_says_so(session):
    event = {"time": "2013-02-25T21:20:00Z", "detail": {"calendar": "XNYS", "bar": "1d"}}
    platform = SimpleNamespace(connect=session.connect, provider="sample")
    with pytest.raises(ProviderError, match="AAPL: sample: not asked yet"):
        collect_all(platform, slot_of(event), time_of(event), seconds=0)
    assert told(session) == []


def test_a_slow_provider_leaves_time_to_the_next():
    (first, first_late), (second, second_late) = turns(["first", "second"], 0.2)
    assert (first, first_late(), second, second_late()) == ("first", False, "second", False)
    sleep(0.12)
    assert (first_late(), second_late()) == (True, False)
    sleep(0.1)
    assert second_late()


def test_what_a_provider_raises_is_no_ones_elses_trouble(session):
    class Broken(WrittenProvider):
        def fetch(self, request):
            if request.symbol == "A":
                raise KeyError("close")
            return super().fetch(request)

    event = {"time": CLOSE[MONDAY], "detail": {"calendar": "XNYS", "bar": "1d"}}
    found = collect_symbols(
        Source("written", Broken(three_days("A", "B"))),
        session.connect,
        slot_of(event),
        time_of(event),
        ["A", "B"],
    )
    assert found["A"].failure == "written: KeyError: 'close'"
    assert (found["B"].bars, found["B"].failure) == (1, "")


def test_a_symbol_the_provider_lacks_has_that_as_its_failure(collect, session):
    follow(session, "A", "TYPO")
    collect(Choosy(three_days("A"), listed=["A"]), CLOSE[MONDAY])
    assert told(session, "symbol, failure", "data_health") == [
        ("A", None),
        ("TYPO", "written: no symbol of the written provider named 'TYPO'; there are A"),
    ]


def at(text):
    return datetime.fromisoformat(text)


HOURS = [at(f"2013-02-25T{hour}:00:00Z") for hour in range(14, 21)]


def test_hourly_bars_stand_beside_the_daily_ones(session):
    """The first hour bar of a clock's anchor starts before the market opens."""
    provider = WrittenProvider(
        [bar("A", MONDAY)],
        [CorporateAction("A", MONDAY, "dividend", Decimal(1))],
        finer={"1h": [bar("A", start) for start in HOURS]},
        facts=Facts("XNYS", ("1d", "1h"), "clock"),
        listed=["A"],
    )
    source = Source("written", provider)
    for length, time in (("1d", "21:20"), ("1h", "18:05"), ("1h", "21:05")):
        event = {
            "time": f"{MONDAY}T{time}:00Z",
            "detail": {"calendar": "XNYS", "bar": length},
        }
        slot = slot_of(event, "clock")
        collect_from(source, session.connect, slot, time_of(event))
    assert [one.until for one in provider.asked[1:]] == [
        at("2013-02-25T18:00:00Z"),
        at("2013-02-25T21:00:00Z"),
    ]
    assert told(session, "data_source, count(*)", "market_data GROUP BY 1") == [
        ("written", 1),
        ("written/1h", 7),
    ]
    assert told(session, "data_source, kind", "corporate_actions") == [("written", "dividend")]
    assert told(session, "bar_length, bars, expected", "data_health") == [
        ("1d", 1, 1),
        ("1h", 7, 7),
    ]


def test_a_rename_goes_on_under_the_old_symbol(collect, session):
    rename = CorporateAction("FB", TUESDAY, "rename", None, "META")
    rows = [bar("FB", MONDAY), bar("META", TUESDAY, "11"), bar("META", WEDNESDAY, "12")]
    provider = WrittenProvider(rows, [rename], listed=["FB"])
    for day in CLOSE:
        collect(provider, CLOSE[day])
    assert [one.symbol for one in provider.asked] == ["FB", "FB", "META", "META"]
    assert told(session, "symbol, close") == [("FB", Decimal(price)) for price in (10, 11, 12)]
    assert told(session, "kind, detail", "corporate_actions") == [("rename", "META")]


def test_after_its_delisting_a_symbol_is_asked_for_no_more(collect, session):
    gone = CorporateAction("A", TUESDAY, "delisting", None)
    provider = WrittenProvider([bar("A", MONDAY)], [gone], listed=["A"])
    assert collect(provider, CLOSE[TUESDAY])["actions"] == 1
    assert collect(provider, CLOSE[WEDNESDAY]) == NOTHING
    assert told(session, "kind, value", "corporate_actions") == [("delisting", None)]


def test_an_action_told_otherwise_is_refused_and_the_first_stays(collect, session):
    provider = WrittenProvider(
        three_days("A"), [CorporateAction("A", MONDAY, "dividend", Decimal("0.5"))], listed=["A"]
    )
    collect(provider, CLOSE[MONDAY])
    provider.news = [CorporateAction("A", MONDAY, "dividend", Decimal("0.75"))]
    assert collect(provider, CLOSE[TUESDAY])["quarantined"] == 1
    assert told(session, "value, symbol", "corporate_actions") == [(Decimal("0.5"), "A")]
    assert told(session, "timestamp, reason", "quarantined_bars") == [
        ("2013-02-25", "the dividend was first told as 0.5, now as 0.75")
    ]


@pytest.mark.parametrize(("wrong", "kept"), [({"high": "17"}, 3), ({"price": "1000"}, 2)])
def test_on_time_or_days_late_the_same_bars_are_stored(collect, session, wrong, kept):
    """What follows a bar refuses it only where nothing of the symbol was read before."""
    days = (MONDAY, TUESDAY, WEDNESDAY)
    rows = [bar(name, day) for name in ("ON", "LATE") for day in days]
    rows[1] = bar("ON", TUESDAY, wrong.get("price", "10"), high=wrong.get("high", "1000"))
    rows[4] = rows[1]._replace(symbol="LATE")
    for day in days:
        collect(WrittenProvider(rows[:3], listed=["ON"]), CLOSE[day])
        if day != TUESDAY:
            collect(WrittenProvider(rows[3:], listed=["LATE"]), CLOSE[day])
    found = {name: [] for name in ("ON", "LATE")}
    for name, *values in told(session, "symbol, timestamp, open, high, low, close"):
        found[name].append(values)
    assert len(found["ON"]) == kept
    assert found["ON"] == found["LATE"]
    refused = told(session, "symbol, timestamp", "quarantined_bars")
    assert refused == [(name, str(TUESDAY)) for name in ("LATE", "ON")] * (3 - kept)


def test_in_a_first_reading_neighbours_refuse_a_bar(collect, session):
    rows = [bar("A", MONDAY), bar("A", TUESDAY, high="17"), bar("A", WEDNESDAY)]
    assert collect(WrittenProvider(rows, listed=["A"]), CLOSE[WEDNESDAY])["quarantined"] == 1
    assert told(session) == [("A", MONDAY), ("A", WEDNESDAY)]


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("split", "0", "the value of a split must be from 1e-8 to 1e9, was 0"),
        ("split", "NaN", "the value of a split must be from 1e-8 to 1e9, was NaN"),
        ("split", None, "the value of a split must be from 1e-8 to 1e9, was None"),
        ("dividend", "0", "the value of a dividend must be from 1e-8 to 1e9, was 0"),
        ("dividend", "-1", "the value of a dividend must be from 1e-8 to 1e9, was -1"),
        ("dividend", "10", "it pays 10 a share, not below the close of 10 before it"),
        ("special_dividend", "12", "it pays 12 a share, not below the close of 10 before it"),
        ("delisting", "-1", "a delisting pays from 0 to 1e9 a share, was -1"),
        ("rename", None, "the rename names no symbol"),
        (
            "spinoff",
            "1",
            "no action has the kind 'spinoff'; there are split, dividend, special_dividend, "
            "delisting, rename",
        ),
    ],
)
@pytest.mark.parametrize("adjusted", ["none", "splits"])
def test_an_action_that_nobody_can_book_is_refused_and_the_bars_are_kept(
    collect, session, kind, value, reason, adjusted
):
    action = CorporateAction("A", TUESDAY, kind, None if value is None else Decimal(value))
    provider = WrittenProvider(three_days("A"), [action], listed=["A"], adjusted=adjusted)
    counts = collect(provider, CLOSE[TUESDAY])
    assert (counts["bars"], counts["actions"], counts["quarantined"]) == (2, 0, 1)
    assert told(session, "timestamp, reason", "quarantined_bars") == [(str(TUESDAY), reason)]


def test_a_dividend_is_laid_beside_the_close_before_in_its_own_shares(collect, session):
    rows = [bar("A", MONDAY, "100"), bar("A", TUESDAY), bar("A", WEDNESDAY)]
    news = [
        CorporateAction("A", TUESDAY, "split", Decimal(10)),
        CorporateAction("A", TUESDAY, "dividend", Decimal(11)),
        CorporateAction("A", WEDNESDAY, "dividend", Decimal(9)),
    ]
    collect(WrittenProvider(rows, news, listed=["A"]), CLOSE[WEDNESDAY])
    assert told(session, "ex_date, kind", "corporate_actions") == [
        (TUESDAY, "split"),
        (WEDNESDAY, "dividend"),
    ]


@pytest.mark.parametrize(
    "broken",
    [
        bar("A", MONDAY, "1e300"),
        bar("A", MONDAY, volume="1e30"),
        bar("A", MONDAY, volume="1e300"),
    ],
)
def test_a_number_beyond_bounds_is_refused_alone(collect, session, broken):
    split = CorporateAction("A", TUESDAY, "split", Decimal(2))
    rows = [broken, bar("A", TUESDAY), *three_days("B")]
    provider = WrittenProvider(rows, [split], listed=["A", "B"], adjusted="splits")
    assert collect(provider, CLOSE[TUESDAY])["quarantined"] == 1
    assert told(session) == [("A", TUESDAY), ("B", MONDAY), ("B", TUESDAY)]


def test_an_answer_that_cannot_be_kept_stops_no_other_symbol(collect, session):
    """A plugin that tells floats; what of its answer was stored before is taken back."""
    action = CorporateAction("A", TUESDAY, "dividend", Decimal(1))
    floats = bar("A", MONDAY)._replace(open=10.0, high=10.0, low=10.0, close=10.0)
    provider = WrittenProvider([floats, *three_days("B")], [action], listed=["A", "B"])
    with pytest.raises(ProviderError, match="A: written: AttributeError"):
        collect(provider, CLOSE[TUESDAY])
    assert told(session) == [("B", MONDAY), ("B", TUESDAY)]
    assert told(session, "symbol, failure LIKE '%AttributeError%'", "data_health") == [
        ("A", True),
        ("B", None),
    ]
    provider.rows[0] = bar("A", MONDAY)
    assert collect(provider, LAST_CALL)["symbols"] == 1


def test_dividends_of_one_day_are_added_up(collect, session):
    news = [
        CorporateAction("A", TUESDAY, "dividend", Decimal(1)),
        CorporateAction("A", TUESDAY, "dividend", Decimal(2)),
        CorporateAction("A", TUESDAY, "dividend", Decimal(2)),
        CorporateAction("A", TUESDAY, "special_dividend", Decimal(3)),
    ]
    collect(WrittenProvider(three_days("A"), news, listed=["A"]), CLOSE[WEDNESDAY])
    assert told(session, "kind, value", "corporate_actions") == [
        ("dividend", Decimal(3)),
        ("special_dividend", Decimal(3)),
    ]


def test_bars_of_another_length_are_read_after_a_delisting_became_known(collect, session):
    gone = CorporateAction("A", TUESDAY, "delisting", Decimal(9))
    hours = [datetime(2013, 2, 25, 14, 30, tzinfo=UTC) + timedelta(hours=at) for at in range(7)]
    provider = WrittenProvider(
        [bar("A", MONDAY)],
        [gone],
        listed=["A"],
        facts=Facts("XNYS", ("1d", "1h")),
        finer={"1h": [bar("A", hour) for hour in hours]},
    )
    collect(provider, CLOSE[TUESDAY])
    event = {"time": CLOSE[WEDNESDAY], "detail": {"calendar": "XNYS", "bar": "1h"}}
    arguments = Source("written", provider), session.connect, slot_of(event), time_of(event), ["A"]
    assert collect_symbols(*arguments)["A"].bars == 7
    asked = len(provider.asked)
    later = time_of(event) + timedelta(days=1)
    assert collect_symbols(*arguments[:3], later, ["A"])["A"].asked == 0
    assert len(provider.asked) == asked
