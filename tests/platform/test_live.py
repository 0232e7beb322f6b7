"""Today's market, with a server of this machine in Yahoo's place."""

import json
import math
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from pathlib import Path

import pytest

from functions.local.reached import reached
from functions.services.market.calendars import Session, sessions
from tests.builders.market_servers import (
    Candle,
    YahooServer,
    dripping,
    refusing_url,
    serving,
)
from tests.builders.typed import Typing
from tests.platform.conftest import STOPS_WITHIN, Platforms, Running

SYMBOLS = ("SPY", "QQQ")


def closed_sessions() -> list[Session]:
    """Those of the last two years; the newest closed at least an hour ago."""
    now = datetime.now(UTC)
    known = sessions("XNYS", (now - timedelta(days=730)).date(), now.date())
    return [session for session in known if session.closes < now - timedelta(hours=1)]


def candles(days: Sequence[Session], base: float) -> list[Candle]:
    prices = [base + 20 * math.sin(day / 25) + day / 20 for day in range(len(days))]
    return [
        Candle(int(day.opens.timestamp()), price, price * 1.01, price * 0.99, price * 1.002, 1e6)
        for day, price in zip(days, prices, strict=True)
    ]


MISSED = 3


@pytest.fixture(scope="module")
def days() -> list[Session]:
    return closed_sessions()


def knows(yahoo: YahooServer, days: Sequence[Session]) -> None:
    for number, symbol in enumerate(SYMBOLS):
        yahoo.add(symbol, "1d", candles(days, 100 + 50 * number))


@pytest.fixture(scope="module")
def yahoo(days: list[Session]) -> Iterator[YahooServer]:
    """At first it does not know the newest sessions yet."""
    with serving(YahooServer()) as server:
        assert isinstance(server, YahooServer)
        knows(server, days[:-MISSED])
        yield server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("live") / "local"


def market(url: str, symbols: str = "spy,qqq") -> dict[str, str]:
    return {"PROVIDER": "yahoo", "SYMBOLS": symbols, "YAHOO_URL": url}


@pytest.fixture(scope="module")
def live(platforms: Platforms, folder: Path, yahoo: YahooServer) -> Running:
    running = platforms.start(folder, **market(yahoo.url))
    running.wait_for_address()
    return running


def test_the_robots_trade_the_users_symbols(live):
    robots = live.json("/data/robots/index.json")["robots"]
    assert len(robots) >= 6
    for listed in live.json("/api/v1/strategies")["items"]:
        robot = live.json(f"/api/v1/strategies/{listed['id']}")
        assert robot["config"]["symbols"] == list(SYMBOLS)
    assert b"SPY and QQQ" in live.get("/robots/buy-and-hold/")[1]


def record(running: Running) -> list[dict[str, object]]:
    leaves: list[dict[str, object]] = running.json("/data/robots/sma-cross/record.json")["leaves"]
    return leaves


def test_the_record_begins_after_the_newest_bars_that_there_are(live, days):
    assert record(live) == []
    document = live.json("/data/platform.json")
    assert (document["source"], document["ended"]) == ("yahoo", False)


def test_the_record_belongs_to_this_market_for_good(live, folder):
    kept = json.loads((folder / "market.json").read_text())
    assert (kept["provider"], kept["symbols"]) == ("yahoo", list(SYMBOLS))


def robotplug(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "functions.local.cli", *map(str, arguments)]
    variables = {"PATH": os.environ["PATH"]}
    return subprocess.run(command, env=variables, capture_output=True, text=True, check=False)


@pytest.fixture
def bars(tmp_path: Path, shared_data: Path) -> Path:
    (tmp_path / "robotplug.toml").write_text('calendar = "XNYS"\nprices = "raw"\n')
    shutil.copy(shared_data / "us_daily" / "SPY.csv", tmp_path)
    return tmp_path


def test_data_are_imported_while_the_platform_runs(live, folder, bars):
    given = ("--data-folder", bars, "--symbols", "SPY", "--to", "2021-03-31", "--folder", folder)
    done = robotplug("data", "import", *given)
    assert (done.returncode, done.stdout) == (0, "SPY: 5,849 bars\n"), done.stderr
    told = json.loads(robotplug("data", "status", "--json", "--folder", folder).stdout)
    assert {(one["symbol"], one["source"]) for one in told} == {
        ("QQQ", "yahoo"), ("SPY", "files"), ("SPY", "yahoo"),
    }  # fmt: skip
    assert live.process.poll() is None


@pytest.fixture(scope="module")
def after(
    live: Running, platforms: Platforms, folder: Path, yahoo: YahooServer, days: list[Session]
) -> Running:
    """The platform after an outage of three sessions, which the provider knows by now."""
    live.send(signal.SIGINT)
    assert live.wait() == 0
    with reached(folder) as session:
        before = days[-MISSED - 1].closes + timedelta(hours=1)
        session.connect().execute("UPDATE data_health SET checked_at = %s", [before])
    knows(yahoo, days)
    running = platforms.start(folder, PROVIDER="yahoo", YAHOO_URL=yahoo.url)
    running.wait_for_address()
    return running


