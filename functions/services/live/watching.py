"""One connection's life: opened by a ticket, told what it missed, closed and forgotten."""

import re
from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

from functions.services.live import tickets
from functions.services.live.envelopes import (
    ALL,
    Frames,
    heartbeat,
    resumed,
    status,
    update_frames,
)
from functions.services.live.updates import MOST_ROBOTS, robot_of, state_of, told_after
from functions.store import sockets
from functions.store.appending import Database
from functions.store.publication import snapshot
from functions.store.reading import updates
from functions.store.reading.rows import MissingError, Row
from functions.store.sockets import Connected

LASTS_SECONDS = 2 * 3600
MOST_FRAMES = 12
"""What one resume is answered with for a robot; then `more` is true and the client goes on."""
MOST_FRAMES_OF_ALL = 100
_UPDATES_OF_ONE, _UPDATES_OF_EACH = 500, 100
_REFERENCE = re.compile("[0-9A-Za-z-]{3,60}")


class Asked(NamedTuple):
    """What asks to be let in.

    reference: a robot's id or slug, or "all". origin: of the page it comes from, None where no
    browser asks. host: whom it asked.
    """

    connection_id: str
    reference: str
    ticket: str
    origin: str | None
    host: str


class Seen(NamedTuple):
    """The last seq that a client has: of its one robot, or by slug; -1 where it has none."""

    seq: int = -1
    seqs: Mapping[str, int] = MappingProxyType({})


class RefusedError(Exception):
    """Somebody is not let in; the answer's status says why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(detail)
        self.status = status


def connect(database: Database, asked: Asked, site_url: str) -> Connected:
    """Let in whom a ticket opens the robot to; the ticket is used up, whatever comes of it.

    RefusedError: 403 for a page of another site, 401 for a ticket that is not good, 404 for a
    robot that cannot be seen.
    """
    good = tickets.redeem(database, asked.ticket)
    _check_origin(asked, site_url)
    if not good:
        raise RefusedError(401, "this ticket is unknown, used or too old; ask for another one")
    with snapshot(database):
        connected = Connected(asked.connection_id, _watched(database, asked.reference))
    sockets.connect(database, connected, LASTS_SECONDS)
    return connected


def missed(database: Database, connected: Connected, seen: Seen) -> list[str]:
    """Return the frames of what was missed, and the one that ends them."""
    with snapshot(database):
        robots = _robots(database, connected)
        states = [_stands_still(database, robot) for robot in robots]
        news = _news(database, robots, seen)
    heads = {robot["slug"]: robot["head"] for robot in robots}
    anew = [robot["slug"] for robot in robots if _last_of(seen, robot) > (robot["head"] or 0)]
    end = resumed(_name(connected, heads), heads, anew, more=news.more)
    return [*filter(None, states), *news.texts, end]


def alive(database: Database, connected: Connected) -> str:
    """Return the answer to a ping; MissingError where its robot cannot be seen any more."""
    with snapshot(database):
        heads = updates.heads(database, connected.strategy_id, MOST_ROBOTS)
    if connected.strategy_id and not heads:
        raise MissingError("strategy", str(connected.strategy_id))
    return heartbeat(_name(connected, heads), heads)


def _check_origin(asked: Asked, site_url: str) -> None:
    """Browsers name the page that asks; a page of another site must not ride on a ticket."""
    if asked.origin is None:
        return
    own, its = urlsplit(site_url), urlsplit(asked.origin)
    if its.scheme != own.scheme or its.netloc not in (own.netloc, asked.host):
        raise RefusedError(403, "only pages of this site may connect")


def _watched(database: Database, reference: str) -> UUID | None:
    if reference == ALL:
        return None
    if not _REFERENCE.fullmatch(reference):
        raise RefusedError(404, "a robot is named by its id or its slug, or all of them by all")
    try:
        id_: UUID = robot_of(database, reference)["id"]
    except MissingError as error:
        raise RefusedError(404, str(error)) from error
    return id_


def _robots(database: Database, connected: Connected) -> list[Row]:
    """What is watched; MissingError where it cannot be seen any more."""
    if connected.strategy_id is None:
        return updates.public_robots(database, MOST_ROBOTS)
    return [robot_of(database, str(connected.strategy_id))]


def _news(database: Database, robots: Sequence[Row], seen: Seen) -> Frames:
    """What came after what was seen, robot by robot, as far as one answer goes."""
    each = _UPDATES_OF_ONE if len(robots) == 1 else _UPDATES_OF_EACH
    texts: list[str] = []
    more = False
    for robot in robots:
        last = _last_of(seen, robot)
        if (robot["head"] or 0) <= last:
            continue
        left = MOST_FRAMES_OF_ALL - len(texts)
        if left == 0:
            return Frames(texts, more=True)
        news = update_frames(told_after(database, robot, last, each), min(MOST_FRAMES, left))
        texts += news.texts
        more = more or news.more
    return Frames(texts, more)


def _last_of(seen: Seen, robot: Row) -> int:
    return seen.seqs.get(robot["slug"], seen.seq)


def _stands_still(database: Database, robot: Row) -> str | None:
    """The frame that says why a robot stands still, where it does."""
    state = state_of(database, robot)
    return status(state, robot["slug"], robot["head"]) if state["reason"] else None


def _name(connected: Connected, heads: Collection[str]) -> str:
    """What a connection's own frames name: its one robot, or all."""
    return ALL if connected.strategy_id is None else next(iter(heads), "")
