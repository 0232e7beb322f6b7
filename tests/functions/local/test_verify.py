"""`robotplug verify` and `robotplug reproduce`, as they are typed."""

import json
import sys

import pytest
from typer.testing import CliRunner

from functions.local.cli import commands
from functions.local.proof import shown_progress
from functions.local.verify import verdict
from functions.services.proof.verifying import Verified
from functions.services.record.backtesting import run_execution
from tests.builders.proved import platform_without_cloud, two_segments
from tests.builders.records import tamper


@pytest.fixture(scope="module")
def recorded(module_database):
    with platform_without_cloud(module_database.jobs) as platform:
        two_segments(platform, module_database)
        query = "SELECT id FROM executions WHERE kind = %s"
        (run,) = platform.connect().execute(query, ["backtest"]).fetchone()
        run_execution(platform, run)
        (paper,) = platform.connect().execute(query, ["paper"]).fetchone()
        (head,) = platform.connect().execute("SELECT hash FROM decisions WHERE seq = 30").fetchone()
    return {"backtest": str(run), "paper": str(paper), "head": head}


@pytest.fixture
def robotplug(module_database, recorded, monkeypatch):
    """Type a command where DATABASE_URL names the test's database: exit code and output."""
    monkeypatch.setenv("DATABASE_URL", module_database.jobs)

    def typed(*words):
        done = CliRunner().invoke(commands, words)
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout

    return typed


def test_a_proved_record_is_a_table_and_a_line(robotplug, recorded):
    code, out = robotplug("verify", "sma-cross")
    lines = out.splitlines()
    assert code == 0
    assert lines[0] == "the record of sma-cross in the database of DATABASE_URL, on bars of sample"
    assert lines[1].startswith("segment  opened as ")
    assert lines[2].split()[:5] == ["1", "registered", "20", "20", "20"]
    assert lines[3].split()[:6] == ["2", "parameters", "changed", "10", "10", "10"]
    assert lines[-1].startswith("sma-cross: PROVED: 30 slots, all replayed and equal; ")
    assert lines[-1].endswith(f"the newest hash is {recorded['head']}")


def test_a_record_without_a_slot_proves_nothing():
    empty = Verified("sma-cross", "sample", "0" * 64, 0, 1, 0, 0, [], [], None)
    told = "sma-cross: NOTHING TO PROVE YET: its first slot is not recorded"
    assert verdict(empty) == told
    assert verdict(empty._replace(damages=["its cash"])).startswith("sma-cross: DAMAGED: one thing")


def test_as_json_it_is_the_same(robotplug, recorded):
    code, out = robotplug("verify", "sma-cross", "--json", "--known", recorded["head"])
    found = json.loads(out)
    assert (code, found["proved"], found["slots"], found["damages"]) == (0, True, 30, [])
    assert [segment["equal"] for segment in found["segments"]] == [20, 10]
    assert found["known"].startswith("XNYS/1d/2001-")


def test_a_hash_that_is_not_in_the_chain_is_an_error(robotplug):
    code, out = robotplug("verify", "sma-cross", "--known", "f" * 64)
    assert code == 1
    assert "the hash that was written down is not in its chain" in out


@pytest.mark.parametrize(
    ("change", "undo", "command", "told"),
    [
        ("price + 1", "price - 1", ["verify", "sma-cross"], "DAMAGED: "),
        ("price + 1", "price - 1", ["reproduce", "backtest"], "DIFFERS"),
        ("price + 1", "price - 1", ["reproduce", "paper"], "DAMAGED: "),
    ],
)
def test_damage_is_named_and_an_error(
    robotplug, module_database, recorded, change, undo, command, told
):
    words = [recorded.get(word, word) for word in command]
    statement = "UPDATE trades SET price = {} WHERE sequence = 2"
    tamper(module_database, statement.format(change))
    try:
        code, out = robotplug(*words)
    finally:
        tamper(module_database, statement.format(undo))
    assert (code, told in out, "trade 2 (" in out, "price is" in out) == (1, True, True, True)


@pytest.mark.parametrize("run", ["backtest", "sma-cross"])
def test_a_backtest_that_comes_out_alike(robotplug, recorded, run):
    code, out = robotplug("reproduce", recorded.get(run, run))
    assert code == 0
    assert f"sma-cross, backtest {recorded['backtest']}: REPRODUCED: " in out
    code, out = robotplug("reproduce", recorded.get(run, run), "--json")
    assert (code, json.loads(out)["proved"]) == (0, True)


def test_a_paper_run_is_verified(robotplug, recorded):
    code, out = robotplug("reproduce", recorded["paper"])
    assert (code, "sma-cross: PROVED: 30 slots" in out) == (0, True)


def test_where_no_platform_is_the_way_out_is_said(tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    done = CliRunner().invoke(commands, ["verify", "sma-cross", "--folder", str(tmp_path)])
    assert f"no platform in {tmp_path}" in str(done.exception)


def test_the_robot_must_be_there(robotplug):
    with pytest.raises(Exception, match="no record of a robot 'nobody'; `robotplug robots` lists"):
        robotplug("verify", "nobody")


@pytest.mark.parametrize("terminal", [True, False])
def test_progress_is_for_a_terminal_and_never_on_standard_output(monkeypatch, capsys, terminal):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal, raising=False)
    with shown_progress() as told:
        told("chains", 0, 1)
        told("chains", 1, 1)
    out, err = capsys.readouterr()
    assert (out, "chains" in err) == ("", terminal)
