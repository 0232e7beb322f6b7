"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path | None,
    typer.Option(
        help="Where the platform keeps everything; without it .local, or .local/PROVIDER.",
        show_default=False,
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
Provider = Annotated[
    str, typer.Option(help="Where the bars come from: sample, files, yahoo or crypto.")
]
BarLength = Annotated[str, typer.Option(help="How long a bar lasts: 1d, 1h, 30m, 15m, 5m or 1m.")]
Calendar = Annotated[
    str | None,
    typer.Option(help="A market's code, as XNYS or 24/7; else the provider's.", show_default=False),
]
DataFolder = Annotated[
    Path | None,
    typer.Option(help="The folder of the files provider; else DATA_FOLDER.", show_default=False),
]
