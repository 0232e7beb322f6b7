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
    return objects.put_newer(KEY, encode(league(shown)), seq, position)


def league(shown: Sequence[Standing]) -> Document:
    """Return the table; `as_of` is the newest slot's close, None before any."""
    newest = newest_close(shown)
    return {
        "v": VERSION,
        "as_of": instant(newest) if newest else None,
        "robots": [summary_of(standing) for standing in shown],
    }


def newest_close(shown: Sequence[Standing]) -> datetime | None:
    """Return the closing instant of the newest slot that any of them has decided at."""
    return max((standing.head.closes_at for standing in shown if standing.head), default=None)
