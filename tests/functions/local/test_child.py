import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from queue import SimpleQueue

import pytest

from functions.local.child import Child, Message
from functions.local.environment import scrubbed
from functions.local.folder import Folder, open_folder

PARENT = """
import signal, sys
from pathlib import Path
from queue import SimpleQueue
from functions.local.child import Child
from functions.local.environment import scrubbed
from functions.local.folder import open_folder

with open_folder(Path(sys.argv[1])) as folder:
    folder.prepare()
    inbox = SimpleQueue()
    child = Child("moto", folder, scrubbed(folder), inbox)
    inbox.get()
    print(child.pid, flush=True)
    signal.pause()
"""


@pytest.fixture
def folder(tmp_path: Path):
    with open_folder(tmp_path / "local") as folder:
        folder.prepare()
        yield folder


def moto(folder: Folder) -> tuple[Child, "SimpleQueue[Message]"]:
    inbox: SimpleQueue[Message] = SimpleQueue()
    return Child("moto", folder, scrubbed(folder), inbox), inbox


def ended(pid: int, within: float = 60.0) -> bool:
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except FileNotFoundError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def test_what_a_child_tells_arrives_and_so_does_its_end(folder):
    child, inbox = moto(folder)
    told = inbox.get(timeout=60)
    assert told.child == "moto"
    assert told.content["port"] > 0
    child.stop(within=5)
    assert inbox.get(timeout=60) == Message("moto", {"exit": -signal.SIGTERM})


def test_a_child_that_does_not_stop_is_ended(folder):
    child, inbox = moto(folder)
    inbox.get(timeout=60)
    os.kill(child.pid, signal.SIGSTOP)
    child.stop(within=0.2)
    assert ended(child.pid)


def test_a_child_that_fails_leaves_its_reason_in_the_log(folder):
    inbox: SimpleQueue[Message] = SimpleQueue()
    child = Child("no_such_module", folder, scrubbed(folder), inbox)
    assert inbox.get(timeout=60).content["exit"] == 1
    assert "No module named functions.local.no_such_module" in child.last_lines()
    child.stop(within=1)


def test_a_child_ends_with_its_parent_however_that_ended(tmp_path: Path):
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path / "local")], stdout=subprocess.PIPE, text=True
    )
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    assert ended(pid)
    with open_folder(tmp_path / "local"):
        """The lock, which the child shared, is free."""


def test_nothing_of_the_user_reaches_a_child(folder):
    user = {
        "PATH": "/bin",
        "HOME": "/home/me",
        "AWS_PROFILE": "production",
        "AWS_ACCESS_KEY_ID": "AKIA",
        "PGPASSWORD": "secret",
        "DATABASE_URL": "postgresql://production",
        "HTTPS_PROXY": "http://proxy",
        "PYTHONPATH": "/home/me/lib",
    }
    seen = scrubbed(folder, user)
    assert seen["PATH"] == "/bin"
    assert not {"AWS_PROFILE", "PGPASSWORD", "DATABASE_URL", "HTTPS_PROXY", "PYTHONPATH"} & set(
        seen
    )
    assert not set(seen.values()) & {"AKIA", "/home/me"}
    assert seen["HOME"].startswith(str(folder.path))
    assert not Path(seen["HOME"]).exists()
