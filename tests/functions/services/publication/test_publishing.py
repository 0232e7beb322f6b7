"""What is published of a robot is what the database says of it, and nothing else."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from functions.charts import charts
from functions.services.platform import Platform
from functions.services.publication import publishing
from functions.services.publication.league import FIRST, SHOWN_METRICS, line_of, publish_league
from functions.services.publication.publishing import documents, publish_robot, publish_robots
from functions.services.publication.standings import histories, standings
from functions.services.publication.state import publish_state
from functions.store import publication
from functions.store.objects import Objects
from functions.store.publication import position
from functions.store.records import Owner
from tests.builders.platforms import platform_over
from tests.builders.recorded import OPTIONS, REGISTERED, Recorder
from tests.builders.records import tamper
from tests.builders.stored import add_equity

THURSDAY, FRIDAY, MONDAY = date(2013, 1, 3), date(2013, 1, 4), date(2013, 1, 7)
DRAWN_FROM = ("summary", "equity", "trades")
UNKNOWN = dict.fromkeys(("value", "low", "high", "sample_size", "method", "reason"))
HISTORY = {date(2012, 12, 27): 100_000.0, date(2012, 12, 28): 101_000.0}


@pytest.fixture
def platform(database: Any, aws: Any) -> Iterator[Platform]:
    with platform_over(database, aws) as made:
        yield made


@pytest.fixture
def recorder(database: Any) -> Iterator[Recorder]:
    with database.connect("jobs", autocommit=True) as connection:
        yield Recorder(connection)


def read(platform: Platform, key: str) -> Any:
    return json.loads(raw(platform, key))


def raw(platform: Platform, key: str) -> bytes:
    body: bytes = platform.s3.get_object(Bucket=platform.site_bucket, Key=f"data/{key}")[
        "Body"
    ].read()
    return body


def keys(platform: Platform, prefix: str = "data/") -> set[str]:
    answer = platform.s3.list_objects_v2(Bucket=platform.site_bucket, Prefix=prefix)
    return {item["Key"].removeprefix(prefix) for item in answer.get("Contents", [])}


@pytest.fixture
def robot(recorder: Recorder) -> Any:
    """Two slots of record behind two sessions of backtest."""
    robot = recorder.register("sma-cross", name="Crossing <averages>")
    recorder.backtest(robot, HISTORY, metrics={"total_return": {"value": 0.01}})
    recorder.advance(robot, THURSDAY, close=200)
    recorder.advance(
        robot, FRIDAY, close=210, shares=100, cash=79_990.0, fills=[("buy", 100, 200.1)]
    )
    recorder.measure(
        robot,
        "paper",
        {"total_return": {"value": 0.0099, "sample_size": 2, "period_end": "2013-01-04"}},
    )
    return robot


def test_a_robot_has_these_documents(platform, robot):
    assert publish_robot(platform, "sma-cross") == len(keys(platform, "data/robots/sma-cross/"))
    assert keys(platform, "data/robots/sma-cross/") == {
        *("summary.json", "equity.json", "trades.json", "record.json", "parity.json"),
        *("figures/equity.json", "figures/drawdown.json", "figures/monthly.json"),
        *("figures/rolling.json", "figures/rolling.svg", "figures/card.svg"),
        *("figures/equity.svg", "figures/drawdown.svg", "figures/monthly.svg"),
    }


def test_the_figures_are_drawn_from_the_documents(platform, robot):
    publish_robot(platform, "sma-cross")
    told = [read(platform, f"robots/sma-cross/{name}.json") for name in DRAWN_FROM]
    for name, chart in charts(*told).items():
        assert read(platform, f"robots/sma-cross/figures/{name}.json") == chart.figure
        assert raw(platform, f"robots/sma-cross/figures/{name}.svg").decode() == chart.svg


def test_the_summary_says_who_it_is_and_where_it_stands(platform, robot):
    publish_robot(platform, "sma-cross")
    summary = read(platform, "robots/sma-cross/summary.json")
    told = {name: summary[name] for name in summary if name not in ("recent_trades", "verdict")}
    assert told == {
        "v": 1,
        "slug": "sma-cross",
        "name": "Crossing <averages>",
        "description": "What sma-cross does.",
        "strategy": "sma_cross",
        "parameters": {"fast": 20, "slow": 50},
        "symbols": ["IBM"],
        "calendar": "XNYS",
        "bar": "1d",
        "cash": "100000.00000000",
        "options": OPTIONS,
        "notes": [],
        "benchmark": None,
        "registered_at": "2013-01-02T21:00:00Z",
        "as_of": "2013-01-04T21:00:00Z",
        "seq": 2,
        "slot": "XNYS/1d/2013-01-04T21:00:00Z",
        "head": robot.prev,
        "status": "active",
        "equity": "100990.00000000",
        "cash_now": "79990.00000000",
        "positions": [
            {
                "symbol": "IBM",
                "quantity": "100.00000000",
                "price": "210.00000000",
                "value": "21000.00000000",
                "weight": 0.207941,
            }
        ],
        "backtest": {
            "execution_id": str(robot.runs["backtest"]),
            "start": "2012-12-27",
            "end": "2012-12-28",
            "sessions": 2,
            "trade_count": 0,
            "metrics": {"total_return": {**UNKNOWN, "value": 0.01}},
        },
        "record": {
            "execution_id": str(robot.runs["paper"]),
            "start": "2013-01-03",
            "end": "2013-01-04",
            "sessions": 2,
            "trade_count": 1,
            "metrics": {"total_return": {**UNKNOWN, "value": 0.0099, "sample_size": 2}},
        },
    }


def test_cash_and_positions_add_up_to_the_equity(platform, robot):
    publish_robot(platform, "sma-cross")
    summary = read(platform, "robots/sma-cross/summary.json")
    held = sum(Decimal(position["value"]) for position in summary["positions"])
    assert Decimal(summary["cash_now"]) + held == Decimal(summary["equity"])


def test_what_must_be_said_of_its_results_is_told(platform, database, robot):
    publish_robot(platform, "sma-cross")
    assert read(platform, "robots/sma-cross/summary.json")["notes"] == []
    tamper(
        database,
        "SET session_replication_role = replica;"
        "UPDATE strategies SET config = jsonb_set(config, '{options,fill}', '\"same_close\"');"
        "UPDATE decisions SET leaf = replace(leaf, '\"account\":{', "
        '\'"account":{"ruined":true,\');'
        "UPDATE trades SET market_data_snapshot = market_data_snapshot || '{\"volume\": null}'",
    )
    publish_robot(platform, "sma-cross")
    notes = read(platform, "robots/sma-cross/summary.json")["notes"]
    names = [note.partition(": ")[0] for note in notes]
    assert names == ["fills at the same close", "ruined", "volume unknown"]


def test_a_trade_says_which_phase_it_is_of(platform, robot):
    publish_robot(platform, "sma-cross")
    trades = read(platform, "robots/sma-cross/trades.json")
    assert {name: trades[name] for name in ("v", "slug", "seq")} == {
        "v": 1,
        "slug": "sma-cross",
        "seq": 2,
    }
    (trade,) = trades["items"]
    assert read(platform, "robots/sma-cross/summary.json")["recent_trades"] == [trade]
    assert len(trade.pop("id")) == 36
    assert trade == {
        "time": "2013-01-04T14:30:00Z",
        "session": "2013-01-04",
        "phase": "record",
        "kind": "fill",
        "symbol": "IBM",
        "side": "buy",
        "action": "buy",
        "reason": None,
        "quantity": "100.00000000",
        "price": "200.10000000",
        "commission": "5.16000000",
        "slippage": "0.50000000",
        "pnl": None,
    }


def test_what_is_recent_is_the_records_own_and_a_backtests_before_the_first_decision(
    platform, robot
):
    with publication.snapshot(platform.connect()) as connection:
        (standing,) = standings(connection, ["sma-cross"], platform.provider)
        (told,) = histories(connection, [standing])
    both = told._replace(trades={"backtest": told.trades["record"], **told.trades})
    for stands, phase in ((standing, "record"), (standing._replace(head=None), "backtest")):
        recent = documents(stands, both)["summary.json"]["recent_trades"]
        assert [trade["phase"] for trade in recent] == [phase]


def test_a_published_leaf_leads_back_to_the_start(platform, recorder, robot):
    publish_robot(platform, "sma-cross")
    record = read(platform, "robots/sma-cross/record.json")
    assert record["head"] == record["leaves"][-1]["hash"] == robot.prev
    texts = dict(recorder.database.execute("SELECT hash, leaf FROM decisions").fetchall())
    prev = "0" * 64
    for number, leaf in enumerate(record["leaves"], 1):
        text = texts[leaf["hash"]]
        assert hashlib.sha256(b"\0" + text.encode()).hexdigest() == leaf["hash"]
        told = json.loads(text)
        assert (leaf["seq"], told["prev"], told["slot"]) == (number, prev, leaf["slot"])
        prev = leaf["hash"]


def test_a_curve_stands_beside_its_benchmark_from_where_it_starts(platform, recorder):
    benchmark = recorder.register("buy-and-hold")
    robot = recorder.register("sma-cross", benchmark="buy-and-hold")
    recorder.advance(benchmark, THURSDAY, close=200, shares=500, cash=0)
    recorder.advance(benchmark, FRIDAY, close=210, shares=500, cash=0)
    recorder.advance(robot, THURSDAY, close=200, cash=50_000)
    recorder.advance(robot, FRIDAY, close=210, cash=50_500)
    recorder.advance(robot, MONDAY, close=220, cash=51_000)
    publish_robots(platform, ["sma-cross", "buy-and-hold"])
    assert read(platform, "robots/sma-cross/equity.json") == {
        "v": 1,
        "slug": "sma-cross",
        "seq": 3,
        "backtest": {"sessions": [], "equity": [], "benchmark": None},
        "record": {
            "sessions": ["2013-01-03", "2013-01-04", "2013-01-07"],
            "equity": [50_000.0, 50_500.0, 51_000.0],
            # The benchmark has not reached Monday.
            "benchmark": [50_000.0, 52_500.0, None],
        },
    }
    assert read(platform, "robots/buy-and-hold/equity.json")["record"]["benchmark"] is None


def test_a_benchmark_on_other_symbols_is_not_drawn(platform, recorder):
    """What the figures are measured against is its rule on this robot's symbols: another curve."""
    benchmark = recorder.register("buy-and-hold", symbols=("IBM", "MSFT"))
    robot = recorder.register("sma-cross", benchmark="buy-and-hold")
    for each in (benchmark, robot):
        recorder.advance(each, THURSDAY)
    publish_robots(platform, ["sma-cross"])
    assert read(platform, "robots/sma-cross/equity.json")["record"]["benchmark"] is None


