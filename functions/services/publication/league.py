"""The league table: every public robot's standing in one document."""

from collections.abc import Collection, Sequence
from datetime import datetime

from functions.services.platform import Platform
from functions.services.publication.documents import VERSION, Document, Standing, encode, instant
from functions.services.publication.standings import standings
from functions.services.publication.summary import summary_of
from functions.store import publication
from functions.store.objects import objects_in

KEY = "data/robots/index.json"
FIRST_KEY = "data/robots/first.json"
KEYS = (KEY, FIRST_KEY)
FIRST = 6
"""As many lines stand on the site's first page, which asks for no more than these."""
SHOWN_METRICS = ("total_return", "sharpe_ratio", "max_drawdown")
_DETAILS = ("options", "positions")


def publish_league(platform: Platform, among: Collection[str]) -> bool:
    """Write the league table of these robots from the database; False where it is as it was.

    Its seq is the instant of its newest slot, in seconds.
    """
    with publication.snapshot(platform.connect()) as connection:
        position = publication.position(connection)
        shown = standings(connection, sorted(among), platform.provider)
    newest = newest_close(shown)
    objects = objects_in(platform.s3, platform.site_bucket)
    seq = int(newest.timestamp()) if newest else 0
    table = league(shown)
    objects.put_newer(FIRST_KEY, encode(beginning(table)), seq, position)
    return objects.put_newer(KEY, encode(table), seq, position)


def league(shown: Sequence[Standing]) -> Document:
    """Return the table; `as_of` is the newest slot's close, None before any."""
    newest = newest_close(shown)
    return {
        "v": VERSION,
        "as_of": instant(newest) if newest else None,
        "robots": [line_of(summary_of(standing)) for standing in shown],
    }


def beginning(table: Document) -> Document:
    """Return the table with its first lines alone."""
    return table | {"robots": table["robots"][:FIRST]}


def line_of(summary: Document) -> Document:
    """Return what of a robot's summary stands in the table, where there may be thousands.

    >>> line_of({"slug": "a", "options": {}, "positions": [],
    ...          "backtest": {"sessions": 2, "metrics": {"cagr": {}, "total_return": {}}},
    ...          "record": {"sessions": 0, "metrics": {}}})
    {'slug': 'a', 'backtest': {'sessions': 2, 'metrics': {'total_return': {}}}, \
'record': {'sessions': 0, 'metrics': {}}}
    """
    line = {name: told for name, told in summary.items() if name not in _DETAILS}
    return line | {phase: _headline(summary[phase]) for phase in ("backtest", "record")}


def _headline(period: Document) -> Document:
    metrics = period["metrics"]
    return period | {"metrics": {name: metrics[name] for name in SHOWN_METRICS if name in metrics}}


def newest_close(shown: Sequence[Standing]) -> datetime | None:
    """Return the closing instant of the newest slot that any of them has decided at."""
    return max((standing.head.closes_at for standing in shown if standing.head), default=None)