def test_what_was_missed_is_caught_up_before_anything_else(after, days):
    leaves = record(after)
    assert [leaf["seq"] for leaf in leaves] == [1, 2, 3]
    closes = [f"XNYS/1d/{day.closes:%Y-%m-%dT%H:%M:%SZ}" for day in days[-MISSED:]]
    assert [leaf["slot"] for leaf in leaves] == closes
    assert after.json("/data/platform.json")["session"] == str(days[-1].session)
    told = json.loads(robotplug("data", "gaps", "SPY", "--json", "--folder", after.folder).stdout)
    assert [one["gaps"] for one in told["series"]] == [[], []]


@pytest.fixture(scope="module")
def offline(after: Running, platforms: Platforms, folder: Path) -> Running:
    """Again, without a network."""
    after.send(signal.SIGINT)
    assert after.wait() == 0
    running = platforms.start(folder, PROVIDER="yahoo", YAHOO_URL=refusing_url())
    running.wait_for_address()
    return running


def test_a_platform_that_has_its_data_starts_without_the_network(offline):
    assert offline.get("/robots/sma-cross/")[0] == 200
    assert len(record(offline)) == MISSED
    offline.send(signal.SIGINT)
    assert offline.wait() == 0
    assert "the next run goes on from here" in offline.said()


def test_what_there_is_of_a_stopped_platform_is_told_and_nothing_is_left_running(offline, folder):
    done = robotplug("data", "gaps", "spy", "--folder", folder)
    assert done.returncode == 0, done.stderr
    assert "SPY 1d from yahoo: 0 gaps" in done.stdout
    assert offline.processes() == {}


def test_an_import_that_is_interrupted_keeps_what_it_has_and_goes_on(tmp_path, days):
    arguments = ["data", "import", "--provider", "yahoo", "--symbols", "SPY,QQQ"]
    command = [sys.executable, "-m", "functions.local.cli", *arguments, "--folder", str(tmp_path)]
    with serving(YahooServer()) as server:
        assert isinstance(server, YahooServer)
        knows(server, days)
        server.fail(chain([None] * 2, repeat(dripping(0.5))))  # two requests for a symbol
        variables = {"PATH": os.environ["PATH"], "YAHOO_URL": server.url}
        importing = subprocess.Popen(
            command, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert importing.stdout is not None
        assert importing.stdout.readline() == f"SPY: {len(days)} bars\n"
        importing.send_signal(signal.SIGINT)
        _, said = importing.communicate(timeout=STOPS_WITHIN)
        assert said == "\nstopped; what was stored stays, and the same command goes on\n"
        assert importing.returncode == 130
        server.fail([])
        again = subprocess.run(command, env=variables, capture_output=True, text=True, check=False)
    first, second, _way_to_read_again = again.stdout.splitlines()
    assert (first, second) == ("SPY: nothing new", f"QQQ: {len(days)} bars"), again.stderr


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["import", "--provider", "yaho"], 2, "did you mean 'yahoo'?"),
        (["import"], 2, "no DATA_FOLDER; set it to a folder"),
        (["import", "--provider", "sample", "--bar", "1h"], 2, "no bar length of the sample"),
        (["import", "--provider", "sample", "--symbols", "MSF"], 2, "did you mean 'MSFT'?"),
        (["status"], 1, "no platform in "),
        (["gaps", "SPY"], 1, "`robotplug data import` make one"),
    ],
)
def test_wrong_input_is_one_line_and_makes_nothing(capsys, tmp_path, arguments, code, says):
    done = Typing(capsys)("data", *arguments, "--folder", str(tmp_path / "local"))
    assert (done.code, done.out) == (code, "")
    assert says in done.said
    assert not (tmp_path / "local").exists()


@pytest.mark.parametrize(
    ("other", "says"),
    [
        ({"PROVIDER": "sample"}, "is of yahoo, not of sample"),
        ({"PROVIDER": "yahoo", "SYMBOLS": "IBM"}, "is of SPY, QQQ, not of IBM"),
    ],
)
def test_another_market_does_not_enter_the_record(offline, platforms, folder, other, says):
    second = platforms.start(folder, **other)
    assert second.wait() == 2
    assert says in second.said()
    assert second.said().count("\n") == 1


def test_without_a_network_nothing_is_registered_and_the_way_out_is_said(platforms, tmp_path):
    running = platforms.start(tmp_path / "local", **market(refusing_url()))
    assert running.wait() == 1
    last = running.said().splitlines()[-1]
    assert last.startswith("robotplug: SPY could not be collected: ")
    assert "Nothing was registered. The same command tries again; `make run` without" in last
    assert running.processes() == {}
    assert not (tmp_path / "local" / "market.json").exists()
    assert "Traceback" not in running.said()


def test_after_a_failed_start_other_symbols_may_be_chosen(platforms, tmp_path, yahoo):
    failed = platforms.start(tmp_path / "local", **market(yahoo.url, "NOTHING"))
    assert failed.wait() == 1
    assert "NOTHING could not be collected" in failed.said()
    again = platforms.start(tmp_path / "local", **market(yahoo.url))
    kept = tmp_path / "local" / "market.json"
    again.wait_until(kept.exists)  # its market is told with the first robot
    assert json.loads(kept.read_text())["symbols"] == list(SYMBOLS)
    again.send(signal.SIGINT)
    assert again.wait() == 0
