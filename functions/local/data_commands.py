"""`robotplug data import|status|gaps`."""

from pathlib import Path
from typing import Annotated

import typer

from functions.local.arguments import BarLength, Calendar, DataFolder, Folder, Json, Provider

commands = typer.Typer(
    help="Bring your own data, and see what there is of it.",
    no_args_is_help=True,
    rich_markup_mode=None,
)
_IMPORT = """Collect a provider's past into the platform's database, running or not.

Done again it fetches only what is new; after Ctrl-C the same command goes on.

\b
robotplug data import --provider files --data-folder ./bars --symbols SPY,QQQ --bar 1h
robotplug data import --provider yahoo --symbols SPY --from 2015-01-01
"""


@commands.command("import", help=_IMPORT)
def import_(
    provider: Provider = "files",
    symbols: Annotated[
        str, typer.Option(help="Symbols, with commas between; else all that the provider lists.")
    ] = "",
    bar: BarLength = "1d",
    calendar: Calendar = None,
    first: Annotated[
        str | None,
        typer.Option("--from", help="First day, as 2015-01-01; else all there is, or is new."),
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day; else the newest.")] = None,
    data_folder: DataFolder = None,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Collect a provider's past; see _IMPORT."""
    from functions.local.backtest import day_of, symbols_of
    from functions.local.choice import tell_providers
    from functions.local.data import Import
    from functions.local.data_import import run_import
    from functions.local.past import Series

    tell_providers(data_folder, symbols)
    series = Series(provider, bar, calendar, day_of("to", last))
    names = symbols_of(symbols) if symbols else ()
    asked = Import.of(series, names, day_of("from", first))
    run_import(asked, _place(folder), as_json=json)


@commands.command(help="List every series: how far it reaches, what it lacks, what was refused.")
def status(folder: Folder = None, json: Json = False) -> None:
    """List every series."""
    from functions.local import data, data_report
    from functions.local.reached import reached

    with reached(_place(folder)) as session:
        rows = data.status(session.connect)
    (data_report.print_status_json if json else data_report.print_status)(rows)


@commands.command(help="List what one symbol lacks, and which rows are not used and why.")
def gaps(
    symbol: Annotated[str, typer.Argument(help="A symbol, as `robotplug data status` lists it.")],
    folder: Folder = None,
    json: Json = False,
) -> None:
    """List what one symbol lacks."""
    from functions.local import data, data_report
    from functions.local.reached import reached

    with reached(_place(folder)) as session:
        found = data.gaps(session.connect, symbol)
    (data_report.print_gaps_json if json else data_report.print_gaps)(found)


def _place(folder: Path | None) -> Path:
    from functions.local.folder import default_folder

    return folder or default_folder()