def test_a_private_benchmark_stays_private(platform, recorder):
    benchmark = recorder.register("secret-one", visibility="private")
    robot = recorder.register("sma-cross", benchmark="secret-one")
    for each in (benchmark, robot):
        recorder.advance(each, THURSDAY)
    publish_robots(platform, ["sma-cross", "secret-one"])
    assert read(platform, "robots/sma-cross/equity.json")["record"]["benchmark"] is None
    assert not keys(platform, "data/robots/secret-one/")


def test_backtests_are_never_mixed_and_only_the_newest_finished_one_is_shown(platform, recorder):
    robot = recorder.register("sma-cross")
    for hour, (status, equity) in enumerate(
        [("finished", 1.0), ("finished", 2.0), ("failed", 3.0), ("running", 4.0)]
    ):
        recorder.backtest(
            robot,
            {THURSDAY: equity},
            status=status,
            created_at=REGISTERED + timedelta(hours=hour),
        )
    recorder.advance(robot, FRIDAY)
    publish_robot(platform, "sma-cross")
    equity = read(platform, "robots/sma-cross/equity.json")
    assert equity["backtest"]["equity"] == [2.0]
    assert equity["record"]["sessions"] == ["2013-01-04"]


def test_before_its_first_slot_a_robot_is_its_cash(platform, recorder):
    recorder.register("sma-cross")
    publish_robot(platform, "sma-cross")
    summary = read(platform, "robots/sma-cross/summary.json")
    assert (summary["seq"], summary["head"], summary["slot"]) == (0, None, None)
    assert summary["equity"] == summary["cash_now"] == summary["cash"]
    assert summary["as_of"] == summary["registered_at"]
    assert summary["record"]["sessions"] == 0
    assert "There is no record yet" in summary["verdict"]["text"]


