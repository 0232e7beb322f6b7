"""What is said over a socket, as a client hears it."""

import json
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from functions.services.live import watching
from functions.services.live.pushing import APART_SECONDS, Pushed, push, push_late
from functions.services.live.tickets import GOOD_FOR_SECONDS
from functions.store import sockets
from functions.store.session import Session
from tests.builders.fronts import say, told
from tests.builders.live import add_decisions, live_robot

pytestmark = pytest.mark.usefixtures("robot")


def resumed(socket, **message):
    """The seqs that a resume told, and the frame that ended it."""
    say(socket, type="resume", **message)
    seqs = []
    while (frame := told(socket))["type"] != "resumed":
        if frame["type"] == "updates":
            seqs += [item["seq"] for item in frame["data"]["items"]]
    return seqs, frame


def refused(front, robot="sma-cross", **options):
    """The status of a handshake that is turned away."""
    with pytest.raises(InvalidStatus) as caught:
        front.connect(robot, **options)
    return caught.value.response.status_code


def pushed(platform, slug="sma-cross"):
    """Push when a second has gone by since the last time."""
    deadline = time.monotonic() + 60
    while not (frames := push(platform, [slug]).frames):
        assert time.monotonic() < deadline, "nobody was told"
        time.sleep(0.1)
    return frames


def test_who_has_nothing_is_told_the_newest_alone(front, robot):
    with front.connect() as socket:
        seqs, end = resumed(socket)
    assert seqs == [robot.seq]
    assert (end["strategy"], end["seq"]) == ("sma-cross", robot.seq)
    assert end["data"] == {"seqs": {"sma-cross": robot.seq}, "more": False, "reset": []}


def test_who_has_some_is_told_the_rest_in_order(front, robot):
    with front.connect(str(robot.id)) as socket:
        assert resumed(socket, seq=1)[0] == list(range(2, robot.seq + 1))
        assert resumed(socket, seq=robot.seq)[0] == []


def test_who_names_a_seq_that_is_still_to_come_is_told_to_start_anew(front, robot):
    with front.connect() as socket:
        seqs, end = resumed(socket, seq=robot.seq + 5)
        assert (seqs, end["data"]["reset"], end["data"]["more"]) == ([], ["sma-cross"], False)
        assert resumed(socket, seq=robot.seq)[1]["data"]["reset"] == []
    with front.connect("all") as socket:
        end = resumed(socket, seqs={"sma-cross": robot.seq + 1, "nobody-at-all": 9})[1]
        assert end["data"]["reset"] == ["sma-cross"]


def test_an_update_too_large_for_a_frame_is_named_and_the_rest_goes_on(front, jobs, superuser):
    robot = live_robot(jobs, "wordy-one", decisions=4)
    superuser.execute(
        """UPDATE decisions SET leaf = %s WHERE strategy_id = %s AND seq = 2""",
        [json.dumps({"seq": 2, "orders": [{"reason": "x" * 200_000}]}), robot.id],
    )
    with front.connect("wordy-one") as socket:
        say(socket, type="resume", seq=0)
        found = [told(socket) for _ in range(4)]
    seqs = [(one["seq"], one["data"].get("left_out")) for one in found]
    assert seqs == [(1, False), (2, True), (4, False), (4, None)]
    assert [one["data"]["more"] for one in found] == [False] * 4
    _, polled = front.ask("GET", "/dashboard/strategies/wordy-one/updates?after=1&limit=1")
    assert [item["seq"] for item in polled["items"]] == [2]


def test_one_answer_to_who_watches_all_is_bounded_and_the_next_goes_on(jobs, module_database):
    with module_database.connect("api", autocommit=True) as api, pytest.MonkeyPatch.context() as to:
        to.setattr(watching, "MOST_FRAMES_OF_ALL", 3)
        robots = {f"bounded-{n}": live_robot(jobs, f"bounded-{n}").seq for n in range(5)}
        has, rounds, more = dict.fromkeys(robots, 0), 0, True
        while more:
            frames = [
                json.loads(text)
                for text in watching.missed(
                    api, sockets.Connected("x", None), watching.Seen(2**31 - 1, has)
                )
            ]
            news = [one for one in frames if one["type"] == "updates"]
            assert len(news) <= 3
            has |= {one["strategy"]: one["seq"] for one in news}
            more, rounds = frames[-1]["data"]["more"], rounds + 1
    assert (has, rounds) == (robots, 2)


