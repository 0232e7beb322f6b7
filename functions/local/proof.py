"""What `robotplug verify` and `robotplug reproduce` share: a record to read, and how far it is."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from functions.local.folder import default_folder
from functions.local.reached import reached
from functions.store.appending import Database
from functions.store.publication import snapshot
from functions.store.session import Session

Told = Callable[[str, int, int], None]


def place_of(folder: Path | None) -> str:
    """Name what `recorded` reads."""
    if os.environ.get("DATABASE_URL", "") and folder is None:
        return "the database of DATABASE_URL"
    return f"the folder {folder or default_folder()}"


@contextmanager
def recorded(folder: Path | None) -> Iterator[Database]:
    """Give one snapshot of the records: DATABASE_URL's where no folder is named, else a folder's.

    RobotPlugError where there is neither.
    """
    url = os.environ.get("DATABASE_URL", "")
    if url and folder is None:
        session = Session(url)
        try:
            with snapshot(session.connect()) as database:
                yield database
        finally:
            session.close()
        return
    with reached(folder or default_folder()) as session, snapshot(session.connect()) as database:
        yield database


@contextmanager
def shown_progress() -> Iterator[Told]:
    """Show stages on standard error while they last; nothing where nobody looks at a terminal."""
    if not sys.stderr.isatty():
        yield lambda _stage, _done, _total: None
        return
    columns = (TextColumn("{task.description:<12}"), BarColumn(), MofNCompleteColumn())
    tasks: dict[str, TaskID] = {}
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage)
            progress.update(tasks[stage], completed=done, total=total)

        yield tell