def test_holdings_are_marked_as_the_tape_read_them_not_as_restated_later(platform, recorder):
    robot = recorder.register("sma-cross")
    recorder.bar(THURSDAY, 200)
    recorder.restate(THURSDAY, 190)
    recorder.advance(robot, THURSDAY, shares=10, cash=0, version=2)
    publish_robot(platform, "sma-cross")
    (position,) = read(platform, "robots/sma-cross/summary.json")["positions"]
    assert position["price"] == "190.00000000"
    recorder.advance(robot, FRIDAY, close=210, shares=10, cash=0)
    recorder.restate(FRIDAY, 1)
    publish_robot(platform, "sma-cross")
    (position,) = read(platform, "robots/sma-cross/summary.json")["positions"]
    assert position["price"] == "210.00000000"


def test_a_drifted_record_says_so(platform, recorder, robot):
    recorder.database.execute(
        "UPDATE executions SET status = 'drifted' WHERE id = %s", [robot.runs["paper"]]
    )
    publish_robot(platform, "sma-cross")
    assert read(platform, "robots/sma-cross/summary.json")["status"] == "drifted"


@pytest.mark.parametrize(
    ("luck", "words"),
    [
        ({"sample_size": 1, "reason": "too short"}, "no Sharpe ratio yet: too short"),
        ({"value": 0.5, "sample_size": 9, "low": -0.2, "high": 1.2}, "too few to tell"),
        ({"value": -2.0, "sample_size": 900, "low": -3.2, "high": -0.7}, "is not above zero"),
    ],
)
def test_nothing_is_proved_yet_whatever_the_figures(platform, recorder, robot, luck, words):
    recorder.measure(robot, "paper", {"sharpe_ratio": luck})
    publish_robot(platform, "sma-cross")
    verdict = read(platform, "robots/sma-cross/summary.json")["verdict"]
    assert verdict["level"] == "unproven"
    assert words in verdict["text"]


