"""`robotplug reproduce`: run a backtest again over the bars that it read; a record is verified."""

import json
import os
from pathlib import Path

from engine.errors import ParameterError
from functions.local.proof import recorded, shown_progress
from functions.local.verify import as_document, print_table
from functions.services.proof.reproducing import Reproduced, job_named, reproduce
from functions.services.proof.verifying import Verified, verify


def print_reproduction(run: str, folder: Path | None, *, as_json: bool) -> bool:
    """Print whether a run comes out as it is stored, or what differs and why; False if it does."""
    with recorded(folder) as database, shown_progress() as told:
        job = job_named(database, run)
        if job.kind == "sweep":
            raise ParameterError(f"run {run} is a sweep; its backtests are not kept one by one")
        found: Verified | Reproduced
        if job.kind == "paper":
            found = verify(database, job.slug, None, told)
        else:
            told("simulate", 0, 1)
            found = reproduce(database, job, os.environ.get("PROVIDER", "sample"))
            told("simulate", 1, 1)
    if isinstance(found, Verified):
        print(json.dumps(as_document(found), indent=2)) if as_json else print_table(found)  # noqa: T201
    elif as_json:
        document = {**found._asdict(), "execution": str(found.execution), "proved": found.proved}
        print(json.dumps(document, indent=2))  # noqa: T201
    else:
        print("\n".join(lines_of(found)))  # noqa: T201
    return found.proved


def lines_of(found: Reproduced) -> list[str]:
    """Say what differs and why, and the verdict in the last line."""
    name = f"{found.slug}, backtest {found.execution}"
    if found.proved:
        verdict = (
            f"{name}: REPRODUCED: {found.trades:,} trades and {found.points:,} equity points come "
            f"out as they are stored; identity {found.identity or 'not kept'}"
        )
    else:
        verdict = f"{name}: DIFFERS from what is stored"
    return [*found.told, *found.differences, *found.reasons, verdict]
