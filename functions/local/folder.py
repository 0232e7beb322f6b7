"""The one folder that a platform writes to."""

import fcntl
import json
import os
import re
import shutil
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.errors import RobotPlugError
from functions.local.choice import SAMPLE, Choice

FOLDER = Path(".local")
LOCK = "robotplug.lock"
"""Marks a folder as a platform's, which may then be removed whole."""

MARKET = "market.json"
"""Says which market the record follows."""
_KEPT_OF_A_RECORD = ("postgres", "secrets.json", "logs", "ended", MARKET)
_ORPHANS_END_WITHIN_SECONDS = 5.0
PLATFORM = "a platform"


@dataclass(frozen=True)
class Folder:
    """Where everything of one installation lies; see open_folder."""

    path: Path
    lock: int

    @property
    def postgres(self) -> Path:
        """Return the database server's folder."""
        return self.path / "postgres"

    @property
    def secrets(self) -> Path:
        """Return the file of passwords and keys."""
        return self.path / "secrets.json"

    @property
    def logs(self) -> Path:
        """Return the folder with one log for each process."""
        return self.path / "logs"

    @property
    def temporary(self) -> Path:
        """Return the folder that stands in for /tmp; emptied at every start."""
        return self.path / "tmp"

    @property
    def ended(self) -> Path:
        """Return the file that is there once the sample's last session is published."""
        return self.path / "ended"

    def keep_choice(self, choice: Choice) -> None:
        """Say for good which market the record follows."""
        unfinished = self.path / f"{MARKET}.new"
        unfinished.write_text(json.dumps(choice.to_dict()))
        unfinished.replace(self.path / MARKET)

    def tell_running(self, environment: Mapping[str, str]) -> None:
        """Leave what the jobs' environment is, for commands that work on this platform."""
        file = running_file(self.path)
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as told:  # noqa: PTH123
            json.dump(dict(environment), told)

    def prepare(self) -> None:
        """Make the folders that the processes expect."""
        shutil.rmtree(self.temporary, ignore_errors=True)
        self.temporary.mkdir()
        self.logs.mkdir(exist_ok=True)

    def retire(self) -> Path:
        """Move a finished record aside, to the first free old-N, and return where it is."""
        number = 1
        while (old := self.path / f"old-{number}").exists():
            number += 1
        old.mkdir(mode=0o700)
        for name in _KEPT_OF_A_RECORD:
            if (self.path / name).exists():
                (self.path / name).rename(old / name)
        return old


def default_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return where a platform lies that was told no folder; each provider has its own.

    >>> default_folder({"PROVIDER": "yahoo"}).as_posix()
    '.local/yahoo'
    """
    provider = environment.get("PROVIDER", "").strip()
    named = re.fullmatch(r"[\w-]+", provider) and provider != SAMPLE
    return FOLDER / provider if named else FOLDER


def kept_choice(path: Path) -> Choice | None:
    """Return the market of the record that goes on in a folder; None where there is none."""
    if not (path / MARKET).is_file() or (path / "ended").exists():
        return None
    return Choice.of_dict(json.loads((path / MARKET).read_text()))


def platforms_below(path: Path) -> list[Path]:
    """Return the folders of other providers' platforms inside a platform's folder."""
    return sorted(one for one in path.iterdir() if (one / LOCK).is_file())


def running_file(path: Path) -> Path:
    """Return where a running platform leaves its jobs' environment, passwords included."""
    return path / "running.json"


def runs_in(path: Path) -> bool:
    """Whether a platform runs in the folder now and has left its environment."""
    if not running_file(path).exists():
        return False
    lock = os.open(path / LOCK, os.O_RDWR | os.O_CLOEXEC)
    try:
        return not _locked(lock)
    finally:
        os.close(lock)


def holds_other_things(path: Path) -> bool:
    """Whether something is there that is not a platform's folder."""
    if not path.is_dir():
        return path.exists()
    if (path / LOCK).exists():
        return False
    try:
        return set(platforms_below(path)) != set(path.iterdir())
    except OSError:
        return False  # what cannot be read is refused for that, in its own words


@contextmanager
def open_folder(path: Path, work: str = PLATFORM) -> Iterator[Folder]:
    """Make the folder if need be and hold its lock, which the children share.

    work: what goes on in it meanwhile, as others are told. RobotPlugError when it cannot be
    written to, when something already runs in it, or when it holds what no platform made:
    nothing of a user's is ever mixed with what clean removes.
    """
    path = path.absolute()
    if holds_other_things(path):
        raise RobotPlugError(f"{path} holds other things; name a new or an empty folder")
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise RobotPlugError(
            f"cannot write below {path} ({error.strerror}); "
            "make the folder writable, or run from a copy that is"
        ) from error
    try:
        _take(lock, path, work)
        running_file(path).unlink(missing_ok=True)
        yield Folder(path, lock)
        running_file(path).unlink(missing_ok=True)
    finally:
        os.close(lock)


def _take(lock: int, path: Path, work: str) -> None:
    """Take the lock, waiting a little for the children of a parent that was killed."""
    deadline = time.monotonic() + _ORPHANS_END_WITHIN_SECONDS
    while not _locked(lock):
        owner, works = _owner(lock)
        if _lives(owner) or time.monotonic() > deadline:
            way_out = "stop it with Ctrl-C" if works == PLATFORM else "wait until it has ended"
            raise RobotPlugError(
                f"{works} already runs in {path} (process {owner}); "
                f"{way_out}, or give this one another folder with --folder"
            )
        time.sleep(0.05)
    os.truncate(lock, 0)
    os.pwrite(lock, f"{os.getpid()} {work}".encode(), 0)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(lock: int) -> tuple[int, str]:
    """The process that took the lock, and what it does there."""
    process, _, work = os.pread(lock, 60, 0).decode().partition(" ")
    return int(process or 0), work or PLATFORM


def _lives(process: int) -> bool:
    if process == 0:
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