def test_when_a_figure_happened_is_published_where_it_is_known(platform, recorder, robot):
    when = {"start": "2013-01-03", "trough": "2013-01-04", "recovery": None}
    recorder.measure(
        robot, "paper", {"max_drawdown": {"value": -0.1, "dates": when}, "cagr": {"value": 0.1}}
    )
    publish_robot(platform, "sma-cross")
    told = read(platform, "robots/sma-cross/summary.json")["record"]["metrics"]
    assert told["max_drawdown"]["dates"] == when
    assert "dates" not in told["cagr"]


def test_publishing_again_writes_nothing(platform, robot):
    assert publish_robot(platform, "sma-cross") > 0
    before = platform.s3.list_objects_v2(Bucket=platform.site_bucket)["Contents"]
    assert publish_robot(platform, "sma-cross") == 0
    assert platform.s3.list_objects_v2(Bucket=platform.site_bucket)["Contents"] == before


def test_two_platforms_publish_the_same_bytes(platform, recorder, robot):
    publish_robot(platform, "sma-cross")
    first = {key: raw(platform, key) for key in keys(platform)}
    for key in first:
        platform.s3.delete_object(Bucket=platform.site_bucket, Key=f"data/{key}")
    publish_robot(platform, "sma-cross")
    assert {key: raw(platform, key) for key in keys(platform)} == first


