"""`robotplug new` and `robotplug check`."""

from typing import Annotated

import typer

from functions.local.arguments import (
    BarLength,
    Calendar,
    DataFolder,
    End,
    Json,
    Provider,
    Settings,
    Start,
    Strategy,
    Symbols,
)


def new(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME", help="In small letters, as above_average; the file is NAME.py."
        ),
    ],
    orders: Annotated[
        bool, typer.Option("--orders", help="One that asks for orders bar by bar, not for weights.")
    ] = False,
    json: Json = False,
) -> None:
    """Write a strategy to begin with: under 20 lines, commented, and it runs at once.

    The file is written into the folder you are in. One that is there already is left as it is.
    """
    from functions.local.new import print_written, written_as

    print_written(written_as(name, orders=orders), as_json=json)


def check(
    strategy: Strategy,
    symbols: Symbols = None,
    start: Start = None,
    end: End = None,
    set_: Settings = None,
    provider: Provider = "sample",
    bar: BarLength = "1d",
    calendar: Calendar = None,
    data_folder: DataFolder = None,
    cuts: Annotated[
        int | None,
        typer.Option(
            metavar="NUMBER", help="How often the future is taken away; else what is quick."
        ),
    ] = None,
    limit: Annotated[
        float, typer.Option(metavar="SECONDS", help="Seconds after which it is given up.")
    ] = 60.0,
    json: Json = False,
) -> None:
    """Check that a strategy decides from nothing but what it could know at each close.

    It is run on bars cut short and on bars with another future, twice over, and in another
    process. Exit code 0 where it is clean, 1 where it leaks, with the bar, the symbol and where
    it can the line; 3 where it decided nothing that could be checked.
    """
    from functions.local.check import Effort, Request, checked
    from functions.local.check_report import EXIT_CODES, print_json, print_words
    from functions.local.choice import tell_providers
    from functions.local.past import Series
    from functions.local.typed import day_of

    tell_providers(data_folder, symbols or "")
    request = Request.parse(
        strategy, symbols, start=start, settings=set_ or [],
        series=Series(provider, bar, calendar, day_of("end", end)), effort=Effort(cuts, limit),
    )  # fmt: skip
    result = checked(request)
    (print_json if json else print_words)(result)
    if code := EXIT_CODES[result.judged.verdict.verdict]:
        raise typer.Exit(code)
