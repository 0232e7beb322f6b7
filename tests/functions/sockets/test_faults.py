"""What breaks behind a socket: the server, the database, a push into the void."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from functions.services.live import pushing
from functions.services.live.posting import Line, Posted
from functions.services.live.pushing import Pushed, push
from functions.sockets import handler
from functions.store.session import Session
from tests.builders.fronts import Front, say, told
from tests.builders.live import add_decisions, live_robot

PAGE = Path(__file__).parents[3] / "site" / "content" / "docs" / "websocket.md"


def client_of_the_page(host):
    """The page's example, pointed at a test's server, without its endless end."""
    (source,) = re.findall(r"^```py\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)
    source, _, _ = source.partition('for update in follow("sma-cross")')
    namespace = {}
    exec(compile(source.replace("127.0.0.1:8000", host), str(PAGE), "exec"), namespace)
    return namespace["follow"]


def test_the_pages_client_misses_nothing_over_restarts_and_crashes(front, platform, jobs, robot):
    seen, total = [], robot.seq + 40

    def follow():
        updates = client_of_the_page(front.host)("sma-cross", 0)
        seen.extend(
            (update["seq"], update["decision"]["hash"]) for update in islice(updates, total)
        )

    following = ThreadPoolExecutor(1).submit(follow)
    for end in (front.stop, front.kill):
        add_decisions(jobs, robot, 10)
        push(platform, ["sma-cross"])
        end()
        add_decisions(jobs, robot, 10)
        front.start()
    push(platform, ["sma-cross"])
    following.result(60)
    hashes = jobs.execute(
        "SELECT seq, hash FROM decisions WHERE execution_id = %s ORDER BY seq",
        [robot.owner.execution_id],
    ).fetchall()
    assert seen == hashes


def test_who_watches_is_told_to_come_again_when_the_server_restarts(front, jobs):
    with front.connect("all") as socket:
        say(socket, type="ping")
        told(socket)
        front.stop()
        with pytest.raises(ConnectionClosed) as caught:
            told(socket)
        front.start()
    assert caught.value.rcvd.code == 1012


def test_connections_of_a_server_that_crashed_are_forgotten(front, platform, jobs, superuser):
    live_robot(jobs, "crashed-over")
    with front.connect("crashed-over") as socket:
        say(socket, type="ping")
        told(socket)
        front.kill()
        front.start()
    assert push(platform, ["crashed-over"]).frames == 0
    left = superuser.execute(
        """SELECT count(*) FROM socket_connections c JOIN strategies s ON s.id = c.strategy_id
        WHERE s.slug = 'crashed-over'"""
    ).fetchone()
    assert left == (0,)


def test_a_push_into_the_void_neither_fails_nor_waits_for_long(platform, superuser, jobs):
    robot = live_robot(jobs, "void-robot")
    for number in range(20):
        superuser.execute(
            """INSERT INTO socket_connections (connection_id, strategy_id, expires_at)
            VALUES (%s, %s, now() + interval '1 hour')""",
            [f"void-{number}", robot.id],
        )
    nowhere = replace(platform, connections_url="http://127.0.0.1:9")
    began = time.monotonic()
    assert push(nowhere, ["void-robot"]) == Pushed(0, ())
    assert time.monotonic() - began < 20


def test_a_push_without_a_database_does_not_fail(platform):
    gone = Session("postgresql://nobody@127.0.0.1:9/none")
    assert push(replace(platform, connect=gone.connect), ["sma-cross"]) == Pushed()


def test_where_nobody_can_be_connected_nobody_is_asked(platform):
    def never():
        raise AssertionError("the database was asked")

    assert push(replace(platform, connect=never, connections_url=""), ["sma-cross"]) == Pushed()


def test_frames_that_are_taken_too_slowly_are_left_out(monkeypatch, platform, front):
    monkeypatch.setattr("functions.services.live.posting._BEGINS_WITHIN_SECONDS", -1.0)
    posted = Line(front.connections_url).post({"some": ["{}"] * 3, "other": ["{}"]})
    assert posted == (0, [])


def test_without_its_database_a_socket_says_when_to_try_again(postgres, database, jobs):
    with database.connect("jobs", autocommit=True) as own:
        live_robot(own)
    with Front(database.api) as front, front.connect() as socket:
        say(socket, type="resume", seq=0)
        assert told(socket, "resumed")["seq"] == 3
        postgres.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS false")
        postgres.execute(
            f"""SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = '{database.name}'"""
        )
        say(socket, type="ping")
        frame = told(socket)
        assert (frame["type"], frame["data"]["status"]) == ("problem", 503)
        postgres.execute(f"ALTER DATABASE {database.name} ALLOW_CONNECTIONS true")
        say(socket, type="ping")
        assert told(socket)["type"] == "heartbeat"


def test_the_pages_client_says_that_a_robot_is_not_there(front):
    with pytest.raises(InvalidStatus, match="404"):
        next(client_of_the_page(front.host)("nobody-at-all"))


def test_the_pages_client_polls_what_is_too_large_for_a_frame(front, jobs, superuser):
    robot = live_robot(jobs, "wordy-newest", decisions=3)
    too_large = json.dumps({"seq": 0, "orders": [{"reason": "x" * 200_000}]})
    superuser.execute(
        "UPDATE decisions SET leaf = %s WHERE strategy_id = %s AND seq >= 2", [too_large, robot.id]
    )
    following = ThreadPoolExecutor(1).submit(
        lambda: list(islice(client_of_the_page(front.host)("wordy-newest", 0), 3))
    )
    assert [update["seq"] for update in following.result(20)] == [1, 2, 3]


def test_the_pages_client_starts_anew_where_another_record_has_begun(front, jobs):
    live_robot(jobs, "begun-anew", decisions=2)
    following = ThreadPoolExecutor(1).submit(
        lambda: list(islice(client_of_the_page(front.host)("begun-anew", 400), 2))
    )
    assert [update["seq"] for update in following.result(20)] == [1, 2]


def test_an_end_that_finds_no_database_does_not_fail(monkeypatch):
    gone = Session("postgresql://nobody@127.0.0.1:9/none")
    monkeypatch.setattr(handler, "_desk", lambda: handler.Desk(gone, None, ""))
    context = {"routeKey": "$disconnect", "connectionId": "x"}
    assert handler.handler({"requestContext": context}, None) == {"statusCode": 200}


def test_when_time_is_up_it_is_not_always_the_same_who_are_left_out(platform, jobs, superuser):
    robot = live_robot(jobs, "many-watch")
    ids = [f"many-{number}" for number in range(20)]
    superuser.execute(
        """INSERT INTO socket_connections (connection_id, strategy_id, expires_at)
        SELECT id, %s, now() + interval '1 hour' FROM unnest(%s::text[]) AS id""",
        [robot.id, ids],
    )
    orders = []

    class Recording:
        def post(self, frames):
            orders.append(list(frames))
            return Posted(len(frames), [])

    with pytest.MonkeyPatch.context() as to:
        to.setattr(pushing, "line_to", lambda _url: Recording())
        to.setattr(pushing, "APART_SECONDS", 0)
        for _ in range(4):
            push(platform, ["many-watch"])
    superuser.execute("DELETE FROM socket_connections WHERE connection_id = ANY(%s)", [ids])
    assert [sorted(order) for order in orders] == [sorted(ids)] * 4
    assert len({order[0] for order in orders} | {order[-1] for order in orders}) > 2


def test_the_pages_client_starts_at_the_newest(front, robot):
    (update,) = islice(client_of_the_page(front.host)("sma-cross"), 1)
    assert update["seq"] == robot.seq