def test_the_socket_sends_what_polling_answers(front, robot):
    path = "/dashboard/strategies/sma-cross/updates?after=0"
    _, polled = front.ask("GET", path)
    with front.connect() as socket:
        say(socket, type="resume", seq=0)
        frame = told(socket, "updates")
    assert frame["data"]["items"] == polled["items"]
    sent = frame["data"]["metrics"]
    assert {name: one["value"] for name, one in sent.items()} == {
        name: one["value"] for name, one in polled["metrics"].items()
    }
    assert (frame["data"]["first"], frame["seq"]) == (1, robot.seq)
    assert set(frame) == {"type", "strategy", "seq", "time", "data"}
    assert frame["time"].endswith("Z")


def test_a_ping_is_answered_with_the_newest_seq(front, robot):
    with front.connect() as socket:
        say(socket, type="ping")
        frame = told(socket)
    assert (frame["type"], frame["seq"]) == ("heartbeat", robot.seq)
    assert frame["data"] == {"seqs": {"sma-cross": robot.seq}}


def test_what_is_new_is_pushed_to_who_watches(front, platform, jobs, robot):
    with front.connect() as one, front.connect("all") as other:
        resumed(one)
        resumed(other)
        before = robot.seq
        add_decisions(jobs, robot, 3)
        assert pushed(platform) == 2
        for socket in (one, other):
            frame = told(socket, "updates")
            assert [item["seq"] for item in frame["data"]["items"]][-1] == before + 3
            assert frame["data"]["more"] is False


def test_within_a_second_a_robot_is_told_of_once(front, platform, jobs, robot):
    with front.connect() as socket:
        resumed(socket)
        add_decisions(jobs, robot, 1)
        pushed(platform)
        told(socket, "updates")
        for _ in range(3):
            add_decisions(jobs, robot, 1)
            assert push(platform, ["sma-cross"]) == Pushed(0, ("sma-cross",))
        began = time.monotonic()
        assert push_late(platform, ["sma-cross"]) == Pushed(1, ())
        assert time.monotonic() - began < 20 * APART_SECONDS
        frame = told(socket, "updates")
        seqs = [item["seq"] for item in frame["data"]["items"]]
        assert seqs == list(range(robot.seq - 2, robot.seq + 1))


def test_of_two_who_wait_for_the_second_each_is_told_and_nothing_is_lost(
    front, module_database, platform, jobs, robot
):
    other = replace(platform, connect=Session(module_database.jobs).connect)
    with front.connect() as socket:
        resumed(socket)
        pushed(platform)
        told(socket)
        add_decisions(jobs, robot, 1)
        waiting = threading.Thread(target=push_late, args=(other, ["sma-cross"]))
        waiting.start()
        add_decisions(jobs, robot, 1)
        push_late(platform, ["sma-cross"])
        waiting.join()
        seen = set()
        while robot.seq not in seen:
            seen |= {item["seq"] for item in told(socket, "updates")["data"]["items"]}
    assert {robot.seq - 1, robot.seq} <= seen
    other.connect().close()


def test_many_are_cut_into_frames_that_fit(front, jobs):
    live_robot(jobs, "many-slots", decisions=300)
    with front.connect("many-slots") as socket:
        say(socket, type="resume", seq=0)
        seqs, sizes = [], []
        while True:
            text = socket.recv(timeout=60)
            frame = json.loads(text)
            if frame["type"] == "resumed":
                break
            sizes.append(len(text))
            seqs += [item["seq"] for item in frame["data"]["items"]]
    assert seqs == list(range(1, 301))
    assert len(sizes) > 3
    assert max(sizes) <= 31_000


def test_who_is_far_behind_goes_on_from_where_it_was_told(front, jobs):
    live_robot(jobs, "long-record", decisions=1200)
    with front.connect("long-record") as socket:
        have, more, rounds = [], True, 0
        while more:
            seqs, end = resumed(socket, seq=have[-1] if have else 0)
            have, more, rounds = have + seqs, end["data"]["more"], rounds + 1
    assert have == list(range(1, 1201))
    assert rounds == 3


def test_who_watches_all_names_the_seq_of_each(front, jobs, robot):
    live_robot(jobs, "second-one", decisions=4)
    with front.connect("all") as socket:
        say(socket, type="resume", seqs={"second-one": 2, "sma-cross": robot.seq})
        found = {}
        while (frame := told(socket))["type"] != "resumed":
            found[frame["strategy"]] = [item["seq"] for item in frame["data"]["items"]]
    assert found["second-one"] == [3, 4]
    assert "sma-cross" not in found
    assert (frame["strategy"], frame["seq"]) == ("all", None)
    assert frame["data"]["seqs"]["second-one"] == 4


