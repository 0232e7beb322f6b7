"""Telling who watches a robot what its newest decisions brought.

A push is a hint: told once, at most once a second for a robot, and never again. What comes within
the second goes together when it is over. Whoever misses a push sees the gap in seq, or the head in
a heartbeat, and asks for what is missing.
"""

import random
from collections.abc import Collection, Mapping, Sequence
from time import monotonic, sleep
from typing import NamedTuple

from aws_lambda_powertools import Logger

from functions.services.live.envelopes import status, update_frames
from functions.services.live.posting import line_to
from functions.services.live.updates import MOST_ROBOTS, state_of, told_after
from functions.services.platform import Platform
from functions.store import sockets
from functions.store.appending import Database
from functions.store.publication import snapshot
from functions.store.reading import updates
from functions.store.reading.rows import Row

APART_SECONDS = 1.0
MOST_UPDATES = 100
"""How many of a robot are read for a push; who is further behind asks for the rest."""

_TRIES = 3
_LATE_WITHIN_SECONDS = 4.0

logger = Logger(service="tradingrobotplug", child=True)


class Pushed(NamedTuple):
    """How many frames arrived, and the robots that were told of less than a second before."""

    frames: int = 0
    late: tuple[str, ...] = ()


def push(platform: Platform, slugs: Collection[str]) -> Pushed:
    """Tell who watches these robots what is new, but for those told of a moment ago.

    Never raises: what is recorded and published does not depend on who watches.
    """
    if not platform.connections_url or not slugs:
        return Pushed()
    try:
        return _pushed(platform, sorted(slugs))
    except Exception:
        logger.exception("not pushed", extra={"robots": sorted(slugs)})
        return Pushed()


def push_late(platform: Platform, late: Collection[str]) -> Pushed:
    """Wait out the second of robots that were told of a moment ago, and tell of them too.

    Never raises either.
    """
    if not late:
        return Pushed()
    try:
        return _pushed_when_due(platform, sorted(late))
    except Exception:
        logger.exception("not pushed", extra={"robots": sorted(late)})
        return Pushed()


def _pushed_when_due(platform: Platform, late: Sequence[str]) -> Pushed:
    frames, until = 0, monotonic() + _LATE_WITHIN_SECONDS
    for _ in range(_TRIES):  # somebody else may be faster, and may have read before we wrote
        sleep(min(sockets.due_in(platform.connect(), late, APART_SECONDS), APART_SECONDS))
        told = _pushed(platform, late)
        frames, late = frames + told.frames, told.late
        if not late or monotonic() > until:
            break
    return Pushed(frames, tuple(late))


def _pushed(platform: Platform, slugs: Sequence[str]) -> Pushed:
    database = platform.connect()
    if not sockets.anybody(database):
        return Pushed()
    watchers = sockets.watchers(database, slugs, MOST_ROBOTS)
    news = _news(database, sorted(watchers))
    frames: dict[str, list[str]] = {}
    for slug, texts in news.frames.items():
        for connection_id in watchers[slug]:
            frames.setdefault(connection_id, []).extend(texts)
    return Pushed(_sent(platform, frames), news.late)


def _sent(platform: Platform, frames: Mapping[str, Sequence[str]]) -> int:
    """Where time is up before all are told, chance says who is not, each time anew."""
    if not frames:
        return 0
    shuffled = dict(random.sample(list(frames.items()), len(frames)))
    posted = line_to(platform.connections_url).post(shuffled)
    if posted.gone:
        sockets.forget(platform.connect(), posted.gone)
    return posted.frames


class News(NamedTuple):
    """What each robot's watchers are told, by slug, and who was told of a moment ago."""

    frames: Mapping[str, list[str]]
    late: tuple[str, ...]


def _news(database: Database, slugs: Sequence[str]) -> News:
    with snapshot(database):
        robots = updates.named_robots(database, slugs)
    heads = {robot["id"]: robot["head"] or 0 for robot in robots}
    told = sockets.claim(database, heads, APART_SECONDS)
    claimed = [robot for robot in robots if robot["id"] in told]
    late = tuple(robot["slug"] for robot in robots if robot["id"] not in told)
    with snapshot(database):
        frames = {each["slug"]: _frames(database, each, told[each["id"]]) for each in claimed}
    return News(frames, late)


def _frames(database: Database, robot: Row, told: int) -> list[str]:
    """The first frame of what is new; without anything new, how the robot stands."""
    if (robot["head"] or 0) <= told:
        return [status(state_of(database, robot), robot["slug"], robot["head"])]
    return update_frames(told_after(database, robot, told, MOST_UPDATES), most=1).texts
