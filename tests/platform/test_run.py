"""One life of a platform, in the order in which a user lives it."""

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

from functions.local.database import NAME, Database
from functions.local.folder import open_folder
from functions.local.postgres import Server
from functions.providers.sample import provider
from functions.services.market.calendars import sessions
from functions.services.market.collecting import Source, collect_from
from functions.services.market.slots import Slot
from functions.store.roles import JOBS
from functions.store.session import Session
from tests.platform.conftest import CALM, Platforms, Running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("life") / "local"


@pytest.fixture(scope="module")
def first(platforms: Platforms, folder: Path) -> Running:
    running = platforms.start(folder)
    running.wait_for_address()
    return running


def newest_session(running: Running) -> str:
    return str(running.json("/data/platform.json")["session"] or "")


def leaves(running: Running, slug: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = running.json(f"/data/robots/{slug}/record.json")["leaves"]
    return found


def test_every_stage_is_named_and_the_address_comes_last(first):
    stages = ["PostgreSQL", "tables", "storage", "bars", "robots", "site"]
    said = first.said()
    assert [said.index(f"{stage}: ") for stage in stages] == sorted(
        said.index(f"{stage}: ") for stage in stages
    )
    assert re.search(r"robots: (\d+) of \1 ", said)
    assert said.index("site: ") < said.index(f"http://127.0.0.1:{first.port}")


@pytest.mark.parametrize("path", ["/", "/robots/", "/robots/sma-cross/", "/about/"])
def test_the_pages_are_there(first, path):
    status, body = first.get(path)
    assert status == 200
    assert b"</html>" in body


def test_the_api_answers_from_the_database(first):
    assert first.json("/api/v1/health")["status"] == "ok"
    listed = first.json("/api/v1/strategies")
    assert listed["total"] >= 6


def test_sessions_pass_and_robots_trade(first):
    first.wait_until(lambda: len(leaves(first, "sma-cross")) >= 3)
    platform = first.json("/data/platform.json")
    assert platform["live_from"] == "2011-03-07"
    assert platform["session"] > platform["live_from"]
    first.wait_until(
        lambda: any(
            trade["phase"] == "record"
            for trade in first.json("/data/robots/buy-and-hold/trades.json")["items"]
        )
    )


@contextmanager
def stopped_clock(running: Running) -> Iterator[None]:
    """While it lasts no session passes, so that what is there can be told from what is to come."""
    worker = next(
        pid for pid, command in running.processes().items() if "functions.local.worker" in command
    )
    os.kill(worker, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(worker, signal.SIGCONT)


NEWEST = {
    "market_data": "max(timestamp)",
    "bar_versions": "max(seen_at)",
    "corporate_actions": "max(ex_date)",
    "tapes": "max(closes_at)",
    "decisions": "max(closes_at)",
    "trades": "max(execution_time)",
    "equity_points": "max(time)",
    "executions": "max(period_end)",
}
DOCUMENTS = ("summary", "equity", "trades", "record")
SAMPLE_ENDS = date(2013, 3, 1)


def stored_days(folder: Path) -> dict[str, date]:
    """The newest day in each table that has one."""
    server = Server(folder / "postgres", folder / "secrets.json")
    server.port = int((folder / "postgres" / "port").read_text())
    with psycopg.connect(server.url(NAME)) as connection:
        rows = {
            table: connection.execute(f"SELECT {newest}::date FROM {table}").fetchone()
            for table, newest in NEWEST.items()
        }
    return {table: row[0] for table, row in rows.items() if row and row[0]}


def shown_days(text: str) -> set[date]:
    """Every day that a document or a page names, as machines or as readers write it."""
    iso = {date.fromisoformat(day) for day in re.findall(r"\b(?:19|20)\d\d-\d\d-\d\d", text)}
    spelt = re.findall(r"\b\d{1,2} [A-Z][a-z]{2} (?:19|20)\d\d\b", text)
    return iso | {datetime.strptime(day, "%d %b %Y").replace(tzinfo=UTC).date() for day in spelt}


def test_what_has_not_happened_is_nowhere(first, folder):
    robots = [robot["slug"] for robot in first.json("/data/robots/index.json")["robots"]]
    paths = [f"/data/robots/{slug}/{name}.json" for slug in robots for name in DOCUMENTS]
    paths += ["/data/robots/index.json", "/api/v1/trades?limit=50"]
    paths += [f"/robots/{slug}/" for slug in robots]
    first.wait_until(lambda: all(shown_days(first.get(path)[1].decode()) for path in paths))
    with stopped_clock(first):
        session = date.fromisoformat(newest_session(first))
        stored = stored_days(folder)
        shown = {path: shown_days(first.get(path)[1].decode()) for path in paths}
        # Both say how far the sample goes, which was known before the first session.
        open_about_the_end = {
            path: shown_days(first.get(path)[1].decode()) - {SAMPLE_ENDS}
            for path in ("/", "/robots/", "/data/platform.json")
        }
    # The clock may have stopped after today's bars were collected, before they were published.
    following = sessions("XNYS", session, session + timedelta(days=7))[1].session
    today = stored["market_data"]
    assert today in (session, following)
    assert today < SAMPLE_ENDS
    assert {table: day for table, day in stored.items() if day > today} == {}
    assert {"market_data", "corporate_actions", "tapes", "decisions"} <= set(stored)
    for path, days in (shown | open_about_the_end).items():
        assert days, path
        assert max(days) <= today, path


@pytest.fixture(scope="module")
def second(first: Running, platforms: Platforms, folder: Path) -> Running:
    """The platform after a power cut; it is told what the first one had recorded."""
    first.recorded = leaves(first, "sma-cross")
    first.kill_everything()
    running = platforms.start(folder)
    running.wait_for_address()
    return running


def test_after_a_power_cut_it_goes_on_where_it_stopped(first, second):
    after = leaves(second, "sma-cross")
    assert after[: len(first.recorded)] == first.recorded
    second.wait_until(lambda: len(leaves(second, "sma-cross")) > len(after))
    seqs = [leaf["seq"] for leaf in leaves(second, "sma-cross")]
    assert seqs == list(range(1, len(seqs) + 1))


def test_a_child_that_ends_stops_the_platform_with_its_reason(second, platforms, folder):
    web = next(
        pid for pid, command in second.processes().items() if "functions.local.web" in command
    )
    os.kill(web, signal.SIGKILL)
    assert second.wait() == 1
    assert "web ended by itself (exit code -9)" in second.said()
    assert second.processes() == {}


@pytest.fixture(scope="module")
def third(second: Running, platforms: Platforms, folder: Path) -> Running:
    """The platform after an outage of two years: only the bars of its last days are new."""
    second.kill_everything()
    with open_folder(folder) as kept:
        database = Database(kept)
        database.start()
        coverage = provider.coverage()
        days = sessions("XNYS", coverage.first, coverage.last)
        slot = Slot("XNYS", "1d", days[-3].closes)
        source = Source("sample", provider)
        session = Session(database.url(JOBS))
        collect_from(source, session.connect, slot, slot.closes_at)
        session.connect().close()
        database.stop()
    running = platforms.start(folder)
    running.wait_for_address()
    return running


def test_missed_sessions_are_caught_up_in_one_go(third):
    assert third.json("/data/platform.json")["session"] >= "2013-02-27"
    recorded = leaves(third, "sma-cross")
    assert [leaf["seq"] for leaf in recorded] == list(range(1, len(recorded) + 1))
    assert len(recorded) >= 498


def at_the_end(running: Running) -> None:
    running.wait_until(lambda: "the data ends with 2013-03-01" in running.said())


def test_at_the_samples_end_the_clock_stops_and_the_pages_stay(third):
    at_the_end(third)
    assert third.json("/data/platform.json")["ended"] is True
    assert len(leaves(third, "sma-cross")) == 500
    assert third.get("/robots/sma-cross/")[0] == 200


def test_another_host_is_refused(third):
    assert third.get("/", Host="rebound.example")[0] == 400


def test_only_this_machine_is_listened_to(third):
    listening = {
        line.split()[1].split(":")[0]
        for pid in third.processes()
        for line in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and line.split()[9] in sockets_of(pid)
    }
    assert listening == {"0100007F"}


def sockets_of(pid: int) -> set[str]:
    found = set()
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
        except OSError:
            continue
    return found


def test_a_second_platform_in_the_folder_is_refused(third, platforms, folder):
    second = platforms.start(folder)
    assert second.wait() == 1
    assert f"already runs in {folder} (process {third.process.pid})" in second.said()
    assert second.said().count("\n") == 1


def test_a_busy_port_is_refused(third, platforms, folder):
    other = platforms.start(folder.with_name("other"), port=third.port)
    assert other.wait() == 1
    assert f"port {third.port} is busy; take another one: PORT={third.port + 1}" in other.said()
    assert other.said().count("\n") == 1


def test_ctrl_c_leaves_no_process(third):
    at_the_end(third)
    assert len(third.processes()) >= 5
    third.send(signal.SIGINT)
    assert third.wait() == 0
    assert third.processes() == {}
    assert "Traceback" not in third.said()
    with socket.socket() as again:
        again.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        again.bind(("127.0.0.1", third.port))


def test_after_the_end_the_next_run_keeps_the_record_and_starts_anew(third, platforms, folder):
    at_the_end(third)
    third.kill_everything()
    fourth = platforms.start(folder, pace=CALM)
    fourth.wait_until(lambda: "tables: 1 of 1" in fourth.said())
    assert f"kept in {folder / 'old-1'}" in fourth.said()
    assert (folder / "old-1" / "postgres" / "data" / "PG_VERSION").is_file()
    assert not (folder / "ended").exists()
    fourth.send(signal.SIGINT)
    fourth.send(signal.SIGINT)  # in a hurry
    assert fourth.wait() == 0
    assert fourth.processes() == {}


def command(*arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "functions.local.cli", *arguments],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_cleaning_stops_the_database_of_a_killed_run(third, platforms, folder):
    third.kill_everything()
    running = platforms.start(folder, pace=CALM)
    running.wait_until(lambda: "tables: 1 of 1" in running.said())
    running.process.kill()
    running.wait()
    cleaned = command("clean", "--folder", str(folder))
    assert cleaned.returncode == 0, cleaned.stderr
    assert running.processes() == {}
    assert not folder.exists()
