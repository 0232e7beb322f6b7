"""`robotplug verify`: prove a record, or name what of it was changed."""

import json
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from functions.local.proof import place_of, recorded, shown_progress
from functions.services.proof.verifying import Verified, verify

MOST = 20
"""How many damages are told; where one row was changed, whatever follows from it is changed too."""


def print_proof(robot: str, folder: Path | None, known: str | None, *, as_json: bool) -> bool:
    """Print what is proved of a robot's record; False where it is not whole."""
    with recorded(folder) as database, shown_progress() as told:
        found = verify(database, robot, known, told)
    if as_json:
        print(json.dumps(as_document(found), indent=2))  # noqa: T201
    else:
        print(f"the record of {found.slug} in {place_of(folder)}, on bars of {found.source}")  # noqa: T201
        print_table(found)
    return found.proved


def as_document(found: Verified) -> dict[str, Any]:
    """Return it as JSON has it."""
    segments = [segment._asdict() for segment in found.segments]
    return {**found._asdict(), "segments": segments, "proved": found.proved}


def print_table(found: Verified) -> None:
    """Print a line for each segment, what is damaged, and the verdict."""
    # Into a pipe or a file no line is broken.
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 200)
    table = Table("segment", "opened as", box=None, pad_edge=False, header_style="bold")
    for column in ("slots", "replayed", "equal"):
        table.add_column(column, justify="right")
    table.add_column("from slot", no_wrap=True)
    for each in found.segments:
        counts = (each.slots, each.replayed, each.equal)
        table.add_row(
            str(each.number), each.reason, *(f"{count:,}" for count in counts), each.first
        )
    console.print(table)
    for line in [*_notes(found), *_damages(found), verdict(found)]:
        console.print(line, markup=False, soft_wrap=True)


def verdict(found: Verified) -> str:
    """Say in one line what is proved."""
    if found.damages:
        count = len(found.damages)
        told = "one thing is" if count == 1 else f"{count} things are"
        return f"{found.slug}: DAMAGED: {told} not as it was written"
    if found.known == "":
        return f"{found.slug}: NOT THE SAME: the hash that was written down is not in its chain"
    if not found.slots:
        return f"{found.slug}: NOTHING TO PROVE YET: its first slot is not recorded"
    equal = sum(segment.equal for segment in found.segments)
    share = "all" if equal == found.slots else f"{equal:,} of them"
    return (
        f"{found.slug}: PROVED: {_counted(found.slots, 'slot')}, {share} replayed and equal; "
        f"{_counted(found.trades, 'trade')}, {_counted(found.metrics, 'metric')} worked out anew; "
        f"both chains are whole, the newest hash is {found.head}"
    )


def _notes(found: Verified) -> list[str]:
    notes = [f"segment {each.number}: {each.told}" for each in found.segments if each.told]
    if found.known:
        notes.append(f"the hash that was written down is the decision of slot {found.known}")
    if found.compared:
        notes.append(
            f"{_counted(found.compared, 'metric')} not measured anew: they compare with another "
            "robot, and what that ran then is no part of this record"
        )
    return notes


def _damages(found: Verified) -> list[str]:
    more = len(found.damages) - MOST
    return [*found.damages[:MOST], *([f"and {more:,} more"] if more > 0 else [])]


def _counted(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
