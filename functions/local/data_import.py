"""How an import is shown: a bar for each symbol, or a line where nobody looks at a terminal."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from engine.errors import RobotPlugError
from functions.local.data import Import, Imported, imported, refuse_the_future
from functions.local.reached import reached
from functions.services.market.grid import ANCHORS, DAY
from functions.services.market.quality import CLOSED

_NOTED = "noted (the same row again, outside trading hours, or odd but used)"


def run_import(asked: Import, folder: Path, *, as_json: bool) -> None:
    """Import and say what came of it; RobotPlugError when a symbol could not be read."""
    refuse_the_future(asked, folder)
    # Of a query that Ctrl-C cut short the line below says all there is to say.
    logging.getLogger("psycopg").setLevel(logging.ERROR)
    done: list[Imported] = []
    try:
        with reached(folder, make=True) as session:
            done.extend(_shown(asked, imported(asked, session.connect), quiet=as_json))
    except KeyboardInterrupt:
        print(  # noqa: T201
            "\nstopped; what was stored stays, and the same command goes on", file=sys.stderr
        )
        sys.exit(130)
    if as_json:
        print(json.dumps([one.to_dict() for one in done], indent=2))  # noqa: T201
    elif hint := hint_of(asked, done):
        print(hint)  # noqa: T201
    _refuse_failures(asked, done)


def _shown(asked: Import, done: Iterator[Imported], *, quiet: bool) -> Iterator[Imported]:
    if quiet:
        yield from done
    elif sys.stdout.isatty():
        yield from _with_bars(asked.symbols, done)
    else:
        for one in done:
            print(f"{one.symbol}: {words_of(one)}", flush=True)  # noqa: T201
            yield one


def _with_bars(symbols: Sequence[str], done: Iterable[Imported]) -> Iterator[Imported]:
    names = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    columns = (*names, Elapsed(), TextColumn("{task.fields[bars]}"))
    with Progress(*columns, console=Console(highlight=False)) as progress:
        whole = progress.add_task("symbols", total=len(symbols), bars="")
        bars = 0
        for one in done:
            bars += one.collected.bars
            progress.console.print(f"{one.symbol}: {words_of(one)}", markup=False)
            progress.update(whole, advance=1, bars=f"{bars:,} bars")
            yield one


def words_of(one: Imported) -> str:
    """Say what became of a symbol.

    >>> from functions.services.market.collecting import Collected
    >>> words_of(Imported("SPY", Collected(asked=1, bars=1200, restated=1), {"the market was": 2}))
    '1,200 bars, 1 restated, 2 not used (2: the market was)'
    >>> words_of(Imported("SPY", Collected(), {}))
    'nothing new'
    >>> words_of(Imported("SPY", Collected(asked=1, bars=12, noted=3), {}))
    '12 bars, 3 noted (the same row again, outside trading hours, or odd but used)'
    """
    collected = one.collected
    if collected.failure:
        return f"failed: {collected.failure}"
    counts = {"bars": collected.bars, "actions": collected.actions, "restated": collected.restated}
    said = [f"{number:,} {name}" for name, number in counts.items() if number]
    if one.refused:
        reasons = "; ".join(f"{number}: {reason}" for reason, number in one.refused.items())
        said.append(f"{sum(one.refused.values()):,} not used ({reasons})")
    if collected.noted:
        said.append(f"{collected.noted:,} {_NOTED}")
    return ", ".join(said) or "nothing new"


def hint_of(asked: Import, done: Sequence[Imported]) -> str:
    """Say what to try where most rows lie beside the grid of their bars, or nothing."""
    closed = sum(one.refused.get(CLOSED, 0) for one in done)
    others = sum(one.collected.bars + sum(one.refused.values()) for one in done) - closed
    if asked.source.name != "files" or asked.slot.bar == DAY or closed <= others:
        return ""
    anchor = asked.source.provider.facts.anchor
    (other,) = set(ANCHORS) - {anchor}
    return (
        f'most rows lie between the bars that robotplug.toml expects with anchor = "{anchor}"; '
        f'try anchor = "{other}", the right calendar and timezone, and import again'
    )


def _refuse_failures(asked: Import, done: Sequence[Imported]) -> None:
    failed = [one for one in done if one.collected.failure]
    if failed:
        reasons = "; ".join(f"{one.symbol}: {one.collected.failure}" for one in failed)
        raise RobotPlugError(
            f"{len(failed)} of {len(asked.symbols)} symbols could not be read ({reasons}); "
            "the rest is stored, the same command tries these again"
        )
