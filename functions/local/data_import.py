"""How an import is shown: a bar for each symbol, or a line where nobody looks at a terminal."""

import json
import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn
from rich.progress import TimeElapsedColumn as Elapsed

from engine.errors import RobotPlugError
from functions.local.data import Import, Imported, imported, refuse_the_future
from functions.local.data_report import text
from functions.local.reached import reached
from functions.services.market.grid import ANCHORS, DAY
from functions.services.market.quality import CLOSED

_SHOWN_DAYS = 3
_LONG_ENDED = 20


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
        print(json.dumps([one.to_dict() for one in done], indent=2, default=text))  # noqa: T201
    else:
        for hint in hints(asked, done):
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
    '12 bars, 3 noted'
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
        odd = "; ".join(kinds_of(collected.oddities))
        said.append(f"{collected.noted:,} noted" + (f" ({odd})" if odd else ""))
    return ", ".join(said) or "nothing new"


def kinds_of(oddities: Iterable[tuple[datetime, str]]) -> list[str]:
    """Say of each kind of oddity how many bars there are, and which come first.

    >>> kinds_of([(datetime(2013, 3, 1), "no volume"), (datetime(2013, 3, 4), "no volume")])
    ['2: no volume, on 2013-03-01, 2013-03-04']
    """
    days: dict[str, list[str]] = {}
    for starts, kind in sorted(oddities):
        days.setdefault(kind, []).append(f"{starts:%Y-%m-%d}")
    return [
        f"{len(found):,}: {kind}, on {', '.join(first[:_SHOWN_DAYS])}"
        + (", ..." if len(first) > _SHOWN_DAYS else "")
        for kind, found in sorted(days.items())
        for first in [list(dict.fromkeys(found))]
    ]


def hints(asked: Import, done: Sequence[Imported]) -> list[str]:
    """Say what to do about what an import did not bring."""
    found = (beside_grid(asked, done), unread(asked, done), ended(asked, done))
    return [hint for hint in found if hint]


def unread(asked: Import, done: Sequence[Imported]) -> str:
    """Say how what is missing, or was mended, is read after all."""
    if asked.again:
        return ""
    missing = sum(one.missing for one in done)
    if missing:
        are = "bars are" if missing > 1 else "bar is"
        return f"{missing:,} {are} missing; --again reads all of it once more"
    if any(one.refused for one in done):
        return "once refused rows are mended, --again reads all of it once more"
    if any(one.last and not one.collected.bars and not one.collected.failure for one in done):
        return "what is stored was not read again; --again reads all of it once more"
    return ""


def ended(asked: Import, done: Sequence[Imported]) -> str:
    """Say what to do with files that nothing is added to any more."""
    lasts = [one.last for one in done if one.last and one.overdue >= _LONG_ENDED]
    if asked.source.name != "files" or not lasts or asked.source.provider.coverage() is not None:
        return ""
    named = "the file ends" if len(lasts) == 1 else f"{len(lasts)} files end"
    by = "" if len(lasts) == 1 else "by "
    return (
        f"{named} {by or 'on '}{max(lasts):%Y-%m-%d}, and later sessions count as overdue; "
        "where nothing is added to the folder any more, write grows = false in robotplug.toml"
    )


def beside_grid(asked: Import, done: Sequence[Imported]) -> str:
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