def test_an_older_state_never_overwrites_a_newer_one(platform, database, recorder, robot):
    """A slow writer read the database before Monday and writes after Monday's was published."""
    old = {key: raw(platform, key) for key in published(platform, "sma-cross")}
    recorder.advance(robot, MONDAY, close=220, shares=100, cash=79_990.0)
    new = {key: raw(platform, key) for key in published(platform, "sma-cross")}
    assert read(platform, "robots/sma-cross/summary.json")["seq"] == 3
    late = Objects(platform.s3, platform.site_bucket)
    assert late.put_all_newer({f"data/{key}": body for key, body in old.items()}, 2) == 0
    assert {key: raw(platform, key) for key in new} == new


def test_of_one_seq_what_was_read_later_stays(
    platform, database, aws, recorder, robot, monkeypatch
):
    """The record was found to drift while a slow writer, who had read before, still drew."""
    read_all = publishing.histories

    def slow(connection: Any, shown: Any) -> Any:
        monkeypatch.setattr(publishing, "histories", read_all)
        found = read_all(connection, shown)
        recorder.database.execute(
            "UPDATE executions SET status = 'drifted' WHERE id = %s", [robot.runs["paper"]]
        )
        with platform_over(database, aws) as other:
            assert publish_robot(other, "sma-cross") > 0
        return found

    monkeypatch.setattr(publishing, "histories", slow)
    publish_robot(platform, "sma-cross")
    assert read(platform, "robots/sma-cross/summary.json")["status"] == "drifted"


def test_every_commit_moves_the_position_in_whatever_order_they_come(database):
    with ExitStack() as open_ones:
        reader, *writers = (open_ones.enter_context(database.connect("jobs")) for _ in range(4))
        reader.autocommit = True
        for writer in writers:
            writer.execute("SELECT pg_current_xact_id()")
        seen = [position(reader)]
        for number in (1, 2, 0):
            writers[number].commit()
            seen.append(position(reader))
    assert seen == sorted(set(seen))


def published(platform: Platform, slug: str) -> set[str]:
    publish_robot(platform, slug)
    return {key for key in keys(platform) if key.startswith(f"robots/{slug}/")}


def test_a_robot_that_is_private_or_not_there_has_no_documents(platform, recorder):
    recorder.register("secret-one", visibility="private")
    assert publish_robots(platform, ["secret-one", "no-such-robot"]) == 0
    assert not keys(platform, "data/robots/")


def test_more_robots_than_one_batch_are_all_published(platform, recorder, monkeypatch):
    monkeypatch.setattr("functions.services.publication.publishing.AT_ONCE", 2)
    slugs = [f"robot-{number}" for number in range(5)]
    for slug in slugs:
        recorder.advance(recorder.register(slug), THURSDAY)
    publish_robots(platform, slugs)
    assert {key.split("/")[0] for key in keys(platform, "data/robots/")} == set(slugs)


def test_the_league_table_holds_every_robot_in_order(platform, recorder, robot):
    other = recorder.register("buy-and-hold")
    recorder.advance(other, THURSDAY)
    recorder.register("secret-one", visibility="private")
    assert publish_league(platform, among={"sma-cross", "buy-and-hold", "secret-one"})
    league = read(platform, "robots/index.json")
    assert league["as_of"] == "2013-01-04T21:00:00Z"
    assert [line["slug"] for line in league["robots"]] == ["buy-and-hold", "sma-cross"]
    publish_robot(platform, "sma-cross")
    summary = read(platform, "robots/sma-cross/summary.json")
    summary.pop("recent_trades")
    assert league["robots"][1] == line_of(summary)
    assert league["robots"][1]["record"]["metrics"].keys() <= {*SHOWN_METRICS}
    assert read(platform, "robots/first.json") == league
    assert not publish_league(platform, among={"sma-cross", "buy-and-hold"})