def test_a_robot_without_a_record_is_resumed_at_nothing(front, jobs):
    live_robot(jobs, "not-begun", decisions=0)
    with front.connect("not-begun") as socket:
        seqs, end = resumed(socket, seq=-1)
    assert (seqs, end["seq"]) == ([], None)


def test_why_a_robot_stands_still_is_said(front, platform, jobs, superuser):
    robot = live_robot(jobs, "drifted-one")
    with front.connect("drifted-one") as socket:
        resumed(socket)
        pushed(platform, "drifted-one")
        superuser.execute(
            "UPDATE executions SET status = 'drifted' WHERE id = %s", [robot.owner.execution_id]
        )
        superuser.execute(
            """INSERT INTO drifts (strategy_id, execution_id, visibility, slot, seq, kind,
                recorded, replayed) VALUES (%s, %s, 'public', 'a slot', 3, 'data', 'a', 'b')""",
            [robot.id, robot.owner.execution_id],
        )
        pushed(platform, "drifted-one")
        frame = told(socket, "status")
        assert frame["data"]["status"] == "drifted"
        assert "a slot" in frame["data"]["reason"]
        say(socket, type="resume", seq=3)
        assert told(socket)["type"] == "status"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "one JSON object"),
        ("{", "one JSON object"),
        ("[" * 10_000, "one JSON object"),
        ("null", "must be like"),
        ("[]", "must be like"),
        ("{}", "must be like"),
        ('{"type": 5}', "must be like"),
        ('{"type": "subscribe"}', "must be resume or ping, was 'subscribe'"),
        ('{"type": "resume", "seq": "1"}', "seq must be a whole number from -1 on, was '1'"),
        ('{"type": "resume", "seq": true}', "seq must be a whole number"),
        ('{"type": "resume", "seq": 1e400}', "seq must be a whole number"),
        ('{"type": "resume", "seq": -2}', "seq must be a whole number"),
        ('{"type": "resume", "seq": 2147483648}', "seq must be a whole number"),
        ('{"type": "resume", "seqs": [1]}', "seqs must name at most 100"),
        ('{"type": "resume", "seqs": {"a": null}}', "the seq of 'a' must be"),
        (json.dumps({"type": "resume", "seqs": dict.fromkeys(map(str, range(101)), 1)}), "100"),
    ],
)
def test_what_makes_no_sense_is_a_problem_and_no_end(front, text, says):
    with front.connect() as socket:
        socket.send(text)
        frame = told(socket)
        assert frame["type"] == "problem"
        assert frame["data"]["status"] == 400
        assert says in frame["data"]["detail"]
        say(socket, type="ping")
        assert told(socket)["type"] == "heartbeat"


def test_bytes_are_a_problem_too(front):
    with front.connect() as socket:
        socket.send(b"\xff\xfe{}")
        assert told(socket)["data"]["status"] == 400


def test_a_frame_beyond_the_limit_ends_the_connection(front):
    with front.connect() as socket:
        socket.send("x" * 40_000)
        with pytest.raises(ConnectionClosed) as caught:
            told(socket)
    assert caught.value.rcvd.code == 1009


def test_a_message_in_many_frames_beyond_the_limit_ends_it_too(front):
    with front.connect() as socket:
        with suppress(ConnectionClosed):
            socket.send("x" * 1_000 for _ in range(200))
        with pytest.raises(ConnectionClosed):
            told(socket)


def test_a_ticket_opens_one_connection(front):
    ticket = front.ticket()
    with front.connect(ticket=ticket) as socket:
        say(socket, type="ping")
        told(socket)
        assert refused(front, ticket=ticket) == 401
    assert refused(front, ticket=ticket) == 401


