"""`robotplug strategies`, `symbols`, `metrics`, `costs` and `robots`."""

from typing import Annotated

import typer

from functions.local import completing
from functions.local.arguments import DataFolder, Json, Port, Provider


def strategies(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME",
            help="One of them, with its text; else all.",
            autocompletion=completing.strategies,
        ),
    ] = None,
    json: Json = False,
) -> None:
    """List the strategies found here, or show one: what it bets on, when it fails, its text."""
    from functions.local.listing import print_strategies, print_strategy

    if name is None:
        print_strategies(as_json=json)
    else:
        print_strategy(name, as_json=json)


def symbols(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="One of them; else all.", autocompletion=completing.symbols
        ),
    ] = None,
    provider: Provider = "sample",
    data_folder: DataFolder = None,
    json: Json = False,
) -> None:
    """List the symbols that a provider has, or show one: how far it reaches, splits, dividends."""
    from functions.local.choice import tell_providers
    from functions.local.listing import print_symbol, print_symbols

    tell_providers(data_folder)
    if name is None:
        print_symbols(provider, as_json=json)
    else:
        print_symbol(name, provider, as_json=json)


def metrics(
    name: Annotated[
        str | None,
        typer.Argument(
            metavar="NAME", help="One of them; else all.", autocompletion=completing.metrics
        ),
    ] = None,
    json: Json = False,
) -> None:
    """List every metric, or show one: its formula, what its numbers mean, where it comes from."""
    from functions.local.listing import print_metric, print_metrics

    if name is None:
        print_metrics(as_json=json)
    else:
        print_metric(name, as_json=json)


def costs(json: Json = False) -> None:
    """List the cost models found here, with what is not usual of each."""
    from functions.local.listing import print_costs

    print_costs(as_json=json)


def robots(
    slug: Annotated[
        str | None,
        typer.Argument(
            metavar="ROBOT", help="One of them; else all.", autocompletion=completing.robots
        ),
    ] = None,
    port: Port = None,
    json: Json = False,
) -> None:
    """List the public robots of the platform that runs on this machine, or show one."""
    from functions.local.robots import print_robot, print_robots
    from functions.local.settings import port_of

    if slug is None:
        print_robots(port_of(port), as_json=json)
    else:
        print_robot(slug, port_of(port), as_json=json)
