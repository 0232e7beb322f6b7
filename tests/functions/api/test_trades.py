from datetime import timedelta

import pytest

from functions.store.records import Owner
from tests.builders.stored import (
    BACKTEST_FROM,
    REGISTERED,
    add_trades,
    make_robot,
    make_run,
)

TRADE = {
    "trade_type": "paper",
    "phase": "record",
    "symbol": "AAPL",
    "quantity": "57.00000000",
    "price": "181.10000000",
    "commission": "5.16000000",
    "slippage": "0.50000000",
}


@pytest.fixture(scope="module")
def robot(writer):
    """A robot with four fills in its backtest and four in its record."""
    made = make_robot(writer)
    make_run(writer, made, "backtest")
    make_run(writer, made, "paper")
    return made


def test_fills_of_the_record_newest_first(reader, robot):
    answer = reader.get("/trades", strategy_id="sma-cross").json
    assert [item["sequence"] for item in answer["items"]] == [3, 2, 1, 0]
    assert answer["total"] == 4
    assert answer["execution"]["id"] == str(robot.runs["paper"])
    assert answer["execution"]["phase"] == "record"
    newest = answer["items"][0]
    assert newest.items() >= TRADE.items()
    assert (newest["side"], newest["pnl"]) == ("sell", "12.50000000")
    assert newest["execution_time"] == "2012-01-09T21:00:00Z"
    assert answer["items"][1]["pnl"] is None
    assert [item["reason"] for item in answer["items"][:2]] == ["stop loss", None]


def test_fills_of_a_named_run(reader, robot):
    answer = reader.get("/trades", execution_id=robot.runs["backtest"]).json
    assert {item["phase"] for item in answer["items"]} == {"backtest"}
    assert answer["execution"]["kind"] == "backtest"
    same = reader.get("/trades", strategy_id=robot.id, execution_id=robot.runs["backtest"]).json
    assert same["items"] == answer["items"]


def test_without_a_robot_every_robots_shown_run_answers_and_nothing_else(client, jobs):
    robot = make_robot(jobs)
    make_run(jobs, robot, "backtest")
    make_run(jobs, robot, "paper")
    other = make_robot(jobs, "no-record")
    make_run(jobs, other, "backtest")
    shown = make_run(jobs, other, "backtest", created_at=REGISTERED + timedelta(days=1), trades=1)
    make_run(jobs, other, "sweep", created_at=REGISTERED + timedelta(days=2))
    answer = client.get("/trades").json
    runs = [item["execution_id"] for item in answer["items"]]
    assert runs == 4 * [str(robot.runs["paper"])] + [str(shown)]
    assert answer["execution"] is None


def test_a_robot_without_a_run_has_no_fills(client, jobs):
    make_robot(jobs)
    answer = client.get("/trades", strategy_id="sma-cross").json
    assert (answer["items"], answer["total"], answer["execution"]) == ([], 0, None)


def test_a_queued_backtest_shows_nothing(client, jobs):
    make_run(jobs, make_robot(jobs), "backtest", status="running")
    answer = client.get("/trades", strategy_id="sma-cross").json
    assert (answer["items"], answer["execution"]) == ([], None)


@pytest.mark.parametrize(
    ("query", "sequences"),
    [
        ({"start_date": "2012-01-05"}, [3, 2, 1]),
        ({"end_date": "2012-01-05"}, [1, 0]),
        ({"start_date": "2012-01-05", "end_date": "2012-01-05"}, [1]),
        ({"start_date": "2012-02-01"}, []),
        ({"symbol": "AAPL"}, [3, 2, 1, 0]),
        ({"symbol": "MSFT"}, []),
        ({"offset": 3}, [0]),
        ({"offset": 10_000}, []),
        ({"limit": 500}, [3, 2, 1, 0]),
    ],
)
def test_filters(reader, robot, query, sequences):
    answer = reader.get("/trades", strategy_id="sma-cross", **query).json
    assert [item["sequence"] for item in answer["items"]] == sequences


def test_both_ends_of_a_range_count_whole_days(client, jobs):
    made = make_robot(jobs)
    run = make_run(jobs, made, "paper", trades=0)
    midnight = REGISTERED.replace(hour=0)
    edges = (midnight, midnight + timedelta(days=1, microseconds=-1), midnight + timedelta(days=1))
    add_trades(jobs, Owner(made.id, run, None, "public"), "paper", edges)
    answer = client.get("/trades", start_date="2012-01-03", end_date="2012-01-03").json
    assert [item["sequence"] for item in answer["items"]] == [1, 0]


def test_one_fill_has_the_market_data_it_was_made_on(reader, robot):
    newest = reader.get("/trades", strategy_id="sma-cross").json["items"][0]
    answer = reader.get(f"/trades/{newest['id']}").json
    assert answer.items() >= newest.items()
    assert answer["market_data_snapshot"] == {
        "session": "2012-01-09",
        "open": 181.0,
        "volume": None,
        "reason": "stop loss",
    }


def test_the_link_header_leads_to_the_next_part(reader, robot):
    first = reader.get("/trades", strategy_id="sma-cross", limit=3, symbol="AAPL", offset=0)
    address, relation = first.headers["link"].split(">; ")
    assert relation == 'rel="next"'
    path, query = address.removeprefix("<").split("?")
    second = reader.send("GET", path, query)
    assert [item["sequence"] for item in second.json["items"]] == [0]
    assert second.json["next"] is None
    assert "link" not in second.headers


@pytest.mark.parametrize("limit", [1, 2, 3, 7])
def test_a_cursor_neither_skips_nor_repeats_while_rows_arrive(client, jobs, limit):
    made = make_robot(jobs)
    run = make_run(jobs, made, "paper", trades=0)
    owned = Owner(made.id, run, None, "public")
    at_once = [REGISTERED + timedelta(days=number // 5) for number in range(20)]
    before = set(map(str, add_trades(jobs, owned, "paper", at_once)))
    seen, cursor = [], {}
    for arriving in range(20, 41):
        answer = client.get("/trades", strategy_id=made.id, limit=limit, **cursor).json
        seen += [item["id"] for item in answer["items"]]
        add_trades(jobs, owned, "paper", [at_once[-1]], first_sequence=arriving)
        if answer["next"] is None:
            break
        cursor = {"cursor": answer["next"]}
    assert len(seen) == len(set(seen))
    assert set(seen) == before


def test_the_total_is_exact_to_ten_thousand_and_then_a_minimum(client, jobs):
    made = make_robot(jobs)
    run = make_run(jobs, made, "backtest", trades=0)
    owned = Owner(made.id, run, None, "public")
    add_trades(
        jobs, owned, "backtest", (BACKTEST_FROM + timedelta(minutes=n) for n in range(10_000))
    )
    exact = client.get("/trades", limit=1).json
    assert (exact["total"], exact["total_is_minimum"]) == (10_000, False)
    add_trades(jobs, owned, "backtest", [REGISTERED], first_sequence=10_000)
    for query in ({}, {"strategy_id": made.id}, {"execution_id": run}):
        more = client.get("/trades", limit=1, **query).json
        assert (more["total"], more["total_is_minimum"]) == (10_000, True)
    last = client.get("/trades", limit=500, offset=10_000).json
    assert [item["sequence"] for item in last["items"]] == [0]