def test_a_ticket_that_two_hold_opens_one_connection(front):
    ticket, statuses = front.ticket(), []

    def attempt():
        try:
            with front.connect(ticket=ticket):
                statuses.append(101)
        except InvalidStatus as error:
            statuses.append(error.response.status_code)

    threads = [threading.Thread(target=attempt) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [101, *[401] * 7]


@pytest.mark.parametrize("ticket", ["", "x", "x" * 5_000, "%27%20OR%201=1%20--", "%00"])
def test_no_ticket_of_ones_own_opens_anything(front, ticket):
    assert refused(front, ticket=ticket) == 401


def test_a_ticket_grows_old(front, superuser):
    ticket = front.ticket()
    older = "UPDATE socket_tickets SET expires_at = expires_at - make_interval(secs => %s)"
    superuser.execute(older, [GOOD_FOR_SECONDS])
    assert refused(front, ticket=ticket) == 401
    front.ticket()
    left = superuser.execute("SELECT count(*) FROM socket_tickets").fetchone()
    assert left == (1,)


@pytest.mark.parametrize(
    "origin",
    [
        *("https://evil.example", "null", "http://127.0.0.1", "http://127.0.0.1:1"),
        *("https://{host}x", "https://{host}", "{host}"),
    ],
)
def test_a_page_of_another_site_is_turned_away_and_its_ticket_is_used_up(front, origin):
    ticket = front.ticket()
    assert refused(front, ticket=ticket, origin=origin.format(host=front.host)) == 403
    assert refused(front, ticket=ticket) == 401


@pytest.mark.parametrize("origin", ["http://{host}", None])
def test_a_page_of_this_site_and_a_program_are_let_in(front, origin):
    with front.connect(origin=origin and origin.format(host=front.host)) as socket:
        say(socket, type="ping")
        assert told(socket)["type"] == "heartbeat"


def test_this_machine_by_its_other_name_is_this_site_too(front):
    address = front.address().replace("127.0.0.1", "localhost")
    with connect(address, origin=f"http://localhost:{front.port}", compression=None) as socket:
        say(socket, type="ping")
        assert told(socket)["type"] == "heartbeat"


def test_what_cannot_be_seen_is_as_if_it_were_not_there(front, jobs):
    live_robot(jobs, "private-one", visibility="private")
    assert refused(front, "private-one") == refused(front, "nobody-at-all") == 404
    with front.connect("all") as socket:
        say(socket, type="resume", seqs={"private-one": 0})
        while (frame := told(socket))["type"] != "resumed":
            assert frame["strategy"] != "private-one"
    assert "private-one" not in frame["data"]["seqs"]


def test_who_watched_a_robot_that_is_withdrawn_hears_no_more_of_it(
    front, platform, jobs, superuser
):
    robot = live_robot(jobs, "withdrawn-one")
    with front.connect("withdrawn-one") as socket:
        resumed(socket)
        for table in ("strategies", "executions", "decisions", "equity_points", "trades"):
            column = "id" if table == "strategies" else "strategy_id"
            superuser.execute(
                f"UPDATE {table} SET visibility = 'private' WHERE {column} = %s", [robot.id]
            )
        add_decisions(jobs, robot, 1)
        assert push(platform, ["withdrawn-one"]).frames == 0
        say(socket, type="resume", seq=0)
        assert told(socket)["data"]["status"] == 404
        with pytest.raises(ConnectionClosed):
            told(socket)


def test_a_ping_for_a_robot_that_was_withdrawn_ends_the_connection(front, jobs, superuser):
    robot = live_robot(jobs, "withdrawn-two")
    with front.connect("withdrawn-two") as socket:
        say(socket, type="ping")
        assert told(socket)["seq"] == robot.seq
        superuser.execute("UPDATE strategies SET visibility = 'private' WHERE id = %s", [robot.id])
        say(socket, type="ping")
        assert told(socket)["data"]["status"] == 404
        with pytest.raises(ConnectionClosed):
            told(socket)


@pytest.mark.parametrize("robot", ["%00", "sma-cross%00", "a%0Ab", "x" * 4000])
def test_what_can_be_no_robot_is_not_there(front, robot):
    assert refused(front, robot) == 404


def test_a_connection_is_forgotten_when_it_is_closed(front, superuser):
    def known():
        return superuser.execute("SELECT count(*) FROM socket_connections").fetchone()[0]

    with front.connect() as socket:
        say(socket, type="ping")
        told(socket)
        open_ = known()
        assert open_ >= 1
    deadline = time.monotonic() + 60
    while known() >= open_ and time.monotonic() < deadline:
        time.sleep(0.05)
    assert known() < open_


def test_a_dead_connection_is_forgotten_by_who_finds_it_gone(front, platform, jobs, superuser):
    robot = live_robot(jobs, "watched-by-the-dead")
    dead = sockets.Connected("bm9ib2R5", robot.id)
    sockets.connect(superuser, dead, 7200)
    assert push(platform, ["watched-by-the-dead"]).frames == 0
    left = superuser.execute(
        "SELECT count(*) FROM socket_connections WHERE connection_id = 'bm9ib2R5'"
    ).fetchone()
    assert left == (0,)


def test_after_two_hours_another_ticket_is_needed(front, superuser):
    with front.connect() as socket:
        say(socket, type="ping")
        told(socket)
        superuser.execute("UPDATE socket_connections SET expires_at = now()")
        say(socket, type="ping")
        frame = told(socket)
        assert frame["type"] == "problem"
        assert "another one with a new ticket" in frame["data"]["detail"]
        with pytest.raises(ConnectionClosed):
            told(socket)
