"""`robotplug run`, `doctor`, `rebuild` and `clean`."""

from typing import Annotated

import typer

from functions.local.arguments import Folder, Json, Port

Pace = Annotated[
    str | None,
    typer.Option(
        envvar="PACE",
        metavar="SECONDS",
        help="Seconds for a session of data that ends; 5 by default.",
    ),
]
RunProvider = Annotated[
    str | None,
    typer.Option(
        "--provider",
        envvar="PROVIDER",
        metavar="NAME",
        help="sample (the usual), files, yahoo, crypto.",
    ),
]
RunSymbols = Annotated[
    str | None,
    typer.Option(
        "--symbols", envvar="SYMBOLS", metavar="A,B", help="What the robots trade, as SPY,QQQ."
    ),
]
RunDataFolder = Annotated[
    str | None,
    typer.Option(
        "--data-folder",
        envvar="DATA_FOLDER",
        metavar="FOLDER",
        help="The folder of the files provider.",
    ),
]
Exchange = Annotated[
    str | None,
    typer.Option(
        envvar="CRYPTO_EXCHANGE", metavar="NAME", help="The exchange of the crypto provider."
    ),
]


def run(
    folder: Folder = None,
    port: Port = None,
    pace: Pace = None,
    provider: RunProvider = None,
    symbols: RunSymbols = None,
    data_folder: RunDataFolder = None,
    exchange: Exchange = None,
    json: Json = False,
) -> None:
    """Run the whole platform on this machine until Ctrl-C.

    The next run goes on where this one stopped. With --json each line is one JSON object.
    """
    from functions.local.folder import default_folder
    from functions.local.settings import Settings, tell
    from functions.local.supervisor import run as run_platform

    tell(
        PORT=port, PACE=pace, PROVIDER=provider, SYMBOLS=symbols, DATA_FOLDER=data_folder,
        CRYPTO_EXCHANGE=exchange,
    )  # fmt: skip
    run_platform(Settings.read(folder or default_folder()), as_json=json)


def doctor(
    folder: Folder = None,
    port: Port = None,
    provider: RunProvider = None,
    data_folder: RunDataFolder = None,
    json: Json = False,
) -> None:
    """Look whether this machine has what the platform needs, and say what to do where not.

    Exit code 1 where something is missing that `robotplug run` needs.
    """
    from functions.local.doctor import examined, print_findings
    from functions.local.settings import tell

    tell(PORT=port, PROVIDER=provider, DATA_FOLDER=data_folder)
    if not print_findings(examined(folder), as_json=json):
        raise typer.Exit(1)


def rebuild(folder: Folder = None, json: Json = False) -> None:
    """Write everything in S3 anew from PostgreSQL, which is the source of truth."""
    from functions.local.folder import default_folder
    from functions.local.rebuild import print_rebuilt

    print_rebuilt(folder or default_folder(), as_json=json)


def clean(folder: Folder = None, json: Json = False) -> None:
    """Stop what a killed run left, and remove the folder with every record in it."""
    from functions.local.clean import print_removed
    from functions.local.folder import FOLDER

    print_removed(folder or FOLDER, as_json=json)
