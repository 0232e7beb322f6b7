"""`robotplug data import|status|gaps`."""

from pathlib import Path
from typing import Annotated

import typer

from functions.local.arguments import BarLength, Calendar, DataFolder, Folder, Json, Provider
from functions.local.grammar import Command, Group

commands = typer.Typer(
    cls=Group,
    help="Bring your own data, and see what there is of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)


@commands.command("import", cls=Command)
def import_(
    provider: Provider = "files",
    symbols: Annotated[
        str | None,
        typer.Option(
            metavar="A,B",
            help="Symbols, with commas between; else all that the provider lists.",
            show_default=False,
        ),
    ] = None,
    bar: BarLength = "1d",
    calendar: Calendar = None,
    first: Annotated[
        str | None,
        typer.Option(
            "--from", metavar="DAY", help="First day, as 2015-01-01; else all there is, or is new."
        ),
    ] = None,
    last: Annotated[
        str | None, typer.Option("--to", metavar="DAY", help="Last day; else the newest.")
    ] = None,
    again: Annotated[
        bool,
        typer.Option(
            "--again",
            help="Read what is stored once more: gaps are filled, what differs is kept beside it.",
        ),
    ] = False,
    data_folder: DataFolder = None,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Collect a provider's past into the platform's database, running or not.

    Done again it fetches only what is new, with --again all of it; after Ctrl-C the same command
    goes on.
    """
    from functions.local.choice import tell_providers
    from functions.local.data import Import
    from functions.local.data_import import run_import
    from functions.local.past import Series
    from functions.local.typed import day_of, symbols_of

    tell_providers(data_folder, symbols or "")
    series = Series(provider, bar, calendar, day_of("to", last))
    names = () if symbols is None else symbols_of(symbols)
    asked = Import.of(series, names, day_of("from", first), again=again)
    run_import(asked, _place(folder), as_json=json)


@commands.command(cls=Command)
def status(folder: Folder = None, json: Json = False) -> None:
    """List every series: how far it reaches, what it lacks, what was refused."""
    from functions.local import data, data_report
    from functions.local.reached import reached

    with reached(_place(folder)) as session:
        rows = data.status(session.connect)
    (data_report.print_status_json if json else data_report.print_status)(rows)


@commands.command(cls=Command)
def gaps(
    symbol: Annotated[
        str, typer.Argument(metavar="SYMBOL", help="A symbol, as `robotplug data status` lists it.")
    ],
    folder: Folder = None,
    json: Json = False,
) -> None:
    """List what one symbol lacks, and which rows are not used and why; and what is odd."""
    from functions.local import data, data_report
    from functions.local.reached import reached

    with reached(_place(folder)) as session:
        found = data.gaps(session.connect, symbol)
    (data_report.print_gaps_json if json else data_report.print_gaps)(found)


def _place(folder: Path | None) -> Path:
    from functions.local.folder import default_folder

    return folder or default_folder()
