"""Strategies planted as files: some look ahead or do not repeat themselves, some only seem to."""

import shutil
from pathlib import Path

import strategies
from engine import Market, Options
from functions.services.checking.judging import Judged, Subject, judged
from tests.builders.bars import random_market

FILES = Path(__file__).parents[1] / "fixtures" / "checked"
LEAKING = sorted((FILES / "leaking").glob("*.py"))
HONEST = sorted((FILES / "honest").glob("*.py"))
NEVER = "never_trades"
MARK = "# leak"


def market(rows: int = 260) -> Market:
    """A market of which the last symbol is listed late."""
    return random_market(seed=11, rows=rows, symbols=("AAPL", "IBM", "FB"), gaps=0, late=40)


def marked(file: Path) -> list[int]:
    """The lines of a file that are marked as its leak."""
    lines = file.read_text().splitlines()
    return [number for number, line in enumerate(lines, 1) if MARK in line]


def judged_copy(file: Path, folder: Path, market: Market, cuts: int | None = None) -> Judged:
    """Judge a copy of a file, so that nothing of earlier runs lies beside it."""
    place = shutil.copy(file, folder / file.name)
    for table in file.parent.glob("*.csv"):  # what a leak reads beside itself
        shutil.copy(table, folder)
    subject = Subject(str(place), strategies.load_file(place)(), market, None, Options())
    return judged(subject, cuts=cuts)
