"""`robotplug` as it is typed, in this process or in one of its own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from functions.local.cli import app

PROGRAM = Path(sys.executable).with_name("robotplug")


class Done(NamedTuple):
    """What a command left."""

    code: object
    out: str
    err: str

    @property
    def said(self) -> str:
        """The one line that a user reads."""
        assert self.err.count("\n") == 1, self.err
        return self.err.removeprefix("robotplug: ").rstrip("\n")


class Typing:
    """Types commands in this process: what they set in the environment is gone afterwards."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str) -> Done:
        self._capsys.readouterr()
        with _argued(words), pytest.raises(SystemExit) as ended:
            app()
        return Done(ended.value.code, *self._capsys.readouterr())


@contextmanager
def _argued(words: tuple[str, ...]) -> Iterator[None]:
    argv, environment = sys.argv, dict(os.environ)
    sys.argv = ["robotplug", *words]
    try:
        yield
    finally:
        sys.argv = argv
        os.environ.clear()
        os.environ.update(environment)


def started(*words: str, cwd: Path | None = None, **environment: str) -> "subprocess.Popen[str]":
    """Start the program as a shell does."""
    variables = {"PATH": os.environ["PATH"], "COLUMNS": "120", **environment}
    pipe = subprocess.PIPE
    command = [str(PROGRAM), *words]
    return subprocess.Popen(
        command, stdout=pipe, stderr=pipe, text=True, errors="replace", env=variables, cwd=cwd
    )


def typed(*words: str, cwd: Path | None = None, **environment: str) -> Done:
    """Run the program to its end."""
    with started(*words, cwd=cwd, **environment) as process:
        out, err = process.communicate()
    return Done(process.returncode, out, err)
