"""`robotplug`: everything that is done from a terminal.

What a command needs is imported when it is called, so that --help answers at once; the engine
imports numpy and is no exception.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

FOLDER = Path(".local")
commands = typer.Typer(
    help="Trading robots that never trade: what they would have done, proved and published.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # half of the time that --help takes
)
Folder = Annotated[Path, typer.Option(help="Where the platform keeps everything.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]


def app() -> None:
    """Run one command; what a user can mend is one line on standard error.

    Exit code 2 when what was asked for is to be mended, 1 for anything else.
    """
    try:
        commands()
    except Exception as error:
        from engine.errors import DataError, OrderError, ParameterError, RobotPlugError

        if not isinstance(error, RobotPlugError):
            raise
        print(f"robotplug: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(2 if isinstance(error, DataError | OrderError | ParameterError) else 1)


@commands.command()
def run(folder: Folder = FOLDER) -> None:
    """Run the whole platform on this machine until Ctrl-C; PORT and PACE set port and speed."""
    from functions.local.settings import Settings
    from functions.local.supervisor import run as run_platform

    run_platform(Settings.read(folder))


@commands.command()
def backtest(
    strategy: Annotated[str, typer.Argument(help="A built-in strategy's name, or a file.")],
    symbols: Annotated[str, typer.Option(help="Symbols, with commas between.")],
    start: Annotated[str | None, typer.Option(help="First day, as 2005-01-01.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day; by default the newest.")] = None,
    cash: Annotated[str, typer.Option(help="Money to start with.")] = "100000",
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter or option, as fast=20.")
    ] = None,
    provider: Annotated[str, typer.Option(help="Where the bars come from.")] = "sample",
    json: Json = False,
) -> None:
    """Simulate a strategy over past bars and print what came of it."""
    from functions.local.backtest import Request, simulated
    from functions.local.report import print_json, print_table

    request = Request.parse(
        strategy, symbols, start=start, end=end, cash=cash, settings=set_ or [], provider=provider
    )
    result = simulated(request)
    (print_json if json else print_table)(result)


@commands.command()
def strategies(json: Json = False) -> None:
    """List the strategies found here, with their parameters."""
    from functions.local.listing import print_strategies

    print_strategies(as_json=json)


@commands.command()
def robots(json: Json = False) -> None:
    """List the public robots of the platform that runs at PORT on this machine."""
    from functions.local.listing import print_robots
    from functions.local.settings import read_port

    print_robots(read_port(), as_json=json)


@commands.command()
def rebuild(folder: Folder = FOLDER) -> None:
    """Write everything in S3 anew from PostgreSQL, which is the source of truth."""
    from functions.local.rebuild import rebuild_bucket

    print(rebuild_bucket(folder))  # noqa: T201


@commands.command()
def clean(folder: Folder = FOLDER) -> None:
    """Stop what a killed run left, and remove the folder with every record in it."""
    from functions.local.clean import remove

    remove(folder)


if __name__ == "__main__":
    app()
