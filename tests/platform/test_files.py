"""A user's own files that no longer grow: played session by session, like the sample."""

import json
import shutil
import signal
from pathlib import Path

import pytest

from tests.platform.conftest import Platforms

TOLD = 'calendar = "XNYS"\nprices = "raw"\ngrows = false\n'


@pytest.fixture
def bars(tmp_path: Path, shared_data: Path) -> Path:
    folder = tmp_path / "bars"
    folder.mkdir()
    (folder / "robotplug.toml").write_text(TOLD)
    shutil.copy(shared_data / "us_daily" / "actions.csv", folder)
    for name in ("SPY.csv", "IBM.csv"):
        header, *rows = (shared_data / "us_daily" / name).read_text().splitlines(keepends=True)
        newer = [row for row in rows if row >= "2018"]
        (folder / name).write_text("".join([header, *newer]))
    return folder


def test_the_last_sessions_of_a_folder_are_lived_through(
    platforms: Platforms, tmp_path: Path, bars: Path
) -> None:
    market = {"PROVIDER": "files", "DATA_FOLDER": str(bars)}
    running = platforms.start(tmp_path / "local", **market)
    running.wait_for_address()

    def recorded() -> bool:
        return len(running.json("/data/robots/buy-and-hold/record.json")["leaves"]) >= 2

    running.wait_until(recorded)
    told = running.json("/data/platform.json")
    assert (told["source"], told["source_last"]) == ("files", "2021-03-31")
    assert told["live_from"] == "2019-04-08"
    running.send(signal.SIGTERM)
    assert running.wait() == 0
    assert running.processes() == {}
    kept = json.loads((tmp_path / "local" / "market.json").read_text())
    assert (kept["provider"], kept["symbols"]) == ("files", ["IBM", "SPY"])
    assert kept["data_folder"] == str(bars)


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ("", "robotplug.toml must say calendar"),
        (TOLD.replace("XNYS", "XLON"), "none for the calendar XLON of the files provider"),
    ],
)
def test_a_folder_that_cannot_be_played_is_refused_before_anything_is_made(
    platforms: Platforms, tmp_path: Path, bars: Path, told: str, says: str
) -> None:
    (bars / "robotplug.toml").write_text(told)
    refused = platforms.start(tmp_path / "local", PROVIDER="files", DATA_FOLDER=str(bars))
    assert refused.wait() == 2
    assert says in refused.said()
    assert refused.said().count("\n") == 1
    assert not (tmp_path / "local").exists()