def test_the_first_page_asks_for_a_few_lines_however_many_there_are(platform, recorder):
    slugs = [f"robot-{number}" for number in range(FIRST + 2)]
    for slug in slugs:
        recorder.register(slug)
    publish_league(platform, among=slugs)
    assert [line["slug"] for line in read(platform, "robots/index.json")["robots"]] == slugs
    first = read(platform, "robots/first.json")["robots"]
    assert [line["slug"] for line in first] == slugs[:FIRST]


def test_an_empty_league_is_a_table_without_lines(platform):
    publish_league(platform, among=())
    assert read(platform, "robots/index.json") == {"v": 1, "as_of": None, "robots": []}


def test_the_state_says_how_far_the_records_have_come(platform, recorder, robot):
    publish_state(platform)
    assert read(platform, "platform.json") == {
        "v": 1,
        "as_of": "2013-01-04T21:00:00Z",
        "session": "2013-01-04",
        "source": "sample",
        "source_first": "2000-03-01",
        "source_last": "2013-03-01",
        "ended": False,
        "live_from": "2013-01-03",
        "message": "Every record reaches up to the session of 2013-01-04.",
    }
    recorder.advance(robot, date(2013, 3, 1))
    assert publish_state(platform)
    state = read(platform, "platform.json")
    assert state["ended"] is True
    assert "clock has stopped" in state["message"]
    assert not publish_state(platform)


def test_before_the_first_slot_the_state_says_that_there_is_none(platform):
    publish_state(platform)
    state = read(platform, "platform.json")
    assert (state["as_of"], state["session"], state["ended"]) == (None, None, False)
    assert "No session" in state["message"]


def test_documents_are_agreed_even_inside_somebody_elses_transaction(platform, robot):
    with platform.connect() as database:
        database.execute("SELECT 1")
        assert publish_robot(platform, "sma-cross") > 0


def test_a_curve_of_hours_has_a_point_for_each_session(platform, recorder):
    robot = recorder.register("by-the-hour", bar="1h")
    owner = Owner(robot.id, robot.runs["paper"], None, "public")
    hours = [
        datetime(2013, 1, day, hour, 30, tzinfo=UTC) for day in (3, 4) for hour in (15, 16, 17)
    ]
    add_equity(recorder.database, owner, hours)
    publish_robot(platform, "by-the-hour")
    curve = read(platform, "robots/by-the-hour/equity.json")["record"]
    assert curve["sessions"] == ["2013-01-03", "2013-01-04"]
    assert curve["equity"] == [100_200.0, 100_500.0]
    assert read(platform, "robots/by-the-hour/summary.json")["record"]["sessions"] == 2


def test_holdings_are_marked_at_the_bars_that_the_record_reads(platform, recorder, robot):
    """The same symbol of another source, or of another length, is another series."""
    recorder.database.execute(
        """
        INSERT INTO market_data (symbol, timestamp, open, high, low, close, data_source, seen_at)
        SELECT symbol, timestamp, 1, 1, 1, 1, name, seen_at
        FROM market_data, unnest(ARRAY['yahoo', 'sample/1h']) AS name
        """
    )
    publish_robot(platform, "sma-cross")
    (held,) = read(platform, "robots/sma-cross/summary.json")["positions"]
    assert held["price"] == "210.00000000"
    other = recorder.register("elsewhere", source="yahoo")
    recorder.advance(other, FRIDAY, close=210, shares=100)
    publish_robot(platform, "elsewhere")
    (held,) = read(platform, "robots/elsewhere/summary.json")["positions"]
    assert held["price"] == "1.00000000"
