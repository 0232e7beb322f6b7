"""`robotplug verify` and `robotplug reproduce`."""

from typing import Annotated

import typer

from functions.local import completing
from functions.local.arguments import Folder, Json


def verify(
    robot: Annotated[
        str,
        typer.Argument(
            metavar="ROBOT",
            help="A robot's slug, as `robotplug robots` lists it.",
            autocompletion=completing.robots,
        ),
    ],
    known: Annotated[
        str | None,
        typer.Option(metavar="HASH", help="A decision's hash that was written down earlier."),
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


def reproduce(
    run: Annotated[
        str,
        typer.Argument(
            metavar="RUN",
            help="A run's id, or a slug for its newest backtest.",
            autocompletion=completing.robots,
        ),
    ],
    folder: Folder = None,
    json: Json = False,
) -> None:
    """Run a backtest again over the bars it read, and name the first trade that differs and why.

    A record is verified. Exit code 1 where it does not come out as it is stored.
    """
    from functions.local.reproduce import print_reproduction

    if not print_reproduction(run, folder, as_json=json):
        raise typer.Exit(1)
