"""`robotplug`: everything that is done from a terminal.

What a command needs is imported when it is called, so that --help answers at once; the engine
imports numpy and is no exception.
"""

import sys
from typing import Annotated

import typer

from functions.local import data_commands
from functions.local.arguments import BarLength, Calendar, DataFolder, Folder, Json, Provider

commands = typer.Typer(
    help="Trading robots that never trade: what they would have done, proved and published.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # half of the time that --help takes
)
commands.add_typer(data_commands.commands, name="data")


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
def run(folder: Folder = None) -> None:
    """Run the whole platform on this machine until Ctrl-C.

    Set by environment variables: PORT, PACE (seconds for a session of data that ends), PROVIDER,
    SYMBOLS, DATA_FOLDER (of files), CRYPTO_EXCHANGE.
    """
    from functions.local.folder import default_folder
    from functions.local.settings import Settings
    from functions.local.supervisor import run as run_platform

    run_platform(Settings.read(folder or default_folder()))


@commands.command()
def backtest(
    strategy: Annotated[str, typer.Argument(help="A built-in strategy's name, or a file.")],
    symbols: Annotated[str, typer.Option(help="Symbols, with commas between.")],
    start: Annotated[str | None, typer.Option(help="First day, as 2005-01-01.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day; by default the newest.")] = None,
    cash: Annotated[str, typer.Option(help="Money to start with.")] = "100000",
    cost_model: Annotated[
        str | None, typer.Option(help="What trading costs, as `robotplug costs` lists it.")
    ] = None,
    fill: Annotated[
        str | None, typer.Option(help="next_open (the usual), same_close or next_close.")
    ] = None,
    leverage: Annotated[
        str | None, typer.Option(help="How much of equity may be bought; 1 borrows nothing.")
    ] = None,
    participation: Annotated[
        str | None, typer.Option(help="How much of a bar's volume fills, or none for no limit.")
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", help="A parameter or option, as fast=20 or limit_touch=true."),
    ] = None,
    provider: Provider = "sample",
    bar: BarLength = "1d",
    calendar: Calendar = None,
    data_folder: DataFolder = None,
    json: Json = False,
) -> None:
    """Simulate a strategy over past bars and print what came of it.

    Options for --set, beside the strategy's parameters: what an order costs (commission_bps,
    slippage_bps, maker_bps, per_share, per_order, minimum, maximum, tiers, volume_impact,
    volatility_impact), what a position costs to keep (borrow_rate, debit_rate), sizes (lot_size,
    cash_buffer, min_trade, size_at, instruments), and fills (limit_touch, take_profit_first,
    close_at_end).
    """
    from functions.local.backtest import Request, simulated
    from functions.local.choice import tell_providers
    from functions.local.report import print_json, print_table

    tell_providers(data_folder, symbols)
    named = {
        "cost_model": cost_model, "fill": fill, "leverage": leverage, "participation": participation
    }  # fmt: skip
    flags = [f"{name}={value}" for name, value in named.items() if value is not None]
    request = Request.parse(
        strategy, symbols, start=start, end=end, cash=cash, settings=[*flags, *(set_ or [])],
        provider=provider, bar=bar, calendar=calendar,
    )  # fmt: skip
    result = simulated(request)
    (print_json if json else print_table)(result)


@commands.command()
def check(
    strategy: Annotated[str, typer.Argument(help="A file, or a built-in strategy's name.")],
    symbols: Annotated[
        str | None, typer.Option(help="Symbols, with commas between; else the provider's first.")
    ] = None,
    start: Annotated[str | None, typer.Option(help="First day of decisions.")] = None,
    end: Annotated[str | None, typer.Option(help="Last day; by default the newest.")] = None,
    set_: Annotated[
        list[str] | None, typer.Option("--set", help="A parameter or option, as fast=20.")
    ] = None,
    provider: Provider = "sample",
    bar: BarLength = "1d",
    calendar: Calendar = None,
    data_folder: DataFolder = None,
    cuts: Annotated[
        int | None, typer.Option(help="How often the future is taken away; else what is quick.")
    ] = None,
    limit: Annotated[float, typer.Option(help="Seconds after which it is given up.")] = 60.0,
    json: Json = False,
) -> None:
    """Check that a strategy decides from nothing but what it could know at each close.

    It is run on bars cut short and on bars with another future, twice over, and in another
    process. Exit code 0 where it is clean, 1 where it leaks, with the bar, the symbol and where
    it can the line; 3 where it decided nothing that could be checked.
    """
    from functions.local.backtest import day_of
    from functions.local.check import Effort, Request, checked
    from functions.local.check_report import EXIT_CODES, print_json, print_words
    from functions.local.choice import tell_providers
    from functions.local.past import Series

    tell_providers(data_folder, symbols or "")
    request = Request.parse(
        strategy, symbols, start=start, settings=set_ or [],
        series=Series(provider, bar, calendar, day_of("end", end)), effort=Effort(cuts, limit),
    )  # fmt: skip
    result = checked(request)
    (print_json if json else print_words)(result)
    if code := EXIT_CODES[result.judged.verdict.verdict]:
        raise typer.Exit(code)


@commands.command()
def strategies(json: Json = False) -> None:
    """List the strategies found here, with their parameters."""
    from functions.local.listing import print_strategies

    print_strategies(as_json=json)


@commands.command()
def costs(json: Json = False) -> None:
    """List the cost models found here, with what is not usual of each."""
    from functions.local.listing import print_costs

    print_costs(as_json=json)


@commands.command()
def robots(json: Json = False) -> None:
    """List the public robots of the platform that runs at PORT on this machine."""
    from functions.local.listing import print_robots
    from functions.local.settings import read_port

    print_robots(read_port(), as_json=json)


@commands.command()
def verify(
    robot: Annotated[str, typer.Argument(help="A robot's slug, as `robotplug robots` lists it.")],
    known: Annotated[
        str | None, typer.Option(help="A decision's hash that was written down earlier.")
    ] = None,
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Prove a robot's record: follow its chains, replay every segment, compare every row.

    Exit code 1 and the name of what was changed where it is not as it was written. Without
    --folder the database of DATABASE_URL is read, where that is set. Source that the record
    keeps is run, where it has its hash: verify only records whose strategies you trust.
    """
    from functions.local.verify import print_proof

    if not print_proof(robot, folder, known, as_json=json):
        raise typer.Exit(1)


@commands.command()
def reproduce(
    run: Annotated[str, typer.Argument(help="A run's id, or a slug for its newest backtest.")],
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Run a backtest again over the bars it read, and name the first trade that differs and why.

    A record is verified. Exit code 1 where it does not come out as it is stored.
    """
    from functions.local.reproduce import print_reproduction

    if not print_reproduction(run, folder, as_json=json):
        raise typer.Exit(1)


@commands.command()
def rebuild(folder: Folder = None) -> None:
    """Write everything in S3 anew from PostgreSQL, which is the source of truth."""
    from functions.local.folder import default_folder
    from functions.local.rebuild import rebuild_bucket

    print(rebuild_bucket(folder or default_folder()))  # noqa: T201


@commands.command()
def clean(folder: Folder = None) -> None:
    """Stop what a killed run left, and remove the folder with every record in it."""
    from functions.local.clean import remove
    from functions.local.folder import FOLDER

    remove(folder or FOLDER)


if __name__ == "__main__":
    app()
