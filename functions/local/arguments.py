"""Arguments and options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from functions.local import completing

Folder = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="Where the platform keeps everything; without it .local, or .local/PROVIDER.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of words and tables.")]
Port = Annotated[
    str | None,
    typer.Option(
        envvar="PORT",
        metavar="NUMBER",
        help="Where the platform answers; 8000 unless told otherwise.",
    ),
]
Provider = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Where the bars come from: sample, files, yahoo or crypto.",
        autocompletion=completing.providers,
    ),
]
BarLength = Annotated[
    str,
    typer.Option(
        metavar="LENGTH",
        help="How long a bar lasts: 1d, 1h, 30m, 15m, 5m or 1m.",
        autocompletion=completing.bar_lengths,
    ),
]
Calendar = Annotated[
    str | None,
    typer.Option(
        metavar="CODE",
        help="A market's code, as XNYS or 24/7; else the provider's.",
        show_default=False,
    ),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(
        metavar="FOLDER",
        help="The folder of the files provider; else DATA_FOLDER.",
        show_default=False,
    ),
]

Strategy = Annotated[
    str,
    typer.Argument(
        metavar="STRATEGY",
        help="A built-in strategy's name, or a file.",
        autocompletion=completing.strategies,
    ),
]
Symbols = Annotated[
    str | None,
    typer.Option(
        metavar="A,B",
        help="Symbols, with commas between; else the provider's first five.",
        show_default=False,
        autocompletion=completing.symbols,
    ),
]
Start = Annotated[
    str | None, typer.Option(metavar="DAY", help="First day of decisions, as 2005-01-01.")
]
End = Annotated[str | None, typer.Option(metavar="DAY", help="Last day; by default the newest.")]
Benchmark = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What it is measured against: a strategy, or none; else buy_and_hold.",
        show_default=False,
        autocompletion=completing.strategies,
    ),
]
Cash = Annotated[str, typer.Option(metavar="MONEY", help="Money to start with.")]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A parameter or option, as fast=20 or limit_touch=true.",
        autocompletion=completing.settings,
    ),
]
CostModel = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="What trading costs, as `robotplug costs` lists it.",
        autocompletion=completing.cost_models,
    ),
]
Fill = Annotated[
    str | None,
    typer.Option(
        metavar="WHEN",
        help="next_open (the usual), same_close or next_close.",
        autocompletion=completing.fills,
    ),
]
Leverage = Annotated[
    str | None,
    typer.Option(metavar="TIMES", help="How much of equity may be bought; 1 borrows nothing."),
]
Participation = Annotated[
    str | None,
    typer.Option(metavar="SHARE", help="How much of a bar's volume fills, or none for no limit."),
]
Metrics = Annotated[
    str | None,
    typer.Option(
        metavar="NAME,NAME",
        help="The metrics to show, with commas between; else all.",
        autocompletion=completing.metrics,
    ),
]
Report = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE.html", help="Write a tear sheet: one HTML page that needs nothing else."
    ),
]
Plot = Annotated[bool, typer.Option("--plot", help="Draw the equity curve in the terminal.")]
