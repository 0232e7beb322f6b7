"""`robotplug doctor`: what is missing is named with its way out."""

import io
import json
import shutil
import socket
import sys
from collections import namedtuple
from datetime import UTC, datetime, timedelta

import pytest

from engine.errors import RobotPlugError
from functions import providers
from functions.local import ailments
from functions.local.ailments import MISSING, NOTE, OK, Finding
from functions.local.doctor import examined, print_findings
from functions.local.folder import open_folder
from functions.providers import Bar, Fetched, ProviderError
from tests.builders.typed import Typing

Usage = namedtuple("Usage", "total used free")


@pytest.fixture
def robotplug(capsys, tmp_path, monkeypatch) -> Typing:
    monkeypatch.chdir(tmp_path)
    return Typing(capsys)


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, Finding]:
    place = tmp_path_factory.mktemp("doctor") / "local"
    return {one.name: one for one in examined(place)}


def test_here_where_the_tests_run_nothing_is_missing(found):
    named = {name: one for name, one in found.items() if name != "port"}
    assert [one for one in named.values() if one.state == MISSING] == []
    assert {"Python", "packages", "PostgreSQL", "disk", "folder", "provider"} <= set(named)
    assert "from its wheel" in found["PostgreSQL"].told


def test_nothing_is_left_behind(tmp_path):
    ailments.postgresql(tmp_path / "local")
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken_is_missing_and_the_code_says_so(robotplug):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = robotplug("doctor", "--port", str(port), "--json")
        told = json.loads(done.out)
        assert done.code == 1
        assert told["ready"] is False
        (finding,) = [one for one in told["findings"] if one["name"] == "port"]
        assert finding["state"] == MISSING
        assert finding["told"] == f"{port} is taken by another program"
        assert finding["way_out"] == f"take --port {port + 1 if port < 65535 else port - 1}"


def test_a_folder_with_other_things_or_a_running_platform_is_told(tmp_path):
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "thesis.tex").touch()
    assert ailments.folder(tmp_path / "other").state == MISSING
    with open_folder(tmp_path / "own") as folder:
        folder.tell_running({})
        assert ailments.folder(tmp_path / "own").state == NOTE
    assert ailments.folder(tmp_path / "own").told.endswith("no record yet")
    (tmp_path / "own" / "ended").touch()
    assert "has ended" in ailments.folder(tmp_path / "own").told


@pytest.mark.parametrize(
    ("free", "state"), [(100 << 20, MISSING), (500 << 20, NOTE), (5 << 30, OK)]
)
def test_room_on_the_disk_is_counted(free, state, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: Usage(0, 0, free))
    assert ailments.disk(tmp_path / "not" / "there").state == state


def test_packages_that_are_too_old_are_named(monkeypatch):
    real = ailments.version
    monkeypatch.setattr(ailments, "version", lambda name: "0.1" if name == "rich" else real(name))
    finding = ailments.packages()
    assert finding.state == MISSING
    assert "rich>=" in finding.told
    assert "make install" in finding.way_out


class Far:
    """A provider beyond a network; it tells these bars, or raises."""

    def __init__(self, answer: int | RobotPlugError) -> None:
        self._answer = answer
        self.facts = providers.get("sample").facts

    def symbols(self) -> list[str]:
        return ["SPY"]

    def coverage(self) -> None:
        return None

    def fetch(self, request: providers.Request) -> Fetched:
        if isinstance(self._answer, RobotPlugError):
            raise self._answer
        assert request.until - request.after == timedelta(days=10)
        bar = Bar("SPY", datetime(2024, 1, 2, tzinfo=UTC), *[None] * 5)
        return Fetched([bar] * self._answer, [])


@pytest.mark.parametrize(
    ("answer", "state", "told"),
    [
        (7, OK, "answers: 7 bars of SPY"),
        (0, NOTE, "told no bar of SPY for ten days"),
        (ProviderError("it is not reached"), MISSING, "does not answer: it is not reached"),
    ],
)
def test_the_provider_is_asked(answer, state, told, tmp_path, monkeypatch):
    monkeypatch.setattr(ailments.Choice, "source", lambda _self: Far(answer))
    finding = ailments.provider(tmp_path)
    assert finding.state == state
    assert told in finding.told


def test_a_provider_that_never_answers_is_not_waited_for(tmp_path, monkeypatch):
    class Silent(Far):
        def fetch(self, request: providers.Request) -> Fetched:
            import threading

            threading.Event().wait(30)
            return super().fetch(request)

    monkeypatch.setattr(ailments, "ANSWERS_WITHIN_SECONDS", 0.1)
    monkeypatch.setattr(ailments.Choice, "source", lambda _self: Silent(1))
    assert "no answer within 0 seconds" in ailments.provider(tmp_path).told


def test_files_without_their_folder_say_what_to_set(robotplug):
    done = robotplug("doctor", "--provider", "files")
    assert done.code == 1
    assert "missing provider" in done.out
    assert "set it to a folder" in done.out


def test_a_look_that_fails_is_a_finding(monkeypatch, tmp_path):
    def broken(*_: object) -> Finding:
        raise RobotPlugError("it cannot; do this")

    monkeypatch.setattr(ailments, "postgresql", broken)
    finding = next(one for one in examined(tmp_path / "new") if one.name == "PostgreSQL")
    assert (finding.state, finding.told, finding.way_out) == (MISSING, "it cannot", "do this")


@pytest.mark.parametrize(("encoding", "state"), [("utf-8", OK), ("ascii", NOTE)])
def test_a_terminal_with_few_letters_is_noted(encoding, state, monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert ailments.terminal().state == state


def test_what_is_printed_ends_with_the_answer(capsys):
    assert print_findings(iter([Finding(OK, "fine", name="disk")]), as_json=False)
    assert "has all that it needs" in capsys.readouterr().out
    missing = Finding(MISSING, "[bold]full", "make room", "disk")
    assert not print_findings(iter([missing]), as_json=False)
    out = capsys.readouterr().out
    assert "missing disk" in out
    assert "[bold]full" in out
    assert "make room" in out
    assert "cannot start here: see disk" in out
