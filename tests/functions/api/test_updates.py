"""Updates: what each decision brought, gapless by seq, whoever asks and from wherever."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tests.builders.live import add_decisions, live_robot

FIRST = datetime(2012, 1, 4, 21, tzinfo=UTC)


@pytest.fixture
def robot(jobs):
    return live_robot(jobs, decisions=5)


def ask(client, **query):
    answer = client.get("/dashboard/strategies/sma-cross/updates", **query)
    assert answer.status == 200, answer.text
    return answer.json


def test_one_update_for_every_decision_in_order(client, robot):
    answer = ask(client, after=0)
    assert [item["seq"] for item in answer["items"]] == [1, 2, 3, 4, 5]
    assert (answer["seq"], answer["more"], answer["status"]) == (5, False, "active")
    assert answer["strategy"]["slug"] == "sma-cross"
    first = answer["items"][0]
    assert first["slot"] == "XNYS/1d/2012-01-04T21:00:00Z"
    assert first["time"] == "2012-01-04T21:00:00Z"
    assert first["decision"]["orders"] == [{"symbol": "AAPL", "quantity": "1.00000000"}]
    assert first["performance"] == {
        "equity": "100000.00000000",
        "cash": "5.00000000",
        "benchmark_equity": None,
    }


def test_without_a_seq_the_newest_alone(client, robot):
    for query in ({}, {"after": -1}):
        assert [item["seq"] for item in ask(client, **query)["items"]] == [5]


def test_parts_follow_each_other_without_gap_or_overlap(client, robot):
    seen, after, more = [], 0, True
    while more:
        answer = ask(client, after=after, limit=2)
        seen += [item["seq"] for item in answer["items"]]
        after, more = seen[-1], answer["more"]
    assert seen == [1, 2, 3, 4, 5]


def test_the_headline_metrics_are_those_of_the_newest_decision(client, robot):
    assert ask(client, after=3)["metrics"]["total_return"]["value"] == 0.1234
    assert ask(client, after=0, limit=2)["metrics"] == {}
    assert set(ask(client, after=5)["metrics"]) >= {"total_return"}


@pytest.mark.parametrize("after", [5, 6, 2**31 - 1])
def test_what_is_still_to_come_is_nothing(client, robot, after):
    answer = ask(client, after=after)
    assert (answer["items"], answer["seq"], answer["more"]) == ([], 5, False)


def test_a_fill_is_told_with_the_slot_it_was_made_in(client, robot):
    items = ask(client, after=0)["items"]
    assert [len(item["trades"]) for item in items] == [0, 1, 1, 1, 1]
    trade = items[1]["trades"][0]
    assert FIRST < datetime.fromisoformat(trade["execution_time"]) <= FIRST + timedelta(days=1)
    alone = ask(client, after=1, limit=1)["items"][0]
    assert alone["trades"] == items[1]["trades"]


def test_a_fill_where_two_bars_meet_is_told_with_the_later_one(client, jobs):
    live_robot(jobs, decisions=5, calendar="24/7", fills_at_the_open=True)
    items = ask(client, after=0)["items"]
    assert [len(item["trades"]) for item in items] == [0, 1, 1, 1, 1]
    for before, item in pairwise(items):
        assert item["trades"][0]["execution_time"] == before["time"]


def test_a_fill_at_the_close_of_a_session_is_told_with_it(client, jobs):
    live_robot(jobs, decisions=5, fills_at_the_open=True)
    items = ask(client, after=0)["items"]
    assert [len(item["trades"]) for item in items] == [1, 1, 1, 1, 0]
    assert items[0]["trades"][0]["execution_time"] == items[0]["time"]


def test_the_benchmark_starts_where_the_robot_does(client, jobs, robot):
    live_robot(jobs, "buy-and-hold", decisions=3, cash=50_000)
    worth = [item["performance"] for item in ask(client, after=0)["items"]]
    assert [one["benchmark_equity"] for one in worth] == [
        "100000.00000000",
        "100200.00000000",
        "100400.00000000",
        None,
        None,
    ]


def test_a_private_benchmark_stays_private(client, jobs, robot, database):
    live_robot(jobs, "buy-and-hold", decisions=3, visibility="private")
    worth = [item["performance"] for item in ask(client, after=0)["items"]]
    assert {one["benchmark_equity"] for one in worth} == {None}


def test_a_robot_without_a_record_has_none(client, jobs):
    live_robot(jobs, decisions=0)
    answer = ask(client)
    assert (answer["items"], answer["seq"], answer["more"]) == ([], None, False)


def test_what_comes_later_is_found_after_the_seq_that_was_told(client, jobs, robot):
    last = ask(client, after=0)["seq"]
    add_decisions(jobs, robot, 2)
    assert [item["seq"] for item in ask(client, after=last)["items"]] == [6, 7]


def test_a_ticket_is_made_and_neither_kept_nor_cached(client, jobs):
    answer = client.send("POST", "/api/v1/dashboard/tickets")
    assert answer.status == 201
    assert answer.headers["cache-control"] == "no-store"
    assert "etag" not in answer.headers
    assert len(answer.json["ticket"]) >= 40
    left = datetime.fromisoformat(answer.json["expires_at"]) - datetime.now(UTC)
    assert timedelta(seconds=5) < left <= timedelta(seconds=61)
    other = client.send("POST", "/api/v1/dashboard/tickets")
    assert other.json["ticket"] != answer.json["ticket"]


def test_the_database_does_not_know_the_ticket(client, database):
    ticket = client.send("POST", "/api/v1/dashboard/tickets").json["ticket"]
    with database.connect("superuser") as connection:
        rows = connection.execute("SELECT ticket_hash FROM socket_tickets").fetchall()
    assert len(rows) == 1
    assert ticket not in rows[0][0]


def test_who_asks_for_very_many_tickets_is_told_to_wait(client, monkeypatch):
    monkeypatch.setattr("functions.services.live.tickets.AT_ONCE", 3)
    monkeypatch.setattr("functions.services.live.tickets.PER_SECOND", 0)
    answers = [client.send("POST", "/api/v1/dashboard/tickets") for _ in range(5)]
    assert [answer.status for answer in answers] == [201, 201, 201, 429, 429]
    assert answers[-1].headers["retry-after"] == "1"
    assert answers[-1].headers["content-type"] == "application/problem+json"
    assert answers[-1].json["type"].endswith("#too-many")
    assert "192.0.2.1" in answers[-1].json["detail"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE"])
def test_a_ticket_is_asked_for_by_post_alone(client, method):
    answer = client.send(method, "/api/v1/dashboard/tickets")
    assert (answer.status, answer.headers["allow"]) == (405, "POST")
