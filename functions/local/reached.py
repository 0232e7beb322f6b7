"""A platform's database from the command line, whether the platform runs or not."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from engine.errors import RobotPlugError
from functions.local.database import Database
from functions.local.folder import open_folder, running_file, runs_in
from functions.store.roles import JOBS
from functions.store.session import Session


@contextmanager
def reached(path: Path, *, make: bool = False) -> Iterator[Session]:
    """Give a session as the jobs have it; where no platform runs, PostgreSQL runs meanwhile.

    make: whether a folder that is not there yet is made. RobotPlugError where it must be there.
    """
    path = path.absolute()
    if runs_in(path):
        variables: dict[str, str] = json.loads(running_file(path).read_text())
        session = Session(variables["DATABASE_URL"])
        try:
            yield session
        finally:
            session.close()
        return
    if not make and not (path / "postgres").is_dir():
        raise RobotPlugError(
            f"no platform in {path}; `robotplug run` and `robotplug data import` make one"
        )
    work = "an import" if make else "a command"
    with open_folder(path, work) as folder, _alone(Database(folder)) as session:
        yield session


@contextmanager
def _alone(database: Database) -> Iterator[Session]:
    try:
        database.start()
        database.prepare()
        session = Session(database.url(JOBS))
        try:
            yield session
        finally:
            session.close()
    finally:
        database.stop()
