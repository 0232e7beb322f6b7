"""The things that `robotplug doctor` looks at, each with a way out where it is not well."""

import os
import platform
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from engine.errors import RobotPlugError
from functions.local.choice import Choice
from functions.local.folder import holds_other_things, kept_choice, runs_in
from functions.local.ports import is_free
from functions.local.postgres_program import Program
from functions.providers import Request

OK, NOTE, MISSING = "ok", "note", "missing"
OURS = "tradingrobotplug"
LEAST_FREE, EASY_FREE = 300 << 20, 1 << 30
ANSWERS_WITHIN_SECONDS = 20.0
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


class Finding(NamedTuple):
    """What was seen; state: OK, NOTE for what only costs something, MISSING for what run needs."""

    state: str
    told: str
    way_out: str = ""
    name: str = ""


def python() -> Finding:
    """Whether this Python is one that the project supports."""
    told = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    needed = distribution(OURS).metadata["Requires-Python"]
    if SpecifierSet(needed).contains(platform.python_version(), prereleases=True):
        return Finding(OK, told)
    return Finding(MISSING, told, f"install a Python {needed} and make the environment anew")


def packages() -> Finding:
    """Whether every package that the project needs is there, new enough."""
    needed = [Requirement(text) for text in distribution(OURS).requires or ()]
    wanted = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    lacking = [str(one) for one in wanted if not _installed(one)]
    if not lacking:
        return Finding(OK, f"{len(wanted)} packages, robotplug {version(OURS)}")
    way_out = "`make install`, or pip install --require-hashes -r requirements.txt"
    return Finding(MISSING, f"not there, or too old: {', '.join(lacking)}", way_out)


def folder(place: Path) -> Finding:
    """Whether the platform's folder can be made or goes on."""
    if holds_other_things(place):
        return Finding(MISSING, f"{place} holds other things", "name a new one with --folder")
    if not os.access(_existing(place), os.W_OK | os.X_OK):
        way_out = "go where you may write, or name a folder with --folder"
        return Finding(MISSING, f"{_existing(place)} cannot be written to", way_out)
    if not place.exists():
        return Finding(OK, f"{place} is not there yet; the first run makes it")
    if runs_in(place):
        return Finding(NOTE, f"a platform runs in {place} now", "a second one needs --folder")
    if (place / "ended").exists():
        return Finding(OK, f"the record in {place} has ended; the next run starts a new one")
    kept = kept_choice(place)
    told = f"a record of the {kept.provider} provider" if kept else "no record yet"
    return Finding(OK, f"{place}: {told}")


def disk(place: Path) -> Finding:
    """Whether there is room for a database and what it publishes."""
    free = shutil.disk_usage(_existing(place)).free
    told = f"{free / (1 << 30):,.1f} GB free"
    if free >= EASY_FREE:
        return Finding(OK, told)
    way_out = "make room, or name a folder on another disk with --folder"
    return Finding(MISSING if free < LEAST_FREE else NOTE, told, way_out)


def postgresql(place: Path) -> Finding:
    """Whether the server of the wheel runs here; RobotPlugError says why not."""
    with _tried(place) as folder:
        program = Program.find(folder)
    return Finding(OK, f"{program.major}, from its wheel")


def port(number: int, place: Path) -> Finding:
    """Whether the platform can listen where a browser looks for it."""
    if is_free(number):
        return Finding(OK, f"{number} is free")
    if place.exists() and runs_in(place):
        return Finding(NOTE, f"{number} is taken, and a platform runs in {place}")
    other = number + 1 if number < 65535 else number - 1
    return Finding(MISSING, f"{number} is taken by another program", f"take --port {other}")


def provider(place: Path) -> Finding:
    """Whether the provider of this platform answers with bars of the last days."""
    choice = Choice.read().within(kept_choice(place), place)
    symbols = choice.symbols or tuple(choice.source().symbols())
    if not symbols:
        return Finding(MISSING, f"{choice.provider} has no symbol", "name some with --symbols")
    try:
        bars = _newest_bars(choice, symbols[0])
    except RobotPlugError as error:
        told = f"{choice.provider} does not answer: {error}"
        return Finding(MISSING, told, "look at the network, or take --provider sample")
    if not bars:
        told = f"{choice.provider} told no bar of {symbols[0]} for ten days"
        return Finding(NOTE, told, "look whether it is still traded under this name")
    return Finding(OK, f"{choice.provider} answers: {bars} bars of {symbols[0]}")


def speed() -> Finding:
    """Whether long simulations can be compiled."""
    if find_spec("numba") is None:
        return Finding(
            NOTE, "simulations run as plain Python", "numba has no wheel for this machine"
        )
    return Finding(OK, f"numba {version('numba')}, {os.cpu_count()} processors")


def chromium() -> Finding:
    """Whether the tests of the pages can open them."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is not None:
        return Finding(OK, found)
    way_out = "only the tests of the pages need one; any of " + ", ".join(BROWSERS) + " will do"
    return Finding(NOTE, "none found", way_out)


def terminal() -> Finding:
    """Whether what is printed can be shown."""
    encoding = sys.stdout.encoding or "unknown"
    width = shutil.get_terminal_size((80, 24)).columns
    told = f"{encoding}, {width} columns{', NO_COLOR' if 'NO_COLOR' in os.environ else ''}"
    if encoding.lower().replace("-", "") == "utf8":
        return Finding(OK, told)
    return Finding(NOTE, told, "what it cannot show is a ?; PYTHONUTF8=1 shows everything")


def _installed(wanted: Requirement) -> bool:
    try:
        return wanted.specifier.contains(version(wanted.name), prereleases=True)
    except PackageNotFoundError:
        return False


def _existing(path: Path) -> Path:
    """The nearest folder above that is there."""
    return path if path.is_dir() else _existing(path.parent)


@contextmanager
def _tried(place: Path) -> Iterator[Path]:
    """A folder beside the platform's that is gone afterwards."""
    made = tempfile.mkdtemp(prefix=".doctor-", dir=_existing(place.parent))
    try:
        yield Path(made)
    finally:
        shutil.rmtree(made, ignore_errors=True)


def _newest_bars(choice: Choice, symbol: str) -> int:
    """How many daily bars a provider tells of ten days; RobotPlugError without an answer."""
    source, answers = choice.source(), list[int | RobotPlugError]()
    coverage, until = source.coverage(), datetime.now(UTC)
    if coverage is not None:
        until = datetime.combine(coverage.last, datetime.max.time(), UTC)
    request = Request(symbol, source.facts.lengths[0], until - timedelta(days=10), until)

    def ask() -> None:
        try:
            answers.append(len(source.fetch(request).bars))
        except RobotPlugError as error:
            answers.append(error)

    asking = threading.Thread(target=ask, daemon=True)
    asking.start()
    asking.join(ANSWERS_WITHIN_SECONDS)
    match answers:
        case [int(bars)]:
            return bars
        case [RobotPlugError() as error]:
            raise error
    raise RobotPlugError(f"no answer within {ANSWERS_WITHIN_SECONDS:.0f} seconds")
