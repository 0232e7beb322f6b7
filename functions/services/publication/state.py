"""How far the platform has come: one document, the same for every page."""

from datetime import datetime

from functions import providers
from functions.providers import Coverage
from functions.services.platform import Platform
from functions.services.publication.documents import (
    VERSION,
    Document,
    encode,
    instant,
)
from functions.store import publication
from functions.store.closes import session_closed_at
from functions.store.objects import objects_in

KEY = "data/platform.json"


def publish_state(platform: Platform) -> bool:
    """Write how far the records have come; False where they had come as far."""
    with publication.snapshot(platform.connect()) as connection:
        position = publication.position(connection)
        live_from, newest = publication.reach(connection)
    coverage = providers.get(platform.provider).coverage()
    document = state(platform.provider, coverage, live_from, newest)
    objects = objects_in(platform.s3, platform.site_bucket)
    seq = int(newest.timestamp()) if newest else 0
    return objects.put_newer(KEY, encode(document), seq, position)


def state(
    source: str, coverage: Coverage | None, live_from: datetime | None, newest: datetime | None
) -> Document:
    """Return the state in words and in dates.

    live_from, newest: closes of the first recorded slot and of the newest; None before there is
    one. `ended` where the newest session is the last that the source will ever have.
    """
    session = session_closed_at(newest).isoformat() if newest else None
    last = coverage.last.isoformat() if coverage else None
    ended = session is not None and last is not None and session >= last
    return {
        "v": VERSION,
        "as_of": instant(newest) if newest else None,
        "session": session,
        "source": source,
        "source_first": coverage.first.isoformat() if coverage else None,
        "source_last": last,
        "ended": ended,
        "live_from": session_closed_at(live_from).isoformat() if live_from else None,
        "message": _message(source, session, ended=ended),
    }


def _message(source: str, session: str | None, *, ended: bool) -> str:
    if session is None:
        return "No session has been read yet."
    if ended:
        return (
            f"The {source} data ends with the session of {session}: the clock has stopped, and "
            "every record stands as it is."
        )
    return f"Every record reaches up to the session of {session}."
