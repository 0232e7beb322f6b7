"""Delivering the outbox: at least once, each delivery changing nothing when it comes again."""

import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import NamedTuple
from uuid import UUID

from aws_lambda_powertools import Logger

from functions import trackers
from functions.services.live.pushing import Pushed, push, push_late
from functions.services.platform import Platform
from functions.services.publication.publishing import publish_robot
from functions.services.record.work import Work
from functions.store import leaves, outbox, robots, sockets
from functions.store.objects import Objects, side_by_side
from functions.store.outbox import Item, Message
from functions.store.trades import read_trade

AT_ONCE = 100
MOST_AT_A_TIME = 1000

logger = Logger(service="tradingrobotplug", child=True)
Errors = dict[int, str]


class Delivered(NamedTuple):
    """How many items were delivered, and how many failed and wait for the next sweep."""

    delivered: int
    failed: int


def deliver(platform: Platform, positions: Sequence[int]) -> Delivered:
    """Deliver what was just committed; what fails keeps its error and waits."""
    return _told_and_delivered(platform, positions) if positions else Delivered(0, 0)


def sweep(platform: Platform) -> Delivered:
    """Deliver what earlier writers left behind."""
    if not outbox.any_waiting(platform.connect()):
        return Delivered(0, 0)
    return _told_and_delivered(platform, None)


def _told_and_delivered(platform: Platform, only: Sequence[int] | None) -> Delivered:
    """Whoever watches is told before the pages, which take longer, and while nothing is locked."""
    pushed = Pushed()
    if platform.connections_url:
        pushed = push(platform, sockets.committed(platform.connect(), only))
    delivered = _deliver(platform, only)
    push_late(platform, pushed.late)
    return delivered


def _deliver(platform: Platform, only: Sequence[int] | None) -> Delivered:
    holding = platform.connect_beside()
    tried: list[int] = []
    failed = 0
    while len(tried) < MOST_AT_A_TIME:
        # Locked on a connection of their own, so that nobody else delivers the same meanwhile.
        with holding.transaction():
            items = outbox.take(holding, only, tried, AT_ONCE)
            errors = _attempted(platform, items)
            outbox.settle(holding, items, errors)
        if not items:
            break
        tried += [item.position for item in items]
        failed += len(errors)
    return Delivered(len(tried) - failed, failed)


def _attempted(platform: Platform, items: Iterable[Item]) -> Errors:
    by_kind: dict[str, list[Item]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item)
    errors: Errors = {}
    for kind, same in by_kind.items():
        errors |= _KINDS.get(kind, _unknown)(platform, same)
    for position, error in errors.items():
        logger.error("not delivered", extra={"position": position, "error": error})
    return errors


def _leaves(platform: Platform, items: list[Item]) -> Errors:
    texts = leaves.leaf_texts(platform.connect(), [item.key for item in items])
    objects = Objects(platform.s3, platform.site_bucket)

    def put(item: Item) -> None:
        objects.put_immutable(f"data/leaves/{item.key}.json", texts[item.key].encode())

    return _merged(side_by_side(lambda item: _try(item, put), items))


def _robots(platform: Platform, items: list[Item]) -> Errors:
    """One robot's documents say how it stands now, so that one writing serves all its items."""
    by_slug: dict[str, list[Item]] = {}
    for item in items:
        by_slug.setdefault(item.payload["slug"], []).append(item)

    def publish(item: Item) -> None:
        publish_robot(platform, item.payload["slug"])
        outbox.put(platform.connect(), [Message("page", item.key, item.payload)])
        _publish_compared(platform, item.payload["slug"], by_slug)

    errors: Errors = {}
    for same in by_slug.values():
        if failed := _try(same[-1], publish):
            errors |= {item.position: failed[same[-1].position] for item in same}
    if len(errors) < len(items):
        _wake_publisher(platform)
    return errors


def _publish_compared(platform: Platform, slug: str, besides: Collection[str]) -> None:
    """Publish again who is measured against a robot and came to its slot before it did.

    Their newest documents could not show it there yet. besides: those published anyway.
    """
    for other, seq in robots.compared_with(platform.connect(), slug):
        if other not in besides:
            publish_robot(platform, other)
            payload = {"slug": other, "seq": seq}
            page = Message("page", f"{other}/{seq}/beside/{slug}", payload)
            outbox.put(platform.connect(), [page])


def _wake_publisher(platform: Platform) -> None:
    """Naming nobody: whoever is dirty by then is built, in one run however often it is woken."""
    body = json.dumps({"slugs": []})
    platform.sqs.send_message(QueueUrl=platform.publish_queue_url, MessageBody=body)


def _executions(platform: Platform, items: list[Item]) -> Errors:
    def send(item: Item) -> None:
        body = json.dumps(item.payload)
        platform.sqs.send_message(QueueUrl=platform.execution_queue_url, MessageBody=body)

    return _merged(_try(item, send) for item in items)


def _trackers(platform: Platform, items: list[Item]) -> Errors:
    def track(item: Item) -> None:
        database = platform.connect()
        trade = read_trade(database, UUID(item.payload["trade"]))
        trackers.get(item.payload["tracker"])(Work(database)).track_trade(trade)

    return _merged(_try(item, track) for item in items)


def _unknown(_platform: Platform, items: list[Item]) -> Errors:
    return {item.position: f"nobody delivers items of kind {item.kind}" for item in items}


def _try(item: Item, call: Callable[[Item], None]) -> Errors:
    try:
        call(item)
    except Exception as error:
        return {item.position: f"{item.kind} {item.key}: {type(error).__name__}: {error}"}
    return {}


def _merged(found: Iterable[Errors]) -> Errors:
    return {position: error for errors in found for position, error in errors.items()}


_KINDS: dict[str, Callable[[Platform, list[Item]], Errors]] = {
    "leaf": _leaves,
    "robot": _robots,
    "execution": _executions,
    "tracker": _trackers,
}
