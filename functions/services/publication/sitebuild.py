"""Pelican, run inside this process: a folder of published JSON in, a folder of pages out.

Pelican is written for a command of its own. Imported, it replaces the logger class of the whole
process; run, it changes locale and module path, and its plugins listen ever after. All of that
is put back here.
"""

import hashlib
import locale
import logging
import os
import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from blinker import Signal
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from engine.errors import RobotPlugError

_ORDINARY = logging.getLoggerClass(), type(logging.getLogger())
from pelican import Pelican  # noqa: E402
from pelican.log import LimitFilter, console  # noqa: E402
from pelican.plugins import signals  # noqa: E402
from pelican.settings import read_settings  # noqa: E402

logging.setLoggerClass(_ORDINARY[0])
logging.getLogger().__class__ = _ORDINARY[1]
console.quiet = True
SOURCES = ("content", "plugins", "theme")
SIGNALS = [each for each in vars(signals).values() if isinstance(each, Signal)]

Dirty = Collection[str] | Literal["all"]
_ONE_AT_A_TIME = Lock()


class SiteError(RobotPlugError):
    """Mend the site's content, theme or settings."""


class KeptTemplates(BytecodeCache):
    """Compiled templates for the life of the process; each of Pelican's generators asks anew."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Use what was compiled from this very source, if anything was."""
        if compiled := self._compiled.get(f"{bucket.key}/{bucket.checksum}"):
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._compiled[f"{bucket.key}/{bucket.checksum}"] = bucket.bytecode_to_string()


class Complaints(logging.Handler):
    """Collects what Pelican warns of; it logs errors, too, and goes on."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.warnings: list[str] = []
        self.errors: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Take one line."""
        lines = self.errors if record.levelno >= logging.ERROR else self.warnings
        lines.append(record.getMessage())


def site_folder() -> Path:
    """Return the folder of pelicanconf.py: SITE_FOLDER, else the repository's site/."""
    given = os.environ.get("SITE_FOLDER")
    folder = Path(given) if given else Path(__file__).parents[3] / "site"
    if not (folder / "pelicanconf.py").is_file():
        raise SiteError(
            f"no pelicanconf.py in {folder}; set SITE_FOLDER to the folder that holds it"
        )
    return folder


def site_version() -> str:
    """Return a SHA-256 over content, theme, plugins and settings: what every page depends on."""
    folder, digest = site_folder(), hashlib.sha256()
    parts = [path for name in SOURCES for path in (folder / name).rglob("*") if path.is_file()]
    for path in sorted([folder / "pelicanconf.py", *parts]):
        if path.suffix != ".pyc":
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def build(data: Path, output: Path, dirty: Dirty, site_url: str) -> list[str]:
    """Write the pages of these robots and the indexes, or with "all" the whole site.

    data: what lies below data/ in the bucket. output: an empty folder.
    Returns Pelican's warnings; SiteError says what it counts as an error.
    """
    with _ONE_AT_A_TIME, _undisturbed(), _own_plugins(), _complaints() as complaints:
        settings = dict(_settings(site_folder(), site_url))
        settings |= {
            "ROBOT_DATA": str(data),
            "OUTPUT_PATH": str(output),
            "DIRTY_SLUGS": dirty if dirty == "all" else sorted(dirty),
        }
        Pelican(settings).run()
    if complaints.errors:
        raise SiteError(f"the site does not build: {'; '.join(complaints.errors)}")
    return complaints.warnings


@cache
def _settings(folder: Path, site_url: str) -> dict[str, Any]:
    settings: dict[str, Any] = read_settings(
        str(folder / "pelicanconf.py"), override={"SITEURL": site_url}
    )
    settings["JINJA_ENVIRONMENT"]["bytecode_cache"] = KeptTemplates()
    return settings


@contextmanager
def _undisturbed() -> Iterator[None]:
    paths, words = list(sys.path), locale.setlocale(locale.LC_ALL)
    try:
        yield
    finally:
        sys.path[:] = paths
        locale.setlocale(locale.LC_ALL, words)


@contextmanager
def _own_plugins() -> Iterator[None]:
    """Let nobody listen but the plugins of this build; each build registers its own anew."""
    others = [(each, receiver) for each in SIGNALS for receiver in _silenced(each)]
    try:
        yield
    finally:
        for each in SIGNALS:
            _silenced(each)
        for each, receiver in others:
            each.connect(receiver)


def _silenced(signal: Signal) -> list[Any]:
    receivers = list(signal.receivers_for(None))
    for receiver in receivers:
        signal.disconnect(receiver)
    return receivers


@contextmanager
def _complaints() -> Iterator[Complaints]:
    """Collect instead of printing; repeated complaints count every time, unlike in Pelican."""
    root, complaints = logging.getLogger("pelican"), Complaints()
    kept = root.propagate, root.level
    root.propagate = False
    root.setLevel(logging.WARNING)
    root.addHandler(complaints)
    _hear_everything()
    try:
        yield complaints
    finally:
        root.removeHandler(complaints)
        root.propagate, root.level = kept


def _hear_everything() -> None:
    for logger in list(logging.Logger.manager.loggerDict.values()):
        if isinstance(logger, logging.Logger):
            for each in [each for each in logger.filters if isinstance(each, LimitFilter)]:
                logger.removeFilter(each)
